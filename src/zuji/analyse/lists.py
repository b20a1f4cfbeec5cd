"""Static lists: the people behind a figure, kept as they are at that moment.

A list holds the ids its people had when it was saved, and the identity version of that moment; whoever reads it
resolves them, so that a merge moves members and nobody is on a list twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zuji.analyse.ask import Asker, Asking, Found
from zuji.analyse.saved import Desk, read_document
from zuji.store.people_lists import PeopleList, PeopleLists
from zuji.terms.error import BadQuestion, NotAllowed

MOST_MEMBERS = 1_000_000


def save_list(
    desk: Desk,
    lists: PeopleLists,
    asker: Asker,
    asking: Asking,
    *,
    name: str,
    kind: str,
    document: dict[str, Any],
    cell: Mapping[str, Any],
) -> PeopleList:
    """Keep the people behind a figure. Raises BadQuestion for a figure without people, or with too many."""
    if read_document(kind, document).count_by != "user":
        raise BadQuestion("a list holds people: ask with count_by user, so that people are what is counted.")
    found = asker.people(kind, document, cell, asking)
    people = members_of(found)
    made = PeopleList(
        id=desk.new_id(),
        workspace=desk.workspace,
        name=name,
        owner=desk.principal.id,
        kind=kind,
        question=document,
        cell=dict(cell),
        saved=len(people),
        identity_version=found.horizon.identity,
        created_at=desk.now_ms,
    )
    lists.save(made, people)
    return made


def members_of(found: Found) -> list[int]:
    """The ids of the people found."""
    people = [key for key in found.people.keys if isinstance(key, int)]
    if len(people) != len(found.people.keys):
        raise BadQuestion("a list holds people, and this figure counts something else.")
    if len(people) > MOST_MEMBERS:
        raise BadQuestion(f"a list holds up to {MOST_MEMBERS:,} people, and here are {len(people):,}. Narrow it down.")
    return people


def delete_list(desk: Desk, lists: PeopleLists, id_: str) -> PeopleList:
    """Forget a list: one's own, or any for an owner of the workspace. Gives what it was."""
    found = lists.get(desk.workspace, id_)
    if desk.principal.role != "owner" and found.owner != desk.principal.id:
        raise NotAllowed(f"the list {found.name!r} is somebody else's. Ask an owner.")
    lists.delete(found)
    return found

"""Who is in a segment: as of any moment from history, whatever kind of segment it is, and who was added by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from zuji.identify.members import people_of_ids
from zuji.store.hot import HotStore
from zuji.store.people_lists import PeopleLists
from zuji.tag.definition import Definition, Published, SavedPeople
from zuji.tag.history import Asked, rule_query
from zuji.tag.preview import People, Run, people_in
from zuji.tag.rule import InSegment, When


def saved_members(
    hot: HotStore, lists: PeopleLists, workspace: str, published: Published
) -> dict[str, tuple[int, ...]]:
    """The people, as they are now, of every segment that was saved behind a figure: `members` of `history.Asked`."""
    return {
        one.key: tuple(people_of_ids(hot, workspace, lists.members(lists.get(workspace, one.members.list_id))))
        for one in published.definitions
        if isinstance(one.members, SavedPeople)
    }


def members_at(segment: Definition, asked: Asked, run: Run) -> People:
    """Everybody in it as of the moment asked about, ascending: of those whom rules are asked of, however it is made."""
    within = with_definition(asked, segment)
    return people_in(run(rule_query(When(InSegment(segment.key)), within)))


def sizes_at(segment: Definition, asked: Asked, run: Run, moments: Sequence[int]) -> Mapping[int, int]:
    """How many were in it at each of these moments: one pass over history each."""
    return {at: len(members_at(segment, replace(asked, now_ms=at), run)) for at in moments}


def came_and_went(before: People, after: People) -> tuple[People, People]:
    """Who is in the second only, and who in the first only."""
    return np.setdiff1d(after, before), np.setdiff1d(before, after)


def with_definition(asked: Asked, definition: Definition) -> Asked:
    """The same, with this definition in place of the one of its name."""
    others = [one for one in asked.published.definitions if (one.kind, one.key) != (definition.kind, definition.key)]
    return replace(asked, published=Published((*others, definition)))

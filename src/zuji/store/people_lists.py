"""Static lists of people: who they are is fixed by the ids they had when the list was saved."""

# ruff: noqa: A002 - an id is called `id` where values are made and found, as it is in the values themselves.
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select

from zuji.store.metadata_rows import MetadataRows
from zuji.store.saved_tables import ListMemberRow, PeopleListRow
from zuji.terms.error import NotFound

ROWS_AT_ONCE = 10_000


class PeopleList(msgspec.Struct, frozen=True):
    """A list without its members: behind which figure they were, how many, and as of which identity version."""

    id: str
    workspace: str
    name: str
    owner: str
    kind: str
    question: dict[str, Any]
    cell: dict[str, Any]
    saved: int
    identity_version: int
    created_at: int


class PeopleLists(MetadataRows):
    """The door to the lists. Nothing is found from another workspace."""

    def save(self, made: PeopleList, people: Sequence[int]) -> None:
        """Keep a list with its members, all or nothing."""
        with self._change(taken=f"there is a list {made.id!r} already.") as session:
            row = PeopleListRow(**msgspec.structs.asdict(made))
            session.add(row)
            session.flush()
            for start in range(0, len(people), ROWS_AT_ONCE):
                piece = people[start : start + ROWS_AT_ONCE]
                session.execute(insert(ListMemberRow), [{"list": row.number, "person": person} for person in piece])

    def all_in(self, workspace: str) -> list[PeopleList]:
        """The lists of a workspace, oldest first."""
        chosen = select(PeopleListRow).where(PeopleListRow.workspace == workspace)
        return self._all(chosen.order_by(PeopleListRow.number), PeopleList)

    def get(self, workspace: str, id: str) -> PeopleList:
        """The list with this id. Raises NotFound."""
        chosen = select(PeopleListRow).where(PeopleListRow.workspace == workspace, PeopleListRow.id == id)
        found = self._first(chosen, PeopleList)
        if found is None:
            raise NotFound(f"there is no list {id!r:.80} in the workspace {workspace}.")
        return found

    def members(self, made: PeopleList) -> list[int]:
        """Everybody by the id they had when the list was saved, ascending."""
        number = select(PeopleListRow.number).where(PeopleListRow.id == made.id).scalar_subquery()
        chosen = select(ListMemberRow.person).where(ListMemberRow.list == number).order_by(ListMemberRow.person)
        with self._reading() as session:
            return list(session.scalars(chosen))

    def delete(self, made: PeopleList) -> None:
        """Forget a list. Deleting nothing is harmless."""
        number = select(PeopleListRow.number).where(PeopleListRow.id == made.id).scalar_subquery()
        with self._change() as session:
            session.execute(delete(ListMemberRow).where(ListMemberRow.list == number))
            session.execute(delete(PeopleListRow).where(PeopleListRow.id == made.id))

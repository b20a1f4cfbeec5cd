"""Who is in a segment: as of any moment from history, whatever kind of segment it is, and who was added by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from zuji.identify.members import people_of_ids
from zuji.store.hot import HotStore
from zuji.store.people_lists import PeopleLists
from zuji.tag.definition import Definition, Published, SavedPeople
from zuji.tag.history import Asked, rule_query
from zuji.tag.preview import People, Run, people_in
from zuji.tag.rule import InSegment, When
from zuji.terms.error import NotFound

log = logging.getLogger(__name__)


class SavedMembers(Mapping[str, tuple[int, ...]]):
    """The people, as they are now, of every segment that was saved behind a figure: `members` of `history.Asked`.

    A list is read when a rule asks for it, so what is asked of others neither waits for it nor fails with it. One that
    is gone holds nobody.
    """

    def __init__(self, hot: HotStore, lists: PeopleLists, workspace: str, published: Published) -> None:
        self._hot = hot
        self._lists = lists
        self._workspace = workspace
        self._ids = {
            one.key: one.members.list_id for one in published.definitions if isinstance(one.members, SavedPeople)
        }
        self._read: dict[str, tuple[int, ...]] = {}

    def __getitem__(self, key: str) -> tuple[int, ...]:
        """Everybody in the segment with this key, ascending. Raises KeyError where it is none of saved people."""
        if key not in self._read:
            self._read[key] = self._members(key, self._ids[key])
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def _members(self, key: str, list_id: str) -> tuple[int, ...]:
        try:
            kept = self._lists.members(self._lists.get(self._workspace, list_id))
        except NotFound as failure:
            log.warning("nobody is in the segment %s of %s: %s", key, self._workspace, failure)
            return ()
        return tuple(people_of_ids(self._hot, self._workspace, kept))


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

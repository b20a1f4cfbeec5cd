"""Who is in a segment: now from what the stream keeps, else, and as of any past moment, from history."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from fastapi import Request

from zuji.api.definitions import catalogue_of
from zuji.api.guard import Caller
from zuji.api.ports import Ports, ports_of
from zuji.store.query import Query
from zuji.tag.definition import Definition
from zuji.tag.history import Asked
from zuji.tag.live_segments import LiveSegments
from zuji.tag.membership import SavedMembers, members_at
from zuji.tag.overlap import Overlap, Part, PeopleSet, in_exactly, overlap, parts
from zuji.tag.preview import People, Run
from zuji.terms.period import Calendar

REMEMBERED = 8
"""Answers of history whose pages are being read: 8 MB each at the largest."""

From = Literal["live", "history"]


class SegmentPeople:
    """Made once per app. Pages of an answer of history are cut from one answer."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.live = LiveSegments(ports.hot)
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str, int, int, int], People] = OrderedDict()

    def of(self, segment: Definition, asked: Asked, run: Run) -> People:
        """Everybody in it as of the moment asked about, ascending. A moment of the past is remembered."""
        key = (asked.workspace, segment.key, segment.version, asked.now_ms, asked.whose.version)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        people = members_at(segment, asked, run)
        with self._lock:
            self._known[key] = people
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return people

    def overlap(self, segments: list[Definition], asked: Asked, run: Run) -> Overlap:
        """What they have in common now."""
        if all(is_stored(one) for one in segments):
            return self.live.overlap(asked.workspace, [one.key for one in segments])
        return overlap([PeopleSet(self.of(one, asked, run)) for one in segments])

    def parts(self, segments: list[Definition], asked: Asked, run: Run) -> tuple[Part, ...]:
        """Their members now, divided by which of them they are in."""
        if all(is_stored(one) for one in segments):
            return self.live.parts(asked.workspace, [one.key for one in segments])
        return parts([PeopleSet(self.of(one, asked, run)) for one in segments])

    def in_exactly(self, segments: list[Definition], places: list[int], asked: Asked, run: Run) -> People:
        """Who is in these of the segments now, given by their places, and in none of the others."""
        if all(is_stored(one) for one in segments):
            return self.live.in_exactly(asked.workspace, [one.key for one in segments], places)
        return in_exactly([PeopleSet(self.of(one, asked, run)) for one in segments], places)


def is_stored(segment: Definition) -> bool:
    """Whether its members are kept up to date; those of lists and saved people are looked up when asked for."""
    return segment.rule is not None


def segment_people_of(request: Request) -> SegmentPeople:
    """Who knows the members of segments in this app."""
    found: SegmentPeople = request.app.state.segment_people
    return found


def asked_of(request: Request, caller: Caller, at_ms: int | None = None) -> Asked:
    """History as this caller asks it, as of a moment (None: now)."""
    ports, published = ports_of(request), catalogue_of(request, caller).published()
    return Asked(
        caller.workspace,
        ports.events.person_of_event(),
        Calendar(ZoneInfo(ports.workspaces.timezone_of(caller.workspace))),
        ports.now_ms() if at_ms is None else at_ms,
        published=published,
        members=SavedMembers(ports.hot, ports.lists, caller.workspace, published),
    )


def run_of(ports: Ports, ticket: str) -> Run:
    """Runs queries that can be stopped by this ticket."""

    def run(query: Query) -> pa.Table:
        return ports.events.query(replace(query, ticket=ticket))

    return run


def page_of(people: People, *, after: int, limit: int) -> list[int]:
    """The next of these people behind this one."""
    start = int(np.searchsorted(people, np.uint64(after), side="right"))
    return [int(one) for one in people[start : start + limit]]

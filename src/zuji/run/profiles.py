"""The profile loop: brings the rows of people in the event store in step with the hot state.

A batch marks in its own transaction whom it changed. This loop reads those people in bulk, inserts their rows and takes
the marks off, unless somebody was marked anew meanwhile; so a crash at any moment costs only repeated work. A row's
version is the sequence of the state it was read from.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

import msgspec

from zuji.identify.current import Person, owners_ever, people_now
from zuji.run.progress import Progress
from zuji.store import profile_changes, spool_positions
from zuji.store.events import EventStore
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.profile_changes import EVERY_OWNER, Mark
from zuji.store.profiles import ProfileRow

log = logging.getLogger(__name__)

MOST_PEOPLE = 2_000  # at some 30 µs each, this long (60 ms) the other threads wait for the interpreter at worst
REST = 4.0  # a fifth of a core at most, and somebody who changes over and over is read once per round
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
IDLE_S = 1.0
RETRY_S = 1.0

_json = msgspec.json.Encoder(order="sorted").encode


class ProfileLoop:
    """One thread that works off the marks. Nothing is lost when it stops: what is left is marked."""

    def __init__(self, *, hot: HotStore, events: EventStore, progress: Progress) -> None:
        self._hot = hot
        self._events = events
        self._progress = progress
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="profiles")
        self.failure: str | None = None
        self.rows_written = 0

    def start(self) -> None:
        """Begin with what an earlier run left marked."""
        with self._hot.read() as connection:
            left = profile_changes.newest(connection)
        if left is not None:
            self._progress.marked(max(left, 1))
        self._thread.start()

    def stop(self) -> None:
        """End after the people under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._progress.wait_marked(IDLE_S):
                continue
            started = time.monotonic()
            try:
                self._work_off_all()
                self.failure = None
            except Exception as failure:
                self.failure = f"the rows of people wait: {failure}"
                log.error("%s; retrying in %s s, nothing is lost", self.failure, RETRY_S)
                self._stopping.wait(RETRY_S)
                continue
            took = time.monotonic() - started
            self._progress.wait_hurried(min(max(REST * took, SHORTEST_PAUSE_S), LONGEST_PAUSE_S))

    def _work_off_all(self) -> None:
        """Once through all marks. Whoever was marked when it began has followed when it ends."""
        with self._hot.read() as connection:
            sequence = spool_positions.load_sequence(connection)
        last = 0
        while not self._stopping.is_set():
            marks = self._work_off(last)
            if not marks:
                self._progress.profiled(max(sequence, 1))
                return
            last = marks[-1].number

    def _work_off(self, after: int) -> list[Mark]:
        """The next people: read, insert, unmark. Gives their marks."""
        with self._hot.read() as connection:
            marks = profile_changes.marks_after(connection, after, MOST_PEOPLE)
            version = spool_positions.load_sequence(connection)
            found = {
                workspace: _people_of(connection, workspace, list(group))
                for workspace, group in groupby(sorted(marks, key=_WORKSPACE), key=_WORKSPACE)
            }
        rows = [row for workspace, people in found.items() for row in self._rows(workspace, people, version)]
        if rows:
            self._events.insert_profiles(rows)
            self.rows_written += len(rows)
        if marks:
            with self._hot.write() as connection:
                profile_changes.unmark(connection, marks)
        return marks

    def _rows(self, workspace: str, people: Sequence[Person], version: int) -> list[ProfileRow]:
        """A row for everybody of whom something is known; for the others only where one says more so far."""
        plain = [person.id for person in people if person.is_plain]
        outdated = self._events.with_profiles(plain) if plain else set()
        return [row_of(workspace, person, version) for person in people if not person.is_plain or person.id in outdated]


def row_of(workspace: str, person: Person, version: int) -> ProfileRow:
    """A person as the event store is told."""
    return ProfileRow(
        workspace,
        person.id,
        person.identified,
        person.first_seen_ms,
        tuple((one.type, one.value) for one in person.identifiers),
        _json(person.traits).decode(),
        version,
        gone=not person.identifiers,
    )


_WORKSPACE = attrgetter("workspace")


def _people_of(connection: HotTransaction, workspace: str, marks: Sequence[Mark]) -> list[Person]:
    everybodys = [mark.number for mark in marks if mark.scope == EVERY_OWNER]
    wanted = {mark.number for mark in marks if mark.scope != EVERY_OWNER}
    if everybodys:
        wanted |= owners_ever(connection, workspace, everybodys)
        wanted |= set(everybodys)
    return people_now(connection, workspace, wanted)

"""The states of one workspace's identifiers: loaded when needed, worked out from the store where there are none.

An identifier's state lies in pieces, one for each stretch in which it belonged to somebody, so that a person's figures
are the combination of the pieces that are theirs now. A piece also knows the times of its first and newest event: where
a stretch is divided at a time that no event crosses, nothing needs to be worked out anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Final

import msgspec

from zuji.identify.holdings import UNDIVIDED, Holding
from zuji.identify.resolver import Resolver
from zuji.run.two_ages import TwoAges
from zuji.store import tag_states
from zuji.store.hot import HotTransaction
from zuji.store.tag_events import AnchorEvents
from zuji.tag.compiled import Compiled
from zuji.tag.event_facts import ALWAYS, Event, EventRows
from zuji.tag.state import State

KEPT: Final = 50_000
ANCHORS_PER_QUERY: Final = 2_000
NEVER: Final = 1 << 53


class Piece(msgspec.Struct, gc=False):
    """What is known of one stretch of an identifier: where it begins, its first and newest event, its state."""

    from_ms: int
    first_at: int = NEVER
    last_at: int = -NEVER
    state: State | None = None


_from_ms = attrgetter("from_ms")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, int, int, bytes]]).decode


class StateBook:
    """Every method works within the transaction it is given; `settle` or `forget` follow its end."""

    def __init__(self, workspace: str, compiled: Compiled, *, events: AnchorEvents, resolver: Resolver) -> None:
        self._workspace = workspace
        self._compiled = compiled
        self._events = events
        self._resolver = resolver
        self._columns = sorted(ALWAYS | compiled.columns)
        self._kept: TwoAges[list[Piece]] = TwoAges(KEPT)
        self._dirty: set[int] = set()
        self.recomputed = 0
        """How many states were worked out from the store so far."""

    @cached_property
    def unlimited(self) -> Compiled:
        """The same rules for those who have more than states are meant to hold."""
        return self._compiled.unlimited()

    def load(
        self, connection: HotTransaction, anchors: Iterable[int], now_ms: int, newborn: Collection[int] = ()
    ) -> set[int]:
        """Have these states at hand. Gives those that were worked out from all events there are."""
        missing = [anchor for anchor in anchors if self._kept.get(anchor) is None]
        if not missing:
            return set()
        bodies = tag_states.load(connection, missing)
        outdated = []
        for anchor in missing:
            body = bodies.get(anchor)
            is_new = body is None and anchor in newborn
            pieces = [Piece(UNDIVIDED[0])] if is_new else self._read(body) if body else None
            if pieces is None:
                outdated.append(anchor)
                continue
            self._kept.put(anchor, pieces)
            if is_new:
                self._dirty.add(anchor)
        self.work_out(connection, outdated, now_ms)
        return set(outdated)

    def work_out(self, connection: HotTransaction, anchors: Sequence[int], now_ms: int) -> None:
        """Take the states of these from all of their events, those of the batch under way included."""
        for start in range(0, len(anchors), ANCHORS_PER_QUERY):
            some = anchors[start : start + ANCHORS_PER_QUERY]
            for anchor, starts in self._resolver.stretches(connection, self._workspace, some).items():
                self._kept.put(anchor, [Piece(from_ms) for from_ms in starts])
            self._dirty.update(some)
            for event in self._events_of(connection, some):
                self.add(event, now_ms)
        self.recomputed += len(anchors)

    def add(self, event: Event, now_ms: int) -> int | None:
        """Another event of an identifier whose state is at hand. Gives what it reaches; None: it changes nothing."""
        pieces, at = self._kept[event.anchor], event.at
        piece = pieces[0] if len(pieces) == 1 else pieces[max(0, bisect_right(pieces, at, key=_from_ms) - 1)]
        if at < piece.first_at:
            piece.first_at = at
            self._dirty.add(event.anchor)
        if at > piece.last_at:
            piece.last_at = at
            self._dirty.add(event.anchor)
        state, effect = piece.state, self._compiled.effect_of(event)
        if not effect.reach and state is not None and state.is_seen:
            return None
        piece.state = self._compiled.add_effect(state, event, effect, now_ms)
        self._dirty.add(event.anchor)
        return effect.reach

    def divide(self, connection: HotTransaction, anchors: Iterable[int]) -> list[int]:
        """The stretches of these changed. Gives those whose events must be read again, which the caller has to do."""
        outdated = []
        for anchor, starts in self._resolver.stretches(connection, self._workspace, anchors).items():
            pieces = self._kept[anchor]
            divided = divided_at(pieces, starts)
            if divided is None:
                outdated.append(anchor)
            elif divided is not pieces:
                self._kept.put(anchor, divided)
                self._dirty.add(anchor)
        return outdated

    def states_of(self, holdings: Iterable[Holding]) -> list[State]:
        """The states of all pieces that lie in these holdings and hold anything."""
        found: list[State] = []
        for anchor, from_ms, to_ms in holdings:
            for piece in self._kept[anchor]:
                state = piece.state
                if state is not None and from_ms <= piece.from_ms < to_ms:
                    found.append(state)
                    if state.waiting:  # looking at it may be what adds them
                        self._dirty.add(anchor)
        return found

    def whole(
        self, connection: HotTransaction, holdings: Mapping[int, Sequence[Holding]], now_ms: int
    ) -> dict[int, list[State]]:
        """States that hold everything, of these people, from the events themselves; not kept."""
        owner = {holding: person for person, held in holdings.items() for holding in held}
        stretches: dict[int, list[Holding]] = {}
        for holding in sorted(owner):
            stretches.setdefault(holding.anchor, []).append(holding)
        made: dict[tuple[int, int], State] = {}
        for event in self._events_of(connection, list(stretches)):
            for holding in stretches[event.anchor]:
                if holding.from_ms <= event.at < holding.to_ms:
                    place = (owner[holding], event.anchor)
                    made[place] = self.unlimited.add(made.get(place), event, now_ms)
        found: dict[int, list[State]] = {person: [] for person in holdings}
        for (person, _), state in made.items():
            found[person].append(state)
        return found

    def save(self, connection: HotTransaction) -> None:
        """Write what changed."""
        tag_states.save(connection, ((anchor, self._written(anchor)) for anchor in sorted(self._dirty)))

    def settle(self) -> None:
        """The transaction was committed."""
        self._dirty.clear()
        self._kept.age()

    def forget(self) -> None:
        """It was rolled back: what is in memory may be ahead of the file."""
        self._kept.clear()
        self._dirty.clear()

    def drop(self, anchors: Iterable[int]) -> None:
        """These were written by somebody else: read them again."""
        self._kept.drop(anchors)

    def _events_of(self, connection: HotTransaction, anchors: Sequence[int]) -> Iterable[Event]:
        return EventRows(self._events.of(connection, self._workspace, anchors, self._columns))

    def _read(self, body: bytes) -> list[Piece] | None:
        pieces = []
        for from_ms, first_at, last_at, packed in _decode(body):
            state = self._compiled.decode(packed) if packed else None
            if packed and state is None:
                return None
            pieces.append(Piece(from_ms, first_at, last_at, state))
        return pieces

    def _written(self, anchor: int) -> bytes:
        return _encode(
            [
                (one.from_ms, one.first_at, one.last_at, b"" if one.state is None else self._compiled.encode(one.state))
                for one in self._kept[anchor]
            ]
        )


def divided_at(pieces: list[Piece], starts: Sequence[int]) -> list[Piece] | None:
    """The pieces for stretches that begin so; None where that takes the events themselves.

    It does not where every piece lies within one of the new stretches and each new stretch gets one at most.
    """
    if [piece.from_ms for piece in pieces] == list(starts):
        return pieces
    made = [Piece(start) for start in starts]
    for piece in pieces:
        if piece.state is None:
            continue
        place = max(0, bisect_right(starts, piece.first_at) - 1)
        is_crossed = place + 1 < len(starts) and piece.last_at >= starts[place + 1]
        if is_crossed or made[place].state is not None:
            return None
        made[place] = Piece(starts[place], piece.first_at, piece.last_at, piece.state)
    return made

"""Which changes subscribers are told of, and when: silent ones never, flapping ones once a minute."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from zuji.run.flapping import Flapper, FlapWatch, Hold
from zuji.store import tag_timers, tag_values
from zuji.store.hot import HotTransaction
from zuji.store.tag_timers import Held
from zuji.store.tag_values import DAMPED, SILENT, TOLD, NewChange

MOST_HELD = 1_000


class Telling:
    """What is held is in the hot state; this knows which, so that changes of others cost no look."""

    def __init__(self) -> None:
        self._watch = FlapWatch()
        self._held: dict[Flapper, Held] = {}
        self._is_loaded = False

    @property
    def holds_any(self) -> bool:
        """Whether a flapping value waits for its minute."""
        return bool(self._held)

    def load(self, connection: HotTransaction) -> None:
        """Read what is held."""
        self._held = {_flapper(one): one for one in tag_timers.all_held(connection)}
        self._is_loaded = True

    def forget(self) -> None:
        """The transaction was rolled back: read again what is held."""
        self._is_loaded = False

    def decide(
        self, connection: HotTransaction, changes: Iterable[NewChange], *, announce: bool, now_ms: int
    ) -> list[NewChange]:
        """The same changes, each with whether it is told; what is held is written."""
        if not self._is_loaded:
            self.load(connection)
        return [self._decided(connection, change, announce, now_ms) for change in changes]

    def tell_held(self, connection: HotTransaction, now_ms: int) -> list[NewChange]:
        """Tell the newest values whose minute is over, and record that."""
        if not self._is_loaded:
            self.load(connection)
        due = tag_timers.held_by(connection, now_ms, MOST_HELD)
        told = []
        for held in due:
            values = tag_values.values_of(connection, held.workspace, [held.person]).get(held.person, {})
            newest = values.get((held.kind, held.key))
            new = newest.value if newest is not None else None
            if new != held.told:
                told.append(_told(held, new, now_ms))
            self._watch.told(_flapper(held), now_ms)
            self._held.pop(_flapper(held), None)
        tag_timers.release(connection, due)
        tag_values.record(connection, told, readable_at_ms=now_ms)
        return told

    def _decided(self, connection: HotTransaction, change: NewChange, announce: bool, now_ms: int) -> NewChange:
        if change.cause == "publish" and not announce:
            return replace(change, told=SILENT)
        flapper = _flapper(change)
        decided = self._watch.changed(flapper, now_ms)
        held = self._held.get(flapper)
        if isinstance(decided, Hold):
            if held is None:
                held = Held(change.workspace, change.person, change.kind, change.key, change.old, decided.until_ms)
                tag_timers.hold(connection, held)
                self._held[flapper] = held
            return replace(change, told=DAMPED)
        if held is not None:
            tag_timers.release(connection, [held])
            del self._held[flapper]
            return replace(change, old=held.told, told=DAMPED if change.new == held.told else TOLD)
        return change if change.told == TOLD else replace(change, told=TOLD)


def _flapper(one: Held | NewChange) -> Flapper:
    return (one.person, one.kind, one.key)


def _told(held: Held, new: object, now_ms: int) -> NewChange:
    return NewChange(
        workspace=held.workspace, person=held.person, kind=held.kind, key=held.key, old=held.told, new=new,
        cause="damped", at_ms=now_ms,
    )  # fmt: skip

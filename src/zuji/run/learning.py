"""Learning what sources send: what a batch shows is known from its transaction on, and changes are noticed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from zuji.clean.learned import MOST_EVENTS, LearnedEvent, decode_learned, encode_learned, learn, new_event, silences
from zuji.clean.observed import Observed
from zuji.clean.quality_tally import usual_properties
from zuji.run.batch import SourceOf
from zuji.store import learned_plan
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.learned_plan import Change, EventKey
from zuji.terms.alarm import Alarm

ALARM_MS = 3_600_000
"""How long a change stays an alarm, unless the server starts anew; the silence of an event is one until it ends."""
BREAKING = ("type_changed", "property_vanished")
MOST_TOLD = 10
MOST_KEPT = 1_000


class Learner:
    """What is known about every kind of event, kept in memory; the one writer of its tables."""

    def __init__(self, hot: HotStore, source_of: SourceOf) -> None:
        self._source_of = source_of
        with hot.read() as connection:
            self._known = {key: decode_learned(learned) for key, learned in learned_plan.load(connection)}
        self._recent: list[Change] = []
        """Changes that are alarms, newest first. What changed in history that is being loaded is only listed."""
        self._pending: dict[EventKey, LearnedEvent] = {}
        self._changes: list[Change] = []
        self._broken: list[Change] = []
        self._guard = threading.Lock()

    def take(self, connection: HotTransaction, observed: Sequence[Observed], now_ms: int) -> None:
        """Learn from a batch inside its transaction; `settle` or `forget` follows."""
        for one in observed:
            known = self._known.get(one.key)
            if known is None:
                others = self._of_source(one.key)
                if len(others) >= MOST_EVENTS:
                    continue
                self._changes += new_event(one.key, others, now_ms) if others else []
            self._pending[one.key], changes = learn(known, one, now_ms)
            self._changes += changes
            self._broken += [change for change in changes if one.is_live and change.kind in BREAKING]
        learned_plan.save(connection, ((key, encode_learned(event)) for key, event in self._pending.items()))
        learned_plan.note_changes(connection, self._changes)

    def forget_source(self, connection: HotTransaction, workspace: str, source: str) -> None:
        """The source's data is deleted in this transaction."""
        learned_plan.forget_source(connection, workspace, source)
        with self._guard:
            self._known = {key: event for key, event in self._known.items() if key[:2] != (workspace, source)}
            self._recent = [change for change in self._recent if change[:2] != (workspace, source)]

    def settle(self) -> None:
        """The transaction was committed."""
        with self._guard:
            self._known.update(self._pending)
            self._recent = [*self._broken, *self._recent][:MOST_KEPT]
        self.forget()

    def forget(self) -> None:
        """The transaction was rolled back, or is done with."""
        self._pending, self._changes, self._broken = {}, [], []

    def alarms(self, now_ms: int) -> list[Alarm]:
        """What broke of late, in words: types that changed, properties that vanished, events that fell silent."""
        with self._guard:
            recent = [change for change in self._recent if now_ms - change.at < ALARM_MS]
            found = [*silences(self._known, now_ms), *recent]
        told = [alarm_of(change, self._source_of(*change[:2]).name) for change in found[:MOST_TOLD]]
        more = len(found) - MOST_TOLD
        if more > 0:
            told.append(Alarm(code="more_changes", said=f"{more} more changes of what is sent", count=more))
        return told

    def usual_properties(self, key: EventKey) -> frozenset[str]:
        """The properties that a kind of event usually has, as known before the batch under way."""
        return usual_properties(self._known.get(key))

    def _of_source(self, key: EventKey) -> list[LearnedEvent]:
        known = {**self._known, **self._pending}
        return [event for one, event in known.items() if one[:2] == key[:2]]


def alarm_of(change: Change, source: str) -> Alarm:
    """A change as an alarm; the source by its name."""
    what = f"property {change.property} of {change.event}" if change.property else f"event {change.event}"
    example = f", such as {change.example}" if change.example else ""
    return Alarm(
        code=change.kind,  # type: ignore[arg-type]  # kinds of changes are codes of alarms
        said=f"source {source}: {what}: {change.kind.replace('_', ' ')}: {change.detail}{example}",
        workspace=change.workspace,
        source=source,
        event=change.event,
        property=change.property,
    )

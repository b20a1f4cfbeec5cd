"""How good a batch is, counted from what cleaning has said about it already: no event is looked at again.

Events count on the day of their receipt (UTC). Completeness is counted in fields, all else in events: of each event its
required fields and the properties that its kind usually has. Of the latter only the batch knows how many are missing,
so they count on the day of its newest event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zuji.clean.learned import NEARLY_ALWAYS, SURE_EVENTS, LearnedEvent
from zuji.clean.observed import Observed
from zuji.clean.quality import (
    DIMENSIONS,
    MISSING,
    OF_FLAG,
    REQUIRED_FIELDS,
    Defect,
    Dimension,
    defect_of_rejection,
    defects_of,
)
from zuji.clean.received import Received
from zuji.clean.sheet import NAMED_BY_TYPE
from zuji.store.accounting import Key, Term
from zuji.store.learned_plan import EventKey
from zuji.store.quality import DAY_MS, NO_FIGURES, Cause, Figures, Found, Of, OfEvent, QualityFigures
from zuji.store.quarantine import NewlyRejected
from zuji.terms.event import Flag
from zuji.terms.message import Message

Usual = Callable[[EventKey], frozenset[str]]
"""The properties that a kind of event usually has, as known before the batch."""

LONGEST = 100
_TELLING = sum(OF_FLAG)
_UNTIMED = int(Flag.TIME_GUESSED)
_NEEDED = ["workspace", "source", "received_at", "type", "event", "event_id", "flags", "flag_reason"]
_COUNTED = ["workspace", "source", "received_at", "type", "event", "flags"]
_KIND = ("workspace", "source", "day", "kind")
_GROUPED = (*_KIND, "told", "flag_reason", "history")


@dataclass(frozen=True)
class Arrived:
    """What came in with a batch and what became of it. `timed`: per stored row whether the client said when it sent
    it. A stored event that is old and does not say so is history being loaded, which is neither in time nor late.
    """

    accounts: Mapping[Term, Mapping[Key, int]]
    stored: pa.Table
    timed: Callable[[], Sequence[bool]]
    rejected: Sequence[NewlyRejected]
    repeated: Sequence[Received]
    observed: Sequence[Observed]


def tally(arrived: Arrived, usual: Usual) -> QualityFigures:
    """What the batch adds to the figures of its sources and days."""
    found = _Tally()
    _count_looked_at(found, arrived)
    _count_rejected(found, arrived.rejected)
    _count_repeated(found, arrived)
    plan_missing = _count_stored(found, arrived)
    _count_properties(found, arrived, usual, plan_missing)
    return QualityFigures(found.checked, found.wrong, found.causes, found.of_events)


class _Tally:
    """Figures that grow."""

    def __init__(self) -> None:
        self.checked: Counter[Of] = Counter()
        self.wrong: Counter[Of] = Counter()
        self.causes: dict[Cause, Found] = {}
        self.of_events: dict[OfEvent, Figures] = {}

    def count(self, of: Of, event: str, *, checked: int = 0, wrong: int = 0) -> None:
        """So much more was looked at, and was wrong; of this kind of event too."""
        self.checked[of] += checked
        self.wrong[of] += wrong
        self.count_event(of, event, checked=checked, wrong=wrong)

    def count_event(self, of: Of, event: str, *, checked: int = 0, wrong: int = 0) -> None:
        """The same, of what the figures of all events hold already."""
        place = OfEvent(of, event[:LONGEST])
        before = self.of_events.get(place, NO_FIGURES)
        self.of_events[place] = Figures(before.checked + checked, before.wrong + wrong)

    def note(self, cause: Cause, times: int, example: str) -> None:
        """A cause was found so many times more, last in this event."""
        before = self.causes.get(cause)
        self.causes[cause] = Found(times + (before.times if before else 0), example[:LONGEST])


def _count_looked_at(found: _Tally, arrived: Arrived) -> None:
    for (workspace, source, minute), events in arrived.accounts.get("stored", {}).items():
        for dimension in DIMENSIONS:
            found.checked[Of(workspace, source, minute // DAY_MS, dimension)] += _looked_at(dimension, events)
    for (workspace, source, day, kind), events in _kinds(arrived.stored).items():
        for dimension in DIMENSIONS:
            of = Of(workspace, source, day, dimension)
            found.count_event(of, kind, checked=_looked_at(dimension, events))


def _looked_at(dimension: Dimension, events: int) -> int:
    return REQUIRED_FIELDS * events if dimension == "completeness" else events


def _count_rejected(found: _Tally, rejected: Iterable[NewlyRejected]) -> None:
    for event in rejected:
        defect = defect_of_rejection(event.reason, event.detail)
        if defect is None:
            continue
        receipt = event.receipt
        of = Of(receipt.workspace, receipt.source, receipt.received_at // DAY_MS, defect.dimension)
        kind = _kind_of(event.message)
        found.count(of, kind, checked=_looked_at(defect.dimension, 1), wrong=1)
        found.note(Cause(of, defect.cause, kind[:LONGEST], defect.property), 1, event.message.message_id)


def _count_repeated(found: _Tally, arrived: Arrived) -> None:
    """Messages that came in again. They are looked at under uniqueness and nothing else."""
    if not arrived.repeated:
        return
    of_request = {id(item.receipt): item for item in arrived.repeated}  # the last of each request is example enough
    newest = {
        (item.receipt.workspace, item.receipt.source, item.receipt.received_at // DAY_MS): item.message.message_id
        for item in of_request.values()
    }
    for (workspace, source, minute), events in arrived.accounts.get("duplicate", {}).items():
        of = Of(workspace, source, minute // DAY_MS, "uniqueness")
        found.checked[of] += events
        found.wrong[of] += events
        found.note(Cause(of, "duplicate"), events, newest.get(of[:3], ""))
    kinds = Counter(
        (item.receipt.workspace, item.receipt.source, item.receipt.received_at // DAY_MS, _kind_of(item.message))
        for item in arrived.repeated
    )
    for (workspace, source, day, kind), events in kinds.items():
        found.count_event(Of(workspace, source, day, "uniqueness"), kind, checked=events, wrong=events)


def _count_stored(found: _Tally, arrived: Arrived) -> Mapping[tuple[EventKey, str], Found]:
    """Count what flags and reasons tell, each distinct set of them once. Gives what the plan misses, for later."""
    missing: dict[tuple[EventKey, str], Found] = {}
    for workspace, source, day, kind, told, reasons, history, events, example in _groups(arrived).iter_rows():
        defects = list(defects_of(reasons, told))
        on_time = Of(workspace, source, day, "timeliness")
        if history or told & _UNTIMED:
            found.count(on_time, kind, checked=-events)
            defects = [defect for defect in defects if defect.dimension != "timeliness"]
        _count_defects(found, Of(workspace, source, day, ""), defects, kind, Found(events, example))
        for defect in defects:
            if defect.cause == MISSING:
                place = EventKey(workspace, source, kind), defect.property
                before = missing.get(place)
                missing[place] = Found(events + (before.times if before else 0), example)
    return missing


def _count_defects(found: _Tally, where: Of, defects: Sequence[Defect], kind: str, events: Found) -> None:
    """An event is wrong once under a dimension, whatever the number of its defects; fields are each wrong."""
    counted = [defect for defect in defects if defect.cause != MISSING]
    for dimension in {defect.dimension for defect in counted}:
        found.count(where._replace(dimension=dimension), kind, wrong=events.times)
    for defect in counted:
        of = where._replace(dimension=defect.dimension)
        found.note(Cause(of, defect.cause, kind[:LONGEST], defect.property), *events)


def _count_properties(
    found: _Tally, arrived: Arrived, usual: Usual, plan_missing: Mapping[tuple[EventKey, str], Found]
) -> None:
    """Properties that are missing: usual ones by the names events have, and those whose absence the plan told of.

    To the plan a property that is null is missing too, so the larger of both figures holds for a usual one.
    """
    days = newest_days(arrived.accounts)
    left = dict(plan_missing)
    for kind in arrived.observed:
        wanted = usual(kind.key)
        if not wanted:
            continue
        of = Of(*kind.key[:2], days.get(kind.key[:2], 0), "completeness")
        found.count(of, kind.key.event, checked=kind.events * len(wanted))
        for name, absent in _absent(kind, wanted, left).items():
            found.count(of, kind.key.event, wrong=absent.times)
            found.note(Cause(of, "missing", kind.key.event[:LONGEST], name[:LONGEST]), *absent)
    for (key, name), absent in left.items():
        of = Of(*key[:2], days.get(key[:2], 0), "completeness")
        found.count(of, key.event, checked=absent.times, wrong=absent.times)
        found.note(Cause(of, "missing", key.event[:LONGEST], name), *absent)


def _absent(
    kind: Observed, wanted: frozenset[str], plan_missing: dict[tuple[EventKey, str], Found]
) -> Mapping[str, Found]:
    """The wanted properties that events of a kind have not. What the plan told of them is taken out of its own."""
    absent: dict[str, Found] = {}
    for shape, events, first in kind.shapes:
        for name in sorted(wanted.difference(shape)):
            before = absent.get(name)
            absent[name] = Found(events + (before.times if before else 0), first)
    for name in sorted(wanted):
        told = plan_missing.pop((kind.key, name[:LONGEST]), None)
        if told is not None and told.times > (absent[name].times if name in absent else 0):
            absent[name] = told
    return absent


def usual_properties(known: LearnedEvent | None) -> frozenset[str]:
    """The properties that events of a kind nearly always have, once enough of them were seen."""
    if known is None or known.events < SURE_EVENTS:
        return frozenset()
    often = NEARLY_ALWAYS * known.events
    return frozenset(name for name, learned in known.properties.items() if learned.events >= often)


def newest_days(accounts: Mapping[Term, Mapping[Key, int]]) -> Mapping[tuple[str, str], int]:
    """The newest day on which something came in, by (workspace, source)."""
    days: dict[tuple[str, str], int] = {}
    for workspace, source, minute in accounts.get("accepted", {}):
        place = workspace, source
        days[place] = max(days.get(place, 0), minute // DAY_MS)
    return days


def _kind_of(message: Message) -> str:
    return message.type if message.type in NAMED_BY_TYPE else message.event


def _kinds(table: pa.Table) -> Mapping[tuple[str, str, int, str], int]:
    """How many events of each kind are stored, by (workspace, source, day of receipt, kind); inferred ones are not."""
    if not table.num_rows:
        return {}
    told = table.select(_COUNTED)  # to leave rows out is to copy the others, with all of their columns
    told = told.filter(pc.equal(pc.bit_wise_and(told["flags"], int(Flag.INFERRED)), 0))
    named = pc.is_in(told["type"], pa.array(sorted(NAMED_BY_TYPE)))
    kinds = pc.if_else(named, told["type"], told["event"])
    days = pc.divide(told["received_at"].cast(pa.int64()), DAY_MS)
    grouped = pa.table([told["workspace"], told["source"], days, kinds], list(_KIND)).group_by(_KIND, use_threads=False)
    counted = grouped.aggregate([([], "count_all")])
    columns = [counted[name].to_pylist() for name in (*_KIND, "count_all")]
    return {
        (workspace, source, day, kind): events for workspace, source, day, kind, events in zip(*columns, strict=True)
    }


def _groups(arrived: Arrived) -> pl.DataFrame:
    """The stored rows that have anything to tell, grouped by what they tell; the newest event of each as example."""
    table = arrived.stored
    if not table.num_rows:
        return pl.DataFrame()
    # Most batches have nothing to tell; finding that out by a data frame would take a lone event half a millisecond.
    flags = table["flags"].to_numpy()
    has_reason = pc.binary_length(table["flag_reason"]).to_numpy() > 0
    telling = ((flags & _TELLING != 0) | has_reason) & (flags & int(Flag.INFERRED) == 0)
    if not telling.any():
        return pl.DataFrame()
    late = flags & int(Flag.LATE) != 0
    history = late & ~np.array(arrived.timed(), dtype=np.bool_) if late.any() else late
    kinds = pl.when(pl.col("type").is_in(list(NAMED_BY_TYPE))).then(pl.col("type")).otherwise(pl.col("event"))
    return (
        pl.DataFrame(table.select(_NEEDED).filter(pa.array(telling)))
        .with_columns(pl.Series("history", history[telling]))
        .select(
            "workspace",
            "source",
            "flag_reason",
            "history",
            "event_id",
            day=pl.col("received_at").dt.epoch("ms") // DAY_MS,
            kind=kinds,
            told=pl.col("flags") & _TELLING,
        )
        .group_by(_GROUPED, maintain_order=True)
        .agg(pl.len(), pl.col("event_id").last())
    )

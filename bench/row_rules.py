"""What the rules of the row-by-row cleaner remember, and what they ask of each event; beside `row_cleaner.py`.

The rules are those that hold where no policy says otherwise, asked of one event after the other: impossible numbers and
days, short views, unknown currencies, repeated orders and clicks, refunds before their orders, outliers, pages that
turn too fast, floods of names; what is learnt of each kind of event; and the tally of how good the events are.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zuji.clean.batch import Received
from zuji.clean.context import as_text
from zuji.clean.currencies import CURRENCIES
from zuji.clean.impossible import LINES, is_impossible_birth
from zuji.clean.learned import MOST_PROPERTIES, NEARLY_ALWAYS, SURE_EVENTS
from zuji.clean.measures import number_of
from zuji.clean.observed import type_name
from zuji.clean.orders import ORDER_IDS, ORDERS, REFUNDS
from zuji.clean.property_meaning import (
    is_birthday,
    is_click,
    is_measure,
    is_view,
    milliseconds_in,
    partners_of,
    plain,
    promise_beside_currency,
    promise_of,
    takes_back,
)  # fmt: skip
from zuji.clean.quality import DIMENSIONS, REQUIRED_FIELDS, Defect, defect_of_rejection, defects_of
from zuji.clean.sheet import NAMED_BY_TYPE
from zuji.clean.speed import Pace
from zuji.store.learned_plan import EventKey
from zuji.terms.event import Flag
from zuji.terms.identifier import Identifier
from zuji.terms.rejection import Reason

Object = dict[str, Any]
Side = tuple[Identifier, ...]
DAY_MS = 86_400_000
Figure = tuple[tuple[str, str, str, int], str]
"""Workspace, source, kind of event and day; and the dimension of quality."""
MIDDLE = 350
"""Numbers are counted in buckets a tenth apart, negative ones below the middle."""


@dataclass
class Said:
    """What rules said of one event."""

    reasons: list[str] = field(default_factory=list)
    flags: int = 0

    def strike(self, reason: str, flag: Flag = Flag.SUSPECT) -> None:
        """A rule applies."""
        self.reasons.append(reason)
        self.flags |= flag


@dataclass
class Usual:
    """The numbers of one property, counted by bucket, and the bounds of what is usual."""

    counts: list[int] = field(default_factory=lambda: [0] * (2 * MIDDLE + 1))
    total: int = 0
    drawn: int = 0
    low: float = -math.inf
    high: float = math.inf

    def is_far(self, number: float) -> bool:
        """Whether a number is far from usual; it counts as learnt from here on."""
        size = min(math.log1p(abs(number) * 100) / math.log(1.1), MIDDLE)
        bucket = round(math.copysign(size, number)) + MIDDLE
        if self.total >= 200 and self.total >= self.drawn * 1.1:
            self._draw_bounds()
        far = self.total >= 200 and not self.low <= bucket <= self.high
        self.counts[bucket] += 1
        self.total += 1
        return far

    def _draw_bounds(self) -> None:
        """Six robust deviations from the median, at least three times off, and rare."""
        middle = self._first_above(self.counts, self.total / 2)
        folded = [0] * len(self.counts)
        for bucket, count in enumerate(self.counts):
            folded[abs(bucket - middle)] += count
        deviation = self._first_above(folded, self.total / 2)
        mean = sum(distance * count for distance, count in enumerate(folded)) / self.total
        reach = max(6 * (1.4826 * deviation or 1.2533 * mean), math.log(3) / math.log(1.1))
        rare = self.total / 200
        above = len(self.counts) - 1 - self._first_above(self.counts[::-1], rare, strictly=True)
        below = self._first_above(self.counts, rare, strictly=True)
        self.low, self.high, self.drawn = min(middle - reach, below), max(middle + reach, above), self.total

    @staticmethod
    def _first_above(counts: list[int], share: float, *, strictly: bool = False) -> int:
        """The first bucket up to which there are so many."""
        below = 0
        for bucket, count in enumerate(counts):
            below += count
            if below > share or (below == share and not strictly):
                return bucket
        return len(counts) - 1


@dataclass
class Learnt:
    """What was seen of one kind of event."""

    events: int = 0
    properties: Counter[str] = field(default_factory=Counter)
    types: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    usual: frozenset[str] = frozenset()
    """The properties that it nearly always has, as known when the last rows were written."""


class Order(NamedTuple):
    """An order that came in: its earliest event, and the kinds of its events."""

    at: int
    kinds: tuple[str, ...]


@dataclass
class RowRules:
    """The rules and their memory."""

    usual: dict[tuple[str, str, str, str], Usual] = field(default_factory=lambda: defaultdict(Usual))
    clicks: dict[tuple[str, ...], int] = field(default_factory=dict)
    orders: dict[tuple[str, str], Order] = field(default_factory=dict)
    first_order: dict[str, int] = field(default_factory=dict)
    paces: dict[tuple[str, str, str, str], Pace] = field(default_factory=dict)
    names: dict[EventKey, set[str]] = field(default_factory=lambda: defaultdict(set))
    new_names: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    learnt: dict[EventKey, Learnt] = field(default_factory=lambda: defaultdict(Learnt))
    checked: Counter[Figure] = field(default_factory=Counter)
    wrong: Counter[Figure] = field(default_factory=Counter)
    causes: Counter[tuple[Figure, Defect]] = field(default_factory=Counter)

    def judged(
        self, row: Object, kind: str, properties: Object, traits: Object, side: Side, now_ms: int
    ) -> tuple[Said, Object | None]:
        """What the rules say of an event; and its properties where they had to be mended."""
        said, mended = Said(), None
        for name, value in properties.items():
            number = number_of(value)
            if not math.isnan(number):
                mended = self._judge_number(said, row, kind, properties, name, number) or mended
            if is_birthday(name) and is_impossible_birth(value, now_ms):
                said.strike(f"impossible:{name}")
            if name in LINES and not takes_back(kind) and (inner := negative_in(value)):
                said.strike(f"negative:{name}.{inner}")
        for name, value in traits.items():
            if is_impossible_trait(name, value, now_ms):
                said.strike(f"impossible:{name}")
        if row["currency"] and row["currency"] not in CURRENCIES:
            said.strike("currency:unknown")
        self._judge_order(said, row, kind, properties)
        if is_click(kind) and side:
            self._judge_click(said, row, kind, side[0])
        return said, mended

    def _judge_number(
        self, said: Said, row: Object, kind: str, properties: Object, name: str, number: float
    ) -> Object | None:
        promise, mended = promise_of(name), None
        bounds = promise or (promise_beside_currency(name) if row["currency"] else None)
        if bounds is not None and not bounds.low <= number <= bounds.high:
            other = swapped_with(properties, name, number)
            if other is not None:
                said.strike(f"swapped:{name}", Flag.REPAIRED)
                kept = {name: properties[name], other: properties[other]}
                mended = properties | {name: properties[other], other: properties[name], "$original": kept}
            elif bounds.rule != "negative_number":
                said.strike(f"impossible:{name}")
            elif not takes_back(row["event"]):
                said.strike(f"negative:{name}")
        unit = milliseconds_in(name)
        if unit is not None and is_view(kind) and number * unit < 1_000:
            said.strike("view:short")
        learns = is_measure(name) and math.isfinite(number) and (promise or isinstance(properties[name], int | float))
        if learns and self.usual[row["workspace"], row["source"], kind, name].is_far(number):
            said.strike(f"outlier:{name}")
        return mended

    def _judge_order(self, said: Said, row: Object, kind: str, properties: Object) -> None:
        name = next((name for name in properties if plain(name) in ORDER_IDS), None)
        order = as_text(properties[name]) if name is not None else None
        if not order or len(order) > 200:
            return
        workspace, at, bare = row["workspace"], row["occurred_at"], plain(kind)
        held = self.orders.get((workspace, order))
        if bare in REFUNDS:
            if held is not None and at < held.at:
                said.strike("refund:before_order")
            elif held is None and at - self.first_order.get(workspace, at) >= 30 * DAY_MS:
                said.strike("refund:no_order")
        elif bare in ORDERS:
            kinds = held.kinds if held is not None else ()
            if kind in kinds:
                said.strike("order:repeated")
            self.orders[workspace, order] = Order(at if held is None else min(at, held.at), (*kinds, kind)[:8])
            self.first_order[workspace] = min(at, self.first_order.get(workspace, at))

    def _judge_click(self, said: Said, row: Object, kind: str, who: Identifier) -> None:
        target = row["element"] or row["product_id"]
        if not (target or row["url_path"]):
            return
        key = (row["workspace"], row["source"], who.type, who.value, kind, row["url_path"], target)
        at, before = row["occurred_at"], self.clicks.get(key)
        if before is not None and abs(at - before) < 60_000:
            said.strike("click:repeated")
        self.clicks[key] = at if before is None else max(at, before)

    def robot_by_speed(self, row: Object, side: Side) -> str:
        """Whether a device turns pages faster than anybody reads."""
        if not side:
            return ""
        device, at = (row["workspace"], row["source"], side[0].type, side[0].value), row["occurred_at"]
        pace = self.paces.get(device)
        if row["type"] in ("page", "screen"):
            pace = self.paces[device] = Pace(1.0, at) if pace is None else pace.after_page(at)
        return "robot:rate" if pace is not None and pace.is_machine(at) else ""

    def flood_of_names(self, item: Received, kind: str, properties: Object, now_ms: int) -> str:
        """Note new names of properties; what is wrong when there are too many of them today."""
        source, day = item.source, now_ms // DAY_MS
        known = self.names[EventKey(source.workspace, source.id, kind)]
        new = [name for name in properties if name not in known]
        brought, limit = self.new_names[source.workspace, source.id, day], source.settings.new_property_names_per_day
        if new and brought + len(new) > limit:
            more = f"{len(new)} more, such as {new[0][:100]!r}"
            return f"{brought} new names today and {more}; the source allows {limit} a day"
        known.update(new)
        self.new_names[source.workspace, source.id, day] += len(new)
        return ""

    def learn(self, item: Received, kind: str, properties: Object, row: Object) -> None:
        """What the event shows of its kind, and how good it is."""
        key = EventKey(item.source.workspace, item.source.id, kind)
        learnt = self.learnt[key]
        learnt.events += 1
        for name, value in properties.items():
            if name in learnt.properties or len(learnt.properties) < MOST_PROPERTIES:
                learnt.properties[name] += 1
                learnt.types[name][type_name(value)] += 1
        self._tally(key, row, properties, learnt.usual)

    def _tally(self, key: EventKey, row: Object, properties: Object, usual: frozenset[str]) -> None:
        place = (*key, row["received_at"] // DAY_MS)
        is_untimed = row["flags"] & Flag.TIME_GUESSED  # neither in time nor late
        for dimension in DIMENSIONS:
            if dimension != "timeliness" or not is_untimed:
                self.checked[place, dimension] += REQUIRED_FIELDS if dimension == "completeness" else 1
        defects = defects_of(row["flag_reason"], row["flags"])
        for dimension in {defect.dimension for defect in defects}:
            self.wrong[place, dimension] += 1
        self.checked[place, "completeness"] += len(usual)
        absent = [Defect("completeness", "missing", name[:100]) for name in usual if name not in properties]
        self.wrong[place, "completeness"] += len(absent)
        for defect in (*defects, *absent):
            self.causes[(place, defect.dimension), defect] += 1

    def tally_set_aside(self, item: Received, reason: Reason, detail: str) -> None:
        """How good an event is that cannot be stored."""
        defect = defect_of_rejection(reason, detail)
        message, source = item.message, item.source
        if defect is not None:
            kind = message.type if message.type in NAMED_BY_TYPE else message.event
            figure = (source.workspace, source.id, kind, item.receipt.received_at // DAY_MS), defect.dimension
            self.checked[figure] += REQUIRED_FIELDS if defect.dimension == "completeness" else 1
            self.wrong[figure] += 1
            self.causes[figure, defect] += 1

    def written(self) -> None:
        """Some rows were written: what is usual is settled anew."""
        for learnt in self.learnt.values():
            if learnt.events >= SURE_EVENTS:
                often = NEARLY_ALWAYS * learnt.events
                learnt.usual = frozenset(name for name, events in learnt.properties.items() if events >= often)


def swapped_with(properties: Object, name: str, latitude: float) -> str | None:
    """The longitude whose place a latitude beyond 90 degrees has taken."""
    partners = partners_of(name)
    if not partners or not 90 < abs(latitude) <= 180:
        return None
    other = next((one for one in properties if plain(one) in partners), None)
    return other if other is not None and abs(number_of(properties[other])) <= 90 else None


def is_impossible_trait(name: str, value: Any, now_ms: int) -> bool:
    """Whether a trait cannot be; a balance may be negative."""
    promise, number = promise_of(name), number_of(value)
    if promise is None:
        return is_birthday(name) and is_impossible_birth(value, now_ms)
    return promise.rule != "negative_number" and (number < promise.low or number > promise.high)


def negative_in(lines: Any) -> str:
    """The name of the first negative price or quantity in a list of lines."""
    for line in lines if isinstance(lines, list) else ():
        for name, value in line.items() if isinstance(line, dict) else ():
            promise = promise_of(name)
            if promise is not None and promise.rule == "negative_number" and number_of(value) < 0:
                return name
    return ""

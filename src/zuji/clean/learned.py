"""What is known of a kind of event by now, and what a batch changes in that: pure values, bounded in size.

A change is noticed when it is sure, not at the first odd event: a type when most of the last ten values have another
one than usual, a vanished property when it was nearly always there and then in none of the next twenty events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from zuji.clean.observed import Observed, Shown
from zuji.govern.masking import mask_value
from zuji.store.learned_plan import Change, EventKey

RECENT = 10
MOST_OF_RECENT = 6
SURE_SAMPLES = 20
SURE_SHARE = 0.95
NEARLY_ALWAYS = 0.9
SURE_EVENTS = 50
MISSING_EVENTS = 20
HOUR_MS = 3_600_000
OLD_SOURCE_MS = HOUR_MS
"""How long a source must be known before an event that is new to it is news."""

EXAMPLES = 3
LOOKED_FOR_EXAMPLES = 1_000
"""Events after which a property that always holds the same is not looked at any more: masking takes its time."""
LONGEST_EXAMPLE = 60
MOST_PROPERTIES = 300
MOST_EVENTS = 1_000
"""Kinds of events that are learnt per source; who sends more writes data into names."""

KNOWN_LIVE_MS = HOUR_MS
LIVE_BATCHES = 200
GAP_WEIGHT = 0.05
SILENT_GAPS = 20
"""Where events come at random with a steady mean, a gap of twenty times that mean is expected once in 485 million."""
SHORTEST_SILENCE_MS = 30_000
LONGEST_GAPS = 3


class LearnedProperty(msgspec.Struct, frozen=True, array_like=True):
    """A property. `types` counts sampled values, `recent` are the types of the last ones, `usual` the settled type."""

    events: int = 0
    types: dict[str, int] = {}
    recent: tuple[str, ...] = ()
    usual: str = ""
    missing: int = 0
    is_gone: bool = False
    examples: tuple[str, ...] = ()
    first_at: int = 0
    last_at: int = 0


class LearnedEvent(msgspec.Struct, frozen=True, array_like=True):
    """A kind of event. `gaps`: the usual time between batches that bring it, for each hour of the day (UTC), or 0."""

    events: int = 0
    first_at: int = 0
    last_at: int = 0
    live_since: int = 0
    live_at: int = 0
    live_batches: int = 0
    gaps: tuple[float, ...] = (0.0,) * 24
    longest_gap: float = 0.0
    properties: dict[str, LearnedProperty] = {}


decode_learned = msgspec.msgpack.Decoder(LearnedEvent).decode
encode_learned = msgspec.msgpack.Encoder().encode


def learn(before: LearnedEvent | None, observed: Observed, now_ms: int) -> tuple[LearnedEvent, list[Change]]:
    """What is known after a batch, and what it changed."""
    known = before or LearnedEvent(first_at=now_ms)
    changes: list[Change] = []
    properties = dict(known.properties)
    for name, shown in observed.properties.items():
        if name not in properties and len(properties) >= MOST_PROPERTIES:
            continue
        properties[name] = _seen(known, properties.get(name), observed.key, name, shown, now_ms, changes)
    for name in known.properties.keys() - observed.properties.keys():
        properties[name] = _not_seen(known, known.properties[name], observed, name, now_ms, changes)
    learned = msgspec.structs.replace(
        _rhythm(known, now_ms) if observed.is_live else known,
        events=known.events + observed.events,
        last_at=now_ms,
        properties=properties,
    )
    return learned, changes


def family(type_: str) -> str:
    """Whole numbers and others are one type: clients write 20 where they wrote 19.9 before."""
    return "number" if type_ == "integer" else type_


def silent_since(event: LearnedEvent, now_ms: int) -> int | None:
    """The moment from which the silence of an event was no longer usual; None while it is not silent."""
    if event.live_batches < LIVE_BATCHES or now_ms - event.live_since < KNOWN_LIVE_MS:
        return None
    gap = event.gaps[_hour(now_ms)]
    patience = max(SHORTEST_SILENCE_MS, SILENT_GAPS * gap if gap else LONGEST_GAPS * event.longest_gap)
    return int(event.live_at + patience) if now_ms - event.live_at > patience else None


def silences(learned: Mapping[EventKey, LearnedEvent], now_ms: int) -> list[Change]:
    """Events that usually come and have not come for too long, as changes."""
    found = []
    for key, event in learned.items():
        since = silent_since(event, now_ms)
        if since is not None:
            quiet = (now_ms - event.live_at) // 1000
            detail = f"nothing for {quiet} s; it usually comes every {_usual_gap_s(event, now_ms):.1f} s"
            found.append(Change(*key, "", "event_silent", detail, "", since))
    return found


def new_event(key: EventKey, learned_of_source: Sequence[LearnedEvent], now_ms: int) -> list[Change]:
    """The change that a kind of event is new to a source which is known for a while."""
    if all(now_ms - event.first_at < OLD_SOURCE_MS for event in learned_of_source):
        return []
    return [Change(*key, "", "event_new", "never sent before by this source", "", now_ms)]


def _seen(
    event: LearnedEvent,
    known: LearnedProperty | None,
    key: EventKey,
    name: str,
    shown: Shown,
    now_ms: int,
    changes: list[Change],
) -> LearnedProperty:
    if known is None:
        known = LearnedProperty(first_at=now_ms)
        if event.events >= SURE_EVENTS:
            changes.append(Change(*key, name, "property_new", "never sent before", _first_example(name, shown), now_ms))
    types = dict(known.types)
    for type_ in shown.types:
        types[type_] = types.get(type_, 0) + 1
    recent = (*known.recent, *(family(type_) for type_ in shown.types if type_ != "null"))[-RECENT:]
    usual = known.usual or _settled(types)
    other = _other_type(recent, usual)
    if other:
        detail = f"{usual} before, {other} now"
        changes.append(Change(*key, name, "type_changed", detail, _example_of(name, shown, other), now_ms))
        usual = other
    return LearnedProperty(
        events=known.events + shown.events,
        types=types,
        recent=recent,
        usual=usual,
        examples=_examples(known, name, shown),
        first_at=known.first_at,
        last_at=now_ms,
    )


def _not_seen(
    event: LearnedEvent, known: LearnedProperty, observed: Observed, name: str, now_ms: int, changes: list[Change]
) -> LearnedProperty:
    missing = known.missing + observed.events
    before = event.events - known.missing
    was_usual = before >= SURE_EVENTS and known.events >= NEARLY_ALWAYS * before
    is_gone = known.is_gone or (was_usual and missing >= MISSING_EVENTS)
    if is_gone and not known.is_gone:
        new = [other for other in observed.properties if other not in event.properties]
        new += [other for other, one in event.properties.items() if one.first_at > known.last_at]
        hint = f"; new in its stead may be {new[0][:100]!r}" if new else ""
        detail = f"in {known.events / before:.0%} of the events before, in none of the last {missing}{hint}"
        example = known.examples[-1] if known.examples else ""
        changes.append(Change(*observed.key, name, "property_vanished", detail, example, now_ms))
    return msgspec.structs.replace(known, missing=missing, is_gone=is_gone)


def _settled(types: Mapping[str, int]) -> str:
    """The type that nearly all values have, once enough were seen."""
    families: dict[str, int] = {}
    for type_, count in types.items():
        if type_ != "null":
            families[family(type_)] = families.get(family(type_), 0) + count
    total = sum(families.values())
    most = max(families, key=families.__getitem__, default="")
    return most if total >= SURE_SAMPLES and families[most] >= SURE_SHARE * total else ""


def _other_type(recent: Sequence[str], usual: str) -> str:
    """The type that most recent values have, when it is another than usual."""
    if not usual:
        return ""
    for type_ in set(recent) - {usual}:
        if sum(one == type_ for one in recent) >= MOST_OF_RECENT:
            return type_
    return ""


def _rhythm(known: LearnedEvent, now_ms: int) -> LearnedEvent:
    gaps, longest = known.gaps, known.longest_gap
    if known.live_at and now_ms > known.live_at:
        gap, hour = float(now_ms - known.live_at), _hour(now_ms)
        usual = gaps[hour]
        smoothed = gap if not usual else usual + GAP_WEIGHT * (gap - usual)
        gaps = (*gaps[:hour], smoothed, *gaps[hour + 1 :])
        longest = max(gap, longest)
    return msgspec.structs.replace(
        known,
        live_since=known.live_since or now_ms,
        live_at=now_ms,
        live_batches=known.live_batches + 1,
        gaps=gaps,
        longest_gap=longest,
    )


def _usual_gap_s(event: LearnedEvent, now_ms: int) -> float:
    return (event.gaps[_hour(now_ms)] or event.longest_gap) / 1000


def _hour(now_ms: int) -> int:
    return now_ms // HOUR_MS % 24


def _examples(known: LearnedProperty, name: str, shown: Shown) -> tuple[str, ...]:
    """Up to three different values. Masked at once: an example must not tell who it is about."""
    held = known.examples
    if len(held) >= EXAMPLES or known.events > LOOKED_FOR_EXAMPLES:
        return held
    for value in shown.values:
        if value is None:
            continue
        example = example_text(name, value)
        if example not in held:
            return (*held, example)
    return held


def _first_example(name: str, shown: Shown) -> str:
    return next((example_text(name, value) for value in shown.values if value is not None), "")


def _example_of(name: str, shown: Shown, type_: str) -> str:
    pairs = zip(shown.values, shown.types, strict=True)
    return next((example_text(name, value) for value, one in pairs if family(one) == type_), "")


def example_text(name: str, value: object) -> str:
    """A value as JSON, masked and cut.

    >>> example_text("phone", "13812348000"), example_text("price", 19.9)
    ('"138****8000"', '19.9')
    """
    text = msgspec.json.encode(mask_value(value, name=name)).decode(errors="replace")
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}…"

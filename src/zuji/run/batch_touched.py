"""Whom a batch tag has to be worked out for again: those about whom anything changed that its rules look at.

What values rest on (a `Standing`) is taken before they are worked out, so that whatever comes meanwhile counts as later
and is looked at the next time. Who was touched since is then known exactly: whose events came, by whatever road and
however late; who gained or lost an identifier, or a stretch of its time; of whom traits, given tags or membership of a
saved list changed; and who has events in the spans that windows have moved over. Where somebody cannot be told from
everybody (after an erasure, a publishing, too much at once), everybody is worked out.
"""

# ruff: noqa: S608 - SQL is put together here from names of our own; every value is bound
from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from zuji.run.unhurried import unhurried
from zuji.store.events import EventStore
from zuji.store.failure import TooCostly
from zuji.store.people import PersonOfEvent
from zuji.store.query import Query
from zuji.store.tide import EVER
from zuji.tag.definition import Definition, Published
from zuji.tag.history import Among
from zuji.tag.moving import Passing, saved_lists, spans_of, stored_tags, with_named
from zuji.tag.windows import BEGINNING
from zuji.terms.dates import Span
from zuji.terms.period import Calendar

log = logging.getLogger(__name__)

Numbers = npt.NDArray[np.uint64]
MOST_TOUCHED = 100_000
"""People from whom on everybody is asked about: their numbers travel with the query."""
NOBODY = 0
"""The owner of an anchor that belongs to nobody for a while."""
_LATEST = 10_413_791_999_000
"""The last second of 2299 in UTC, behind which the event store has no times."""


@dataclass(frozen=True)
class Standing:
    """As of when values hold, and what of all that they rest on was there by then."""

    at_ms: int
    published: Published
    calendar: Calendar
    members: Mapping[str, tuple[int, ...]]
    whose: PersonOfEvent
    owners: pl.DataFrame
    """(anchor, at, person): whose every anchor with an owner of its own is, at the beginning of each stretch."""
    tide: int
    arrivals: int
    traits: int
    given: int


def standing_now(
    events: EventStore,
    workspace: str,
    published: Published,
    calendar: Calendar,
    members: Mapping[str, tuple[int, ...]],
    *,
    now_ms: int,
) -> Standing:
    """What values that are worked out from now on rest on."""
    tide, arrivals = events.tide.mark(), events.arrivals.mark(workspace)
    traits = _newest(events, workspace, "version", "zuji.profiles")
    given = _newest(events, workspace, "number", "zuji.tag_now")
    whose = events.person_of_event()
    return Standing(
        now_ms, published, calendar, members, whose, _owners(events, workspace, whose), tide, arrivals, traits, given
    )


def whom_to_ask(
    events: EventStore, workspace: str, ruled: Sequence[tuple[Definition, Standing | None]], now: Standing
) -> Iterator[tuple[list[Definition], Among | None]]:
    """Which of these are worked out together, and for whom: for those touched since a standing, or (None) everybody."""
    everybodys = []
    since: dict[int, tuple[Standing, list[Definition]]] = {}
    for one, before in ruled:
        if before is None or spans_of([one], now.published, _passing(before, now)) is None:
            everybodys.append(one)
        else:
            since.setdefault(id(before), (before, []))[1].append(one)
    for before, group in since.values():
        among = _touched_if_told(events, workspace, group, before, now)
        if among is None:
            everybodys += group
        else:
            yield group, among
    if everybodys:
        yield everybodys, None


def _touched_if_told(
    events: EventStore, workspace: str, definitions: Sequence[Definition], before: Standing, now: Standing
) -> Among | None:
    """Finding out who was touched may cost more than a query may: then everybody is asked, which is done in parts."""
    try:
        return touched(events, workspace, definitions, before, now)
    except TooCostly as failure:
        log.info("who was touched in %s is not looked for: %s", workspace, failure)
        return None


def touched(
    events: EventStore, workspace: str, definitions: Sequence[Definition], before: Standing, now: Standing
) -> Among | None:
    """Everybody whose values of these may be others than before; None when that may be anybody."""
    if before.published != now.published or before.calendar != now.calendar or now.at_ms < before.at_ms:
        return None
    if events.tide.earliest_since(workspace, before.tide) == EVER:
        return None
    spans = spans_of(definitions, now.published, _passing(before, now))
    came = events.arrivals.since(workspace, before.arrivals)
    if spans is None or came is None:
        return None
    within = _anchors_within(events, workspace, spans)
    if max(came.size, within.size) > MOST_TOUCHED:
        return None
    named = with_named(definitions, now.published)
    people = _united(
        _owners_of(now.owners, _united(came, within)),
        _moved(before.owners, now.owners),
        _people(events, _WITH_TRAITS, workspace, since=before.traits),
        _people(events, _GIVEN, workspace, since=before.given, keys=[*stored_tags(named)]),
        *(_gone_or_come(before.members, now.members, key) for key in saved_lists(named)),
    )
    people = people[people != NOBODY]
    anchors = _anchors_of(now.owners, people)
    if max(people.size, anchors.size) > MOST_TOUCHED:
        return None
    return Among(tuple(people.tolist()), tuple(anchors.tolist()))


def _passing(before: Standing, now: Standing) -> Passing:
    return Passing(before.at_ms, now.at_ms, now.calendar)


_WITH_TRAITS = (
    "SELECT DISTINCT person FROM zuji.profiles WHERE workspace = {workspace:String} AND version >= {since:UInt64}"
)
_GIVEN = (
    "SELECT DISTINCT person FROM zuji.tag_now WHERE workspace = {workspace:String} AND kind = 'tag'"
    " AND key IN {keys:Array(String)} AND number > {since:UInt64}"
)
_OWNERS = """
SELECT anchor, toUnixTimestamp64Milli(occurred_at) AS at, {person} AS person
FROM (
    SELECT anchor, fromUnixTimestamp64Milli({{latest:Int64}}, 'UTC') AS occurred_at
    FROM zuji.profile_now WHERE workspace = {{workspace:String}}
    UNION ALL
    SELECT anchor, fromUnixTimestamp64Milli(least(greatest(from_ms, {{first:Int64}}), {{latest:Int64}}), 'UTC')
    FROM zuji.owner_slice WHERE workspace = {{workspace:String}}
)"""


def _newest(events: EventStore, workspace: str, column: str, table: str) -> int:
    sql = f"SELECT max({column}) AS newest FROM {table} WHERE workspace = {{workspace:String}}"
    return int(events.query(unhurried(Query(sql, {"workspace": workspace})))["newest"][0].as_py())


def _owners(events: EventStore, workspace: str, whose: PersonOfEvent) -> pl.DataFrame:
    """Worked out by the very expression that the values are worked out with, so that they agree."""
    bound = {"workspace": workspace, "first": BEGINNING, "latest": _LATEST} | dict(whose.params)
    table = events.query(unhurried(Query(_OWNERS.format(person=whose.sql), bound)))
    return pl.DataFrame({name: table[name].to_numpy() for name in ("anchor", "at", "person")}, schema=_OWNED)


_OWNED = {"anchor": pl.UInt64, "at": pl.Int64, "person": pl.UInt64}


def _anchors_within(events: EventStore, workspace: str, spans: Sequence[Span]) -> Numbers:
    """Who has an event in one of these spans; one more than are looked at one by one, at most."""
    bound: dict[str, object] = {"workspace": workspace}
    bound |= {f"from_{place}": span.from_ms for place, span in enumerate(spans)}
    bound |= {f"to_{place}": span.to_ms for place, span in enumerate(spans)}
    moment = "fromUnixTimestamp64Milli({%s_%d:Int64}, 'UTC')"
    parts = (
        f"(occurred_at >= {moment % ('from', place)} AND occurred_at < {moment % ('to', place)})"
        for place in range(len(spans))
    )
    sql = (
        "SELECT DISTINCT anchor FROM zuji.events WHERE workspace = {workspace:String}"
        f" AND ({' OR '.join(parts)}) LIMIT {MOST_TOUCHED + 1}"
    )
    return _column(events, "anchor", sql, bound)


def _people(events: EventStore, sql: str, workspace: str, **bound: object) -> Numbers:
    return _column(events, "person", sql, {"workspace": workspace} | bound)


def _column(events: EventStore, name: str, sql: str, params: dict[str, object]) -> Numbers:
    return np.unique(events.query(unhurried(Query(sql, params)))[name].to_numpy().astype(np.uint64))


def _owners_of(owners: pl.DataFrame, anchors: Numbers) -> Numbers:
    """Everybody to whom one of these belongs at any time; an anchor without an owner is its own."""
    return _united(anchors, owners.filter(pl.col("anchor").is_in(anchors))["person"].to_numpy())


def _anchors_of(owners: pl.DataFrame, people: Numbers) -> Numbers:
    """Every anchor that belongs to one of these at any time."""
    return _united(people, owners.filter(pl.col("person").is_in(people))["anchor"].to_numpy())


def _moved(before: pl.DataFrame, now: pl.DataFrame) -> Numbers:
    """Everybody who had or has an anchor, or a stretch of one, that changed hands."""
    names = [*_OWNED]
    changed = pl.concat([before.join(now, on=names, how="anti"), now.join(before, on=names, how="anti")])["anchor"]
    anchors = changed.unique().to_numpy()
    return _united(_owners_of(before, anchors), _owners_of(now, anchors))


def _gone_or_come(before: Mapping[str, tuple[int, ...]], now: Mapping[str, tuple[int, ...]], key: str) -> Numbers:
    """Who is in a saved list at one of the moments only."""
    return np.fromiter({*before.get(key, ())} ^ {*now.get(key, ())}, dtype=np.uint64)


def _united(*numbers: Numbers) -> Numbers:
    return np.unique(np.concatenate(numbers))

"""Compares what is stored with what is true. Pure: two tables in, figures out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

TIME_TOLERANCE_MS = 1_000
"""What correcting a wrong clock can lose: the way of a request over the network."""


class StoredProfile(NamedTuple):
    """A profile as the API tells it."""

    id: str
    identifiers: tuple[tuple[str, str], ...]


class StoredEvent(NamedTuple):
    """An event as the API tells it; `person` is empty for nobody's, `amount` an exact text or empty."""

    event_id: str
    at: int
    type: str
    event: str
    person: str
    robot: bool
    amount: str


STORED_EVENT_SCHEMA = {
    "event_id": pl.String, "stored_at": pl.Int64, "stored_type": pl.String, "stored_event": pl.String,
    "person": pl.String, "flagged": pl.Boolean, "stored_amount": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class PeopleFound:
    """`pairs`: linkable pairs of identifiers. `found`: those in one profile. `wrong`: two people in one profile."""

    pairs: int
    found: int
    wrong: int
    example: str = ""


@dataclass(frozen=True)
class EventsFound:
    """Counts over the events compared. `differing` names one event whose stored values are not the truth."""

    events: int
    present: int
    equal: int
    extra_copies: int
    extra_stored: int
    robots: int
    robots_flagged: int
    people: int
    people_flagged: int
    bad_stored: int
    wrong: int
    differing: str = ""


def pairs_within(sizes: pl.Series) -> int:
    """How many pairs there are within groups of these sizes.

    >>> pairs_within(pl.Series([1, 2, 4]))
    7
    """
    wide = sizes.cast(pl.Int64)
    return int((wide * (wide - 1) // 2).sum())


def compare_people(identifiers: pl.DataFrame, profiles: Iterable[StoredProfile]) -> PeopleFound:
    """Which linkable pairs stand in one profile, and which different people do."""
    rows = [(kind, value, profile.id) for profile in profiles for kind, value in profile.identifiers]
    schema = {"type": pl.String, "value": pl.String, "profile": pl.String}
    stored = pl.DataFrame(rows, schema=schema, orient="row").unique()
    placed = identifiers.join(stored, on=["type", "value"], how="inner")
    together = placed.group_by("component", "profile").agg(pl.col("value").n_unique().alias("len"))
    wrong, example = _people_in_one_profile(placed, "profile")
    return PeopleFound(
        pairs=pairs_within(identifiers.group_by("component").len()["len"]),
        found=pairs_within(together["len"]),
        wrong=wrong,
        example=example,
    )


def _people_in_one_profile(rows: pl.DataFrame, profile: str) -> tuple[int, str]:
    """Pairs of different true people under one profile id, and one of these ids."""
    mixed = rows.group_by(profile).agg(pl.col("actor").n_unique().alias("people")).filter(pl.col("people") > 1)
    return pairs_within(mixed["people"]), str(mixed[profile].min()) if mixed.height else ""


def compare_events(truth: pl.DataFrame, stored: Iterable[StoredEvent]) -> EventsFound:
    """Every event true in the window against what is stored: once, with its values, flagged if a robot's."""
    told = pl.DataFrame(list(stored), schema=STORED_EVENT_SCHEMA, orient="row")
    good, bad = truth.filter(pl.col("problem") == ""), truth.filter(pl.col("problem") != "")
    times = told.group_by("event_id").len().rename({"len": "stored_times"})
    counted = good.join(times, on="event_id", how="left").with_columns(pl.col("stored_times").fill_null(0))
    first = told.unique("event_id", keep="first", maintain_order=True)
    found = good.join(first, on="event_id", how="inner").with_columns(_equal().alias("equal"))
    actors = found.group_by("actor").agg(pl.col("flagged").any(), pl.col("robot").first())
    robots, people = actors.filter(pl.col("robot")), actors.filter(~pl.col("robot"))
    certain = found.filter(~pl.col("ambiguous") & (pl.col("person") != ""))
    return EventsFound(
        events=good.height,
        present=int((counted["stored_times"] > 0).sum()),
        equal=int(found["equal"].sum()),
        extra_copies=int((counted["copies"] - 1).sum()),
        extra_stored=int((counted["stored_times"].cast(pl.Int64) - 1).clip(0).sum()),
        robots=robots.height,
        robots_flagged=int(robots["flagged"].sum()),
        people=people.height,
        people_flagged=int(people["flagged"].sum()),
        bad_stored=bad.join(first, on="event_id", how="inner").height,
        wrong=_people_in_one_profile(certain, "person")[0],
        differing=_difference(found.filter(~pl.col("equal"))),
    )


def _equal() -> pl.Expr:
    """Time within tolerance, type, name, and the amount to the fen."""
    amount = pl.col("stored_amount").replace("", None).cast(pl.Decimal(24, 6), strict=False)
    expected = pl.col("amount").replace("", None).cast(pl.Decimal(24, 6), strict=False)
    return (
        ((pl.col("at") - pl.col("stored_at")).abs() <= TIME_TOLERANCE_MS)
        & (pl.col("type") == pl.col("stored_type"))
        & (pl.col("event") == pl.col("stored_event"))
        & (expected.is_null() | amount.eq_missing(expected))
    )


def _difference(unequal: pl.DataFrame) -> str:
    """One event whose stored values differ, with both sides."""
    if unequal.is_empty():
        return ""
    row = unequal.row(0, named=True)
    true = f"{row['at']} {row['type']} {row['event']} {row['amount']}".strip()
    told = f"{row['stored_at']} {row['stored_type']} {row['stored_event']} {row['stored_amount']}".strip()
    return f"{row['event_id']}: true {true}, stored {told}"

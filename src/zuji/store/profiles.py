"""What is known about people, beside their events: a row per person in `zuji.profiles`, as they are now.

Questions join it by person:

>>> sql = f"WITH profiles AS ({CURRENT_PROFILES}) SELECT ... LEFT JOIN profiles USING person"   # doctest: +SKIP

A person without a row has one identifier, is not identified and has no traits. The rows follow the hot state within
a second; `fresh=true` waits for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import polars as pl
import pyarrow as pa

CURRENT_PROFILES: Final = (
    "SELECT person, identified, first_seen_ms, identifiers, traits FROM zuji.profiles FINAL"
    " WHERE workspace = {workspace:String} AND gone = 0"
)
"""person UInt64, identified UInt8, first_seen_ms Int64, identifiers Array(Tuple(type, value)), traits String (JSON)."""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A person as of a version. `traits` is canonical JSON: name -> value, as the profile shows them."""

    workspace: str
    person: int
    identified: bool
    first_seen_ms: int
    identifiers: tuple[tuple[str, str], ...]
    traits: str
    version: int
    gone: bool = False


PROFILE_SCHEMA: Final = pa.schema(
    [
        ("workspace", pa.string()),
        ("person", pa.uint64()),
        ("identified", pa.uint8()),
        ("first_seen_ms", pa.int64()),
        ("identifiers", pa.list_(pa.struct([pa.field("type", pa.string()), pa.field("value", pa.string())]))),
        ("traits", pa.string()),
        ("version", pa.uint64()),
        ("gone", pa.uint8()),
    ]
)
"""Rows of `profiles`: the newest version of a person's wins."""

_POLARS = {
    "workspace": pl.String(),
    "person": pl.UInt64(),
    "identified": pl.UInt8(),
    "first_seen_ms": pl.Int64(),
    "identifiers": pl.List(pl.Struct({"type": pl.String(), "value": pl.String()})),
    "traits": pl.String(),
    "version": pl.UInt64(),
    "gone": pl.UInt8(),
}


def profile_table(rows: Sequence[ProfileRow]) -> pa.Table:
    """The rows as columns."""
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(ProfileRow)}
    columns["identified"] = [int(one) for one in columns["identified"]]
    columns["gone"] = [int(one) for one in columns["gone"]]
    columns["identifiers"] = [[{"type": type_, "value": value} for type_, value in row.identifiers] for row in rows]
    frame = pl.DataFrame(columns, schema=_POLARS)
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(PROFILE_SCHEMA)

"""What was worked out for many people, beside what they have: only differences are written.

Columns become JSON texts, each different value once; a million people are compared as columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zuji.store.tag_bulk import Moved
from zuji.store.tag_values import Name, NewChange, text_of, value_of

_GIVEN = {"person": pl.UInt64, "new": pl.String}
_HELD = {"person": pl.UInt64, "old": pl.String}
NOBODYS: Final = pl.DataFrame(schema=_GIVEN)
"""Nobody has a value."""


def values_in(people: pa.ChunkedArray, column: pa.ChunkedArray) -> pl.DataFrame:
    """(person, new) of those who have a value in the column: not null, and no empty list."""
    present = pc.is_valid(column)
    if pa.types.is_list(column.type):
        present = pc.and_(present, pc.greater(pc.fill_null(pc.list_value_length(column), 0), 0))
        kept = column.filter(present)
        texts = pa.array([text_of(value) for value in kept.to_pylist()], pa.string())
    else:
        coded = pc.dictionary_encode(column.filter(present).combine_chunks())
        texts = pa.array([text_of(value) for value in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
    return pl.DataFrame({"person": pl.from_arrow(people.filter(present)), "new": pl.from_arrow(texts)}, schema=_GIVEN)


def values_by_person(values: Mapping[int, Any]) -> pl.DataFrame:
    """The same of values that come by person."""
    present = {person: value for person, value in values.items() if value is not None}
    return pl.DataFrame({"person": [*present], "new": [text_of(value) for value in present.values()]}, schema=_GIVEN)


def differences(values: pl.DataFrame, people: list[int], texts: list[str]) -> list[Moved]:
    """Whose value is another one than these people have in these texts, by person; who is not in `values` has none."""
    old = pl.DataFrame({"person": people, "old": texts}, schema=_HELD)
    both = old.join(values, on="person", how="full", coalesce=True)
    moved = both.filter(pl.col("old").ne_missing(pl.col("new"))).sort("person").select("person", "old", "new")
    return [one for one in moved.iter_rows() if not _mean_the_same(one[1], one[2])]


def changes_of(workspace: str, name: Name, moved: Iterable[Moved], *, at_ms: int) -> list[NewChange]:
    """The same as changes to be recorded."""
    kind, key = name
    return [
        NewChange(
            workspace=workspace, person=person, kind=kind, key=key, old=value_of(old), new=value_of(new),
            cause="batch", at_ms=at_ms,
        )
        for person, old, new in moved
    ]  # fmt: skip


def _mean_the_same(old: str | None, new: str | None) -> bool:
    """Two texts of one number, such as 5 and 5.0: nothing has changed."""
    if old is None or new is None:
        return False
    one, other = value_of(old), value_of(new)
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)

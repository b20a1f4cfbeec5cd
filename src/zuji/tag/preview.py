"""What a rule would do before it holds: how many, who for instance, how many a month ago, who would come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zuji.store.query import Query
from zuji.tag.history import Asked, rule_query
from zuji.tag.rule import Rule
from zuji.terms.period import DAY_MS

Run = Callable[[Query], pa.Table]
People = npt.NDArray[np.uint64]

SAMPLE = 10
MOST_VALUES = 50
BEFORE_MS = 30 * DAY_MS
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number: times it, neighbouring ids lie far apart. So a sample has old and new people, the same every time."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of a sample, with the value they would have."""

    person: int
    value: Any


@dataclass(frozen=True, slots=True)
class Compared:
    """Against what holds now: how many would come, go, and have another value; some of those who come and go."""

    enter: int
    leave: int
    change: int
    entering: tuple[int, ...]
    leaving: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`people` have a value, `of` everybody whom rules are asked of; `values` are the most frequent, with how many."""

    people: int
    of: int
    month_ago: int
    sample: tuple[Somebody, ...]
    values: tuple[tuple[Any, int], ...]
    compared: Compared | None = None

    @property
    def share(self) -> float:
        """Of everybody; 0 of nobody."""
        return self.people / self.of if self.of else 0.0


def preview(rule: Rule, asked: Asked, run: Run, *, against: Rule | None = None) -> Preview:
    """The rule as of the moment asked about, and 30 days before; `against` is the rule that holds now, if there is one.

    Each is one pass over history. What has a value is compared by what it would be, not by what was stored.
    """
    everybody = run(rule_query(rule, asked, whom="everybody"))
    held = _present(everybody)
    earlier = run(rule_query(rule, replace(asked, now_ms=asked.now_ms - BEFORE_MS)))
    before = None if against is None else run(rule_query(against, asked))
    return Preview(
        people=held.num_rows,
        of=everybody.num_rows,
        month_ago=earlier.num_rows,
        sample=_sample(held),
        values=_frequent(held["value"]),
        compared=None if before is None else _compare(before, held),
    )


def people_in(table: pa.Table) -> People:
    """The people of an answer of history, ascending."""
    return np.sort(table["person"].to_numpy())


def some_of(people: People) -> tuple[int, ...]:
    """Up to ten of these people, spread over all."""
    return tuple(people[np.argsort(people * _SPREAD, kind="stable")[:SAMPLE]].tolist())


def _present(everybody: pa.Table) -> pa.Table:
    value = everybody["value"]
    if pa.types.is_list(value.type):
        return everybody.filter(pc.greater(pc.list_value_length(value), 0))
    return everybody.filter(pc.is_valid(value))


def _sample(held: pa.Table) -> tuple[Somebody, ...]:
    chosen = some_of(people_in(held))
    rows = held.filter(pc.is_in(held["person"], pa.array(chosen, pa.uint64())))
    values = dict(zip(rows["person"].to_pylist(), rows["value"].to_pylist(), strict=True))
    return tuple(Somebody(person, values[person]) for person in chosen)


def _frequent(values: pa.ChunkedArray) -> tuple[tuple[Any, int], ...]:
    """Values with how many people have each, the most frequent first; of lists, the texts in them."""
    each = pc.list_flatten(values) if pa.types.is_list(values.type) else values
    counted = pc.value_counts(each).to_pylist()
    ranked = sorted(((one["values"], one["counts"]) for one in counted), key=lambda pair: (-pair[1], str(pair[0])))
    return tuple(ranked[:MOST_VALUES])


def _compare(before: pa.Table, after: pa.Table) -> Compared:
    had, have = people_in(before), people_in(after)
    entering, leaving = np.setdiff1d(have, had), np.setdiff1d(had, have)
    changed = 0
    if before.schema != after.schema:
        changed = len(have) - len(entering)
    elif not pa.types.is_boolean(after["value"].type):
        both = _comparable(before).join(_comparable(after), "person", join_type="inner", right_suffix="_new")
        changed = pc.sum(pc.not_equal(both["value"], both["value_new"])).as_py() or 0
    return Compared(len(entering), len(leaving), changed, some_of(entering), some_of(leaving))


def _comparable(table: pa.Table) -> pa.Table:
    """Arrow joins no lists: theirs become one text."""
    if not pa.types.is_list(table["value"].type):
        return table
    return table.set_column(1, "value", pc.binary_join(table["value"].cast(pa.list_(pa.string())), "\0"))

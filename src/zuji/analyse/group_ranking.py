"""The first queries of a breakdown: which groups there are among the rows that decide it, and how they rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

from zuji.analyse.groups import Groups, bin_edges, key_of, number_of, rank_table, ranking
from zuji.analyse.kind import Cell
from zuji.analyse.question import Breakdown
from zuji.analyse.reading import Reading
from zuji.analyse.seen import in_months_of
from zuji.analyse.settled import Settled
from zuji.store.property_sql import FIELDS
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.error import BadQuestion

Deciding = Callable[[Statement, dict[str, str]], str]
"""Gives the SELECT of the rows that decide the groups: the columns given to it, and those that `size` is made of."""


@dataclass(frozen=True, slots=True)
class RankedGroups:
    """The groups of an answer, and how an event is given the number of its own."""

    breakdown: Breakdown
    groups: Groups
    edges: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.groups)

    def number_sql(self, statement: Statement, settled: Settled[Any]) -> str:
        """The number of an event's group, UInt32."""
        return self.groups.number_sql(statement, key_of(statement, settled, self.breakdown, edges=self.edges))

    def document(self, number: int) -> dict[str, Any]:
        """What an answer says of the group of this number."""
        return self.groups.group(number).document


class Needs(TypedDict):
    """What `seen` must bring."""

    traits: bool
    sessions: bool


def needs(breakdown: Breakdown | None) -> Needs:
    """What `seen` must bring for a breakdown."""
    scope = None if breakdown is None else breakdown.scope
    return {"traits": scope == "profile", "sessions": scope == "session"}


def ranked_groups(
    settled: Settled[Any], reading: Reading, breakdown: Breakdown | None, *, deciding: Deciding, size: str
) -> RankedGroups | None:
    """The groups of a breakdown by `size` (an aggregate over the deciding rows); None without a breakdown."""
    if breakdown is None:
        return None
    edges: tuple[float, ...] = ()
    if breakdown.bins is not None:
        statement = Statement(settled)
        statement.step("deciding", deciding(statement, {"to_bin": number_of(statement, settled, breakdown)}))
        query = statement.query("SELECT min(to_bin) AS least, max(to_bin) AS greatest FROM deciding")
        [row] = reading.table(query).to_pylist()
        edges = bin_edges(row["least"], row["greatest"], breakdown.bins)
    statement = Statement(settled)
    key = key_of(statement, settled, breakdown, edges=edges)
    statement.step("deciding", deciding(statement, {"group_key": key}))
    table = reading.table(statement.query(ranking(statement, "deciding", breakdown, size=size)))
    return RankedGroups(breakdown, rank_table(table, breakdown), edges)


def candidate_groups(
    settled: Settled[Any], reading: Reading, breakdown: Breakdown | None, *, span: Span, most: int
) -> RankedGroups | None:
    """Every value that a standard field has about that time, in no order; None where they are many or not quickly read.

    Reading one narrow column costs an eighth of ranking people by it. A question that is told all values beforehand
    ranks them when it knows their figures, and drops those that none of its events has.
    """
    if breakdown is None or breakdown.scope != "event" or breakdown.bins is not None:
        return None
    [name, *further] = breakdown.names()
    if further or not name.startswith("$") or FIELDS.get(name[1:]) != "text":
        return None
    most = min(most, breakdown.limit)
    statement = Statement(settled)
    key = key_of(statement, settled, breakdown)
    query = statement.query(
        f"SELECT DISTINCT {key} AS group_key FROM zuji.events\n"
        f"WHERE workspace = {{workspace:String}} AND {in_months_of(statement, span)}\n"
        f"LIMIT {statement.integer(most + 1)}"
    )
    keys = reading.table(query)["group_key"].to_pylist()
    return None if len(keys) > most else RankedGroups(breakdown, Groups(tuple(sorted(keys)), 1, has_other=False), ())


def group_of_cell(cell: Cell, ranked: RankedGroups | None) -> int | None:
    """The number of the group that a cell names; None where it names none."""
    if "group" not in cell:
        return None
    if ranked is None:
        raise BadQuestion("cell.group: this question has no breakdown.")
    return ranked.groups.number_of(cell["group"], cell.get("group_kind", "value"))


def place_of_cell(cell: Cell, name: str, count: int) -> int | None:
    """The index that a cell gives under a name, from 0 to below `count`; None for all."""
    place = cell.get(name)
    if place is None:
        return None
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < count:
        raise BadQuestion(f"cell.{name}: an index from 0 to {count - 1}, or null for all; got {place!r:.80}.")
    return place

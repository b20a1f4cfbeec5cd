"""Retention: of the people of a period, how many came back in each later one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analyse.reference.admitted import Asked, Key, by_key, matching, numbers_of, refuse_mixed_money, settle
from analyse.reference.groups import Group, Value, group_of_cell, ranked, values_of
from analyse.reference.periods import Period, period_before, period_of, periods_between
from analyse.reference.statistics import mean, total
from analyse.reference.world import Event, World


@dataclass(frozen=True)
class Row:
    """One cohort: its columns' periods, its people's targets in its own period, and all their returns."""

    columns: tuple[Period, ...]
    targets: Mapping[Key, list[Event]]
    returns: Mapping[Key, list[Event]]

    def came(self, key: Key, column: int, least: int) -> bool:
        """Whether this person did it often enough in the period of a column."""
        return sum(self.columns[column].holds(event.at) for event in self.returns.get(key, [])) >= least

    def kept(self, keep: Callable[[Event], bool]) -> Row:
        """The same cohort with those alone whose first target passes."""
        return Row(self.columns, {key: own for key, own in self.targets.items() if keep(own[0])}, self.returns)


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    asked = settled(world, question)
    rows = rows_of(asked)
    if (question.get("measure") or {}).get("math") is not None:
        refuse_mixed_money(asked, measured_events(rows), question["measure"]["property"])
    found: dict[str, Any] = {"rows": [written(asked, row) for row in rows]}
    if question.get("breakdown") is not None:
        found["by_breakdown"] = [
            {**group.written, "rows": [written(asked, row) for row in within(asked, rows, group)]}
            for group in groups_of(asked, rows)
        ]
    return found


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    asked = settled(world, question)
    rows = rows_of(asked)
    if "group" in cell:
        rows = within(asked, rows, group_of_cell(groups_of(asked, rows), cell))
    row = rows[cell["row"]]
    keys = cohort_in(asked, row, cell["column"])
    return {event.person for key in keys for event in row.targets[key]}


def settled(world: World, question: Mapping[str, Any]) -> Asked:
    """Without `date_from` it is `date_to` alone that says where the rows are."""
    return settle(world, question, date_from=question.get("date_to") or "today")


def is_triangle(asked: Asked) -> bool:
    """Without `date_from` rows shorten, and nothing after `date_to` counts."""
    return asked.question.get("date_from") is None


def columns_of(asked: Asked) -> list[tuple[Period, ...]]:
    """The periods of the columns, row by row."""
    unit, count = asked.question.get("period", "day"), asked.question.get("intervals", 8)
    last = period_of(asked.end, unit, asked.calendar)
    cohorts = [last]
    if is_triangle(asked):
        while len(cohorts) < count:
            cohorts.insert(0, period_before(cohorts[0], unit, asked.calendar))
        return [tuple(cohorts[index:]) for index in range(count)]
    cohorts = periods_between(asked.start, last.start, unit, asked.calendar)
    rows = []
    for cohort in cohorts:
        columns = [cohort]
        while len(columns) < count:
            columns.append(period_of(columns[-1].end, unit, asked.calendar))
        rows.append(tuple(columns))
    return rows


def rows_of(asked: Asked) -> list[Row]:
    """Who is in which cohort, and everything they did to return."""
    targets = by_key(asked, matching(asked, asked.question["target"]))
    if asked.question.get("mode", "recurring") == "first_time":
        first = {key: own[0] for key, own in targets.items()}
    returns = by_key(asked, matching(asked, asked.question["returning"]))
    if is_triangle(asked):
        returns = {key: [event for event in own if event.at <= asked.end] for key, own in returns.items()}
    rows = []
    for columns in columns_of(asked):
        inside = {
            key: [event for event in own if columns[0].holds(event.at) and event.at <= asked.end]
            for key, own in targets.items()
        }
        if asked.question.get("mode", "recurring") == "first_time":
            inside = {key: own for key, own in inside.items() if first[key] in own}
        rows.append(Row(columns, {key: own for key, own in inside.items() if own}, returns))
    return rows


def cohort_in(asked: Asked, row: Row, column: int) -> set[Key]:
    """The people that a column counts."""
    if column == 0:
        return set(row.targets)
    least = asked.question.get("min_occurrences", 1)
    columns = range(column, len(row.columns)) if asked.question.get("cumulative") else [column]
    return {key for key in row.targets if any(row.came(key, later, least) for later in columns)}


def written(asked: Asked, row: Row) -> dict[str, Any]:
    """A row of the answer."""
    count = range(len(row.columns))
    found: dict[str, Any] = {
        "start": row.columns[0].written,
        "values": [len(cohort_in(asked, row, column)) for column in count],
        "partial": [
            period.end > asked.now or (is_triangle(asked) and period.end - 1 > asked.end) for period in row.columns
        ],
    }
    if asked.question.get("measure") is not None:
        found["measures"] = [measure(asked, row, column) for column in count]
    return found


def events_measured(row: Row, column: int) -> list[Event]:
    """The targets of the cohort's people in its own period; in a later one, their returns."""
    if column == 0:
        return [event for own in row.targets.values() for event in own]
    return [event for key in row.targets for event in row.returns.get(key, []) if row.columns[column].holds(event.at)]


def measured_events(rows: list[Row]) -> list[Event]:
    return [event for row in rows for column in range(len(row.columns)) for event in events_measured(row, column)]


def measure(asked: Asked, row: Row, column: int) -> float | None:
    """The sum, the average, or the sum per person of the cohort."""
    wanted = asked.question["measure"]
    numbers = numbers_of(asked, events_measured(row, column), wanted["property"])
    if wanted["math"] == "avg":
        return mean(numbers)
    if wanted["math"] == "sum":
        return total(numbers)
    return total(numbers) / len(row.targets) if row.targets else None


def values_of_rows(asked: Asked, rows: list[Row]) -> dict[int, Value]:
    """The group of every first target in a cohort's period."""
    return values_of(asked, [own[0] for row in rows for own in row.targets.values()], asked.question["breakdown"])


def groups_of(asked: Asked, rows: list[Row]) -> list[Group]:
    values = values_of_rows(asked, rows)

    def size(value: Value) -> int:
        return sum(values[own[0].position] == value for row in rows for own in row.targets.values())

    return ranked(values.values(), size, asked.question["breakdown"])


def within(asked: Asked, rows: list[Row], group: Group) -> list[Row]:
    """The same cohorts with the people of one group alone."""
    values = values_of_rows(asked, rows)
    return [row.kept(lambda event: values[event.position] in group.holds) for row in rows]

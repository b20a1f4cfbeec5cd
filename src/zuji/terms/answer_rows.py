"""Answers as plain rows, one table for each kind: for notebooks, terminals and files.

An answer is nested the way a page shows it; here every figure stands in a row of its own with what it is a figure of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Row = dict[str, Any]


def rows_of(kind: str, answer: Mapping[str, Any]) -> list[Row]:
    """The rows of an answer; those of a breakdown carry their `group`, and its `group_kind`.

    (A value may be written like our own words for all of them, the others, and none.)
    """
    rows = list(_TABLES[kind](answer))
    if not answer.get("by_breakdown"):
        return rows
    rows = [{"group": "all", "group_kind": "all", **row} for row in rows]
    for group in answer["by_breakdown"]:
        named = {"group": group_name(group), "group_kind": group["kind"]}
        # What only the whole has (the range compared with) is not the group's.
        rows += [{**named, **row} for row in _TABLES[kind]({**answer, "previous": None, **group})]
    return rows


def group_name(group: Mapping[str, Any]) -> str:
    """A group as one text.

    >>> group_name({"value": ["web", None], "kind": "value"}), group_name({"value": [], "kind": "other"})
    ('web / (none)', '(other)')
    """
    if group["kind"] == "other":
        return "(other)"
    return " / ".join("(none)" if part is None else part for part in group["value"])


def _trend(answer: Mapping[str, Any]) -> Iterator[Row]:
    before_of = [series["values"] for series in (answer.get("previous") or {"series": ()})["series"]]
    for number, series in enumerate(answer["series"]):
        before = before_of[number] if number < len(before_of) else None
        for place, (period, value) in enumerate(zip(answer["periods"], series["values"], strict=True)):
            row = {"series": series["name"], "period": period["start"], "value": value, "partial": period["partial"]}
            if before is not None:
                row["previous"] = before[place] if place < len(before) else None
            yield row


def _funnel(answer: Mapping[str, Any]) -> Iterator[Row]:
    if "steps" in answer:
        yield from ({"step": number, **step} for number, step in enumerate(answer["steps"], 1))
    else:
        yield from answer.get("over_time", answer.get("bins", ()))


def _retention(answer: Mapping[str, Any]) -> Iterator[Row]:
    for row in answer["rows"]:
        measures = row.get("measures") or [None] * len(row["values"])
        for column, (people, measure) in enumerate(zip(row["values"], measures, strict=True)):
            found = {"cohort": row["start"], "column": column, "people": people, "partial": row["partial"][column]}
            yield found if measure is None else {**found, "measure": measure}


def _lists(*names: str) -> Callable[[Mapping[str, Any]], Iterator[Row]]:
    def rows(answer: Mapping[str, Any]) -> Iterator[Row]:
        for number, period in enumerate(answer["periods"]):
            yield {"period": period["start"], **{name: answer[name][number] for name in names}}

    return rows


def _stickiness(answer: Mapping[str, Any]) -> Iterator[Row]:
    for number, people in enumerate(answer["counts"], 1):
        yield {"intervals": number, "people": people}


def _distribution(answer: Mapping[str, Any]) -> Iterator[Row]:
    for period in answer["periods"]:
        for place, people in zip(answer["bins"], period["counts"], strict=True):
            yield {"period": period["start"], "from": place["from"], "to": place["to"], "people": people}


def _interval(answer: Mapping[str, Any]) -> Iterator[Row]:
    figures = {name: value for name, value in answer.items() if not isinstance(value, list | dict)}
    yield {"period": "all", **{name: value for name, value in figures.items() if name not in ("value", "kind")}}
    yield from ({"period": period["start"], **_but(period, "start")} for period in answer.get("periods") or ())


def _attribution(answer: Mapping[str, Any]) -> Iterator[Row]:
    for channel in answer["channels"]:
        goals = {f"goals_{model}": credit for model, credit in channel["goals"].items()}
        values = {f"value_{model}": credit for model, credit in (channel.get("value") or {}).items()}
        named = {"channel": channel["channel"], "kind": channel["kind"]}
        yield {**named, "touches": channel["touches"], **goals, **values}


def _session(answer: Mapping[str, Any]) -> Iterator[Row]:
    yield {"period": "all", **answer["total"]}
    yield from ({"period": period["start"], **_but(period, "start")} for period in answer.get("periods") or ())


def _ltv(answer: Mapping[str, Any]) -> Iterator[Row]:
    for row in answer["rows"]:
        yield {"cohort": row["start"], "people": row["people"]} | {
            f"value_{number}": value for number, value in enumerate(row["values"])
        }


def _named(name: str) -> Callable[[Mapping[str, Any]], Iterator[Row]]:
    """A list of flat objects, as it is."""

    def rows(answer: Mapping[str, Any]) -> Iterator[Row]:
        for row in answer[name]:
            yield {key: value for key, value in row.items() if not isinstance(value, list | dict)}

    return rows


def _but(row: Mapping[str, Any], name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


_TABLES: dict[str, Callable[[Mapping[str, Any]], Iterator[Row]]] = {
    "trend": _trend,
    "funnel": _funnel,
    "retention": _retention,
    "paths": _named("edges"),
    "lifecycle": _lists("new", "returning", "resurrecting", "dormant"),
    "stickiness": _stickiness,
    "distribution": _distribution,
    "interval": _interval,
    "attribution": _attribution,
    "session": _session,
    "ltv": _ltv,
    "heat_map": _named("elements"),
    "rfm": _named("groups"),
    "engagement": _named("buckets"),
}

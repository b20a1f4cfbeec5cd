"""Answers as charts of characters: bars for steps and groups, a line for periods, shades for cohorts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from zuji.terms.answer_rows import group_name

WIDTH = 40
_LINE = "▁▂▃▄▅▆▇█"
_SHADES = " ░▒▓█"
LONGEST_NAME = 28


def chart_of(kind: str, answer: Mapping[str, Any]) -> Iterator[Text]:
    """The lines of a chart that fits the kind; kinds whose table says it all have none."""
    yield from _CHARTS.get(kind, _none)(answer)


def bars(figures: Sequence[tuple[str, float]]) -> Iterator[Text]:
    """A bar for each, the longest of full width."""
    longest = max((figure for _, figure in figures), default=0) or 1
    width = min(LONGEST_NAME, max((len(name) for name, _ in figures), default=0))
    for name, figure in figures:
        bar = "█" * round(WIDTH * figure / longest) or ("▏" if figure else "")
        yield Text(f"{name[:LONGEST_NAME]:<{width}} ") + Text(bar, style="cyan") + Text(f" {figure:,.10g}")


def line(values: Sequence[float | None]) -> str:
    """One character a value.

    >>> line([0, 1, 2, None, 4])
    '▁▂▄ █'
    """
    known = [value for value in values if value is not None]
    greatest = max(known, default=0) or 1
    return "".join(" " if value is None else _LINE[min(7, int(value / greatest * 7.999))] for value in values)


def _none(_: Mapping[str, Any]) -> Iterator[Text]:
    yield from ()


def _trend(answer: Mapping[str, Any]) -> Iterator[Text]:
    groups = answer.get("by_breakdown") or [{"series": answer["series"], "value": [], "kind": "all"}]
    for group in groups:
        for series in group["series"]:
            name = series["name"] if group["kind"] == "all" else f"{group_name(group)} · {series['name']}"
            yield Text(f"{name[:LONGEST_NAME]:<{LONGEST_NAME}} ") + Text(line(series["values"]), style="cyan")


def _funnel(answer: Mapping[str, Any]) -> Iterator[Text]:
    if "steps" in answer:
        yield from bars([(step["name"], step["count"]) for step in answer["steps"]])


def _retention(answer: Mapping[str, Any]) -> Iterator[Text]:
    for row in answer["rows"]:
        size = row["values"][0] or 1
        cells = "".join(_SHADES[min(4, round(4 * people / size))] * 2 for people in row["values"])
        yield Text(f"{row['start']:<{LONGEST_NAME}} ") + Text(cells, style="cyan") + Text(f" {row['values'][0]:,}")


def _paths(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(f"{edge['step']} {edge['from']} → {edge['to']}", edge["count"]) for edge in answer["edges"][:20]])


def _lifecycle(answer: Mapping[str, Any]) -> Iterator[Text]:
    for status in ("new", "returning", "resurrecting", "dormant"):
        yield Text(f"{status:<{LONGEST_NAME}} ") + Text(line(answer[status]), style="cyan")


def _stickiness(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(str(number), people) for number, people in enumerate(answer["counts"], 1)])


def _groups(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(group["name"], group["people"]) for group in answer["groups"]])


_CHARTS: dict[str, Callable[[Mapping[str, Any]], Iterator[Text]]] = {
    "trend": _trend,
    "funnel": _funnel,
    "retention": _retention,
    "paths": _paths,
    "lifecycle": _lifecycle,
    "stickiness": _stickiness,
    "rfm": _groups,
}

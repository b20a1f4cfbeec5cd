"""Answers as charts of characters, one for every kind: bars for steps and groups, a line for periods, shades for
cohorts, and a box for times between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from zuji.terms.answer_rows import group_name

WIDTH = 40
_LINE = "▁▂▃▄▅▆▇█"
_SHADES = " ░▒▓█"
LONGEST_NAME = 28
ANY = "(any event)"


def chart_of(kind: str, answer: Mapping[str, Any]) -> Iterator[Text]:
    """The lines of a chart that fits the kind."""
    yield from CHARTS[kind](answer)


def bars(figures: Sequence[tuple[str, float]]) -> Iterator[Text]:
    """A bar for each, the longest of full width; below nothing there is no bar."""
    longest = max((figure for _, figure in figures), default=0) or 1
    width = min(LONGEST_NAME, max((len(name) for name, _ in figures), default=0))
    for name, figure in figures:
        bar = "█" * round(WIDTH * figure / longest) or ("▏" if figure > 0 else "")
        yield Text(f"{name[:LONGEST_NAME]:<{width}} ") + Text(bar, style="cyan") + Text(f" {figure:,.10g}")


def line(values: Sequence[float | None]) -> str:
    """One character a value.

    >>> line([0, 1, 2, None, 4])
    '▁▂▄ █'
    """
    known = [value for value in values if value is not None]
    greatest = max(known, default=0) or 1
    return "".join(" " if value is None else _LINE[min(7, int(value / greatest * 7.999))] for value in values)


def named_line(name: str, values: Sequence[float | None]) -> Text:
    """A line behind its name."""
    return Text(f"{name[:LONGEST_NAME]:<{LONGEST_NAME}} ") + Text(line(values), style="cyan")


def shades(name: str, values: Sequence[float | None], full: float) -> Text:
    """Two characters a value, the darker the nearer it is to what counts as full; nothing where there is none."""
    cells = "".join(_SHADES[0 if value is None else min(4, round(4 * value / (full or 1)))] * 2 for value in values)
    return Text(f"{name[:LONGEST_NAME]:<{LONGEST_NAME}} ") + Text(cells, style="cyan")


def box(least: float, low: float, middle: float, high: float, most: float) -> str:
    """Where the quartiles lie between the least and the most.

    >>> box(0, 10, 20, 30, 40)
    '├─────────▒▒▒▒▒▒▒▒▒▒┃▒▒▒▒▒▒▒▒▒▒─────────┤'
    """
    span = (most - least) or 1
    places = [round(WIDTH * (value - least) / span) for value in (low, middle, high)]
    cells = ["▒" if places[0] <= place <= places[2] else "─" for place in range(WIDTH + 1)]
    cells[0], cells[-1] = "├", "┤"
    cells[places[1]] = "┃"
    return "".join(cells)


def _trend(answer: Mapping[str, Any]) -> Iterator[Text]:
    groups = answer.get("by_breakdown") or [{"series": answer["series"], "value": [], "kind": "all"}]
    for group in groups:
        for series in group["series"]:
            own = series["name"] or ANY
            name = own if group["kind"] == "all" else f"{group_name(group)} · {own}"
            yield named_line(name, series["values"])


def _funnel(answer: Mapping[str, Any]) -> Iterator[Text]:
    if "over_time" in answer:
        yield named_line("conversion", [period["conversion_percent"] for period in answer["over_time"]])
    elif "bins" in answer:
        yield from bars([(f"{one['from_seconds']:,} s", one["count"]) for one in answer["bins"]])
    else:
        yield from bars([(step["name"] or ANY, step["count"]) for step in answer["steps"]])


def _retention(answer: Mapping[str, Any]) -> Iterator[Text]:
    for row in answer["rows"]:
        size = row["values"][0]
        yield shades(row["start"], row["values"], size) + Text(f" {size:,}")


def _paths(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(f"{edge['step']} {edge['from']} → {edge['to']}", edge["count"]) for edge in answer["edges"][:20]])


def _lifecycle(answer: Mapping[str, Any]) -> Iterator[Text]:
    for status in ("new", "returning", "resurrecting", "dormant"):
        yield named_line(status, answer[status])


def _stickiness(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(str(number), people) for number, people in enumerate(answer["counts"], 1)])


def _groups(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(group["name"], group["people"]) for group in answer["groups"]])


def _distribution(answer: Mapping[str, Any]) -> Iterator[Text]:
    """Everybody of all periods together, by bin."""
    counts = zip(*(period["counts"] for period in answer["periods"]), strict=True)
    yield from bars([(_range(one), sum(count)) for one, count in zip(answer["bins"], counts, strict=False)])


def _range(one: Mapping[str, Any]) -> str:
    """A bin by its bounds; an open one has none on that side.

    >>> _range({"from": 3, "to": 6}), _range({"from": 101, "to": None}), _range({"from": None, "to": 1})
    ('3 … 6', '101 …', '… 1')
    """
    low, high = ("" if one[side] is None else f"{one[side]:.6g}" for side in ("from", "to"))
    return f"{low} … {high}".strip()


def _interval(answer: Mapping[str, Any]) -> Iterator[Text]:
    groups = answer.get("by_breakdown") or [{**answer, "value": [], "kind": "all"}]
    for group in groups:
        if group["count"]:
            name = "all" if group["kind"] == "all" else group_name(group)
            times = [group[f"{figure}_seconds"] for figure in ("minimum", "p25", "median", "p75", "maximum")]
            shown = Text(f"{name[:LONGEST_NAME]:<{LONGEST_NAME}} ") + Text(box(*times), style="cyan")
            yield shown + Text(f" {times[0]:,.6g} … {times[2]:,.6g} … {times[4]:,.6g} s")


def _attribution(answer: Mapping[str, Any]) -> Iterator[Text]:
    """What each model gives the channels, each model's bars for itself."""
    models = answer["channels"][0]["goals"] if answer["channels"] else ()
    for model in models:
        yield Text(model, style="bold")
        yield from bars([(channel["channel"], channel["goals"][model]) for channel in answer["channels"]])


def _session(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield named_line("sessions", [period["sessions"] for period in answer["periods"]])


def _ltv(answer: Mapping[str, Any]) -> Iterator[Text]:
    known = [value for row in answer["rows"] for value in row["values"] if value is not None]
    for row in answer["rows"]:
        yield shades(row["start"], row["values"], max(known, default=0)) + Text(f" {row['people']:,}")


def _heat_map(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(one["element"] or "(none)", one["clicks"]) for one in answer["elements"][:20]])
    if answer["scroll"]:
        yield named_line("scrolled to 0 … 100 %", [depth["people"] for depth in answer["scroll"]])


def _engagement(answer: Mapping[str, Any]) -> Iterator[Text]:
    yield from bars([(_range(bucket), bucket["people"]) for bucket in answer["buckets"]])


CHARTS: dict[str, Callable[[Mapping[str, Any]], Iterator[Text]]] = {
    "trend": _trend,
    "funnel": _funnel,
    "retention": _retention,
    "paths": _paths,
    "lifecycle": _lifecycle,
    "stickiness": _stickiness,
    "distribution": _distribution,
    "interval": _interval,
    "attribution": _attribution,
    "session": _session,
    "ltv": _ltv,
    "heat_map": _heat_map,
    "rfm": _groups,
    "engagement": _engagement,
}

"""The figure an alert watches: found in an answer, asked for now, or read from history.

`ask` is handed in: a kind and a document give an answered question. Three kinds have such figures so far, each named
by a path: a trend's series (the last complete period, or the total of the range), a lifecycle's status (the last
complete period), a funnel's step (people who reached it, or their share of all who entered).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from zuji.analyse.alerts import Figure, FigureName, Measured, Moment, Rule, period_end
from zuji.analyse.ask import Asked
from zuji.analyse.saved import read_document
from zuji.terms.dates import written
from zuji.terms.error import BadQuestion
from zuji.terms.period import Calendar

Ask = Callable[[str, Mapping[str, Any]], Asked]
FIGURES: dict[str, tuple[str, tuple[FigureName, ...]]] = {
    "trend": ("series", ("last_complete_period", "total")),
    "lifecycle": ("status", ("last_complete_period",)),
    "funnel": ("step", ("conversion_rate", "count")),
}
"""By kind: what a figure names, and which figures of it there are."""

MOST_DAYS = 366
MOST_DAYS_ASKED_ONE_BY_ONE = 31


def check_figure(kind: str, document: Mapping[str, Any], figure: Figure) -> None:
    """Raise BadQuestion unless the question has this figure."""
    question: Any = read_document(kind, document)
    if kind not in FIGURES:
        raise BadQuestion(f"an alert watches a figure of a {', '.join(FIGURES)}; a {kind} has none that it knows.")
    name, figures = FIGURES[kind]
    place = getattr(figure, name)
    others = [one for one, _ in FIGURES.values() if one != name and getattr(figure, one) is not None]
    if figure.figure not in figures or place is None or others:
        raise BadQuestion(f"figure: of a {kind} it is {{{name}, figure: {' or '.join(figures)}}}.")
    if kind == "trend" and place >= len(question.series) + len(question.formulas):
        raise BadQuestion(f"figure: there is no series {place}; the first is 0, formulas stand behind the series.")
    if kind == "funnel" and (place > len(question.steps) or question.view.type != "steps"):
        raise BadQuestion(f"figure: the view `steps` has the steps 1 to {len(question.steps)}, got {place}.")


def look(kind: str, document: Mapping[str, Any], rule: Rule, ask: Ask) -> Measured:
    """The figure as it is now, with that of the period before where the rule needs it."""
    asked = ask(kind, _with_comparison(kind, document, rule))
    found = measured(kind, asked.answer, rule.figure)
    if kind == "funnel" and rule.compares:
        before = ask(kind, moved_back(_as_sent(asked.question)))
        found = Measured(found.value, measured(kind, before.answer, rule.figure).value)
    return found


def measured(kind: str, answer: Mapping[str, Any], figure: Figure) -> Measured:
    """The figure in an answer."""
    if kind == "funnel":
        return Measured(answer["steps"][(figure.step or 1) - 1][figure.figure])
    if figure.figure == "total":
        place, compared = figure.series or 0, answer["previous"]
        previous = None if compared is None else compared["series"][place]["total"]
        return Measured(answer["series"][place]["total"], previous)
    complete = _complete(kind, answer, figure)
    return complete[-1][1] if complete else Measured(None)


def history(
    kind: str, document: Mapping[str, Any], rule: Rule, ask: Ask, *, days: int, now: int, calendar: Calendar
) -> list[Moment]:
    """Looks in the past, oldest first, with what is known today.

    Where each look is at the last complete period, one question over history holds them all, and a look falls on the
    end of each period. Other figures are asked for as of the end of each of the last days.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadQuestion(f"days: 1 to {MOST_DAYS}, got {days}.")
    if one_answer_holds_all(kind, document, rule.figure):
        kept = {name: value for name, value in document.items() if name not in ("compare_to", "now")}
        asked = ask(kind, {**kept, "date_from": f"-{days}d", "date_to": "today"})
        interval, asked_in = asked.question["interval"], _calendar_of(asked.question)
        return [
            Moment(period_end(asked_in, interval, start), found, start)
            for start, found in _complete(kind, asked.answer, rule.figure)
        ]
    if days > MOST_DAYS_ASKED_ONE_BY_ONE:
        raise BadQuestion(
            f"days: this figure is asked for day by day, {MOST_DAYS_ASKED_ONE_BY_ONE} at most, got {days}."
        )
    today = calendar.local(now).date()
    ends = [calendar.day_start(today - timedelta(days=back)) for back in reversed(range(days))]
    # A moment before midnight: at midnight itself `today` would be the day that begins, and all of it be seen.
    return [Moment(at, look(kind, {**document, "now": written(at - 1, calendar)}, rule, ask)) for at in ends]


def one_answer_holds_all(kind: str, document: Mapping[str, Any], figure: Figure) -> bool:
    """Whether a period's value is the same whatever range it is asked in."""
    if figure.figure != "last_complete_period":
        return False
    question: Any = read_document(kind, document)
    return kind != "trend" or not (question.cumulative or question.smoothing > 1)


def moved_back(question: Mapping[str, Any]) -> dict[str, Any]:
    """A resolved question over the range just before its own: as many local days, or as much time between moments.

    >>> moved_back({"date_from": "2026-03-08", "date_to": "2026-03-14"})
    {'date_from': '2026-03-01', 'date_to': '2026-03-07'}
    """
    first, last = question["date_from"], question["date_to"]
    if len(first) > 10 and len(last) > 10:
        begins, ends = datetime.fromisoformat(first), datetime.fromisoformat(last)
        back = ends - begins + timedelta(milliseconds=1)
        moved = [(moment - back).isoformat(timespec="milliseconds") for moment in (begins, ends)]
    else:
        days = timedelta(days=(date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days + 1)
        moved = [(date.fromisoformat(text[:10]) - days).isoformat() + text[10:] for text in (first, last)]
    return {**question, "date_from": moved[0], "date_to": moved[1]}


def _as_sent(question: Mapping[str, Any]) -> dict[str, Any]:
    """A resolved question as it comes back over the wire, where a list is a list."""
    sent: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(question))
    return sent


def _with_comparison(kind: str, document: Mapping[str, Any], rule: Rule) -> Mapping[str, Any]:
    if kind == "trend" and rule.figure.figure == "total" and rule.compares and not document.get("compare_to"):
        return {**document, "compare_to": "previous_period"}
    return document


def _complete(kind: str, answer: Mapping[str, Any], figure: Figure) -> list[tuple[str, Measured]]:
    """(start, measured) of every complete period; the period before counts only if it is complete too."""
    values = answer["series"][figure.series]["values"] if kind == "trend" else answer[figure.status or ""]
    found = []
    whole_before = None
    for period, value in zip(answer["periods"], values, strict=True):
        if not period["partial"]:
            found.append((period["start"], Measured(value, whole_before)))
        whole_before = None if period["partial"] else value
    return found


def _calendar_of(question: Mapping[str, Any]) -> Calendar:
    return Calendar(ZoneInfo(question["timezone"]), question["week_start"])

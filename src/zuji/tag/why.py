"""Why somebody has a tag, or has it not: every condition with what it found, the newest events behind it, and what
would change it. Worked out from history, so it is exact; of one person, so it takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from zuji.store.statement import Statement
from zuji.tag.definition import Statistic
from zuji.tag.history import Among, Asked
from zuji.tag.history_conditions import named_tag, passes_sql, value_of
from zuji.tag.history_figures import figure_of
from zuji.tag.history_pass import HistoryPass
from zuji.tag.preview import Run
from zuji.tag.rule import (
    Consents,
    HasIdentifier,
    HasTag,
    InSegment,
    Leaf,
    Measure,
    Measured,
    Rule,
    Sequence,
    Trait,
    ValueOf,
    conditions,
    leaves,
)
from zuji.tag.sentence import Language
from zuji.tag.what_changes import Change, changes_of

MOST_EVENTS = 5
MOST_TIMES = 10_000
"""Of a condition that counts more events than this, the moment at which they leave is not told."""


@dataclass(frozen=True, slots=True)
class EventBehind:
    """An event that made a condition what it is."""

    event_id: str
    event: str
    at_ms: int
    position: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition: `passed`, the `figure` it compared (None where there is nothing to show), the newest events behind
    it, newest first, and what would turn it round. `case` is the place of its case in a rule of cases.
    """

    condition: Leaf | Measure
    passed: bool | None
    figure: Any
    events: tuple[EventBehind, ...]
    changes: tuple[Change, ...]
    case: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    """The value as of the moment asked about; None for nothing. Nobody whom rules are not asked of has reasons."""

    value: Any
    reasons: tuple[Reason, ...]


def why(rule: Rule, asked: Asked, run: Run, *, person: int, anchors: tuple[int, ...]) -> Why:
    """Why the rule says what it says about this person. `anchors` are all that ever brought an event of theirs."""
    gathered = HistoryPass(replace(asked, among=Among((person,), anchors), part=None))
    columns = [f"{value_of(gathered, rule).shown} AS value"]
    parts = list(_parts(rule))
    for place, (_, part) in enumerate(parts):
        columns += [f"{sql} AS {name}_{place}" for name, sql in _columns_of(gathered, part).items()]
    last = gathered.steps()
    gathered.statement.step("told", f"SELECT {', '.join(columns)}\nFROM {last}")
    rows = run(gathered.statement.query("SELECT * FROM told")).to_pylist()
    if not rows:
        return Why(None, ())
    [row] = rows
    reasons = (_reason(row, place, case, part, asked) for place, (case, part) in enumerate(parts))
    return Why(row["value"] if row["value"] != [] else None, tuple(reasons))


def statistic_sentence(statistic: Statistic, language: Language, *, since: str | None = None) -> str:
    """What the value of a statistic is: it has no conditions of one person, since a question about everybody gives it.

    >>> by_groups = Statistic(kind="rfm", question={"event": "Order Completed"}, gives="group")
    >>> statistic_sentence(by_groups, "en", since="2026-11-22 09:30")
    'the RFM group, given by a question about everybody that is asked anew at least every hour; unchanged since \
2026-11-22 09:30'
    >>> statistic_sentence(by_groups, "zh")
    'RFM 分组：由针对所有客户的问题得出，至少每小时重新计算一次'
    """
    said = _FIGURES.get((statistic.kind, statistic.gives))
    figure = said[language] if said is not None else f"{statistic.kind} {statistic.gives}"
    told, unchanged = _GIVEN[language]
    return told.format(figure) + ("" if since is None else unchanged.format(since))


_GIVEN: Final[dict[Language, tuple[str, str]]] = {
    "en": ("{}, given by a question about everybody that is asked anew at least every hour", "; unchanged since {}"),
    "zh": ("{}：由针对所有客户的问题得出，至少每小时重新计算一次", "；自 {} 起未变"),
}
_FIGURES: Final[dict[tuple[str, str], dict[Language, str]]] = {
    ("rfm", "group"): {"en": "the RFM group", "zh": "RFM 分组"},
    ("rfm", "recency_score"): {"en": "the RFM score for recency", "zh": "RFM 近度得分"},
    ("rfm", "frequency_score"): {"en": "the RFM score for frequency", "zh": "RFM 频度得分"},
    ("rfm", "value_score"): {"en": "the RFM score for value", "zh": "RFM 价值得分"},
    ("rfm", "recency_days"): {"en": "the days since the last time (RFM)", "zh": "距最近一次的天数（RFM）"},
    ("rfm", "frequency"): {"en": "how often it was done (RFM)", "zh": "次数（RFM）"},
    ("rfm", "value"): {"en": "the value of it all (RFM)", "zh": "总价值（RFM）"},
    ("engagement", "score"): {"en": "the engagement score", "zh": "活跃度得分"},
    ("engagement", "points"): {"en": "the engagement points", "zh": "活跃度分值"},
}
"""The figures that these questions give of each person."""


def _parts(rule: Rule) -> Iterator[tuple[int, Leaf | Measure]]:
    """What is told of, with the place of its case: every condition, and the measure that is the value."""
    if isinstance(rule, ValueOf):
        yield 0, rule.measure
    for case, condition in enumerate(conditions(rule)):
        for leaf in leaves(condition):
            yield case, leaf


def _columns_of(gathered: HistoryPass, part: Leaf | Measure) -> dict[str, str]:
    columns = {"passed": "1" if isinstance(part, Measure) else passes_sql(gathered, part)}
    match part:
        case Measure():
            columns |= {"figure": figure_of(gathered, part).shown} | _events_of(gathered, part)
        case Measured(measure):
            columns |= {"figure": figure_of(gathered, measure).shown} | _events_of(gathered, measure)
        case Sequence():
            columns |= _events_of_sequence(gathered, part)
        case HasTag(key):
            columns["figure"] = named_tag(gathered, key).shown
        case Trait(name):
            gathered.traits()
            columns["figure"] = f"JSONExtract(traits, {_text(gathered.statement, name)}, 'Nullable(String)')"
        case HasIdentifier(type_):
            kind = _text(gathered.statement, type_)
            columns["figure"] = f"arrayFilter(one -> one.1 = {kind}, {gathered.identifiers()}).2"
        case InSegment() | Consents():
            pass
    return columns


def _events_of(gathered: HistoryPass, measure: Measure) -> dict[str, str]:
    """The events that the measure counts; of a property those that have one."""
    counted = gathered.counted(measure.match, measure.window)
    if measure.property is not None:
        counted += f" AND ifNull({gathered.text(measure.match, measure.property)}, '') != ''"
    times = gathered.figure(("times", measure), lambda: f"arraySort(groupArrayIf({MOST_TIMES + 1})(ms, {counted}))")
    return {"events": gathered.figure(("events", measure), lambda: _newest(counted)), "times": times}


def _events_of_sequence(gathered: HistoryPass, sequence: Sequence) -> dict[str, str]:
    matches = [gathered.match(step) for step in sequence.steps]
    matches += [] if sequence.without is None else [gathered.match(sequence.without)]
    return {"events": gathered.figure(("events", sequence), lambda: _newest(" OR ".join(matches)))}


def _newest(condition: str) -> str:
    return f"arraySlice(arrayReverseSort(groupArrayIf((ms, position, event_id, event), {condition})), 1, {MOST_EVENTS})"


def _text(statement: Statement, value: str) -> str:
    return statement.text(value)


def _reason(row: dict[str, Any], place: int, case: int, part: Leaf | Measure, asked: Asked) -> Reason:
    figure, times = row.get(f"figure_{place}"), row.get(f"times_{place}")
    changes: list[Change] = []
    if isinstance(part, Measured) and times is not None and len(times) <= MOST_TIMES:
        changes = changes_of(part, figure, times, asked.now_ms, asked.calendar)
    return Reason(
        condition=part,
        passed=None if isinstance(part, Measure) else bool(row[f"passed_{place}"]),
        figure=None if figure == [] else figure,
        events=tuple(_behind(one) for one in row.get(f"events_{place}") or ()),
        changes=tuple(changes),
        case=case,
    )


def _behind(found: dict[str, Any]) -> EventBehind:
    at_ms, position, event_id, event = found.values()
    return EventBehind(event_id, event, at_ms, position)

"""The words of rules in Chinese. See `sentence`."""

from __future__ import annotations

import json
import re
from typing import Any

from zuji.tag.event_names import without_names
from zuji.tag.rule import (
    Between,
    Comparison,
    Consents,
    Ever,
    HasIdentifier,
    HasTag,
    InSegment,
    Last,
    Leaf,
    Measure,
    Measured,
    Sequence,
    This,
    Trait,
    Window,
)
from zuji.tag.sentence_nodes import NodeWords
from zuji.tag.words_zh import EVENTS, IDENTIFIERS, PROPERTIES, PURPOSES
from zuji.terms import condition as where
from zuji.terms.condition import NEGATIVE, POSITIVE_OF, Op
from zuji.terms.document import Duration, EventMatch

_PLAIN = re.compile(r"[\w.@+%$/*#'&-]+( [\w.@+%$/*#'&-]+)*")
"""A text that needs no quotation marks to be seen as one."""

_OPS: dict[Op, str] = {
    "equals": "为{}",
    "not_equals": "不为{}",
    "contains": "包含{}",
    "not_contains": "不包含{}",
    "regex": "匹配{}",
    "not_regex": "不匹配{}",
    "gt": "大于{}",
    "gte": "不低于{}",
    "lt": "小于{}",
    "lte": "不超过{}",
    "between": "在{}之间",
    "is_set": "已知",
    "is_not_set": "未知",
    "in_segment": "属于分群{}",
    "before": "早于{}",
    "after": "晚于{}",
    "within_last": "在最近{}内",
    "on_element": "位于{}",
}
_AMOUNTS: dict[Op, str] = {
    "equals": "恰好{}",
    "not_equals": "不是{}",
    "gt": "超过{}",
    "gte": "至少{}",
    "lt": "不到{}",
    "lte": "至多{}",
    "between": "{}",
    "is_set": "任意",
    "is_not_set": "未知",
}
_FIGURES = {
    "sum": "{}合计",
    "average": "{}平均值",
    "minimum": "{}最小值",
    "maximum": "{}最大值",
    "distinct": "不同{}的个数",
    "first": "首个{}",
    "last": "最近一个{}",
}
_UNITS = {
    "second": "秒",
    "minute": "分钟",
    "hour": "小时",
    "day": "天",
    "week": "周",
    "month": "月",
    "quarter": "季度",
    "year": "年",
}
_PERIODS = {
    "day": ("今天", "昨天"),
    "week": ("本周", "上周"),
    "month": ("本月", "上月"),
    "quarter": ("本季度", "上季度"),
    "year": ("今年", "去年"),
}


def leaf(leaf: Leaf) -> str:
    """A condition without conditions inside."""
    match leaf:
        case Trait(name, comparison):
            return f"{_property(name)}{compared(comparison)}"
        case HasIdentifier(type, comparison):
            return _held(f"{IDENTIFIERS.get(type) or _text(type)}标识", comparison)
        case HasTag(key, Comparison("is_set")):
            return f"有标签{key}"
        case HasTag(key, Comparison("is_not_set")):
            return f"没有标签{key}"
        case HasTag(key, comparison):
            return f"标签{key}{compared(comparison)}"
        case InSegment(key):
            return f"属于分群{key}"
        case Consents(purpose, granted):
            return f"{'已' if granted else '未'}同意用途{PURPOSES.get(purpose) or _text(purpose)}"
        case Measured(measure, comparison):
            return _measured(measure, comparison)
        case Sequence():
            return _sequence(leaf)


def all_of(parts: list[str]) -> str:
    """Every part holds."""
    return "，且".join(parts) if parts else "所有人"


def any_of(parts: list[str]) -> str:
    """One of the parts holds."""
    return "，或".join(parts) if parts else "没有人"


def negated(part: str) -> str:
    """The part does not hold."""
    return f"并非（{part}）"


def bracketed(part: str) -> str:
    """A part with parts."""
    return f"（{part}）"


def case(value: str, when: str) -> str:
    """A value and when it holds."""
    return f"{when}时为{_text(value)}"


def cases(parts: list[str], otherwise: str | None) -> str:
    """The first of several that holds."""
    return "；否则".join([*parts, *([] if otherwise is None else [f"为{_text(otherwise)}"])])


def value(measure: Measure, when: str | None) -> str:
    """What a measure gives, for those who pass."""
    event, span = _event(measure.match), _window(measure.window)
    if measure.what in ("count", "days"):
        said = f"{span}{event}的{'次数' if measure.what == 'count' else '天数'}"
    elif measure.what in ("since_first", "since_last"):
        said = f"{_occasion(measure)}至今的{_UNITS[measure.unit]}数"
    else:
        said = _figure(measure)
    return said if when is None else f"{said}，限于：{when}"


def compared(comparison: Comparison) -> str:
    """What is said of a value."""
    return _OPS[comparison.op].format(_value(comparison.op, comparison.value))


def _held(what: str, comparison: Comparison) -> str:
    """Of several things held: one passes, or with a negative op none passes its positive one."""
    match comparison.op:
        case "is_set":
            return f"有{what}"
        case "is_not_set":
            return f"没有{what}"
        case op if op in NEGATIVE:
            return f"没有{what}{compared(Comparison(POSITIVE_OF[op], comparison.value))}"
    return f"有{what}{compared(comparison)}"


def _measured(measure: Measure, comparison: Comparison) -> str:
    match measure.what:
        case "count":
            return _counted(measure, comparison)
        case "days":
            return f"{_window(measure.window)}有{_amount(comparison)}天{_event(measure.match)}"
        case "since_first" | "since_last":
            return _ago(measure, comparison)
        case "top":
            return _held_top(measure, comparison)
    return f"{_figure(measure)}{compared(comparison)}"


def _counted(measure: Measure, comparison: Comparison) -> str:
    event, span = _event(measure.match), _window(measure.window)
    match comparison:
        case Comparison("gte", 1) | Comparison("gt", 0):
            return f"{span}有过{event}"
        case Comparison("equals", 0) | Comparison("lt", 1) | Comparison("lte", 0):
            return f"{span}没有{event}"
    return f"{span or '累计'}{event}{_amount(comparison)}次"


def _ago(measure: Measure, comparison: Comparison) -> str:
    if comparison.op in ("is_set", "is_not_set"):
        had = "有过" if comparison.op == "is_set" else "从未"
        return f"{_window(measure.window)}{had}{_event(measure.match)}"
    never = "或从未发生" if comparison.op == "not_equals" else ""
    return f"距{_occasion(measure)}{_amount(comparison)}{_UNITS[measure.unit]}{never}"


def _held_top(measure: Measure, comparison: Comparison) -> str:
    if measure.limit == 1 or comparison.op in ("is_set", "is_not_set"):
        return f"{_figure(measure)}{compared(comparison)}"
    verbs = {"equals": "之一为{}", "not_equals": "都不为{}", "contains": "之一包含{}", "not_contains": "都不包含{}"}
    return f"{_figure(measure)}{verbs[comparison.op].format(_value(comparison.op, comparison.value))}"


def _figure(measure: Measure) -> str:
    name = _property(measure.property or "")
    if measure.what == "top":
        number = "" if measure.limit == 1 else f"{measure.limit}个"
        least = "" if measure.at_least == 1 else f"（至少{measure.at_least}次）"
        figure = f"最常见的{number}{name}{least}"
    else:
        figure = _FIGURES[measure.what].format(name)
    return f"{_window(measure.window)}{_event(measure.match)}的{figure}"


def _occasion(measure: Measure) -> str:
    which = "首次" if measure.what == "since_first" else "最近一次"
    return f"{_window(measure.window)}{which}{_event(measure.match)}"


def _sequence(leaf: Sequence) -> str:
    steps = [_event(step) for step in leaf.steps]
    within = "" if leaf.within_ms is None else _length(leaf.within_ms)
    without = "" if leaf.without is None else _event(leaf.without)
    if len(steps) == 1:
        return f"{_window(leaf.window)}{steps[0]}后{within}内没有{without}"
    window = "" if isinstance(leaf.window, Ever) else f"{_window(leaf.window)}开始，"
    said = f"{window}先{'，再'.join(steps)}"
    said += f"，首尾相距不超过{within}" if within else ""
    return f"{said}，其间没有{without}" if without else said


def _event(match: EventMatch) -> str:
    names, conditions = without_names(match)
    # Names of one thing at different clients are one word of ours.
    said = "或".join(dict.fromkeys(EVENTS.get(name) or _text(name) for name in names)) if names else "任意行为"
    return f"{said}（{_NODES.said(conditions.node)}）" if conditions else said


def _compared_property(leaf: where.Leaf) -> str:
    return f"{_property(leaf.property)}{_OPS[leaf.op].format(_value(leaf.op, leaf.value))}"


_NODES = NodeWords(_compared_property, all_of, any_of, negated, bracketed, always="总是", never="从不")


def _window(window: Window) -> str:
    match window:
        case Ever():
            return ""
        case Last(amount, unit):
            return f"最近{amount}{_UNITS[unit]}内"
        case This(interval, back):
            return _PERIODS[interval][back]
        case Between(None, last):
            return f"{last}及以前"
        case Between(first, None):
            return f"{first}及以后"
        case Between(first, last):
            return f"{first}至{last}"


def _length(milliseconds: int) -> str:
    """The length in the greatest unit that divides it."""
    for unit, size in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)):
        if milliseconds % size == 0:
            return f"{milliseconds // size}{_UNITS[unit]}"
    return f"{milliseconds}毫秒"


def _amount(comparison: Comparison) -> str:
    return _AMOUNTS[comparison.op].format(_value(comparison.op, comparison.value))


def _value(op: Op, wanted: Any) -> str:
    if wanted is None:
        return ""
    if isinstance(wanted, Duration):
        return _length(wanted.milliseconds)
    if isinstance(wanted, tuple):
        return ("到" if op == "between" else "或").join(map(_text, wanted))
    return _text(wanted)


def _property(name: str) -> str:
    return PROPERTIES.get(name) or _text(name)


def _text(plain: Any) -> str:
    """A value as it is, between quotation marks where it could be mistaken for more words of ours."""
    if isinstance(plain, str) and _PLAIN.fullmatch(plain):
        return plain
    return f"“{plain}”" if isinstance(plain, str) else json.dumps(plain)

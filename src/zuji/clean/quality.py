"""What quality means here: six dimensions, and which of them every rejection, flag and reason speaks of.

An event is looked at under each dimension apart. What was set aside is known to be wrong in one way only, its first, so
it counts in that dimension alone. Robots are traffic and no defect: they count nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from zuji.terms.event import Flag
from zuji.terms.rejection import Reason

Dimension = Literal["completeness", "accuracy", "validity", "timeliness", "consistency", "uniqueness"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

WEIGHTS: Mapping[Dimension, float] = MappingProxyType(
    {
        "completeness": 0.2,
        "accuracy": 0.2,
        "validity": 0.2,
        "timeliness": 0.1,  # late is seldom wrong
        "consistency": 0.15,
        "uniqueness": 0.15,
    }
)
"""What a dimension weighs in the index while nobody decided otherwise (policy part `quality`). A dimension under which
nothing was looked at weighs nothing that day."""

OF_REJECTION: Mapping[Reason, Dimension] = MappingProxyType(
    {
        "not_an_object": "validity",
        "unknown_type": "validity",
        "wrong_field_type": "validity",
        "no_identifier": "completeness",
        "no_event_name": "completeness",
        "bad_name": "validity",
        "bad_message_id": "validity",
        "event_too_big": "validity",
        "future_time": "timeliness",
        "too_old": "timeliness",
        "needs_secret_key": "validity",
        "too_many_new_people": "validity",
        "too_many_new_properties": "validity",
        "against_rule": "validity",  # unless the rule says otherwise, see below
        "against_plan": "validity",
        "processing_failed": "validity",
    }
)

OF_RULE: Mapping[str, Dimension | None] = MappingProxyType(
    {
        "short_view": "validity",
        "repeated_click": "uniqueness",
        "robot_agent": None,
        "robot_speed": None,
        "robot_network": None,
        "robot_honeypot": None,
        "negative_number": "accuracy",
        "impossible_age": "accuracy",
        "impossible_place": "accuracy",
        "swapped_place": "accuracy",
        "impossible_share": "accuracy",
        "impossible_date": "accuracy",
        "out_of_range": "accuracy",
        "unknown_currency": "validity",
        "repeated_order": "uniqueness",
        "refund_before_order": "consistency",
        "outlier": "accuracy",
        "missing_step": None,  # adds, and judges nothing
        "silence": None,  # of a source, not of an event
    }
)
"""What a rule's quarantine speaks of."""

OF_REASON: Mapping[str, Dimension] = MappingProxyType(
    {
        "view": "validity",
        "click": "uniqueness",
        "order": "uniqueness",
        "refund": "consistency",
        "negative": "accuracy",
        "impossible": "accuracy",
        "swapped": "accuracy",
        "range": "accuracy",
        "outlier": "accuracy",
        "currency": "validity",
        "plan": "validity",
        "blocked": "validity",
        "unusable": "validity",
        "too_long": "validity",
        "secret_key_only": "validity",
        "unreadable": "validity",
        "unknown_region": "accuracy",
        "ambiguous_region": "accuracy",
        "not_in_catalogue": "accuracy",
        "constraint": "accuracy",
        "renamed": "consistency",
        "standardised": "consistency",
    }
)
"""By the first word of a reason that a stored event carries."""

OF_FLAG: Mapping[Flag, tuple[Dimension, str]] = MappingProxyType(
    {
        Flag.TIME_GUESSED: ("completeness", "no_time"),
        Flag.LATE: ("timeliness", "late"),
        Flag.TIME_CORRECTED: ("consistency", "clock_corrected"),
        Flag.TIME_CLAMPED: ("consistency", "clock_clamped"),
    }
)
"""Flags that are set without a reason beside them."""

ALMOST = 99.99
"""The most that is not 100, which says that nothing at all is wrong."""
REQUIRED_FIELDS = 3
"""Who, what and when: what completeness asks of every event, besides the properties that its kind usually has."""
MISSING = "plan:missing"
LONGEST = 100
_WITH_DETAIL = frozenset({"view", "click", "order", "refund", "currency", "constraint"})
"""Reasons whose second word tells the defect, not the property."""


class Defect(NamedTuple):
    """One thing that is wrong with an event: the cause, and the property it is about, if it is about one."""

    dimension: Dimension
    cause: str
    property: str = ""


@lru_cache(maxsize=4096)
def defects_of(reasons: str, flags: int) -> tuple[Defect, ...]:
    """What the reasons (joined by commas) and flags of a stored event say is wrong with it.

    >>> defects_of("impossible:age,robot:crawler,plan:type:total", 0)[1]
    Defect(dimension='validity', cause='plan:type', property='total')
    """
    found = [Defect(*said) for flag, said in OF_FLAG.items() if flags & flag]
    for reason in reasons.split(",") if reasons else ():
        found += _defects_of_reason(reason)
    return tuple(dict.fromkeys(found))


def defect_of_rejection(reason: Reason, detail: str) -> Defect | None:
    """What a rejection says is wrong; None when it speaks of no defect. A rule is named by the detail.

    >>> defect_of_rejection("against_rule", "negative_number: price is -2")
    Defect(dimension='accuracy', cause='against_rule:negative_number', property='')
    """
    if reason != "against_rule":
        return Defect(OF_REJECTION[reason], reason)
    rule = detail.partition(":")[0]
    dimension = OF_RULE.get(rule, OF_REJECTION[reason])
    return None if dimension is None else Defect(dimension, f"against_rule:{rule}"[:LONGEST])


def score(*, checked: int, wrong: float) -> float | None:
    """From 0 to 100; None where nothing was looked at.

    >>> score(checked=200, wrong=3), score(checked=1_000_000, wrong=1), score(checked=5, wrong=0)
    (98.5, 99.99, 100.0)
    """
    return None if checked <= 0 else _shown(100 * (1 - wrong / checked))


def index(scores: Mapping[Dimension, float | None], weights: Mapping[Dimension, float] = WEIGHTS) -> float | None:
    """The scores as one number: their mean by weight. What weighs nothing has no say.

    >>> index({"validity": 100.0, "accuracy": 40.0}, {"validity": 2, "accuracy": 1})
    80.0
    """
    known = [(weights[dimension], one) for dimension, one in scores.items() if one is not None and weights[dimension]]
    weight = sum(each for each, _ in known)
    if not weight:
        return None
    mean = sum(each * one for each, one in known) / weight
    return 100.0 if all(one == 100 for _, one in known) else _shown(mean)


def _shown(exact: float) -> float:
    return 100.0 if exact == 100 else round(min(exact, ALMOST), 2)


def _defects_of_reason(reason: str) -> list[Defect]:
    head, _, rest = reason.partition(":")
    dimension = OF_REASON.get(head)
    if dimension is None:
        return []
    if head in _WITH_DETAIL:
        return [Defect(dimension, reason[:LONGEST])]
    if head == "standardised":  # several values at once, each with its place before it
        return [Defect(dimension, head, part.partition(".")[2][:LONGEST]) for part in rest.split("|")]
    if head == "renamed":
        return [Defect(dimension, head)]
    if head == "plan":
        what, _, name = rest.partition(":")
        return [Defect("completeness" if what == "missing" else dimension, f"plan:{what}", name[:LONGEST])]
    return [Defect(dimension, head, rest.partition("=")[0][:LONGEST])]

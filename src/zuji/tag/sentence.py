"""A rule as one sentence, in English or Chinese, so that who reads it knows what it says about whom.

This file knows how rules are built; `sentence_en` and `sentence_zh` know the words. They are two whole vocabularies and
no table of translations, because the languages put their parts in different orders.
"""

from __future__ import annotations

from typing import Literal, Protocol

from zuji.tag import sentence_en, sentence_zh
from zuji.tag.rule import (
    AllOf,
    AnyOf,
    Cases,
    Condition,
    Leaf,
    Measure,
    Not,
    Rule,
    ValueOf,
    When,
)

Language = Literal["en", "zh"]


class Speaker(Protocol):
    """The words of a language."""

    def leaf(self, leaf: Leaf) -> str:
        """A condition without conditions inside."""

    def all_of(self, parts: list[str]) -> str:
        """Every part holds; of none: everybody."""

    def any_of(self, parts: list[str]) -> str:
        """One of the parts holds; of none: nobody."""

    def negated(self, part: str) -> str:
        """The part does not hold."""

    def bracketed(self, part: str) -> str:
        """A part that stands inside another and has parts itself."""

    def case(self, value: str, when: str) -> str:
        """A value and when it holds."""

    def cases(self, parts: list[str], otherwise: str | None) -> str:
        """The first of several that holds."""

    def value(self, measure: Measure, when: str | None) -> str:
        """What a measure gives, for those who pass."""


_SPEAKERS: dict[Language, Speaker] = {"en": sentence_en, "zh": sentence_zh}


def sentence(rule: Rule, language: Language) -> str:
    """What a rule says.

    >>> from zuji.tag.read_rule import read_rule
    >>> orders = {"measure": "count", "event": "Order Completed", "window": {"last": {"amount": 30, "unit": "day"}}}
    >>> local = {"trait": "city", "op": "equals", "value": "Shanghai"}
    >>> rule = read_rule({"when": {"all": [{**orders, "op": "gte", "value": 2}, local]}})
    >>> sentence(rule, "en")
    'did Order Completed at least 2 times in the last 30 days and city is Shanghai'
    >>> sentence(rule, "zh")
    '最近30天内完成订单至少2次，且城市为Shanghai'
    """
    speaker = _SPEAKERS[language]
    match rule:
        case When(when):
            return condition_sentence(when, language)
        case ValueOf(measure, when):
            return speaker.value(measure, None if when == AllOf() else condition_sentence(when, language))
        case Cases(cases, otherwise):
            told = [speaker.case(case.value, condition_sentence(case.when, language)) for case in cases]
            return speaker.cases(told, otherwise)


def condition_sentence(condition: Condition, language: Language) -> str:
    """What a condition says."""
    return _said(condition, _SPEAKERS[language])


def _said(condition: Condition, speaker: Speaker) -> str:
    match condition:
        case AllOf((only,)) | AnyOf((only,)):
            return _said(only, speaker)
        case AllOf(parts):
            return speaker.all_of([_inner(part, speaker) for part in parts])
        case AnyOf(parts):
            return speaker.any_of([_inner(part, speaker) for part in parts])
        case Not(part):
            return speaker.negated(_said(part, speaker))
        case _:
            return speaker.leaf(condition)


def _inner(part: Condition, speaker: Speaker) -> str:
    said = _said(part, speaker)
    return speaker.bracketed(said) if _has_parts(part) else said


def _has_parts(part: Condition) -> bool:
    match part:
        case AllOf((only,)) | AnyOf((only,)):
            return _has_parts(only)
        case AllOf(parts) | AnyOf(parts):
            return len(parts) > 1
        case _:
            return False

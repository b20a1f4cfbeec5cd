"""Answers as somebody sees them who may not read personal values: groups and items are what people wrote, so masked.

A breakdown by a phone number is a list of phone numbers. Figures stay as they are; two groups that look alike once
they are masked stay two. Only texts are touched: a sum of eleven digits is no phone number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from zuji.analyse.kinds import kind_of
from zuji.analyse.question import Question, read_question
from zuji.govern.masking import is_personal, mask_ip, mask_value
from zuji.terms.document import document_of
from zuji.terms.error import NotAllowed

MASKED = "***"
"""In every masked text, but for addresses of the network."""
NAMING = ("group", "channel", "item", "from", "to", "page", "element")
"""The fields of cells that name a figure by what people wrote."""
OURS = frozenset({"kind", "start"})
"""What an answer says in our own words."""


def masked_answer(question: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with every text of people masked: by its look, or whole where the property's name says it is theirs.

    >>> masked_answer({"breakdown": {"property": "name"}}, {"by_breakdown": [{"value": ["Ada"], "sizes": [7]}]})
    {'by_breakdown': [{'value': ['***'], 'sizes': [7]}]}
    """
    item = next(filter(is_personal, _items(question)), "")
    shown = {key: masked_texts(value, name=item) for key, value in answer.items() if key != "by_breakdown"}
    if "by_breakdown" in answer:
        names = _names(question.get("breakdown"))
        shown["by_breakdown"] = [_group(names, group, item=item) for group in answer["by_breakdown"]]
    return shown


def masked_texts(value: Any, *, name: str = "") -> Any:
    """The value with all texts in it masked, its numbers as they are.

    >>> masked_texts({"channel": "13812348000", "touches": 13812348000})
    {'channel': '138****8000', 'touches': 13812348000}
    """
    if isinstance(value, str):
        return masked_text(value, name=name)
    if isinstance(value, Mapping):
        return {key: inner if key in OURS else masked_texts(inner, name=name) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked_texts(inner, name=name) for inner in value]
    return value


def masked_text(text: str, *, name: str = "") -> str:
    """A text that is the value of the property of this name; an object or a list comes as its JSON.

    >>> masked_text('{"name":"Ada","plan":"pro"}'), masked_text('{"name":"Ada… cut')
    ('{"name":"***","plan":"pro"}', '***')
    """
    if not text.startswith(("{", "[")):
        return str(mask_value(text, name=name))
    try:
        held = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return MASKED if text.startswith(('{"', '[{"')) else str(mask_value(text, name=name))
    shown = mask_value(held, name=name)
    return text if shown == held else msgspec.json.encode(shown).decode()


def refuse_masked(kind: str, question: Mapping[str, Any], cell: Mapping[str, Any]) -> None:
    """Raise NotAllowed for a cell that names a text which this role sees masked, whether it is written masked or whole.

    Who sees it masked cannot say who is meant; and an answer to a value that was guessed would tell that it is right.
    """
    asked: Question = read_question(kind_of(kind).question, question)
    hidden = any(map(is_personal, grouped_by(document_of(asked))))
    if any(hidden or _is_masked(text) or masked_text(text) != text for text in _texts([cell.get(n) for n in NAMING])):
        raise NotAllowed(
            "this figure is named by a personal value, which your role sees masked. "
            "Ask somebody who may read personal values for the people behind it."
        )


def _is_masked(text: str) -> bool:
    return MASKED in text or (text != "" and mask_ip(text) == text)


def _group(names: tuple[str, ...], group: Mapping[str, Any], *, item: str) -> dict[str, Any]:
    """A group; `value` has a text for each property, and none at all for the others together."""
    value = [masked_texts(text, name=name) for name, text in zip(names, group["value"], strict=False)]
    return {**masked_texts(group, name=item), "value": value}


def _names(breakdown: Any) -> tuple[str, ...]:
    told = breakdown["property"] if isinstance(breakdown, Mapping) else ()
    return (told,) if isinstance(told, str) else tuple(told)


def grouped_by(question: Mapping[str, Any]) -> Iterator[str]:
    """The names of all properties whose values stand in the answer: of groups, channels and items."""
    yield from _names(question.get("breakdown"))
    yield from _items(question)


def _items(question: Mapping[str, Any]) -> Iterator[str]:
    """The names of the properties that the answer's items, or channels, are taken from."""
    touch = question.get("touch")
    if isinstance(touch, Mapping):
        yield touch["channel"]
    for rule in question.get("items") or ():
        yield rule["take"]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)

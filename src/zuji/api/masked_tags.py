"""Values of tags as somebody sees them who may read no personal ones: a tag may be the e-mail that was written last."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from zuji.api.guard import Caller
from zuji.api.masked_answers import masked_texts
from zuji.api.ports import Ports
from zuji.govern.masking import is_personal, mask_value
from zuji.tag.rule import Rule, ValueOf

Shown = Callable[[str, Any], Any]
"""The value of the tag of this key, as a caller may see it."""


def tags_shown(ports: Ports, caller: Caller) -> Shown:
    """How this caller sees values of tags. What a tag was ever taken from counts: changes are told for long."""

    personal = cache(partial(personal_tags, ports, caller))

    def shown(key: str, value: Any) -> Any:
        if caller.sees_personal or value is None or isinstance(value, bool):
            return value
        return masked_value(value, personal().get(key, ""))

    return shown


def personal_tags(ports: Ports, caller: Caller) -> dict[str, str]:
    """The tags that were ever taken from a personal property, with that property."""
    taken = ports.definitions.taken_from(caller.workspace)
    return {key: property_ for key, property_ in taken if is_personal(property_)}


def masked_value(value: Any, property_: str) -> Any:
    """A value that was taken from a property of this name: figures of a personal one are masked as well as texts.

    >>> masked_value("Ada", "name"), masked_value(13812348000, "phone"), masked_value(13812348000, "takings")
    ('***', '138****8000', 13812348000)
    """
    return mask_value(value, name=property_) if is_personal(property_) else masked_texts(value)


def taken_by(rule: Rule | None) -> str:
    """The property that a rule takes its value from; empty where it takes none."""
    return (rule.measure.property or "") if isinstance(rule, ValueOf) else ""

"""The tracking plan for other tools: as YAML to read and keep beside code, as JSON Schema to check events with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zuji.clean.plan_document import PlannedEvent, PlannedProperty, TrackingPlan

SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_JSON_TYPES = {"text": "string", "list": "array"}


def as_yaml(document: Mapping[str, Any]) -> str:
    r"""A document as YAML. Texts are quoted as in JSON, which YAML reads the same, so none is taken for anything else.

    >>> print(as_yaml({"events": {"Paid": {"mode": "warn", "sources": ["no"]}}, "empty": {}}), end="")
    "events":
      "Paid":
        "mode": "warn"
        "sources":
          - "no"
    "empty": {}
    """
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _entry(f"{_scalar(name)}:", inner)
    else:
        for inner in value:
            yield from _entry("-", inner)


def _entry(head: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple) and value:
        yield head
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    # YAML ends lines at these too, which JSON leaves as they are.
    text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
    for character in "\x7f\x85\u2028\u2029\ufeff":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def as_json_schema(plan: TrackingPlan) -> dict[str, Any]:
    """A schema that an event {"event": ..., "properties": ...} meets when it is as planned."""
    names: Sequence[str] = list(plan.events)
    return {
        "$schema": SCHEMA,
        "title": "Tracking plan",
        "type": "object",
        "required": ["event"],
        "properties": {"event": {"type": "string"} | ({} if plan.unplanned == "accept" else {"enum": names})},
        "allOf": [
            {
                "if": {"properties": {"event": {"const": name}}},
                "then": {"properties": {"properties": _event_schema(event)}},
            }
            for name, event in plan.events.items()
        ],
    }


def _event_schema(event: PlannedEvent) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    if event.description:
        schema["description"] = event.description
    schema["properties"] = {name: _property_schema(one) for name, one in event.properties.items()}
    required = [name for name, one in event.properties.items() if one.required]
    if required:
        schema["required"] = required
    if event.others == "against":
        schema["additionalProperties"] = False
    return schema


def _property_schema(planned: PlannedProperty) -> dict[str, Any]:
    """An optional property may be null: for the plan that is as good as absent."""
    schema: dict[str, Any] = {}
    if planned.description:
        schema["description"] = planned.description
    if planned.type != "any":
        type_ = _JSON_TYPES.get(planned.type, planned.type)
        schema["type"] = type_ if planned.required else [type_, "null"]
    if planned.enum is not None:
        schema["enum"] = [*planned.enum, *([] if planned.required or None in planned.enum else [None])]
    if planned.pattern is not None:
        schema["pattern"] = planned.pattern
    return schema

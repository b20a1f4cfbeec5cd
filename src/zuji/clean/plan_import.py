"""Tracking plans of other tools, read as ours: Segment's, in the shape of its public API and in the older one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zuji.clean.plan_document import TrackingPlan, read_plan
from zuji.terms.document import document_of
from zuji.terms.error import BadRequest

_TYPES = {"string": "text", "array": "list", "number": "number", "integer": "integer", "boolean": "boolean"}
_TYPES |= {"object": "object"}


def from_segment(document: Mapping[str, Any]) -> TrackingPlan:
    """The events of a Segment plan with their properties. What JSON Schema can say beyond that is let go.

    >>> rule = {"type": "TRACK", "key": "Paid", "jsonSchema": {"properties": {"properties": {
    ...     "properties": {"total": {"type": "number"}}, "required": ["total"]}}}}
    >>> from_segment({"rules": [rule]}).events["Paid"].properties["total"].required
    True
    """
    events = {name: _event(description, schema) for name, description, schema in _rules(document)}
    if not events:
        raise BadRequest("there is no event in it: a Segment plan has `rules` of the type TRACK, or `rules.events`.")
    return read_plan({"events": events})


def is_segment(document: Mapping[str, Any]) -> bool:
    """Whether a document looks like Segment's and not like ours."""
    return "rules" in _unwrapped(document)


def _unwrapped(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the wrapping of an API's answer."""
    for name in ("data", "trackingPlan"):
        inner = document.get(name)
        document = inner if isinstance(inner, Mapping) else document
    return document


def _rules(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Name, description and schema of each event."""
    rules = _unwrapped(document).get("rules")
    if isinstance(rules, Mapping):  # the older shape
        for event in _objects(rules.get("events")):
            yield str(event.get("name", "")), str(event.get("description") or ""), _object(event.get("rules"))
        return
    for rule in _objects(rules):
        if rule.get("type") == "TRACK":
            schema = _object(rule.get("jsonSchema"))
            yield str(rule.get("key", "")), str(schema.get("description") or ""), schema


def _event(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema is of the whole message; its properties are one level down."""
    of_properties = _object(_object(schema.get("properties")).get("properties"))
    required = of_properties.get("required")
    names = set(required) if isinstance(required, list) else set()
    properties = {
        name: _property(_object(inner), is_required=name in names)
        for name, inner in _object(of_properties.get("properties")).items()
    }
    others = "against" if of_properties.get("additionalProperties") is False else "allowed"
    return {"description": description, "properties": properties, "others": others}


def _property(schema: Mapping[str, Any], *, is_required: bool) -> dict[str, Any]:
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    known = [_TYPES[kind] for kind in kinds if kind in _TYPES]
    found: dict[str, Any] = {"type": known[0] if len(known) == 1 else "any", "required": is_required}
    found["description"] = str(schema.get("description") or "")
    if isinstance(schema.get("enum"), list):
        found["enum"] = schema["enum"]
    if isinstance(schema.get("pattern"), str):
        found["pattern"] = schema["pattern"]
    return found


def merged(held: TrackingPlan, imported: TrackingPlan) -> dict[str, Any]:
    """The document of both: imported events take the place of those of the same name, but keep their mode."""
    document = document_of(held)
    for name, event in document_of(imported)["events"].items():
        before = held.events.get(name)
        event["mode"] = before.mode if before is not None else event["mode"]
        document["events"][name] = event
    return document


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []

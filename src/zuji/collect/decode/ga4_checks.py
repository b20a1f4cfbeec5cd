"""What `/debug/mp/collect` says about a body: Google's own rules, in its own words for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from zuji.collect.decode.json_text import read_json
from zuji.collect.refusal import BadBody

MAX_EVENTS, MAX_PARAMS, MAX_BYTES = 25, 25, 130 * 1024
MAX_COMPLAINTS = 100
Code = Literal["VALUE_INVALID", "VALUE_REQUIRED", "VALUE_OUT_OF_BOUNDS", "NAME_INVALID", "EXCEEDED_MAX_ENTITIES"]

_NAME = re.compile(r"[A-Za-z]\w{0,39}", re.ASCII)


class Complaint(NamedTuple):
    """One thing that is wrong, and where."""

    field: str
    description: str
    code: Code

    @property
    def document(self) -> dict[str, str]:
        """As Google writes it."""
        return {"fieldPath": self.field, "description": self.description, "validationCode": self.code}


def complaints_about(body: bytes) -> list[Complaint]:
    """What Google would not take, at most a hundred complaints. What we do not take at all is among it."""
    try:
        value = read_json(body)
    except BadBody as problem:
        return [Complaint("", problem.message, "VALUE_INVALID")]
    if not isinstance(value, dict):
        return [Complaint("", "the body must be an object", "VALUE_INVALID")]
    found: list[Complaint] = []
    for complaint in _all(value, len(body)):
        found.append(complaint)
        if len(found) == MAX_COMPLAINTS:
            break
    return found


def _all(body: dict[str, object], size: int) -> Iterator[Complaint]:
    if size > MAX_BYTES:
        yield Complaint("", f"{size} bytes, Google takes {MAX_BYTES}", "VALUE_OUT_OF_BOUNDS")
    if not any(body.get(name) for name in ("client_id", "app_instance_id", "user_id")):
        yield Complaint("client_id", "either client_id or user_id is needed", "VALUE_REQUIRED")
    events = body.get("events")
    if not isinstance(events, list) or not events:
        yield Complaint("events", "an array with at least one event is needed", "VALUE_REQUIRED")
        return
    if len(events) > MAX_EVENTS:
        yield Complaint("events", f"{len(events)} events, Google takes {MAX_EVENTS}", "EXCEEDED_MAX_ENTITIES")
    for place, event in enumerate(events):
        yield from _about_event(event, f"events[{place}]")


def _about_event(event: object, where: str) -> Iterator[Complaint]:
    if not isinstance(event, dict):
        yield Complaint(where, "an event must be an object", "VALUE_INVALID")
        return
    name, params = event.get("name"), event.get("params", {})
    if not name:
        yield Complaint(f"{where}.name", "an event needs a name", "VALUE_REQUIRED")
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        said = "letters, digits and underscores, at most 40, a letter first"
        yield Complaint(f"{where}.name", f"{name!r:.60}: {said}", "NAME_INVALID")
    if not isinstance(params, dict):
        yield Complaint(f"{where}.params", "params must be an object", "VALUE_INVALID")
    elif len(params) > MAX_PARAMS:
        said = f"{len(params)} params, Google takes {MAX_PARAMS}"
        yield Complaint(f"{where}.params", said, "EXCEEDED_MAX_ENTITIES")

"""The first steps: set aside what decoders could not use, then read the free-form parts of the rest."""

from __future__ import annotations

import msgspec

from zuji.clean.coded import Coded, codes_of
from zuji.clean.context import NO_CONTEXT, Context, context_of
from zuji.clean.sheet import Shape, Sheet
from zuji.clean.traits import (
    PROFILE_TYPES,
    object_of,
    profile_content,
    stated_traits,
    statements_of,
    states_something,
)
from zuji.terms.event import EVENT_TYPES
from zuji.terms.rejection import REASONS, Reason

STORED_AS = {kind: kind for kind in EVENT_TYPES} | {"unbind": "track"}
"""Message type -> type of the stored event. An unbind is stored under its own name as something that happened."""

_encode_sorted = msgspec.json.Encoder(order="deterministic").encode


def reject_unusable(sheet: Sheet) -> None:
    """What its decoder could not use, what is of no known type, what has no name."""
    for number, row in enumerate(sheet.rows):
        message = row.message
        if message.problem:
            sheet.reject(number, _reason_of(message.problem), message.detail)
        elif message.type not in STORED_AS:
            sheet.reject(number, "unknown_type", f"type is {message.type!r:.100}, known are {', '.join(EVENT_TYPES)}")
        elif message.type == "track" and not message.event.strip():
            sheet.reject(number, "no_event_name", "a track message needs the name of its event")


def read_contexts(sheet: Sheet) -> None:
    """Decode each distinct context of the batch once; keep its text as sent."""
    codes_by_text: dict[bytes, int] = {b"{}": 0}
    contexts: list[Context | None] = [NO_CONTEXT]
    codes = sheet.context_codes
    for number, row in sheet.standing():
        text = bytes(row.message.context)
        code = codes_by_text.get(text)
        if code is None:
            code = codes_by_text[text] = len(contexts)
            contexts.append(context_of(text))
        codes[number] = code
        context = contexts[code]
        if context is None:
            sheet.reject(number, "wrong_field_type", "`context` must be an object")
        else:
            sheet.contexts[number] = context
    sheet.distinct_contexts = [context or NO_CONTEXT for context in contexts]
    sheet.coded["context"] = Coded(list(codes_by_text), codes_of(codes))


def read_properties(sheet: Sheet) -> None:
    """Decode properties and traits, and write them down in one canonical form: keys sorted, no blanks."""
    texts = [b"{}"] * len(sheet.rows)
    codes_by_shape: dict[Shape, int] = {(): 0}
    for number, row in sheet.standing():
        message = row.message
        try:
            content = properties = object_of(message.properties)
            if message.type in PROFILE_TYPES or states_something(message):
                traits = sheet.traits[number] = stated_traits(message, sheet.contexts[number])
                sheet.statements[number] = statements_of(message, traits)
                if message.type in PROFILE_TYPES:
                    content = profile_content(message, properties, traits)
            if content:
                texts[number] = _encode_sorted(content)
        except (msgspec.DecodeError, RecursionError) as error:
            sheet.reject(number, "wrong_field_type", f"properties and traits must be objects: {error}")
            continue
        if properties:
            sheet.properties[number] = properties
            sheet.shape_codes[number] = codes_by_shape.setdefault(tuple(properties), len(codes_by_shape))
    sheet.columns["properties"] = texts
    sheet.distinct_shapes = list(codes_by_shape)


def _reason_of(problem: str) -> Reason:
    return next((reason for reason in REASONS if reason == problem), "wrong_field_type")

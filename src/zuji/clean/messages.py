"""The first steps: set aside what decoders could not use, then read the free-form parts of the rest."""

from __future__ import annotations

import msgspec

from zuji.clean.context import NO_CONTEXT, Context, context_of
from zuji.clean.sheet import Sheet
from zuji.clean.traits import PROFILE_TYPES, object_of, profile_content, stated_traits, statements_of
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
    read: dict[bytes, Context | None] = {b"{}": NO_CONTEXT}
    texts = [b"{}"] * len(sheet.rows)
    for number, row in sheet.standing():
        text = texts[number] = bytes(row.message.context)
        if text in read:
            context = read[text]
        else:
            context = read[text] = context_of(text)
        if context is None:
            sheet.reject(number, "wrong_field_type", "`context` must be an object")
        else:
            sheet.contexts[number] = context
    sheet.columns["context"] = texts


def read_properties(sheet: Sheet) -> None:
    """Decode properties and traits, and write them down in one canonical form: keys sorted, no blanks."""
    texts = [b"{}"] * len(sheet.rows)
    for number, row in sheet.standing():
        message = row.message
        try:
            properties = object_of(message.properties)
            traits = stated_traits(message, sheet.contexts[number])
            content = profile_content(message, properties, traits) if message.type in PROFILE_TYPES else properties
            if content:
                texts[number] = _encode_sorted(content)
            sheet.statements[number] = statements_of(message, traits)
        except (msgspec.DecodeError, RecursionError) as error:
            sheet.reject(number, "wrong_field_type", f"properties and traits must be objects: {error}")
            continue
        sheet.properties[number] = properties
        sheet.traits[number] = traits
    sheet.columns["properties"] = texts


def _reason_of(problem: str) -> Reason:
    return next((reason for reason in REASONS if reason == problem), "wrong_field_type")

"""The first steps: set aside what decoders could not use, then read the free-form parts of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from zuji.clean.coded import Coded, codes_of
from zuji.clean.context import NO_CONTEXT, context_of
from zuji.clean.sheet import Shape, Sheet
from zuji.clean.traits import (
    PROFILE_TYPES,
    Object,
    object_of,
    profile_content,
    stated_traits,
    statements_of,
    states_something,
)
from zuji.terms.event import EVENT_TYPES
from zuji.terms.message import Message
from zuji.terms.rejection import REASONS, Reason

STORED_AS = {kind: kind for kind in EVENT_TYPES} | {"unbind": "track"}
"""Message type -> type of the stored event. An unbind is stored under its own name as something that happened."""

AT_ONCE = 256
"""So many messages' properties are read in one call: more gain nothing, and one bad message spoils fewer calls."""

_encoder = msgspec.json.Encoder(order="deterministic")
canonical, _encode_lines = _encoder.encode, _encoder.encode_lines
"""The one text of a value: keys sorted, no blanks."""
_decode_objects = msgspec.json.Decoder(list[dict[str, Any] | None]).decode


def reject_unusable(sheet: Sheet) -> None:
    """What its decoder could not use, what is of no known type, what has no name."""
    for number, message in enumerate(sheet.messages):
        if message.problem:
            sheet.reject(number, _reason_of(message.problem), message.detail)
        elif message.type not in STORED_AS:
            sheet.reject(number, "unknown_type", f"type is {message.type!r:.100}, known are {', '.join(EVENT_TYPES)}")
        elif message.type == "track" and not message.event.strip():
            sheet.reject(number, "no_event_name", "a track message needs the name of its event")


def read_contexts(sheet: Sheet) -> None:
    """Decode each distinct context of the batch once; keep its text as sent."""
    codes_by_text: dict[bytes, int] = {}
    texts = [bytes(message.context) for message in sheet.messages]
    codes = sheet.context_codes = [codes_by_text.setdefault(text, len(codes_by_text)) for text in texts]
    read = [NO_CONTEXT if text == b"{}" else context_of(text) for text in codes_by_text]
    distinct = sheet.distinct_contexts = [context or NO_CONTEXT for context in read]
    sheet.contexts = [distinct[code] for code in codes]
    sheet.coded["context"] = Coded(list(codes_by_text), codes_of(codes))
    if any(context is None for context in read):
        for number, _ in sheet.standing():
            if read[codes[number]] is None:
                sheet.reject(number, "wrong_field_type", "`context` must be an object")


def read_properties(sheet: Sheet) -> None:
    """Decode properties and traits, and write them down in one canonical form: keys sorted, no blanks."""
    properties: list[Object] = []
    texts: list[bytes] = []
    for start in range(0, len(sheet.messages), AT_ONCE):
        messages = sheet.messages[start : start + AT_ONCE]
        try:
            read, written = _read_together(messages)
        except (msgspec.DecodeError, RecursionError):  # some row is to blame: one by one tells which
            read, written = _read_apart(sheet, messages, start)
        properties += read
        texts += written
    _state_traits(sheet, properties, texts)
    codes_by_shape: dict[Shape, int] = {(): 0}
    shapes = map(tuple, properties)
    sheet.shape_codes = [codes_by_shape.setdefault(shape, len(codes_by_shape)) for shape in shapes]
    sheet.distinct_shapes = list(codes_by_shape)
    sheet.properties = properties
    sheet.columns["properties"] = sheet.texts = texts


def rewrite(sheet: Sheet, number: int, finished: Callable[[Object], Object] = lambda content: content) -> None:
    """Write the properties of a row down anew, after a step has changed them or the traits. `finished` has the last
    word on what is written.
    """
    message, properties = sheet.rows[number].message, sheet.properties[number]
    is_profile = message.type in PROFILE_TYPES
    content = profile_content(message, properties, sheet.traits[number]) if is_profile else properties
    sheet.texts[number] = canonical(finished(content))
    sheet.reshape(number)


def _read_together(messages: Sequence[Message]) -> tuple[list[Object], list[bytes]]:
    """The properties of several messages and their canonical texts. One call for many takes half the time."""
    read = _decode_objects(b"[" + b",".join([message.properties for message in messages]) + b"]")
    if len(read) != len(messages):
        raise msgspec.DecodeError("some message has several values for properties, or none")
    objects = [found or {} for found in read]
    return objects, _encode_lines(objects).splitlines()


def _read_apart(sheet: Sheet, messages: Sequence[Message], start: int) -> tuple[list[Object], list[bytes]]:
    """The same message by message, the first being row `start`. What cannot be read is rejected and left empty."""
    objects: list[Object] = []
    texts: list[bytes] = []
    for number, message in enumerate(messages, start):
        found: Object = {}
        text = b"{}"
        try:
            found = object_of(message.properties)
            text = canonical(found)
        except (msgspec.DecodeError, RecursionError) as error:
            _reject_unreadable(sheet, number, error)
        objects.append(found)
        texts.append(text)
    return objects, texts


def _state_traits(sheet: Sheet, properties: list[Object], texts: list[bytes]) -> None:
    """Note what messages state about profiles. Of a message about a profile the traits take the place of properties."""
    for number, row in sheet.standing():
        message = row.message
        is_profile = message.type in PROFILE_TYPES
        if not is_profile and not states_something(message):
            continue
        try:
            traits = stated_traits(message, sheet.contexts[number])
            statements = statements_of(message, traits)
            if is_profile:
                texts[number] = canonical(profile_content(message, properties[number], traits))
        except (msgspec.DecodeError, RecursionError) as error:
            _reject_unreadable(sheet, number, error)
        else:
            sheet.traits[number] = traits
            sheet.statements[number] = statements


def _reject_unreadable(sheet: Sheet, number: int, error: Exception) -> None:
    sheet.reject(number, "wrong_field_type", f"properties and traits must be objects: {error}")


def _reason_of(problem: str) -> Reason:
    return next((reason for reason in REASONS if reason == problem), "wrong_field_type")

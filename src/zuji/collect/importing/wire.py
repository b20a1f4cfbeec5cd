"""Exports of other tools whose lines are messages already: through the same decoders as what comes over the wire."""

from __future__ import annotations

from typing import Any

import msgspec
import polars as pl

from zuji.collect.decode import posthog, segment, sensors
from zuji.collect.decode.request import BadBody, Decoded, Request
from zuji.collect.importing.chunk import Bad, Chunk
from zuji.collect.importing.mapping import Format, Mapping
from zuji.collect.importing.messages import Written
from zuji.collect.importing.readers.json_lines import LINE
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings

NO_BOUND = 1 << 40
_PATHS: dict[Format, str] = {"segment": "/v1/import", "posthog": "/batch", "sensors": "/sa"}
_ID_FIELDS: dict[Format, str] = {"segment": "messageId", "posthog": "uuid"}
"""Where an item of a protocol has its id. One without gets the row's, so that it has the same one again. 神策 items
have none; their decoder makes one of their content."""

_encode = msgspec.json.Encoder().encode


class WireComposer:
    """Makes messages of lines that are messages. What breaks a rule of its protocol goes on to quarantine, as usual."""

    def __init__(self, mapping: Mapping, settings: SourceSettings) -> None:
        self._mapping = mapping
        # A chunk is no request of a client: what bounds those does not bound it. The bound of an event still holds.
        self._settings = msgspec.structs.replace(settings, max_body_bytes=NO_BOUND)

    def write(self, chunk: Chunk, ids: pl.Series) -> Written:
        """The messages of a chunk whose rows have these ids."""
        bad = list(chunk.broken)
        items: list[dict[str, Any]] = []
        numbers: list[int] = []
        for number, line, row_id in zip(chunk.numbers, chunk.frame[LINE].to_list(), ids.to_list(), strict=True):
            try:
                items.append(self._item(line or "", row_id))
                numbers.append(number)
            except (msgspec.DecodeError, RecursionError) as mistake:
                bad.append(Bad(number, "not_json", str(mistake), {LINE: line}))
        messages = self._decoded(items)
        for place in [place for place, message in enumerate(messages) if message is None]:
            cells: dict[str, str | None] = {LINE: _encode(items[place]).decode()}
            bad.append(Bad(numbers[place], "not_json", "nested too deeply to be kept", cells))
        kept = [(_line(message), number) for message, number in zip(messages, numbers, strict=True) if message]
        return Written([line for line, _ in kept], [number for _, number in kept], bad)

    def _item(self, line: str, row_id: str) -> dict[str, Any]:
        item = msgspec.json.decode(line)
        for name in filter(None, self._mapping.inside.split(".")):
            item = item.get(name) if isinstance(item, dict) else None
        if not isinstance(item, dict):
            raise msgspec.DecodeError("a message must be an object")
        field = _ID_FIELDS.get(self._mapping.format)
        if field and item.get(field) in (None, ""):
            item[field] = row_id
        return item

    def _decoded(self, items: list[dict[str, Any]]) -> list[Message | None]:
        """The messages of these items, in order. A body is refused whole for one item nested too deeply: None."""
        if not items:
            return []
        body = {"batch": items} if self._mapping.format == "segment" else items
        try:
            return list(self._decode(Request("POST", _PATHS[self._mapping.format], {}, {}, _encode(body), 0)).messages)
        except BadBody:
            return [None] if len(items) == 1 else [message for item in items for message in self._decoded([item])]

    def _decode(self, request: Request) -> Decoded:
        if self._mapping.format == "posthog":
            return posthog.decode(request, self._settings)
        if self._mapping.format == "sensors":
            return sensors.decode(request, self._settings)
        return segment.decode(request, self._settings)


def _line(message: Message) -> str:
    """History keeps its own times: a time of sending would move it to today."""
    return _encode(msgspec.structs.replace(message, sent_at=None)).decode()

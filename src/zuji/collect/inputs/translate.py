"""What an input gave, as messages: read by the mapping, as a webhook's body would be."""

from __future__ import annotations

from collections.abc import Sequence

from zuji.collect.decode.item import BadItem, Dialect, rejected
from zuji.collect.decode.json_text import write_json
from zuji.collect.decode.request import BadBody, Request
from zuji.collect.decode.webhook import messages_of
from zuji.collect.decode.webhook_mapping import Payload
from zuji.collect.inputs.input import Given
from zuji.terms.message import Message
from zuji.terms.rejection import Reason
from zuji.terms.source import SourceSettings
from zuji.terms.webhook import WebhookMapping


def messages_from(given: Sequence[Given], mapping: WebhookMapping, limits: SourceSettings) -> list[Message]:
    """The messages of many things, in order. What cannot be read is a message that tells its problem, and is whole."""
    return [message for one in given for message in _messages_from(one, mapping, limits)]


def _messages_from(given: Given, mapping: WebhookMapping, limits: SourceSettings) -> list[Message]:
    if given.problem is not None:
        return [_set_aside(given, *given.problem)]
    try:
        request = Request("POST", "", {}, {}, write_json(given.document), 0)
        return messages_of(Payload(request, given.document, mapping, given.content_id, limits))
    except BadBody as refusal:
        return [_set_aside(given, "event_too_big", refusal.message)]
    except RecursionError:
        return [_set_aside(given, "wrong_field_type", "nested too deeply to be kept")]


def _set_aside(given: Given, reason: Reason, detail: str) -> Message:
    try:
        return rejected(given.document, BadItem(reason, detail), _named(given))
    except RecursionError:
        return rejected({}, BadItem(reason, detail), _named(given))


def _named(given: Given) -> Dialect:
    """Reads nothing; it only knows the id."""

    def never(_: object) -> Message:
        raise BadItem("not_an_object", "it was refused already")

    return Dialect(never, lambda _: given.content_id)

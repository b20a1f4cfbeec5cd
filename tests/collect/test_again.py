"""What waits in quarantine is mended as its client sent it, and read by its protocol's decoder once more."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from recordings import NOON, a_request

from zuji.collect.decode.again import as_message, as_object
from zuji.collect.protocols import PROTOCOLS
from zuji.collect.refusal import BadBody
from zuji.terms.message import Message, Protocol, Receipt
from zuji.terms.source import SourceSettings

SIGNED = msgspec.convert(
    {
        "webhook": {
            "items": "$.lines",
            "event": "@.what",
            "user_id": "$.buyer",
            "signature": {"header": "x-signature"},
        },
        "webhook_secret": "s3cret",
    },
    SourceSettings,
)
UNSIGNED = msgspec.structs.replace(
    SIGNED,
    webhook=msgspec.structs.replace(SIGNED.webhook, signature=None),  # type: ignore[type-var]
)

CASES: list[tuple[Protocol, str, Any, Any, str]] = [
    ("segment", "/v1/batch", {"batch": [{"type": "track", "userId": "u"}]}, {"event": "Bought"}, "Bought"),
    ("posthog", "/batch", {"batch": [{"distinct_id": "d"}]}, {"event": "bought"}, "bought"),
    ("sensors", "/sa", [{"type": "track", "distinct_id": "d"}], {"event": "Bought"}, "Bought"),
    ("webhook", "/v1/webhook", {"buyer": "u", "lines": [{"n": 1}]}, {"lines": [{"what": "Bought"}]}, "Bought"),
    ("snowplow", "/tp2", {"data": [{"e": "se", "uid": "u"}]}, {"se_ac": "bought"}, "bought"),
    ("ga4", "/mp/collect", {"client_id": "c", "events": [{}]}, {"events": [{"name": "purchase"}]}, "Order Completed"),
    ("matomo", "/matomo.php", {"requests": ["?e_c=shop&uid=u&rand=1"]}, {"e_a": "bought"}, "bought"),
    ("mixpanel", "/track", [{"properties": {"distinct_id": "d"}}], {"event": "bought"}, "bought"),
    ("mixpanel", "/engage", [{"$distinct_id": "d"}], {"$set": {"a": 1}}, "profile_set"),
    ("mixpanel", "/groups", [{"$group_key": "k", "$group_id": "v"}], {"$set": {"a": 1}}, "group_set"),
]


def waiting(protocol: Protocol, path: str, body: Any) -> Message:
    request = a_request(path, json.dumps(body).encode())
    [message] = PROTOCOLS[protocol].decode(request, UNSIGNED).messages  # type: ignore[index]
    assert message.problem
    return message


def receipt_of(protocol: Protocol) -> Receipt:
    return Receipt(workspace="w", source="s", key="public", protocol=protocol, received_at=NOON)


@pytest.mark.parametrize(("protocol", "path", "body", "mended", "event"), CASES, ids=lambda value: str(value)[:20])
def test_what_was_mended_is_the_message_it_would_have_been(
    protocol: Protocol, path: str, body: Any, mended: dict[str, Any], event: str
) -> None:
    original = waiting(protocol, path, body)
    message = as_message(as_object(original, protocol) | mended, original, receipt_of(protocol), SIGNED)
    assert (message.problem, message.event, message.message_id) == ("", event, original.message_id)


def test_a_repair_makes_one_message_of_one() -> None:
    original = waiting("webhook", "/v1/webhook", {"buyer": "u", "lines": [{"n": 1}]})
    with pytest.raises(BadBody) as refusal:
        as_message({"buyer": "u", "lines": [{"what": "a"}, {"what": "b"}]}, original, receipt_of("webhook"), SIGNED)
    assert refusal.value.code == "not_one_message"


def test_the_cases_cover_every_protocol() -> None:
    assert {protocol for protocol, *_ in CASES} == set(PROTOCOLS)

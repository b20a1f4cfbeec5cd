"""Who may send webhooks: signatures as several services write them, spoilt in every way, and replayed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import msgspec
import pytest
from recordings import NOON, a_request

from zuji.collect.decode import webhook
from zuji.collect.decode.request import BadBody, Decoded
from zuji.terms.source import SourceSettings

SECRET = "whsec_茶"
BODY = json.dumps({"id": "evt_1", "event": "Paid", "userId": "u1"}).encode()
NOW_S = NOON // 1000

GITHUB = {"header": "X-Hub-Signature-256", "prefix": "sha256="}
SHOPIFY = {"header": "X-Shopify-Hmac-Sha256", "encoding": "base64"}
STRIPE = {
    "header": "Stripe-Signature",
    "prefix": "v1=",
    "signed": "timestamp.body",
    "timestamp_header": "Stripe-Signature",
    "timestamp_prefix": "t=",
}
PLAIN = {"header": "X-Signature", "algorithm": "sha512", "signed": "timestamp.body", "timestamp_header": "X-Time"}


def signed(body: bytes, algorithm: str = "sha256", secret: str = SECRET) -> bytes:
    return hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).digest()


def headers_of(signature: dict[str, str], body: bytes = BODY, at: str = str(NOW_S)) -> dict[str, str]:
    """What each of the four services would send, written down apart from the code under test."""
    if signature is GITHUB:
        return {"X-Hub-Signature-256": "sha256=" + signed(body).hex()}
    if signature is SHOPIFY:
        return {"X-Shopify-Hmac-Sha256": base64.b64encode(signed(body)).decode()}
    if signature is STRIPE:
        return {"Stripe-Signature": f"t={at},v1={'0' * 64},v1={signed(at.encode() + b'.' + body).hex()},v0=x"}
    return {"X-Signature": signed(at.encode() + b"." + body, "sha512").hex().upper(), "X-Time": at}


def receive(
    signature: dict[str, str], headers: dict[str, str], body: bytes = BODY, *, secret: str = SECRET, **others: Any
) -> Decoded:
    limits = msgspec.convert({"webhook": {"event": "$.event", "user_id": "$.userId", "signature": signature}}, Settings)
    limits = msgspec.structs.replace(limits, webhook_secret=secret)
    return webhook.decode(a_request("/v1/webhook?writeKey=k", body, headers=headers, **others), limits)


Settings = SourceSettings
ALL = pytest.mark.parametrize("signature", [GITHUB, SHOPIFY, STRIPE, PLAIN], ids=["github", "shopify", "stripe", "own"])


def refused(signature: dict[str, str], headers: dict[str, str], body: bytes = BODY, **others: Any) -> str:
    with pytest.raises(BadBody) as refusal:
        receive(signature, headers, body, **others)
    assert refusal.value.status == 401
    assert SECRET not in refusal.value.message
    return refusal.value.code


@ALL
def test_a_body_signed_as_it_should_be_is_taken(signature: dict[str, str]) -> None:
    assert receive(signature, headers_of(signature)).count == 1


@ALL
def test_a_changed_body_is_refused(signature: dict[str, str]) -> None:
    assert refused(signature, headers_of(signature), BODY + b" ") == "bad_signature"


@ALL
def test_a_signature_by_another_secret_is_refused(signature: dict[str, str]) -> None:
    assert refused(signature, headers_of(signature), secret="other") == "bad_signature"


@ALL
@pytest.mark.parametrize("spoilt", ["", " ", ",", "sha256=", "v1=", "é", "sha256=é"])
def test_a_spoilt_header_is_refused(signature: dict[str, str], spoilt: str) -> None:
    headers = headers_of(signature) | {signature["header"]: spoilt}
    assert refused(signature, headers) in {"unsigned", "bad_signature", "no_timestamp"}


@ALL
def test_without_the_header_it_is_refused(signature: dict[str, str]) -> None:
    assert refused(signature, {}) == "unsigned"


@ALL
def test_a_source_whose_secret_is_not_set_takes_nothing(signature: dict[str, str]) -> None:
    assert refused(signature, headers_of(signature), secret="") == "no_webhook_secret"


@ALL
def test_a_get_cannot_be_signed(signature: dict[str, str]) -> None:
    assert refused(signature, headers_of(signature, b""), b"", method="GET") == "unsigned"


@pytest.mark.parametrize("signature", [STRIPE, PLAIN], ids=["stripe", "own"])
@pytest.mark.parametrize(
    ("at", "code"),
    [
        (str(NOW_S - 300), ""),
        (str(NOW_S + 300), ""),
        (str(NOON - 300_000), ""),
        (str(NOW_S - 301), "stale_timestamp"),
        (str(NOW_S + 301), "stale_timestamp"),
        ("soon", "no_timestamp"),
        ("-1", "no_timestamp"),
        ("9" * 30, "no_timestamp"),
    ],
)
def test_the_time_of_signing_must_be_near(signature: dict[str, str], at: str, code: str) -> None:
    headers = headers_of(signature, at=at)
    assert code == (refused(signature, headers) if code else "")
    if not code:
        assert receive(signature, headers).count == 1


def test_a_time_moved_to_now_spoils_the_signature() -> None:
    old = headers_of(PLAIN, at=str(NOW_S - 900))
    assert refused(PLAIN, old | {"X-Time": str(NOW_S)}) == "bad_signature"


@ALL
def test_a_recorded_request_is_the_same_message_whatever_stands_beside_its_body(signature: dict[str, str]) -> None:
    [first] = receive(signature, headers_of(signature)).messages
    limits = msgspec.convert({"webhook": {"signature": signature, "event": "e", "user_id": "u"}}, Settings)
    limits = msgspec.structs.replace(limits, webhook_secret=SECRET)
    request = a_request("/v1/webhook/k?again=1", BODY, headers=headers_of(signature) | {"x-other": "1"})
    [again] = webhook.decode(request, limits).messages
    assert again.message_id == first.message_id

"""Whether a webhook comes from who it says: an HMAC of its body by a secret that only the sender and we know.

A signature that was good once is good for ever, so it alone stops nobody who recorded it. Two things do: the time it
signs, which must be near; and the message id, which comes from the signed body and is taken once.
"""

from __future__ import annotations

import base64
import hmac
import re

from zuji.collect.decode.request import Request
from zuji.collect.refusal import BadBody
from zuji.terms.webhook import Signature

MAX_PARTS = 16
"""While a secret is being changed, senders sign with the old and the new one; nobody needs more."""

_SEPARATORS = re.compile(r"[,\s]+")
_SECONDS_BELOW = 100_000_000_000


def check_signature(request: Request, signature: Signature, secret: str) -> None:
    """Nothing, if the request is signed as it should be. Raises BadBody 401 with the reason otherwise."""
    if not secret:
        raise BadBody(401, "no_webhook_secret", "the source demands signatures but `webhook_secret` is not set")
    if request.method != "POST":
        raise BadBody(401, "unsigned", "signed webhooks come by POST: parameters of an address are not signed")
    sent = _parts(request, signature.header, signature.prefix)
    if not sent:
        raise BadBody(401, "unsigned", f"the header {signature.header} brings no signature")
    signed = request.body
    if signature.timestamp_header:
        timestamp = _timestamp(request, signature)
        if signature.signed == "timestamp.body":
            signed = timestamp.encode() + b"." + signed
    expected = _written(hmac.digest(secret.encode(), signed, signature.algorithm), signature)
    # Every candidate is compared in full, so that the time it takes tells nothing about any of them.
    matches = [hmac.compare_digest(expected, _comparable(candidate, signature)) for candidate in sent]
    if not any(matches):
        raise BadBody(401, "bad_signature", "the signature does not fit the body and the secret of this source")


def _parts(request: Request, header: str, prefix: str) -> list[str]:
    """The parts of a header that begin with a prefix, without it."""
    parts = _SEPARATORS.split(request.headers.get(header.lower(), ""))[:MAX_PARTS]
    return [part.removeprefix(prefix) for part in parts if part.startswith(prefix) and part != prefix]


def _timestamp(request: Request, signature: Signature) -> str:
    """The time of signing as it was written, if it is near enough to now."""
    found = _parts(request, signature.timestamp_header, signature.timestamp_prefix)
    text = found[0] if found else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise BadBody(401, "no_timestamp", f"the header {signature.timestamp_header} brings no time in seconds")
    at = int(text) * 1000 if int(text) < _SECONDS_BELOW else int(text)
    if abs(request.received_at - at) > signature.tolerance_s * 1000:
        said = f"signed {(request.received_at - at) / 1000:.0f} s ago; {signature.tolerance_s} s are allowed"
        raise BadBody(401, "stale_timestamp", said)
    return text


def _written(digest: bytes, signature: Signature) -> bytes:
    return digest.hex().encode() if signature.encoding == "hex" else base64.b64encode(digest)


def _comparable(candidate: str, signature: Signature) -> bytes:
    """Hexadecimal digits may be capitals; base64 stands as it is."""
    return (candidate.lower() if signature.encoding == "hex" else candidate).encode("utf-8", "replace")

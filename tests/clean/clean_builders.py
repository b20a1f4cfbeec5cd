"""Messages for tests of cleaning: everything that does not matter has a default."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from zuji.clean.batch import Cleaned, Facts, Received, clean_batch
from zuji.store.hot import HotStore
from zuji.store.property_names import PropertyNames
from zuji.terms.identifier import Identifier
from zuji.terms.message import Message, Receipt
from zuji.terms.source import Source, SourceSettings

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)
SECOND, HOUR, DAY = 1_000, 3_600_000, 24 * 3_600_000


def raw(value: object) -> msgspec.Raw:
    """A value as raw JSON."""
    return msgspec.Raw(msgspec.json.encode(value))


def a_message(**fields: Any) -> Message:
    """A track at noon by user u1, unless told otherwise. Free-form parts may be given as plain values."""
    for name in ("context", "properties", "traits", "traits_once", "traits_add", "traits_append", "raw"):
        if name in fields and not isinstance(fields[name], msgspec.Raw):
            fields[name] = raw(fields[name])
    told = {"type": "track", "message_id": "m1", "event": "Tea Poured", "timestamp": NOON_MS}
    if not fields.keys() & {"user_id", "anonymous_id", "identifiers", "anonymous_identifiers"}:
        told["user_id"] = "u1"
    return Message(**{**told, **fields})


def a_receipt(**fields: Any) -> Receipt:
    """A request received at noon with a public Segment key."""
    told = {"workspace": "shop", "source": "web", "key": "public", "protocol": "segment", "received_at": NOON_MS}
    return Receipt(**{**told, **fields})


def received(message: Message, *, position: int = 1, receipt: Receipt | None = None, **settings: Any) -> Received:
    """A message as it came."""
    receipt = receipt or a_receipt()
    source = Source(receipt.source, receipt.workspace, "the site", settings=SourceSettings(**settings))
    return Received(position, receipt, message, source)


def some_facts() -> Facts:
    """Facts of a product that has seen nothing yet: nobody writes to the hot state they share."""
    return Facts(names=PropertyNames(_empty_hot_state()))


@lru_cache(maxsize=1)
def _empty_hot_state() -> HotStore:
    return HotStore(Path(tempfile.mkdtemp(prefix="zuji-clean-")) / "hot.sqlite")


def clean(*items: Received, facts: Facts | None = None, now_ms: int = NOON_MS) -> Cleaned:
    """Clean a batch."""
    return clean_batch(items, facts=facts or some_facts(), now_ms=now_ms)


def clean_one(message: Message, *, receipt: Receipt | None = None, **settings: Any) -> dict[str, Any]:
    """The stored row of a message; fails if it was rejected."""
    cleaned = clean(received(message, receipt=receipt, **settings))
    assert cleaned.rejections == []
    return cleaned.frame.row(0, named=True)


def reason_of(message: Message, *, receipt: Receipt | None = None, **settings: Any) -> str:
    """Why a message was rejected; empty when it was not."""
    cleaned = clean(received(message, receipt=receipt, **settings))
    return cleaned.rejections[0].reason if cleaned.rejections else ""


def ids(**values: str) -> tuple[Identifier, ...]:
    """Identifiers, written as keywords."""
    return tuple(Identifier(kind, value) for kind, value in values.items())

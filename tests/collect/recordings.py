"""Requests of unmodified clients, as they were recorded, and a builder for requests of our own making."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from zuji.collect.decode.request import Request
from zuji.collect.inflate import inflate
from zuji.collect.routes import plain_path
from zuji.terms.source import SourceSettings

RECORDED = Path(__file__).parent / "recorded"
NOON = 1_795_305_600_000
"""The server's clock in these tests: 2026-11-22, a few minutes after the recordings were made."""
LIMITS = SourceSettings()
CAP = LIMITS.max_body_bytes


def a_request(
    target: str, body: bytes = b"", *, method: str = "POST", headers: Mapping[str, str] | None = None
) -> Request:
    """A request as the gateway would hand it to a decoder: path made plain, Content-Encoding undone."""
    parts = urlsplit(target)
    named = {name.lower(): value for name, value in (headers or {}).items()}
    plain = inflate(body, named.get("content-encoding", ""), CAP)
    query = parse_qs(parts.query, keep_blank_values=True)
    return Request(method, plain_path(parts.path, ""), query, named, plain, NOON)


def recorded(protocol: str) -> list[Request]:
    """Every request recorded of the clients of one protocol."""
    lines = (RECORDED / f"{protocol}.jsonl").read_text().splitlines()
    return [
        a_request(row["target"], base64.b64decode(row["body"]), method=row["method"], headers=row["headers"])
        for row in map(json.loads, lines)
    ]

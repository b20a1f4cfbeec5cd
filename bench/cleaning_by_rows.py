"""How much faster is cleaning in columns than the same rules row by row?

    python bench/cleaning_by_rows.py --batches 10

The yardstick is what one would write first: a function that takes one message, reads its JSON with the standard
library, parses its times, user agent, URL and amount and asks what the default rules ask, one event after the other; a
table is made of what it gives. It is measured twice: parsing every user agent anew, and remembering those it has read.
Both get the same events in the same run, by turns, and the processor time of each is told; what they store must be
equal where both store it. The columns do more: they guard against floods of names, note purposes, state who is who.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from bisect import insort
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl

from clean import NOW_MS, batches
from zuji.clean.batch import Facts, Received, clean_batch
from zuji.clean.currencies import CURRENCIES
from zuji.clean.identifiers import normalised
from zuji.clean.property_meaning import is_birthday, is_click, is_measure, is_view, milliseconds_in, promise_of
from zuji.clean.user_agents import UserAgent, _read, user_agent_of
from zuji.store.hot import HotStore
from zuji.store.property_names import PropertyNames


@dataclass
class ByRows:
    """Cleans one message at a time and remembers what its rules need."""

    read_agent: Callable[[str], UserAgent]
    usual: dict[tuple[str, str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    clicks: dict[tuple[str, str, str], int] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)

    def clean(self, item: Received) -> dict[str, Any]:
        """The row of one message, with what the rules say of it."""
        message = item.message
        context = json.loads(bytes(message.context))
        properties = json.loads(bytes(message.properties))
        at = self._time(str(message.timestamp), item)
        page = context.get("page") or {}
        url = urlsplit(page.get("url") or "")
        query = parse_qs(url.query)
        agent = self.read_agent(context.get("userAgent") or "")
        row: dict[str, Any] = {
            "position": item.position, "event_id": message.message_id, "type": message.type,
            "event": message.event or message.type, "occurred_at": at, "source": item.receipt.source,
            "received_at": item.receipt.received_at, "workspace": item.receipt.workspace,
            "channel": item.source.channel,
            "identifiers": self._identifiers(item), "url": page.get("url"), "url_host": url.hostname,
            "url_path": page.get("path") or url.path, "page_title": page.get("title"), "referrer": page.get("referrer"),
            "referrer_host": urlsplit(page.get("referrer") or "").hostname, "device_type": agent.device_type,
            "os": agent.os, "os_version": agent.os_version, "browser": agent.browser, "robot": agent.robot,
            "browser_version": agent.browser_version, "locale": context.get("locale"), "ip": item.receipt.ip,
            "amount": self._amount(properties), "currency": str(properties.get("currency") or "").strip().upper(),
            "product_id": properties.get("product_id"), "category": properties.get("category"),
            "properties": json.dumps(properties, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
            "context": bytes(message.context),
        }  # fmt: skip
        row |= {name: query.get(name, [""])[0] for name in ("utm_source", "utm_medium", "utm_campaign", "utm_term")}
        row["reasons"] = self._judged(row, properties)
        return row

    def _time(self, text: str, item: Received) -> datetime:
        given = datetime.fromisoformat(text)
        sent = datetime.fromisoformat(str(item.receipt.sent_at))
        received = datetime.fromtimestamp(item.receipt.received_at / 1000, UTC)
        skew = received - sent
        return given + skew if abs(skew.total_seconds()) >= 1 else min(given, received)

    def _identifiers(self, item: Received) -> list[tuple[str, str]]:
        named = (("user_id", item.message.user_id), ("anonymous_id", item.message.anonymous_id))
        found = [normalised(kind, value, "CN") for kind, value in named if value]
        return [(identifier.type, identifier.value) for identifier, problem in found if not problem]

    def _amount(self, properties: dict[str, Any]) -> Decimal | None:
        for name in ("revenue", "total", "value", "amount"):
            if name in properties:
                return Decimal(str(properties[name]))
        if "price" not in properties:
            return None
        return Decimal(str(properties["price"])) * Decimal(str(properties.get("quantity", 1)))

    def _judged(self, row: dict[str, Any], properties: dict[str, Any]) -> list[str]:
        reasons = [row["robot"]] if row["robot"] else []
        kind = row["event"] if row["type"] == "track" else row["type"]
        if row["currency"] and row["currency"] not in CURRENCIES:
            reasons.append("currency:unknown")
        for name, value in properties.items():
            try:
                number = float(value)
            except (TypeError, ValueError):
                continue
            promise, unit = promise_of(name), milliseconds_in(name)
            if promise is not None and not promise.low <= number <= promise.high:
                reasons.append(f"impossible:{name}")
            if unit is not None and is_view(kind) and number * unit < 1_000:
                reasons.append("view:short")
            if is_measure(name) and not is_birthday(name) and self._is_far(kind, name, row["source"], number):
                reasons.append(f"outlier:{name}")
        if is_click(kind):
            reasons += self._clicked(row, kind)
        return reasons

    def _is_far(self, kind: str, name: str, source: str, number: float) -> bool:
        """By median and median deviation of the last thousand numbers, which are kept in order."""
        usual = self.usual[source, kind, name]
        far = False
        if len(usual) >= 200:
            middle = usual[len(usual) // 2]
            spread = (usual[len(usual) * 3 // 4] - usual[len(usual) // 4]) / 2  # the median deviation, near enough
            far = abs(math.log1p(number) - middle) > 6 * 1.4826 * spread + math.log(3)
        insort(usual, math.log1p(max(number, 0.0)))
        if len(usual) > 1_000:
            del usual[len(usual) // 2 :: 2]
        return far

    def _clicked(self, row: dict[str, Any], kind: str) -> list[str]:
        device, at = str(row["identifiers"]), int(row["occurred_at"].timestamp() * 1000)
        key = device, kind, str(row["url_path"])
        before = self.clicks.get(key)
        self.clicks[key] = at
        return ["click:repeated"] if before is not None and abs(at - before) < 60_000 else []


def main() -> None:
    """Run both by turns and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=10)
    work = batches(parser.parse_args().batches, 1)
    by_rows = {"rows": ByRows(_read.__wrapped__), "rows, remembering agents": ByRows(user_agent_of)}
    spent = dict.fromkeys(("columns", *by_rows), 0.0)
    with tempfile.TemporaryDirectory() as folder:
        facts = Facts(names=PropertyNames(HotStore(Path(folder) / "hot.sqlite")))
        clean_batch(batches(1, 0)[0], facts=facts, now_ms=NOW_MS)
        for received in work:
            start = time.process_time()
            frame = clean_batch(received, facts=facts, now_ms=NOW_MS).frame
            facts.memory.settle()
            spent["columns"] += time.process_time() - start
            for name, cleaner in by_rows.items():
                start = time.process_time()
                rows = [cleaner.clean(item) for item in received]
                pl.DataFrame(rows, infer_schema_length=None)
                spent[name] += time.process_time() - start
                for column in ("event_id", "occurred_at", "url_path", "browser", "amount", "product_id", "properties"):
                    assert frame[column].to_list() == [row[column] for row in rows], column
    events = sum(map(len, work))
    for name, seconds in spent.items():
        print(
            f"by {name:24s} {seconds / events * 1e6:7.2f} µs of processor time an event,"
            f" {seconds / spent['columns']:5.1f} times the columns"
        )


if __name__ == "__main__":
    main()

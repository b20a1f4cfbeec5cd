"""Shops in a real event store, each a workspace of its own, and questions about them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from asked.shops import SHOPS, TEXTS, Shop
from zuji.analyse.ask import Asker, Asking
from zuji.store.events import EventStore
from zuji.store.schema import EVENT_SCHEMA

STRIDE = 10_000_000
"""Anchors of the n-th shop begin behind n strides: anchors are one sequence over all workspaces."""
NOW = "2026-01-01T00:00:00Z"
"""Long after all of them, so that no period is unfinished."""


class Shelf:
    """Loads a shop when it is first asked about."""

    def __init__(self, folder: Path, data_sets: Path) -> None:
        self._store = EventStore.open(folder)
        self._asker = Asker(self._store, now_ms=lambda: 1_780_000_000_000)
        self._data_sets = data_sets
        self._shops: dict[str, Shop] = {}

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def shop(self, name: str) -> Shop:
        """A shop, in the store."""
        if name not in self._shops:
            shop = SHOPS[name](self._data_sets / name)
            self._store.insert(stored(shop, offset=len(self._shops) * STRIDE))
            self._shops[name] = shop
        return self._shops[name]

    def answer(self, shop: Shop, kind: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer, over the shop's range unless the question names another."""
        return self._asker.ask(kind, whole(shop, question), Asking(shop.name, shop.timezone)).answer

    def people(self, shop: Shop, kind: str, question: Mapping[str, Any], cell: Mapping[str, Any]) -> int:
        """How many people are behind a figure."""
        found = self._asker.people(kind, whole(shop, question), cell, Asking(shop.name, shop.timezone))
        assert len(set(found.people.keys)) == len(found.people.keys), "somebody is listed twice"
        return len(found.people.keys)


def whole(shop: Shop, question: Mapping[str, Any]) -> dict[str, Any]:
    """The question about all of a shop, as long as it does not say itself which days it is about."""
    span = {"date_from": shop.first.isoformat(), "date_to": shop.last.isoformat(), "now": NOW}
    return {name: value for name, value in {**span, **question}.items() if value is not ...}


def stored(shop: Shop, *, offset: int) -> pa.Table:
    """The events as the store takes them: everybody is their own anchor, and nothing else is known."""
    frame = shop.events.with_columns(
        (pl.col("who") + offset).alias("anchor"),
        pl.lit(shop.name).alias("workspace"),
        pl.format(shop.name + " {}", "position").alias("event_id"),
        pl.lit("track").alias("type"),
        pl.when(pl.col("micros").is_not_null()).then(pl.lit("CNY")).otherwise(pl.lit("")).alias("currency"),
        pl.lit("{}").alias("properties"),
        pl.lit("{}").alias("context"),
    ).to_arrow()
    columns = {"occurred_at": frame["at"], "received_at": frame["at"], "position": frame["position"]}
    columns |= {name: frame[name] for name in ("anchor", "workspace", "event_id", "type", "currency", *TEXTS)}
    columns["amount"] = pc.multiply(frame["micros"].cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.000001")))
    columns |= {"properties": frame["properties"], "context": frame["context"]}
    for field in EVENT_SCHEMA:
        if field.name not in columns:
            columns[field.name] = pa.repeat(pa.scalar(_empty(field.type), field.type), frame.num_rows)
    return pa.table({field.name: columns[field.name].cast(field.type) for field in EVENT_SCHEMA})


def _empty(kind: pa.DataType) -> Any:
    return 0 if pa.types.is_integer(kind) else [] if pa.types.is_list(kind) else ""

"""The tags and segments people have now, as questions read them: the table `zuji.tag_now`, a copy of the hot state's.

A row's version is the number of the change that it tells, so the table itself says how far the copy has come.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import polars as pl
import pyarrow as pa

from zuji.store.tag_values import TagChange
from zuji.terms.value import text_of

TAG_NOW: Final = "zuji.tag_now FINAL"
"""workspace, kind, key, person UInt64, texts Array(String), text String, number UInt64, gone UInt8."""

TAG_SCHEMA: Final = pa.schema(
    [
        ("workspace", pa.string()),
        ("kind", pa.string()),
        ("key", pa.string()),
        ("person", pa.uint64()),
        ("texts", pa.list_(pa.string())),
        ("text", pa.string()),
        ("number", pa.uint64()),
        ("gone", pa.uint8()),
    ]
)
_POLARS: Final = {
    "workspace": pl.String(),
    "kind": pl.String(),
    "key": pl.String(),
    "person": pl.UInt64(),
    "texts": pl.List(pl.String()),
    "text": pl.String(),
    "number": pl.UInt64(),
    "gone": pl.UInt8(),
}


def tag_table(changes: Iterable[TagChange]) -> pa.Table:
    """The newest of these changes for each person and name, as rows."""
    newest = {(one.workspace, one.kind, one.key, one.person): one for one in changes}
    rows = [(*name, texts_of(one.new), named_by(one.new), one.number, one.new is None) for name, one in newest.items()]
    frame = pl.DataFrame(rows, schema=_POLARS, orient="row")
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(TAG_SCHEMA)


def texts_of(value: Any) -> list[str]:
    """What conditions compare: of a list each text, of nothing none.

    >>> texts_of(True), texts_of(5.0), texts_of(["a", "b"]), texts_of(None)
    (['true'], ['5'], ['a', 'b'], [])
    """
    if value is None:
        return []
    return [text_of(one) for one in value] if isinstance(value, list) else [text_of(value)]


def named_by(value: Any) -> str:
    """The text of a value; of a list, compact JSON."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "" if value is None else text_of(value)

"""One file in every format gives the same messages; exports of other tools pass the gateway's decoders."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest
from import_world import import_into, order_for, spooled, written

from zuji.collect.importing.files import BadFile
from zuji.collect.importing.guess import guess
from zuji.collect.importing.mapping import document_of_mapping, read_mapping
from zuji.collect.importing.run import try_import
from zuji.collect.importing.toml_text import toml_of
from zuji.terms.message import Message

CELLS = """
    zone = "Asia/Shanghai"
    event = "what"
    time = "at"
    identifiers.user_id = "who"
    properties.price = { column = "price", as = "number" }
"""
COMBINED = (
    '203.0.113.9 - ada [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 512 "https://x.cn/" "Agent \\"5\\""\n'
    '2001:db8::1 - - [17/May/2015:10:05:04 +0000] "GET / HTTP/1.1" 304 - "-" "-"\n'
    "not a line\n"
    '203.0.113.9 - - [17/May/2015:10:05:05 +0000] "\\x16\\x03" 400 0 "-" "-"\n'
)


def told(messages: list[Message]) -> list[tuple[Any, ...]]:
    """What messages say, without the ids of their rows."""
    return [(one.type, one.event, one.user_id, one.timestamp, msgspec.json.decode(one.properties)) for one in messages]


def imported(folder: Path, file: Path, mapping: str) -> list[Message]:
    data = folder / f"data-{file.name}"
    import_into(data, order_for(file, mapping))
    return spooled(data)


def test_a_table_means_the_same_in_every_format(tmp_path: Path) -> None:
    rows = [("u1", "买", "2026-03-01 08:00:00", 35.79), ("007", "看", "2026-03-02 09:30:00", None)]
    csv = written(tmp_path, "who,what,at,price\n" + "".join(f"{a},{b},{c},{d or ''}\n" for a, b, c, d in rows))
    lines = written(
        tmp_path,
        "".join(
            json.dumps({"data": dict(zip(("who", "what", "at", "price"), row, strict=True))}) + "\n" for row in rows
        ),
        name="rows.jsonl",
    )
    parquet = tmp_path / "rows.parquet"
    frame = pl.DataFrame(rows, schema=["who", "what", "at", "price"], orient="row")
    frame.with_columns(pl.col("at").str.to_datetime()).write_parquet(parquet)
    expected = [
        ("track", "买", "u1", "2026-03-01T00:00:00.000Z", {"price": 35.79}),
        ("track", "看", "007", "2026-03-02T01:30:00.000Z", {}),
    ]
    assert told(imported(tmp_path, csv, CELLS)) == expected
    assert told(imported(tmp_path, lines, 'format = "json_lines"\ninside = "data"\n' + CELLS)) == expected
    assert told(imported(tmp_path, parquet, 'format = "parquet"\n' + CELLS)) == expected


def test_lines_of_json_keep_digits_reach_inside_and_cost_only_themselves(tmp_path: Path) -> None:
    text = (
        '{"a": {"b": "u1"}, "n": 33.20, "list": [1, {"x": null}], "a.c": "whole name"}\n'
        "{broken\n\n[1]\n"
        '{"a": {"b": 12345678901234567}, "n": null}\n'
    )
    mapping = """
        format = "json_lines"
        event.constant = "E"
        identifiers.user_id = "a.b"
        properties.n = { column = "n", as = "number" }
        properties.list = { column = "list", as = "json" }
        properties.c = "a.c"
    """
    path = written(tmp_path, text, name="rows.jsonl")
    messages = imported(tmp_path, path, mapping)
    assert [bytes(one.properties) for one in messages] == [
        b'{"n":33.20,"list":[1,{"x":null}],"c":"whole name"}',
        b"{}",
    ]
    assert messages[1].user_id == "12345678901234567"
    tried = try_import(order_for(path, mapping))
    assert [(bad.number, bad.reason, bad.rest) for bad in tried.rejects] == [
        (2, "not_json", "{broken"),
        (4, "not_json", "[1]"),
    ]


def test_an_access_log_needs_no_cells(tmp_path: Path) -> None:
    path = written(tmp_path, COMBINED, name="access.log")
    assert guess(path).mapping.format == "access_log"
    first, second, odd = imported(tmp_path, path, 'format = "access_log"')
    assert (first.event, first.user_id, first.timestamp) == ("Page Requested", "ada", "2015-05-17T08:05:03.000Z")
    assert msgspec.json.decode(first.properties) == {"method": "GET", "status": 200, "bytes": 512}
    assert msgspec.json.decode(first.context) == {
        "ip": "203.0.113.9",
        "userAgent": 'Agent \\"5\\"',
        "page": {"path": "/a?b=1", "referrer": "https://x.cn/"},
    }
    assert msgspec.json.decode(second.properties) == {"method": "GET", "status": 304}
    assert second.anonymous_id != odd.anonymous_id
    assert msgspec.json.decode(odd.properties)["request"] == "\\x16\\x03"
    assert try_import(order_for(path, 'format = "access_log"')).reasons == {"wrong_columns": 1}


SENSORS = {
    "type": "track", "event": "BuyGoods", "distinct_id": "d1", "time": 1780000000000, "_track_id": 7,
    "properties": {"price": 5},
}  # fmt: skip
POSTHOG = {"event": "$pageview", "distinct_id": "d1", "timestamp": "2026-03-01T00:00:00Z", "properties": {"a": 1}}
SEGMENT = {
    "type": "track", "event": "Bought", "userId": "u1", "originalTimestamp": "2026-03-01T00:00:00Z",
    "sentAt": "2026-03-01T00:00:01Z", "properties": {"a": 1},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "item", "bad", "event"),
    [
        ("sensors", SENSORS, {"type": "track", "event": "no id"}, "BuyGoods"),
        ("posthog", POSTHOG, {"event": "nobody"}, "$pageview"),
        ("segment", SEGMENT, {"type": "track", "event": "nobody"}, "Bought"),
    ],
)
def test_an_export_is_known_and_passes_its_decoder_and_is_the_same_again(
    tmp_path: Path, kind: str, item: dict[str, Any], bad: dict[str, Any], event: str
) -> None:
    path = written(tmp_path, "\n".join([json.dumps(item), json.dumps(bad), "{not json", "7"]), name=f"{kind}.jsonl")
    assert guess(path).mapping == read_mapping(f'format = "{kind}"')
    good, refused = imported(tmp_path, path, f'format = "{kind}"')
    assert (good.event, good.problem, good.sent_at) == (event, "", None)
    assert refused.problem
    assert [one.message_id for one in imported(tmp_path, path, f'format = "{kind}"')[2:]] == [
        good.message_id,
        refused.message_id,
    ]
    assert try_import(order_for(path, f'format = "{kind}"')).reasons == {"not_json": 2}


def test_parquet_values_become_the_text_they_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    pl.DataFrame(
        {
            "who": [1], "at": [datetime(2026, 3, 1, 8, tzinfo=UTC)], "paid": [True], "tags": [["a", "b"]],
            "big": [2**53 + 1], "day": [date(2026, 3, 1)],
        }
    ).write_parquet(path)  # fmt: skip
    mapping = """
        format = "parquet"
        event.constant = "E"
        time = "at"
        identifiers.user_id = "who"
        [properties]
        paid = { column = "paid", as = "boolean" }
        tags = { column = "tags", as = "json" }
        big = "big"
        day = "day"
    """
    [message] = imported(tmp_path, path, mapping)
    assert (message.user_id, message.timestamp) == ("1", "2026-03-01T08:00:00.000Z")
    assert msgspec.json.decode(message.properties) == {
        "paid": True,
        "tags": ["a", "b"],
        "big": "9007199254740993",
        "day": "2026-03-01",
    }


def test_a_sheet_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="nothing here writes workbooks without openpyxl")
    pytest.importorskip("python_calamine", reason="the extra `excel` is not installed")
    book = openpyxl.Workbook()
    book.active.append(["who", "what", "at", "price"])
    # A workbook knows no zones.
    book.active.append(["u1", "买", datetime(2026, 3, 1, 8), 35.79])  # noqa: DTZ001
    book.active.append([7, "看", datetime(2026, 3, 2, 9, 30), None])  # noqa: DTZ001
    path = tmp_path / "rows.xlsx"
    book.save(path)
    assert told(imported(tmp_path, path, 'format = "excel"\n' + CELLS)) == [
        ("track", "买", "u1", "2026-03-01T00:00:00.000Z", {"price": 35.79}),
        ("track", "看", "7", "2026-03-02T01:30:00.000Z", {}),
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (
            "会员号;手机号;时间;金额\n1;13912345678;2026-03-01 08:00;1,50\n2;13912345679;2026-03-02 08:00;12,00\n",
            "gb18030",
            {"encoding": "gb18030", "delimiter": ";", "decimal": ",", "time": "时间", "zone": "Asia/Shanghai"},
        ),
        ("user_id,event,ts\nu1,a,1511544070\nu2,b,1511544071\n", "utf-8", {"event": "event"}),
        ("7,2,1511544070\n8,3,1511544071\n", "utf-8", {"header": False}),
        ("a|10-18-2016 11:15|x\nb|9-27-2016 11:15|y\n", "utf-8", {"delimiter": "|", "header": False}),
    ],
)
def test_a_guess_sees_how_a_file_is_written_and_survives_as_text(
    tmp_path: Path, text: str, encoding: str, expected: dict[str, Any]
) -> None:
    path = written(tmp_path, text, encoding=encoding)
    guessed = guess(path)
    document = document_of_mapping(guessed.mapping)
    assert {name: document.get(name) for name in expected} == expected
    assert guessed.mapping.time is not None
    assert read_mapping(toml_of(guessed.mapping, notes=guessed.notes)) == guessed.mapping
    tried = try_import(order_for(path, toml_of(guessed.mapping)))
    assert (tried.sent, tried.rejected) == (2, 0)


DATES = [f"{1 + day % 13}/{1 + day % 12}/2026 08:{day % 60:02}" for day in range(299)]
"""Most of them are dates either way; only the day first reads them all."""


def test_one_bad_cell_costs_its_row_and_not_the_column(tmp_path: Path) -> None:
    path = written(tmp_path, "who_id,date,price\n" + "".join(f'u{n},{at},"{n},50"\n' for n, at in enumerate(DATES)))
    with path.open("a") as more:
        more.write("u299,N/A,-\n")
    guessed = guess(path)
    assert guessed.mapping.time is not None
    assert (guessed.mapping.time.column, guessed.mapping.time.formats) == ("date", ("%d/%m/%Y %H:%M",))
    assert (guessed.mapping.decimal, guessed.mapping.properties["price"].kind) == (",", "number")
    assert guessed.notes["time"] == "1 of 300 cannot be read and will be rejected"
    assert guessed.notes["properties.price"] == "1 of 300 cannot be read and will be rejected"
    tried = try_import(order_for(path, toml_of(guessed.mapping, notes=guessed.notes)))
    assert (tried.sent, tried.rejected) == (299, 1)


def test_a_column_of_many_bad_cells_is_no_time_and_that_is_said_aloud(tmp_path: Path) -> None:
    rows = [f"u{row},{'2026-03-01' if row % 5 else 'soon'},{row if row % 5 else 'x'}" for row in range(50)]
    guessed = guess(written(tmp_path, "who_id,date,price\n" + "\n".join(rows) + "\n"))
    assert guessed.mapping.time is None
    assert guessed.mapping.properties["price"].kind == "text"
    assert '\n# time = ""  # NO COLUMN READS LIKE TIMES: all rows will be dated now' in toml_of(
        guessed.mapping, notes=guessed.notes
    )
    assert "properties.price" not in guessed.notes


@pytest.mark.parametrize("text", ['[{"who": "u1"},\n {"who": "u2"}]', '[\n  {\n  "who": "u1"}\n]', "[]", '[["a", 1]]'])
def test_an_array_of_json_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match=r"one object a line \(`jq -c '\.\[\]'`\)"):
        guess(written(tmp_path, text, name="rows.json"))


def test_names_of_columns_in_brackets_are_no_array(tmp_path: Path) -> None:
    assert guess(written(tmp_path, "[who],[n]\nu1,1\n")).mapping.properties["[n]"].kind == "number"

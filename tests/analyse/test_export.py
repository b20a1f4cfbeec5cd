"""Files of rows: what a reader finds in them, and what a spreadsheet must not find."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from zuji.analyse import export
from zuji.analyse.export import Cells, Column, Format, Written, table_of, write_file
from zuji.terms.error import BadRequest
from zuji.terms.spreadsheet import DANGEROUS, harmless

COLUMNS = (
    Column("name", "text"), Column("n", "integer"), Column("rate", "number"), Column("ok", "boolean"),
    Column("amount", "exact"), Column("tags", "json"),
)  # fmt: skip
ROWS: list[Cells] = [("=1+1", -5, 0.5, True, "-1.50", ["a", 1]), (None, None, None, None, None, None)]


def written(format_: Format, rows: list[Cells] = ROWS, *, limit: int = 100) -> tuple[bytes, Written]:
    sink = io.BytesIO()
    told = write_file(sink, format_, COLUMNS, iter(rows), limit=limit)
    return sink.getvalue(), told


def test_a_csv_file_has_quoted_formulas_and_plain_numbers() -> None:
    text, told = written("csv")
    assert text.decode() == ('name,n,rate,ok,amount,tags\r\n\'=1+1,-5,0.5,true,-1.50,"[""a"",1]"\r\n,,,,,\r\n')
    assert told == Written(2, truncated=False)


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_a_text_that_begins_as_a_formula_does_is_a_text_to_a_spreadsheet(beginning: str) -> None:
    assert harmless(f"{beginning}cmd|' /C calc'!A0") == f"'{beginning}cmd|' /C calc'!A0"
    sink = io.BytesIO()
    write_file(sink, "csv", [Column(f"{beginning}x", "text")], [], limit=1)
    assert sink.getvalue().decode().strip('"').startswith(f"'{beginning}x")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), max_size=20))
def test_whatever_the_texts_a_csv_file_reads_back_as_they_were_but_for_the_quote(texts: list[str]) -> None:
    sink = io.BytesIO()
    write_file(sink, "csv", [Column("a", "text"), Column("b", "integer")], [(text, 1) for text in texts], limit=99)
    rows = list(csv.reader(io.StringIO(sink.getvalue().decode(), newline="")))
    assert rows == [["a", "b"], *([harmless(text), "1"] for text in texts)]
    assert not any(row[0].startswith(DANGEROUS) for row in rows)


def test_a_json_file_keeps_types_and_says_whether_there_was_more() -> None:
    text, told = written("json", limit=1)
    assert json.loads(text) == {
        "columns": [{"name": column.name, "kind": column.kind} for column in COLUMNS],
        "rows": [["=1+1", -5, 0.5, True, "-1.50", ["a", 1]]],
        "truncated": True,
    }
    assert told == Written(1, truncated=True)


def test_a_json_file_of_nothing_is_json() -> None:
    assert json.loads(written("json", [])[0])["rows"] == []


def test_a_parquet_file_has_typed_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 1)
    data, _ = written("parquet")
    table = parquet.read_table(io.BytesIO(data))
    types = [str(field.type) for field in table.schema]
    assert types == ["string", "int64", "double", "bool", "string", "string"]
    assert table.to_pylist()[0] == {
        "name": "=1+1", "n": -5, "rate": 0.5, "ok": True, "amount": "-1.50", "tags": '["a",1]',
    }  # fmt: skip
    assert set(table.to_pylist()[1].values()) == {None}


def test_the_limit_holds_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 3)
    many: list[Cells] = [("x", number, 0.0, True, "1", None) for number in range(10)]
    assert written("csv", many, limit=7)[1] == Written(7, truncated=True)
    assert written("csv", many, limit=10)[1] == Written(10, truncated=False)
    assert written("csv", many, limit=10)[0].count(b"\r\n") == 11


def test_a_file_that_grows_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_BYTES", 50)
    with pytest.raises(BadRequest, match="Ask for fewer rows"):
        written("json")


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(BadRequest, match="Name them apart"):
        write_file(io.BytesIO(), "csv", [Column("a", "text")] * 2, [], limit=1)


def test_rows_of_an_answer_become_columns_of_the_kind_their_values_have() -> None:
    rows: list[dict[str, Any]] = [
        {"step": 1, "rate": 1, "partial": True, "group": "x", "mixed": 1},
        {"step": 2, "rate": None, "partial": False, "late": 0.5, "mixed": "a"},
    ]
    columns, cells = table_of(rows)
    kinds = {column.name: column.kind for column in columns}
    assert kinds == {
        "step": "integer", "rate": "integer", "partial": "boolean", "group": "text", "mixed": "text", "late": "number",
    }  # fmt: skip
    assert cells[1] == [2, None, False, None, "a", 0.5]
    assert table_of([]) == ([], [])

"""Exports over HTTP: answers, SQL and lists as files; who may take how much; what stands in the audit log."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track
from pyarrow import parquet

from zuji.govern.roles import EXPORT_ROWS_OF, ROLES, SQL_ROWS_OF, may

PHONE = "13812348000"
LIFE = {"kind": "lifecycle", "question": {"event": "view", "date_from": "-1d"}}
SQL = "SELECT event, count() AS n FROM events GROUP BY event ORDER BY event"


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """A person known by phone with a formula for a note, and another one."""
    world.send(
        workspace,
        identify("u-1", traits={"phone": PHONE}),
        track("view", "u-1", properties={"note": "=HYPERLINK('http://evil')", "debt": -5}),
        track("view", "u-2"),
    )
    return workspace


def export(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/exports", json=body, params={"fresh": "true"})


def rows_of(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def test_an_answer_is_a_table_in_every_format(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        text, document, columns = (export(client, format=one, **LIFE) for one in ("csv", "json", "parquet"))
    [names, *rows] = rows_of(text)
    assert names == ["period", "new", "returning", "resurrecting", "dormant"]
    assert [row[1:] for row in rows] == [["0", "0", "0", "0"], ["2", "0", "0", "0"]]
    assert [row[1:] for row in document.json()["rows"]] == [[0, 0, 0, 0], [2, 0, 0, 0]]
    table = parquet.read_table(io.BytesIO(columns.content))
    assert table["new"].to_pylist() == [0, 2]
    assert (text.headers["zuji-rows"], text.headers["zuji-truncated"]) == ("2", "false")
    assert text.headers["content-disposition"] == 'attachment; filename="zuji.csv"'
    assert "content-length" not in text.headers


def test_sql_is_exported_with_types_and_a_formula_is_a_text_in_csv(world: ApiWorld, filled: str) -> None:
    sql = (
        "SELECT JSONExtractString(properties, 'note') AS note, JSONExtractInt(properties, 'debt') AS debt, "
        "toDecimal64(-1.5, 2) AS owed, [1, 2] AS both, toUInt64(18446744073709551615) AS large "
        "FROM events WHERE note != ''"
    )
    with world.client(workspace=filled) as client:
        [names, row] = rows_of(export(client, sql=sql))
        document = export(client, sql=sql, format="json").json()
        table = parquet.read_table(io.BytesIO(export(client, sql=sql, format="parquet").content))
    note = "=HYPERLINK('http://evil')"
    assert names == ["note", "debt", "owed", "both", "large"]
    assert row == ["'" + note, "-5", "-1.5", "[1,2]", "18446744073709551615"]
    assert document["rows"] == [[note, -5, "-1.5", [1, 2], 18446744073709551615]]
    assert [column["kind"] for column in document["columns"]] == ["text", "integer", "exact", "json", "unsigned"]
    assert table.to_pylist() == [
        {"note": note, "debt": -5, "owed": "-1.5", "both": "[1,2]", "large": 18446744073709551615}
    ]


def test_bytes_that_are_no_text_do_not_stop_an_export(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        [[_], [cell]] = rows_of(export(client, sql="SELECT unhex('61FF62') AS broken"))
    assert cell == "a\ufffdb"


def test_many_rows_pass_and_the_limit_cuts(world: ApiWorld, filled: str) -> None:
    many = "SELECT number, number * 2 AS twice FROM (SELECT arrayJoin(range(60000)) AS number)"
    with world.client(workspace=filled) as client:
        whole = export(client, sql=many, format="json")
        cut = export(client, sql=many, format="csv", limit=12_345)
        assert export(client, sql=SQL).status_code == 200  # the connection of the one that was cut is well
    rows = whole.json()["rows"]
    assert (len(rows), sorted(row[0] for row in rows) == list(range(60000))) == (60000, True)
    assert (whole.headers["zuji-rows"], whole.headers["zuji-truncated"]) == ("60000", "false")
    assert (cut.headers["zuji-rows"], cut.headers["zuji-truncated"]) == ("12345", "true")
    assert len(rows_of(cut)) == 12_346


def test_a_role_takes_out_as_much_as_its_limit_allows(
    world: ApiWorld, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EXPORT_ROWS_OF, "analyst", 7)
    with world.client(world.token("analyst"), workspace=filled) as analyst, world.client(workspace=filled) as owner:
        few = export(analyst, sql="SELECT arrayJoin(range(50)) AS n", limit=1_000_000)
        many = export(owner, sql="SELECT arrayJoin(range(50)) AS n")
    assert (few.headers["zuji-rows"], many.headers["zuji-rows"]) == ("7", "50")


def test_every_role_that_may_export_has_a_limit_and_no_other() -> None:
    assert {role for role in ROLES if may(role, "exports.make")} == set(EXPORT_ROWS_OF)
    assert all(EXPORT_ROWS_OF[role] >= rows for role, rows in SQL_ROWS_OF.items())


def test_personal_values_are_masked_in_files_as_everywhere(world: ApiWorld, filled: str) -> None:
    sql = "SELECT toString(identifiers) AS held FROM events WHERE type = 'identify'"
    with world.client(world.token("analyst"), workspace=filled) as analyst, world.client(workspace=filled) as owner:
        cell = {"name": "x", **LIFE, "cell": {"status": "new", "period": 1}}
        made = owner.post("/lists", json=cell, params={"fresh": "true"}).json()["id"]
        masked = export(analyst, sql=sql).text + export(analyst, list=made).text
        shown = export(owner, list=made)
    assert PHONE not in masked
    assert "138****8000" in masked
    [names, *rows] = rows_of(shown)
    assert names == ["person", "identified", "identifiers"]
    assert sorted(row[1:] for row in rows) == [
        ["true", f"phone:+86{PHONE} user_id:u-1"],
        ["true", "user_id:u-2"],
    ]


@pytest.mark.parametrize(
    ("role", "body", "status"),
    [
        ("viewer", LIFE, 403),
        ("marketer", LIFE, 200),
        ("marketer", {"sql": SQL}, 403),
        ("service", {"sql": SQL}, 403),
        ("analyst", {"sql": SQL}, 200),
        ("marketer", {"list": "none"}, 404),
    ],
)
def test_an_export_needs_the_right_to_what_is_in_it(
    world: ApiWorld, filled: str, role: Any, body: dict[str, Any], status: int
) -> None:
    with world.client(world.token(role), workspace=filled) as client:
        assert export(client, **body).status_code == status


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "name one thing"),
        ({**LIFE, "sql": SQL}, "name one thing"),
        ({"kind": "lifecycle"}, "name one thing"),
        ({"sql": "DROP TABLE zuji.events"}, "one SELECT runs here"),
        ({"sql": "SELECT file('/etc/passwd')"}, "may not be called here"),
        ({"sql": "SELECT nosuch FROM events"}, "Unknown expression identifier `nosuch`"),
        ({"sql": "SELECT throwIf(number = 70000) AS n FROM (SELECT arrayJoin(range(90000)) AS number)"}, ""),
        ({"sql": "SELECT 1 AS a, 2 AS a"}, "a"),
        ({"sql": SQL, "format": "xlsx"}, "body.format"),
        ({"kind": "lifecycle", "question": {"evnt": 1}}, "unknown field `evnt`"),
    ],
)
def test_what_cannot_be_exported_is_422_and_says_why(
    world: ApiWorld, workspace: str, body: dict[str, Any], said: str
) -> None:
    with world.client(workspace=workspace) as client:
        answer = export(client, **body)
    assert (answer.status_code, said in answer.json()["message"]) == (422, True), answer.text


def test_every_export_stands_in_the_audit_log_also_a_refused_one(world: ApiWorld, filled: str) -> None:
    with world.client(world.token("analyst"), workspace=filled) as analyst:
        export(analyst, sql=SQL, format="parquet")
        export(analyst, sql="SELECT nosuch FROM events")
    with world.client() as owner:
        entries = owner.get("/audit", params={"limit": 20}).json()["entries"]
    told = [json.loads(one["detail"]) for one in entries if (one["action"], one["subject"]) == ("export.make", filled)]
    assert told == [{"format": "csv", "sql": "SELECT nosuch FROM events"}, {"format": "parquet", "sql": SQL}]


def test_nothing_is_left_on_the_disk(world: ApiWorld, filled: str) -> None:
    before = _files(world.data)
    with world.client(workspace=filled) as client:
        assert export(client, sql=SQL).status_code == 200
        assert export(client, sql="SELECT nosuch FROM events").status_code == 422
    assert {name for name in _files(world.data) - before if not name.startswith(("spool", "events", "seen"))} == set()


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}

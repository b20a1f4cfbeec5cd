"""Imports that the operator set up: a query and a folder, run without a server, as often as one likes."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from pathlib import Path

import pytest
from import_world import spooled, written

from servers import zuji, zuji_json
from zuji.collect.importing.jobs import FILE_NAME, load_jobs
from zuji.collect.importing.query import write_rows
from zuji.terms.error import BadRequest, Busy, NotFound

MAPPING = 'event.constant = "Receipt"\nidentifiers.user_id = "who"\nproperties.n = "n"\n'


def a_folder_with_jobs(tmp_path: Path) -> Path:
    data, drop = tmp_path / "data", tmp_path / "drop"
    data.mkdir()
    drop.mkdir()
    written(data, MAPPING, name="mapping.toml")
    with sqlite3.connect(tmp_path / "till.db") as till:
        till.execute("CREATE TABLE receipt (who TEXT, n INTEGER)")
        till.executemany("INSERT INTO receipt VALUES (?, ?)", [("u1", 1), ("u2", None)])
    written(
        data,
        f"""
        [[import]]
        name = "till"
        source = "till"
        mapping = "mapping.toml"
        url = "sqlite:///$TILL"
        query = "SELECT who, n FROM receipt ORDER BY n"

        [[import]]
        name = "drop"
        source = "drop"
        mapping = "mapping.toml"
        folder = "{drop}"
        pattern = "*.csv"
        """,
        name=FILE_NAME,
    )
    return data


def test_what_is_new_comes_in_and_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = a_folder_with_jobs(tmp_path)
    monkeypatch.setenv("TILL", str(tmp_path / "till.db"))
    settled = written(tmp_path / "drop", "who,n\nu3,3\n", name="a.csv")
    os.utime(settled, (1, 1))
    growing = written(tmp_path / "drop", "who,n\nu4,", name="growing.csv")
    os.utime(growing, (4_000_000_000, 4_000_000_000))  # however slow this machine is, it was written to just now
    first = zuji_json("imports", "run", "--data", str(data))["imports"]
    assert [(one["source_name"], one["sent"]) for one in first] == [("till", 2), ("drop", 1)]
    with sqlite3.connect(tmp_path / "till.db") as till:
        till.execute("INSERT INTO receipt VALUES ('u5', 5)")
    second = zuji_json("imports", "run", "till", "--data", str(data))["imports"]
    assert [(one["source_name"], one["sent"]) for one in second] == [("till", 3)]
    messages = spooled(data)
    assert sorted({(one.user_id, one.message_id) for one in messages}) == sorted(
        {(one.user_id, one.message_id) for one in messages[:3]} | {(messages[-1].user_id, messages[-1].message_id)}
    )
    assert sorted({one.user_id for one in messages}) == ["u1", "u2", "u3", "u5"]
    assert json.loads(bytes(messages[0].properties)) == {}


def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(tmp_path: Path) -> None:
    data = a_folder_with_jobs(tmp_path)
    drop = tmp_path / "drop"
    written(drop, "name,n\nu1,1\n", name="a-lacks-who.csv")
    (drop / "b-torn.csv").write_bytes(gzip.compress(b"who,n\nu2,2\n" * 10_000)[:-20])
    written(drop, "who,n\nu3,3\n", name="c-good.csv")
    for file in drop.iterdir():
        os.utime(file, (1, 1))
    # The first of the two imports has no $TILL to ask: it stops neither the other nor its files.
    done = zuji("imports", "run", "--data", str(data), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert [one["file"] for one in told["imports"]] == ["c-good.csv"]
    assert [(one["name"], one["file"]) for one in told["failed"]] == [
        ("till", ""),
        ("drop", "a-lacks-who.csv"),
        ("drop", "b-torn.csv"),
    ]
    assert "zuji: till: the environment has no TILL" in done.stderr
    assert "zuji: drop: a-lacks-who.csv: the file has no column 'who'" in done.stderr
    assert "zuji: drop: b-torn.csv: the archive" in done.stderr
    for bad in ("a-lacks-who.csv", "b-torn.csv"):
        (drop / bad).unlink()
    again = zuji("imports", "run", "drop", "--data", str(data), "--json")
    assert (again.returncode, json.loads(again.stdout)) == (0, {"imports": [], "failed": []})
    assert [message.user_id for message in spooled(data)][-1] == "u3"


def test_a_secret_in_a_url_stays_out_of_what_is_said(tmp_path: Path) -> None:
    with pytest.raises(Busy) as told:
        write_rows("sqlite:////nowhere/$SECRET.db", "SELECT 1", tmp_path / "x.csv", environment={"SECRET": "hunter2"})
    assert "hunter2" not in str(told.value)
    with pytest.raises(BadRequest, match="the environment has no SECRET"):
        write_rows("sqlite:///$SECRET", "SELECT 1", tmp_path / "x.csv", environment={})


def test_jobs_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"imports\.toml"):
        load_jobs(tmp_path)
    common = '[[import]]\nname = "a"\nsource = "s"\nmapping = "m"\n'
    for text, complaint in (
        (common, "either a `folder` or a `url`"),
        (common + 'folder = "/x"\nurl = "y"\nquery = "z"', "either a `folder` or a `url`"),
        (common + 'url = "y"', "no `query`"),
        (common + 'folder = "/x"\nfoldr = "y"', "unknown field `foldr`"),
        ((common + 'folder = "/x"\n') * 2, "names an import twice"),
        ("[[import", "not valid TOML"),
    ):
        written(tmp_path, text, name=FILE_NAME)
        with pytest.raises(BadRequest, match=complaint):
            load_jobs(tmp_path)
    refused = zuji("imports", "run", "other", "--data", str(a_folder_with_jobs(tmp_path)))
    assert refused.returncode == 1
    assert "no import 'other'. It has: till, drop" in refused.stderr

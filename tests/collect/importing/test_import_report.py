"""The reports of an import: what a dry run foresees is what comes of it, and nothing on the page is markup."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from import_world import NOON, order_for, written

from servers import RunningServer, zuji, zuji_json
from zuji.cli.import_report import report_path, tried_with_report, write_report
from zuji.terms.error import BadRequest
from zuji.terms.source import Source

MARKUP = "<script>alert('x')</script>&\"{style}"
MAPPING = """
time = "at"
event = "what"
[identifiers]
user_id = "member"
[properties]
total = { column = "total", as = "number" }
age = { column = "age", as = "number" }
"""
ROWS = (
    "member,at,what,total,age\n"
    "m1,2026-03-01T10:00:00Z,Receipt,10,30\n"
    "m2,2026-03-01T10:00:00Z,Receipt,-5,300\n"
    "m3,2099-03-01T10:00:00Z,Receipt,5,30\n"
    "null,2026-03-01T10:00:00Z,Receipt,5,30\n"
    "m4,soon,Receipt,5,30\n"
)


class Tags(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        self.text.append(data)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("report") / "data") as running:
        yield running


def comparable(report: Mapping[str, Any]) -> dict[str, Any]:
    """What both reports say of a file."""
    quality = report["quality"]
    causes = {
        (one["dimension"], one["cause"], one["event"], one["property"]): (one["found"], one["example"])
        for one in quality["causes"]
    }
    names = ("file", "fingerprint", "source", "rows", "sent", "rejected", "reasons")
    return {name: report[name] for name in names} | {**quality, "causes": causes}


def test_what_is_foreseen_comes_true(server: RunningServer, tmp_path: Path) -> None:
    file, mapping = written(tmp_path, ROWS), written(tmp_path, MAPPING, name="mapping.toml")
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    command = ["import", str(file), "--mapping", str(mapping), "--source", "reported", "--data", str(server.data)]
    assert zuji(*command, "--dry-run", "--report", str(before)).returncode == 0
    done = zuji_json(*command, "--report", str(after))
    foreseen, came = json.loads(before.read_text("utf-8")), json.loads(after.read_text("utf-8"))
    assert (foreseen["moment"], came["moment"], came["import_id"]) == ("before", "after", done["id"])
    assert comparable(foreseen) == comparable(came)
    assert (came["rows"], came["sent"], came["reasons"]) == (5, 4, {"bad_time": 1})
    accuracy = came["quality"]["dimensions"]["accuracy"]
    assert (accuracy["checked"], accuracy["wrong"]) == (3, 1)
    found = {(one["cause"], one["property"]): one["found"] for one in came["quality"]["causes"]}
    assert found == {
        ("future_time", ""): 1,
        ("blocked", "user_id"): 1,
        ("negative", "total"): 1,
        ("impossible", "age"): 1,
    }
    with httpx.Client(base_url=f"{server.url}/api/v1", trust_env=False, timeout=60) as api:
        owner = {"Authorization": f"Bearer {server.token}"}
        told = api.get(f"/imports/{done['id']}/report", params={"fresh": "true"}, headers=owner).json()
    assert told["only_this"] is True
    assert told["imported"]["id"] == done["id"]
    assert told["quality"]["dimensions"] == came["quality"]["dimensions"]
    page = tmp_path / "after.html"
    assert zuji("imports", "report", done["id"], "--to", str(page), "--data", str(server.data)).returncode == 0
    assert done["id"] in page.read_text("utf-8")


def test_a_report_shows_what_files_say_as_text(tmp_path: Path) -> None:
    rows = f'member,at,what,total,age\nm1,2026-03-01T10:00:00Z,"{MARKUP.replace(chr(34), chr(34) * 2)}",-1,30\n'
    file = written(tmp_path, rows + "m2,<b>soon</b>,Receipt,1,30\n", name="<i>rows</i>.csv".replace("/", "_"))
    source = Source(id="", workspace="", name="<u>till</u>")
    _, report = tried_with_report(order_for(file, MAPPING, source=source), now_ms=NOON)
    page = tmp_path / "report.html"
    write_report(report, page)
    shown = Tags(page.read_text("utf-8"))
    assert not shown.tags & {"script", "b", "i", "u"}
    assert not shown.attributes - {"lang", "charset", "http-equiv", "content", "class"}
    text = "\n".join(shown.text)
    for said in (MARKUP, "<u>till</u>", "<i>rows", "negative"):
        assert said in text


def test_a_report_has_a_name_that_says_how_it_is_written(tmp_path: Path) -> None:
    assert report_path(None) is None
    with pytest.raises(BadRequest, match=r"\.html or \.json"):
        report_path(tmp_path / "report.pdf")

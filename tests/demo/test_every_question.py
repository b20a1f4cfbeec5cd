"""Every kind of question about the demo's shop: over HTTP, on the command line and in Python the answer is the same,
and where the world knows the truth, it is the truth.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from servers import RunningServer, zuji, zuji_json
from zuji.analyse.kinds import KINDS
from zuji.cli.chart import chart_of
from zuji.client import Answer, Client
from zuji.demo.story import TRUTH_FOLDER
from zuji.demo.truth import SHARED, Truth, load_truth

pytestmark = pytest.mark.slow

SHANGHAI = timezone(timedelta(hours=8))
VIEWED, ADDED, ORDERED = "Product Viewed", "Product Added", "Order Completed"
QUESTIONS: dict[str, dict[str, Any]] = {
    "attribution": {
        "touch": {"event": None, "channel": "utm_source"},
        "goal": {"event": ORDERED, "value": "amount"},
        "window": {"amount": 7, "unit": "day"},
    },
    "distribution": {"event": ORDERED, "interval": "week"},
    "engagement": {"weights": [{"event": VIEWED, "weight": 1}, {"event": ORDERED, "weight": 10}]},
    "funnel": {
        "steps": [{"event": VIEWED}, {"event": ADDED}, {"event": ORDERED}],
        "breakdown": {"property": "channel"},
    },
    "heat_map": {"event": None},
    "interval": {"from": {"event": VIEWED}, "to": {"event": ORDERED}},
    "lifecycle": {"event": ORDERED},
    "ltv": {"revenue": {"event": ORDERED, "property": "amount"}, "cohort": "week", "days": [1, 7]},
    "paths": {"start": VIEWED},
    "retention": {"target": {"event": VIEWED}, "returning": {"event": VIEWED}},
    "rfm": {"event": ORDERED},
    "session": {"interval": "week"},
    "stickiness": {"event": None},
    "trend": {
        "series": [{"event": ORDERED}, {"event": ORDERED, "math": "unique_users"}],
        "formulas": ["A / B"],
        "compare_to": "previous_period",
    },
}


@dataclass(frozen=True)
class Asked:
    """A server that holds the demo's shop, its truth, and the range and moment of all questions."""

    server: RunningServer
    truth: Truth
    range: dict[str, str]
    folder: Path

    def over_http(self, kind: str, question: dict[str, Any]) -> dict[str, Any]:
        """As the console asks."""
        answer = httpx.post(
            f"{self.server.url}/api/v1/questions/run",
            json={"kind": kind, "question": {**self.range, **question}},
            headers={"Authorization": f"Bearer {self.server.token}"},
            timeout=60,
        )
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def on_the_command_line(self, kind: str, question: dict[str, Any]) -> dict[str, Any]:
        """As `zuji ask -f` prints it."""
        file = self.folder / f"{kind}.json"
        file.write_text(json.dumps({"kind": kind, "question": {**self.range, **question}}), "utf-8")
        return zuji_json("ask", "-f", str(file), "--data", str(self.server.data))

    def in_python(self, kind: str, question: dict[str, Any]) -> Answer:
        """As a notebook asks."""
        with Client(self.server.url, self.server.token) as client:
            return client.ask(kind, self.range, **question)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("questions")
    data = folder / "data"
    with RunningServer(data) as server:
        zuji_json("demo", "--data", str(data), "--people", "120", "--days", "12", "--check")
        truth = load_truth(data / TRUTH_FOLDER)
        first, end = datetime.fromtimestamp(truth.options.first_midnight_ms / 1000, SHANGHAI), truth.options.end
        span = {"date_from": first.date().isoformat(), "date_to": "today", "now": end.isoformat()}
        yield Asked(server, truth, span, folder)


def test_checking_a_demo_that_goes_on_leaves_it_its_keys(asked: Asked) -> None:
    keys = asked.server.data / "keys.json"
    before = keys.read_bytes()
    zuji_json("demo", "--data", str(asked.server.data), "--people", "120", "--days", "12", "--check")
    assert keys.read_bytes() == before


def test_every_kind_has_its_question() -> None:
    assert set(KINDS) <= set(QUESTIONS)


@pytest.mark.parametrize("kind", sorted(QUESTIONS))
def test_the_three_doors_give_one_answer(asked: Asked, kind: str) -> None:
    if kind not in KINDS:
        pytest.skip(f"{kind} is not built yet")
    question = QUESTIONS[kind]
    over_http, printed = asked.over_http(kind, question), asked.on_the_command_line(kind, question)
    client = asked.in_python(kind, question)
    assert printed["answer"] == over_http["answer"] == client.answer
    assert printed["question"] == over_http["question"] == client.envelope["question"]
    assert client.arrow().num_rows == len(client.rows())
    assert client.rows() or kind == "heat_map", "the demo's shop knows nothing about it"
    assert list(chart_of(kind, client.answer)) or kind == "heat_map", "there is nothing to see in a terminal"


def test_the_command_line_prints_a_table_a_chart_and_csv(asked: Asked) -> None:
    words = (
        "ask",
        "funnel",
        "--steps",
        f"{VIEWED},{ORDERED}",
        "--require-increasing-time",
        "--data",
        str(asked.server.data),
    )
    printed, rows = zuji(*words), zuji(*words, "--csv")
    assert ("conversion_rate" in printed.stdout, "█" in printed.stdout, "newest event" in printed.stdout) == (True,) * 3
    head, first, *_ = rows.stdout.splitlines()
    assert head.split(",")[:3] == ["step", "name", "count"]
    assert first.startswith(f"1,{VIEWED},")


def test_python_gives_data_frames_of_pandas_too(asked: Asked) -> None:
    pytest.importorskip("pandas")
    with Client(asked.server.url, asked.server.token) as client:
        answer = client.ask("trend", asked.range, **QUESTIONS["trend"])
        frame = answer.pandas()
        kept = client.save_list(answer, "buyers", series=1, period=None)
    assert frame["value"].tolist()[: len(answer.answer["periods"])] == answer.answer["series"][0]["values"]
    assert frame["previous"].notna().any()
    assert kept["saved"] == answer.answer["series"][1]["total"]


def test_orders_of_every_day_are_those_of_the_truth(asked: Asked) -> None:
    daily = Counter(
        datetime.fromtimestamp(at / 1000, SHANGHAI).date().isoformat() for at in orders(asked.truth)["at"].to_list()
    )
    answer = asked.over_http("trend", QUESTIONS["trend"])["answer"]
    values = answer["series"][0]["values"]
    found = {period["start"]: value for period, value in zip(answer["periods"], values, strict=True) if value}
    assert found == dict(daily)


def test_buyers_are_those_of_the_truth(asked: Asked) -> None:
    """Whoever is behind the figure is told by their identifiers, and nobody is two of the world's people."""
    owner = {(kind, value): actor for kind, value, actor, _ in asked.truth.identifiers.iter_rows() if actor != SHARED}
    with Client(asked.server.url, asked.server.token) as client:
        answer = client.ask("trend", asked.range, **QUESTIONS["trend"])
        people = list(client.people(answer, series=1, period=None))
        assert client.count_people(answer, series=1, period=None) == len(people)
    actors = [
        {owner[held["type"], held["value"]] for held in person["identifiers"] if (held["type"], held["value"]) in owner}
        for person in people
    ]
    assert len(people) == answer.answer["series"][1]["total"]
    assert [one for one in actors if len(one) > 1] == []
    assert set().union(*actors) == set(orders(asked.truth)["actor"].to_list())


def orders(truth: Truth) -> pl.DataFrame:
    """The orders that can be stored."""
    return truth.events.filter(pl.col("event") == ORDERED, pl.col("problem") == "")


def test_a_wrong_question_is_refused_with_the_same_words_at_every_door(asked: Asked) -> None:
    wrong = {"steps": [{"event": VIEWED}]}
    answer = httpx.post(
        f"{asked.server.url}/api/v1/questions/run",
        json={"kind": "funnel", "question": wrong},
        headers={"Authorization": f"Bearer {asked.server.token}"},
        timeout=60,
    )
    words = answer.json()["message"]
    assert answer.status_code == 422
    assert "steps" in words
    with pytest.raises(ValueError) as raised:
        asked.in_python("funnel", wrong)
    assert str(raised.value) == words
    printed = zuji("ask", "funnel", "--steps", json.dumps(wrong["steps"]), "--data", str(asked.server.data))
    assert printed.returncode != 0
    assert " ".join(words.split()) in " ".join((printed.stdout + printed.stderr).split())

"""SQL over HTTP: who may, whose workspace, what is masked, what is written down, how it ends."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track

from zuji.govern.roles import ROLES, SQL_ROWS_OF, may

PHONE = "13812348000"
LONG = "SELECT max(a.position * b.position * c.position) FROM {0} a CROSS JOIN {0} b CROSS JOIN {0} c CROSS JOIN {0} d"
MANY = "(SELECT arrayJoin(range(3000)) AS position FROM events)"


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """Three events of one person, who has a phone, and one of somebody else."""
    world.send(
        workspace,
        identify("u-1", anonymous="a-1", traits={"phone": PHONE, "city": "Wuhan"}),
        track("view", anonymous="a-1", properties={"note": f"call {PHONE}"}),
        track("cart", "u-1"),
        track("view", "u-2"),
    )
    return workspace


def ask(client: httpx.Client, sql: str, **body: Any) -> httpx.Response:
    return client.post("/sql", json={"sql": sql, **body}, params={"fresh": "true"})


def test_an_answer_has_columns_rows_and_how_it_came_about(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        answer = ask(
            client, "SELECT event, uniqExact(person) AS people FROM events WHERE type = 'track' GROUP BY 1 ORDER BY 1"
        )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["columns"] == [
        {"name": "event", "type": "LowCardinality(String)"},
        {"name": "people", "type": "UInt64"},
    ]
    assert told["rows"] == [["cart", 1], ["view", 2]]
    assert told["truncated"] is False
    assert told["rows_read"] > 0
    assert "{workspace:String}" in told["sql_run"]
    assert filled not in told["sql_run"]
    assert told["freshness"].endswith("Z")
    assert told["identity_version"] >= 0
    assert told["exactness"] == "exact"


def test_an_estimate_is_announced_with_its_error(world: ApiWorld, filled: str) -> None:
    """The statement asks for it, but nothing in its name says so."""
    with world.client(workspace=filled) as client:
        told = ask(
            client, "SELECT median(1) AS uniq, 'uniq(x)' AS text, uniqIf(person, 1), uniqExact(person) FROM events"
        )
    assert told.status_code == 200, told.text
    assert {name: "approximate" in one for name, one in told.json()["exactness"].items()} == {
        "median": True,
        "uniq": True,
    }
    assert "8,192" in told.json()["exactness"]["median"]["approximate"]


def test_people_are_joined_by_what_is_known_of_them(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        answer = ask(
            client,
            "SELECT JSONExtractString(p.traits, 'city') AS city, count() FROM events e JOIN people p "
            "ON e.person = p.person WHERE e.type = 'track' AND city != '' GROUP BY city",
        )
    assert answer.json()["rows"] == [["Wuhan", 2]], answer.text


def test_an_analyst_sees_personal_values_masked_and_an_owner_as_they_are(world: ApiWorld, filled: str) -> None:
    sql = "SELECT JSONExtractString(properties, 'note') FROM events WHERE event = 'view' ORDER BY 1 DESC LIMIT 1"
    with world.client(workspace=filled) as owner, world.client(world.token("analyst"), workspace=filled) as analyst:
        assert ask(owner, sql).json()["rows"] == [[f"call {PHONE}"]]
        assert ask(analyst, sql).json()["rows"] == [["call 138****8000"]]
        hunted = f"SELECT count() FROM events WHERE position(concat(properties, toString(identifiers)), '{PHONE}') > 0"
        assert ask(owner, hunted).json()["rows"] != [[0]]
        assert ask(analyst, hunted).json()["rows"] == [[0]]


def test_a_statement_reads_the_workspace_asked_about_and_a_token_only_its_own(world: ApiWorld, filled: str) -> None:
    empty = world.workspace()
    with world.client(workspace=empty) as client:
        assert ask(client, "SELECT count() FROM events").json()["rows"] == [[0]]
    with world.client(world.token("analyst", empty), workspace=filled) as client:
        assert ask(client, "SELECT count() FROM events").status_code == 403


def test_the_limit_of_the_statement_and_of_the_role_both_hold(world: ApiWorld, filled: str) -> None:
    with world.client(world.token("analyst"), workspace=filled) as client:
        few = ask(client, "SELECT arrayJoin(range(50))", limit=5).json()
        assert (few["rows"], few["truncated"]) == ([[0], [1], [2], [3], [4]], True)
        many = ask(client, "SELECT arrayJoin(range(20000))", limit=1_000_000).json()
        assert (len(many["rows"]), many["truncated"]) == (SQL_ROWS_OF["analyst"], True)


def test_every_role_that_may_ask_has_a_limit_and_no_other(world: ApiWorld) -> None:
    assert {role for role in ROLES if may(role, "sql.run")} == set(SQL_ROWS_OF) == {"owner", "analyst"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"sql": "DROP TABLE zuji.events"}, "one SELECT runs here"),
        ({"sql": "SELECT file('/etc/passwd')"}, "may not be called here"),
        ({"sql": "SELECT * FROM system.tables"}, "a name with a database"),
        ({"sql": "SELECT nosuch FROM events"}, "Unknown expression identifier `nosuch`"),
        ({"sql": ""}, "body.sql"),
        ({"sql": "SELECT 1", "limit": 0}, "body.limit"),
        ({"sql": "SELECT 1", "ticket": "'; DROP"}, "body.ticket"),
        ({"sql": "SELECT 1", "workspace": "other"}, "body.workspace"),
    ],
)
def test_what_cannot_run_is_422_and_says_why(world: ApiWorld, workspace: str, body: dict[str, Any], said: str) -> None:
    with world.client(workspace=workspace) as client:
        answer = client.post("/sql", json=body)
    assert (answer.status_code, said in answer.json()["message"]) == (422, True), answer.text


def test_every_statement_stands_in_the_audit_log_also_a_refused_one(world: ApiWorld, workspace: str) -> None:
    with world.client(world.token("analyst"), workspace=workspace) as analyst:
        ask(analyst, "SELECT 41 + 1")
        ask(analyst, "SELECT file('/etc/passwd')")
        ask(analyst, "SELECT nosuch FROM events")
    with world.client() as owner:
        entries = owner.get("/audit", params={"limit": 20}).json()["entries"]
    told = [(one["action"], one["detail"]) for one in entries if one["subject"] == workspace and "sql" in one["action"]]
    assert told == [
        ("sql.run", "SELECT nosuch FROM events"),
        ("sql.refuse", "SELECT file('/etc/passwd')"),
        ("sql.run", "SELECT 41 + 1"),
    ]


def test_the_views_are_told_with_what_is_masked_for_the_role(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner, world.client(world.token("analyst")) as analyst:
        seen, masked = (client.get("/sql/views").json() for client in (owner, analyst))
    assert [view["name"] for view in seen["views"]] == ["events", "people"]
    assert not any(column["masked"] for view in seen["views"] for column in view["columns"])
    hidden = {column["name"] for view in masked["views"] for column in view["columns"] if column["masked"]}
    assert {"ip", "identifiers", "properties", "context", "url", "traits"} <= hidden
    assert {"person", "event", "amount"}.isdisjoint(hidden)
    assert "windowFunnel" in seen["functions"]["aggregates"]
    assert (seen["most_rows"], masked["most_rows"]) == (100_000, 10_000)


def test_a_running_statement_is_stopped_by_its_ticket_and_by_nobody_else(world: ApiWorld, filled: str) -> None:
    answers: list[httpx.Response] = []
    token = world.token("analyst")

    def run() -> None:
        with world.client(token, workspace=filled) as client:
            answers.append(ask(client, LONG.format(MANY), ticket="mine"))

    running = threading.Thread(target=run)
    running.start()
    with world.client(workspace=filled) as other, world.client(token, workspace=filled) as same:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert other.delete("/sql/mine").json() == {"cancelled": False}
            if same.delete("/sql/mine").json()["cancelled"]:
                break
            time.sleep(0.1)
    running.join(20)
    assert [answer.json()["message"] for answer in answers] == ["answering SQL: cancelled."]


def test_a_statement_stops_when_whoever_sent_it_hangs_up(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        ask(client, "SELECT count() FROM events")  # fresh: over no rows the long one would be a short one
    with (
        httpx.Client(base_url=f"{world.url}/api/v1", timeout=1.5, trust_env=False) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.post(
            "/sql",
            params={"workspace": filled},
            json={"sql": LONG.format(MANY)},
            headers={"Authorization": f"Bearer {world.owner}"},
        )
    deadline = time.monotonic() + 10
    while _running(world) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _running(world) == 0


def _running(world: ApiWorld) -> int:
    with world.house.engine.events.connections.controlling() as client:
        found = client.raw_query("SELECT count() FROM system.processes WHERE Settings['log_comment'] != ''", fmt="TSV")
    return int(found)

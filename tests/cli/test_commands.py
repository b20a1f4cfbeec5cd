"""The commands against a real server and against a folder at rest, as a person or a script runs them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from servers import RunningServer, zuji, zuji_json
from zuji.run.status import note_failed_start


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One running server for the tests of this module."""
    with RunningServer(tmp_path_factory.mktemp("cli") / "data") as running:
        yield running


def on(server: RunningServer, *arguments: str) -> tuple[str, ...]:
    """The arguments with the folder of the running server."""
    return (*arguments, "--data", str(server.data))


def basic(key: str) -> tuple[str, str]:
    return (key, "")


def send(server: RunningServer, *messages: dict[str, object]) -> None:
    answer = httpx.post(
        f"{server.url}/v1/batch",
        json={"batch": list(messages)},
        auth=basic(server.secret_key),
        trust_env=False,
        timeout=60,
    )
    assert answer.status_code == 200, answer.text


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed command says: one line on standard error, nothing else, no traceback."""
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert "Traceback" not in done.stderr
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_sources_and_tokens_can_be_made_without_a_server_and_work_when_it_starts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    made = zuji_json("source", "create", "shop", "--data", str(data))
    token = zuji_json("token", "create", "--role", "owner", "--data", str(data))["token"]
    assert made["write_key"].startswith("zp_")
    assert made["secret_key"].startswith("zs_")
    assert token.startswith("zt_")
    server = RunningServer(data)
    server.start()
    try:
        server.token, server.secret_key = token, made["secret_key"]
        send(server, {"type": "track", "event": "Opened", "userId": "u1", "messageId": "m1"})
        assert server.count(user="u1") == 1
    finally:
        assert server.stop() == 0


def test_the_first_start_prints_an_owner_token_and_keys_once(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "data")
    server.start()
    server.stop()
    first = whole_log(server)
    token = next(word for word in first.split() if word.startswith("zt_"))
    assert "zp_" in first
    assert "zs_" in first
    server.start()
    try:
        again = whole_log(server).removeprefix(first)
        assert "zt_" not in again
        server.token = token
        assert server.get("tokens")["tokens"][0]["role"] == "owner"
    finally:
        server.stop()


def whole_log(server: RunningServer) -> str:
    """Everything the server printed so far."""
    return (server.data.parent / f"{server.data.name}.log").read_text()


def test_a_command_asks_the_running_server(server: RunningServer) -> None:
    made = zuji_json(*on(server, "source", "create", "second", "--channel", "pos"))
    listed = zuji_json(*on(server, "source", "list"))["sources"]
    assert {"tests", "second", "web"} <= {source["name"] for source in listed}
    rotated = zuji_json(*on(server, "source", "rotate", "second", "--kind", "secret"))
    for key, status in ((made["secret_key"], 401), (rotated["key"], 200)):
        body = {"type": "track", "event": "E", "userId": "u"}
        answer = httpx.post(f"{server.url}/v1/track", json=body, auth=basic(key), trust_env=False, timeout=60)
        assert answer.status_code == status


def test_tokens_can_be_listed_and_revoked(server: RunningServer) -> None:
    made = zuji_json(*on(server, "token", "create", "--role", "viewer", "--name", "wall"))
    assert "wall" in {token["name"] for token in zuji_json(*on(server, "token", "list"))["tokens"]}
    assert zuji_json(*on(server, "token", "revoke", made["id"]))["revoked_at"] is not None
    answer = httpx.get(
        f"{server.url}/api/v1/workspaces",
        headers={"Authorization": f"Bearer {made['token']}"},
        trust_env=False,
        timeout=60,
    )
    assert answer.status_code == 401


def test_workspaces_can_be_made_and_their_sources_are_apart(server: RunningServer) -> None:
    made = zuji_json(*on(server, "workspace", "create", "Second shop"))
    assert made["id"] == "second-shop"
    zuji_json(*on(server, "source", "create", "tests", "--workspace", "second-shop"))
    listed = zuji_json(*on(server, "source", "list", "--workspace", "second-shop"))["sources"]
    assert [source["name"] for source in listed] == ["tests"]


def test_a_profile_is_shown_explained_merged_and_split(server: RunningServer) -> None:
    send(
        server,
        {"type": "identify", "userId": "p1", "anonymousId": "a1", "traits": {"plan": "pro"}, "messageId": "p-1"},
        {"type": "track", "event": "Opened", "anonymousId": "p2", "messageId": "p-2"},
    )
    assert server.count(user="p1") == 1
    shown = zuji_json(*on(server, "profile", "show", "user_id:p1"))
    assert shown["traits"]["plan"] == "pro"
    assert {(one["type"], one["value"]) for one in shown["identifiers"]} == {("user_id", "p1"), ("anonymous_id", "a1")}
    assert [event["event_id"] for event in shown["timeline"]] == ["p-1"]
    assert shown["consent"]["marketing"]["granted"] is True
    assert "granted" in zuji(*on(server, "profile", "show", "user_id:p1")).stdout
    explained = zuji_json(*on(server, "profile", "explain", "user_id:p1", "anonymous_id:a1"))
    assert explained["same_profile"] is True
    zuji_json(*on(server, "profile", "merge", "user_id:p1", "anonymous_id:p2", "--why", "same card"))
    assert server.count(user="p1") == server.count(user="p2") == 2
    zuji_json(*on(server, "profile", "split", "user_id:p1", "anonymous_id:p2"))
    assert server.count(user="p2") == 1


def test_only_the_owner_of_the_process_can_read_what_is_stored(server: RunningServer) -> None:
    server.count()
    open_to_others = [path for path in server.data.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert (server.data / "hot.sqlite").exists()
    assert open_to_others == []


def test_what_was_rejected_is_listed_shown_repaired_and_replayed(server: RunningServer, tmp_path: Path) -> None:
    send(server, {"type": "track", "userId": "q1", "messageId": "q-1"})
    server.count()
    listed = zuji_json(*on(server, "quarantine", "list"))
    assert listed["reasons"] == {"no_event_name": 1}
    number = str(listed["quarantined"][0]["id"])
    message = zuji_json(*on(server, "quarantine", "show", number))["message"]
    repaired = tmp_path / "repaired.json"
    repaired.write_text(json.dumps(message | {"event": "Repaired"}))
    outcome = zuji_json(*on(server, "quarantine", "replay", number, "--message", str(repaired)))["outcome"]
    assert outcome["replayed"] is True
    assert server.count(user="q1", event="Repaired") == 1
    assert zuji_json(*on(server, "quarantine", "list"))["total"] == 0


def test_tail_shows_what_each_stage_did(server: RunningServer) -> None:
    send(server, {"type": "track", "event": "Watched", "userId": "t1", "messageId": "t-1"})
    done = zuji(*on(server, "tail", "--count", "1", "--json"))
    event = json.loads(done.stdout.splitlines()[0])
    assert event["outcome"] in ("stored", "quarantined", "duplicate")
    assert event["stages"]


def test_doctor_says_that_all_is_well_and_its_exit_code_too(server: RunningServer) -> None:
    done = zuji(*on(server, "doctor", "--json"))
    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert report["well"] is True
    names = {finding["name"] for finding in report["findings"]}
    assert {"server", "lag", "loss", "disk", "spool", "lock lock", "versions"} <= names


def test_a_backup_of_the_running_server_can_be_restored_elsewhere(server: RunningServer, tmp_path: Path) -> None:
    send(server, {"type": "track", "event": "Kept", "userId": "b1", "messageId": "b-1"})
    assert server.count(user="b1") == 1
    zuji_json("backup", str(tmp_path / "backup"), "--data", str(server.data))
    zuji_json("restore", str(tmp_path / "backup"), "--data", str(tmp_path / "second"))
    second = RunningServer(tmp_path / "second")
    second.start()
    try:
        second.token = server.token
        assert second.count(user="b1") == 1
    finally:
        second.stop()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (("profile", "show", "nobody"), 2, "'nobody' is no identifier. Write TYPE:VALUE"),
        (("profile", "show", "user_id:nobody"), 1, "user_id:nobody"),
        (("quarantine", "show", "999999"), 1, "no event 999999 waits in quarantine"),
        (("token", "create", "--role", "root"), 2, "body.role"),
        (("source", "rotate", "no-such"), 1, "there is no source 'no-such'"),
        (("source", "list", "--workspace", "no-such"), 1, "there is no workspace 'no-such'"),
    ],
)
def test_a_mistake_is_answered_with_one_clear_line_and_its_exit_code(
    server: RunningServer, arguments: tuple[str, ...], exit_code: int, says: str
) -> None:
    done = zuji(*on(server, *arguments))
    assert done.returncode == exit_code, done.stderr
    assert says in one_line(done)


def test_a_second_server_on_the_folder_is_refused_and_told_who_has_it(server: RunningServer) -> None:
    done = zuji(*on(server, "serve", "--port", "0"))
    assert done.returncode == 1
    assert server.process is not None
    assert f"in use by the process {server.process.pid}" in one_line(done)


def test_a_port_that_is_taken_is_named(server: RunningServer, tmp_path: Path) -> None:
    done = zuji("serve", "--data", str(tmp_path / "other"), "--port", str(server.port))
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{server.port}" in one_line(done)


def test_what_needs_a_server_says_so_when_none_runs(tmp_path: Path) -> None:
    for arguments in (("tail",), ("profile", "merge", "user_id:a", "user_id:b"), ("quarantine", "replay", "1")):
        done = zuji(*arguments, "--data", str(tmp_path))
        assert done.returncode == 1
        assert "needs a running server" in one_line(done)


def test_reading_a_folder_that_does_not_exist_makes_none(tmp_path: Path) -> None:
    done = zuji("source", "list", "--data", str(tmp_path / "typo"))
    assert done.returncode == 1
    assert "there is no data folder" in one_line(done)
    assert not (tmp_path / "typo").exists()


def test_doctor_on_a_folder_at_rest_says_that_no_server_runs(tmp_path: Path) -> None:
    done = zuji("doctor", "--data", str(tmp_path), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["says"] == "no server is running here"


def test_doctor_tells_why_the_engine_could_not_start(tmp_path: Path) -> None:
    note_failed_start(tmp_path / "status.json", "the event store is away")
    findings = json.loads(zuji("doctor", "--data", str(tmp_path), "--json").stdout)["findings"]
    assert [one["says"] for one in findings if one["name"] == "alarm"] == [
        "the engine cannot start: the event store is away"
    ]


def test_a_data_folder_whose_path_is_too_long_for_sockets_is_refused_with_what_to_do(tmp_path: Path) -> None:
    done = zuji("serve", "--data", str(tmp_path / ("x" * 100)), "--port", "0")
    assert done.returncode == 2
    assert "too long for the local sockets" in one_line(done)


@pytest.mark.slow
def test_a_small_demo_loads_through_a_server_of_its_own_and_all_of_its_truth_is_recovered(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    asked = ("demo", "--data", str(data), "--port", "0", "--people", "40", "--days", "3", "--check", "--json")
    first, again = zuji(*asked), zuji(*asked)
    for done in (first, again):
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["passed"] is True
    assert {score["name"] for score in json.loads(first.stdout)["scores"]} >= {"wrong merges", "robots caught"}
    other = zuji(*asked[:-2], "--seed", "99", "--check")
    assert other.returncode == 2
    assert "holds the demo of 40 people, 3 days, seed 7 already" in other.stderr

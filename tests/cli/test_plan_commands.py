"""zuji quarantine groups, repair, expire and zuji plan, against a running server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from servers import RunningServer, zuji, zuji_json


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("plan") / "data") as running:
        yield running


def send(server: RunningServer, *messages: dict[str, object]) -> None:
    answer = httpx.post(
        f"{server.url}/v1/batch",
        json={"batch": list(messages)},
        auth=(server.secret_key, ""),
        trust_env=False,
        timeout=60,
    )
    assert answer.status_code == 200, answer.text


def test_a_group_is_repaired_after_it_was_tried_and_the_plan_tells_what_came(
    server: RunningServer, tmp_path: Path
) -> None:
    data = ("--data", str(server.data))
    broken = {"type": "trak", "event": "Planned Sale", "userId": "plan-u1", "properties": {"price": "19.90"}}
    send(server, *({**broken, "messageId": f"plan-{number}"} for number in range(3)))
    assert server.count(user="plan-u1") == 0  # waits until all of them are taken in
    [group] = zuji_json("quarantine", "groups", "--reason", "unknown_type", *data)["groups"]
    assert (group["events"], group["protocol"]) == (3, "segment")
    assert "unknown_type" in zuji("quarantine", "groups", *data).stdout
    repair = tmp_path / "repair.json"
    steps = [
        {"do": "map", "field": "type", "values": {"trak": "track"}},
        {"do": "convert", "field": "properties.price", "to": "number"},
    ]
    repair.write_text(json.dumps({"steps": steps}), "utf-8")
    like = ("--like", str(group["sample"]))
    tried = zuji("quarantine", "repair", str(repair), *like, *data).stdout
    assert "3 of 3 tried would pass" in tried
    done = zuji_json("quarantine", "repair", str(repair), *like, "--yes", *data)["outcome"]
    assert (done["tried"], done["passed"]) == (3, 3)
    assert server.count(user="plan-u1") == 3
    assert "Planned Sale" in zuji("plan", "show", *data).stdout
    shown = zuji("plan", "show", "Planned Sale", *data).stdout
    assert "price" in shown
    assert "19.9" in shown
    exported = zuji("plan", "export", "--learned", "--format", "json", *data).stdout
    plan = tmp_path / "plan.json"
    plan.write_text(exported, "utf-8")
    assert zuji_json("plan", "import", str(plan), *data)["version"] == 1
    assert '"Planned Sale":' in zuji("plan", "export", *data).stdout
    assert zuji_json("quarantine", "expire", "--days", "0", *data)["outcome"] == {"expired": 0}
    assert zuji("doctor", *data).returncode == 0


def test_a_file_that_is_no_repair_is_refused_in_one_line(server: RunningServer, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("[]", "utf-8")
    refused = zuji("quarantine", "repair", str(file), "--data", str(server.data))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "must hold a JSON object" in refused.stderr

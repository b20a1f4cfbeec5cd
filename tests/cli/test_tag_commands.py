"""zuji tag and zuji segment, against a running server and against a folder at rest."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers import RunningServer, zuji, zuji_json

NAME = {"en": "Buyer", "zh": "买家"}
BUYER = {
    "key": "buyer",
    "name": NAME,
    "family": "value_tier",
    "rule": {"when": {"measure": "count", "event": "Order Completed", "op": "gte", "value": 1}},
}
BUYERS = {"key": "buyers", "name": NAME, "rule": {"when": {"tag": "buyer", "op": "is_set"}}}
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("cli") / "data") as running:
        yield running


def file_of(folder: Path, document: dict[str, Any]) -> str:
    file = folder / f"{document['key']}.json"
    file.write_text(json.dumps(document), "utf-8")
    return str(file)


def test_a_tag_is_written_published_and_shown_and_its_people_are_listed(server: RunningServer, tmp_path: Path) -> None:
    data = ("--data", str(server.data))
    order = {"type": "track", "event": "Order Completed", "userId": "u-1", "messageId": "m-1"}
    answer = httpx.post(
        f"{server.url}/v1/batch", json={"batch": [order]}, auth=(server.secret_key, ""), trust_env=False, timeout=60
    )
    assert answer.status_code == 200
    assert "zuji tag publish buyer" in zuji("tag", "write", file_of(tmp_path, BUYER), *data).stdout
    assert zuji_json("tag", "publish", "buyer", *data)["outcome"]["version"] == 1
    zuji("segment", "write", file_of(tmp_path, BUYERS), *data)
    assert "version 1" in zuji("segment", "publish", "buyers", *data).stdout
    deadline = time.monotonic() + PATIENCE_S
    while (page := zuji_json("segment", "people", "buyers", *data))["count"] != 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [held["value"] for one in page["people"] for held in one["identifiers"]] == ["u-1"]
    shown = zuji("tag", "show", "buyer", *data).stdout
    assert "did Order Completed" in shown
    assert "有过完成订单" in shown
    refused = zuji("tag", "end", "buyer", *data)
    assert (refused.returncode, "segment buyers" in refused.stderr) == (1, True)


def test_a_folder_at_rest_takes_drafts_and_says_what_publishing_needs(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    assert zuji_json("tag", "write", file_of(tmp_path, BUYER), *data)["state"] == "draft"
    refused = zuji("tag", "publish", "buyer", *data)
    assert refused.returncode == 1
    assert "zuji serve" in refused.stderr
    shown = zuji_json("tag", "show", "buyer", *data)
    assert (shown["state"], shown["versions"]) == ("draft", [])


def test_the_set_to_start_with_is_listed_without_any_folder() -> None:
    listed = zuji_json("tag", "starter")["definitions"]
    assert {"lifecycle_stage", "intent_category", "cart_to_win_back"} <= {one["key"] for one in listed}

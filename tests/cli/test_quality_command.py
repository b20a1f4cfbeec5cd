"""zuji quality: the index as a table and as JSON, with and without a running server."""

from __future__ import annotations

from pathlib import Path

import httpx

from servers import RunningServer, zuji, zuji_json


def test_the_index_is_shown_with_its_causes_and_is_the_same_at_rest(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sale = {"type": "track", "event": "Quality Sale", "userId": "quality-u1"}
    batch = [
        {**sale, "messageId": "quality-1", "properties": {"price": 3}},
        {**sale, "messageId": "quality-2", "properties": {"price": -3}},
        {**sale, "messageId": "quality-2", "properties": {"price": -3}},
    ]
    with RunningServer(data) as server:
        answer = httpx.post(
            f"{server.url}/v1/batch", json={"batch": batch}, auth=(server.secret_key, ""), trust_env=False, timeout=60
        )
        assert answer.status_code == 200, answer.text
        assert server.count(user="quality-u1") == 2  # waits until all of them are taken in
        shown = zuji("quality", "--daily", "--events", "--data", str(data)).stdout
        told = zuji_json("quality", "--data", str(data))
    assert told["dimensions"]["uniqueness"] == {"checked": 3, "wrong": 1, "score": 66.67}
    assert told["dimensions"]["accuracy"] == {"checked": 2, "wrong": 1, "score": 50.0}
    for said in ("By day of receipt", "By event", "Sale", "negative", "price", "quality-2", "duplicate", "66.67"):
        assert said in shown
    assert zuji_json("quality", "--data", str(data)) == told
    nothing = zuji("quality", "--to", "2001-01-01", "--data", str(data)).stdout
    assert "Worst offenders: none" in nothing

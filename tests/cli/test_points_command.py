"""zuji points: the register as tables and as JSON, with and without a running server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from servers import RunningServer, zuji, zuji_json


def test_the_register_is_shown_with_its_coverage_and_its_blind_spots_and_is_the_same_at_rest(tmp_path: Path) -> None:
    data = tmp_path / "data"
    register = {name: {"kind": "page", "channel": "web", "path": f"/{name}"} for name in ("basket", "checkout")}
    look: dict[str, Any] = {"type": "track", "event": "Looked", "userId": "points-u1"}
    look["context"] = {"page": {"path": "/basket"}, "sequence": {"page": "points-cli", "n": 4}}
    with RunningServer(data) as server:
        declared = httpx.put(
            f"{server.url}/api/v1/policies/points",
            json={"document": {"points": register}},
            headers={"Authorization": f"Bearer {server.token}"},
            trust_env=False,
            timeout=60,
        )
        assert declared.status_code == 200, declared.text
        answer = httpx.post(
            f"{server.url}/v1/batch", json={"batch": [look]}, auth=(server.secret_key, ""), trust_env=False, timeout=60
        )
        assert answer.status_code == 200, answer.text
        assert server.count(user="points-u1") == 1  # waits until it is taken in
        shown = zuji("points", "--data", str(data)).stdout
        told = zuji_json("points", "--data", str(data))
    for said in ("Coverage", "50.0%", "basket", "live", "checkout", "missing", "never", "Not seen now: checkout"):
        assert said in shown
    assert told["overall"] == {"declared": 2, "live": 1, "silent": 0, "missing": 1, "coverage": 0.5}
    assert zuji_json("points", "--data", str(data)) == told
    assert "Lost on the way" in shown
    assert [(one["sent"], one["received"], one["open"], one["lost"]) for one in told["loss"]] == [(4, 1, 3, 0)]
    only = zuji_json("points", "--status", "missing", "--channel", "web", "--data", str(data))
    assert [one["name"] for one in only["points"]] == ["checkout"]

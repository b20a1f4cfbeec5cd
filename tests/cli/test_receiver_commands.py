"""zuji receiver on a running server: a test arrives, and so does an alert that fires, signed, within a minute."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx

from hooks import Hook, hooked
from servers import RunningServer, zuji, zuji_json
from zuji.govern.posting import signature

TREND = {"series": [{"event": "Never Sent By Anybody", "math": "total"}], "date_from": "-2d"}


def fire(server: RunningServer) -> str:
    """Watch a figure that is beyond its threshold already; the alert's id."""
    headers = {"Authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=60, trust_env=False) as client:
        question = {"kind": "trend", "question": TREND}
        saved = client.post("/questions/saved", json={"name": "nothing", **question})
        assert saved.is_success, saved.text
        rule = {"figure": {"figure": "total", "series": 0}, "condition": "below", "threshold": 1}
        alert = {"name": "nothing came", "question": saved.json()["id"], "rule": rule}
        made = client.post("/alerts", json={**alert, "schedule": {"unit": "hour", "every": 1}})
        assert made.is_success, made.text
        found: str = made.json()["id"]
        return found


def test_a_test_and_an_alert_that_fires_reach_a_receiver_of_a_running_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "zuji.toml").write_text('outbound_networks = ["127.0.0.0/8"]\n')
    with hooked(Hook()) as hook, RunningServer(data) as server:
        address = f"http://127.0.0.1:{hook.port}/a-secret-path"
        made = zuji_json("receiver", "add", "crew", address, "--data", str(data))
        tried = zuji("receiver", "test", made["id"], "--data", str(data))
        assert (tried.returncode, tried.stdout.strip()) == (0, "Delivered: answered 204.")
        alert = fire(server)
        deadline = time.monotonic() + 120
        while len(hook.taken) < 2:
            assert time.monotonic() < deadline, f"nothing arrived: {zuji('receiver', 'list', '--data', str(data))}"
            time.sleep(0.1)
        told = zuji_json("receiver", "deliveries", made["id"], "--data", str(data))["deliveries"]
        listed = zuji("receiver", "list", "--data", str(data)).stdout
        gone = zuji("receiver", "delete", made["id"], "--data", str(data))
        log = server.log()
    notices: list[list[dict[str, Any]]] = [json.loads(body)["notices"] for body in hook.taken]
    assert [[(one["kind"], one["state"], one["code"]) for one in some] for some in notices] == [
        [("test", "raised", "test")],
        [("alert", "raised", alert)],
    ]
    headers, body = hook.requests[1]
    seconds, _, signed = headers["X-Zuji-Signature"].removeprefix("t=").partition(",v1=")
    assert signed == signature(made["secret"], int(seconds), body)
    assert [one["state"] for one in told] == ["delivered", "test"]
    assert gone.returncode == 0
    assert "crew" in listed
    assert "a-secret-path" not in listed + log
    assert made["secret"] not in listed + log

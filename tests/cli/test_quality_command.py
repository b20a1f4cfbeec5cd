"""zuji quality: the index as a table and as JSON, with and without a running server."""

from __future__ import annotations

from pathlib import Path

import httpx

from servers import RunningServer, zuji, zuji_json

SALE = {"type": "track", "event": "Quality Sale", "userId": "quality-u1"}


def test_the_index_is_shown_with_its_causes_and_is_the_same_at_rest(tmp_path: Path) -> None:
    data = tmp_path / "data"
    batch = [
        {**SALE, "messageId": "quality-1", "properties": {"price": 3}},
        {**SALE, "messageId": "quality-2", "properties": {"price": -3}},
        {**SALE, "messageId": "quality-2", "properties": {"price": -3}},
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


def test_rows_are_drawn_judged_and_taken_back_and_enough_verdicts_correct_the_index(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    batch = [{**SALE, "messageId": f"judged-{n}", "properties": {"price": n - 1}} for n in range(3)]
    with RunningServer(tmp_path / "data") as server:
        answer = httpx.post(
            f"{server.url}/v1/batch", json={"batch": batch}, auth=(server.secret_key, ""), trust_env=False, timeout=60
        )
        assert answer.status_code == 200, answer.text
        assert server.count(user="quality-u1") == 3
        listed = zuji("quality", "sample", "--seed", "3", "--data", data).stdout
        said = zuji_json("quality", "verdict", "judged-0", "wrong", "--field", "price", "--data", data)
        back = zuji_json("quality", "verdict", "judged-0", "back", "--data", data)
        picked = zuji("quality", "verdict", "judged-9", "right", "--data", data)
        headers = {"Authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, trust_env=False, timeout=60) as api:
            for row in api.get("/quality/sample").json()["events"]:
                named = {name: row[name] for name in ("source", "event_id", "stratum", "held_wrong", "received_at")}
                verdict = "right" if row["event_id"] == "judged-2" else "wrong"
                api.post("/quality/verdicts", json={**named, "verdict": verdict}).raise_for_status()
        shown = zuji("quality", "--data", data).stdout
    for words in ("judged-0", "risk", "negative:price", "0 of 3 judged", "3 more verdicts"):
        assert words in listed
    assert (said["verdict"]["fields"], said["needed"]) == (["price"], 2)
    assert (back["verdict"], back["needed"]) == (None, 3)
    assert (picked.returncode, "not in the sample of seed 1" in picked.stderr) == (1, True)
    assert "corrected by 3 verdicts: accuracy 33.33 instead of 66.67 (95 %: 33.33 to 33.33)" in shown

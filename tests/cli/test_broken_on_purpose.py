"""A source is broken on purpose, over a running server: doctor, the API and the report say what, and how it looks.

What it was usual for the source to send is learnt beforehand, by the same function that learns it from batches: an
hour of it would take an hour.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from servers import RunningServer, zuji, zuji_json
from zuji.clean.learned import LearnedEvent, encode_learned, learn
from zuji.clean.observed import Observed, Shown
from zuji.cli.wiring import Administration, first_start, open_administration
from zuji.settings import Settings
from zuji.store import learned_plan
from zuji.store.hot import HotStore
from zuji.store.learned_plan import EventKey

EVENT = "Till Rang Up"
PATIENCE_S = 90.0
pytestmark = pytest.mark.slow
HISTORY_S = 75 * 60
BATCHES = 300
QUIET_S = 45
"""The till sent every second until so long ago: half a minute of silence is odd for it."""
PLAN = {
    "events": {
        "Receipt Printed": {
            "mode": "enforce",
            "properties": {
                "total": {"type": "number", "required": True},
                "n": {"type": "integer", "required": True},
            },
        }
    }
}
REPAIR = [
    {"do": "rename", "field": "properties.sum", "to": "total"},
    {"do": "convert", "field": "properties.n", "to": "number"},
]


@dataclass(frozen=True)
class Till:
    """A source of the server: what it sends, and its id."""

    server: RunningServer
    id: str
    key: str

    def send(self, *messages: dict[str, Any]) -> None:
        answer = httpx.post(
            f"{self.server.url}/v1/batch", json={"batch": messages}, auth=(self.key, ""), trust_env=False, timeout=60
        )
        assert answer.status_code == 200, answer.text


@dataclass(frozen=True)
class Shop:
    """A server and its tills. The first rang for an hour and has been silent since a little while."""

    till: Till
    well: Till
    broken: Till


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    data = tmp_path_factory.mktemp("broken") / "data"
    data.mkdir()
    house = open_administration(data, Settings())
    made = first_start(house)
    assert made is not None
    server = RunningServer(data, token=made.token)
    tills = [a_till(house, server, name) for name in ("till", "well", "broken")]
    remember_an_hour(data, EventKey("default", tills[0].id, EVENT), now_ms=int(time.time() * 1000))
    server.start()
    yield Shop(*tills)
    server.stop()


def a_till(house: Administration, server: RunningServer, name: str) -> Till:
    made = house.keys.create_source("default", name, "pos", settings={}, actor="tests")
    return Till(server, made.source.id, made.secret_key)


def remember_an_hour(data: Path, key: EventKey, *, now_ms: int) -> None:
    shown = {
        "n": Shown(1, ["integer"], [7]),
        "total": Shown(1, ["number"], [19.9]),
    }
    known: LearnedEvent | None = None
    for ago in (HISTORY_S, *range(QUIET_S + BATCHES, QUIET_S, -1)):
        known, _ = learn(known, Observed(key, events=1, is_live=True, properties=shown), now_ms - ago * 1000)
    assert known is not None
    known = msgspec.structs.replace(known, gaps=(1_000.0,) * 24)  # at every hour of the day
    hot = HotStore(data / "hot.sqlite")
    with hot.write() as connection:
        learned_plan.save(connection, [(key, encode_learned(known))])
    hot.close()


def eventually(look: Callable[[], bool], said: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not look():
        assert time.monotonic() < deadline, said()
        time.sleep(0.3)


def sales(name: str, event: str, *, is_broken: bool, count: int = 40) -> list[dict[str, Any]]:
    """A broken till calls its total `sum`, and writes numbers as texts."""
    found = []
    for number in range(count):
        properties = {"n": str(number), "sum": number + 0.5} if is_broken else {"n": number, "total": number + 0.5}
        sale = {"type": "track", "event": event, "userId": f"{name}-{number % 7}", "messageId": f"{name}-{number}"}
        found.append({**sale, "timestamp": f"2026-03-01T10:00:{number:02}.000Z", "properties": properties})
    return found


def broken_kinds(till: Till) -> dict[tuple[str, str], dict[str, Any]]:
    """What the API says broke, by kind and property."""
    changes = till.server.get("plan/changes", fresh="true", limit="1000")["changes"]
    return {(one["kind"], one["property"]): one for one in changes if one["source"] == till.id}


def alarms(till: Till) -> str:
    return "\n".join(till.server.get("health")["alarms"])


def doctor(till: Till) -> str:
    told = json.loads(zuji("doctor", "--json", "--data", str(till.server.data)).stdout)
    return "\n".join(one["says"] for one in told["findings"] if one["name"] == "alarm")


def report(till: Till) -> dict[tuple[str, str], dict[str, Any]]:
    told = zuji_json("quality", "--source", till.id, "--data", str(till.server.data))
    return {(one["kind"], one["property"]): one for one in told["broken"]}


def test_silence_then_another_type_and_a_renamed_property_are_told_with_examples(shop: Shop) -> None:
    till = shop.till
    silent = f"source till: event {EVENT}: event silent"
    eventually(lambda: silent in alarms(till), lambda: alarms(till))
    assert silent in doctor(till)
    assert "it usually comes every 1.0 s" in broken_kinds(till)["event_silent", ""]["detail"]
    assert ("event_silent", "") in report(till)
    live = [{**sale, "timestamp": None} for sale in sales("live", EVENT, is_broken=False)]
    till.send(*live)
    eventually(lambda: silent not in alarms(till), lambda: alarms(till))

    till.send(*({**sale, "timestamp": None} for sale in sales("broken", EVENT, is_broken=True)))
    eventually(lambda: {("type_changed", "n"), ("property_vanished", "total")} <= broken_kinds(till).keys(),
               lambda: broken_kinds(till))  # fmt: skip
    found = broken_kinds(till)
    changed, vanished = found["type_changed", "n"], found["property_vanished", "total"]
    assert changed["detail"] == "number before, text now"
    assert changed["example"].startswith('"')
    assert "new in its stead may be 'sum'" in vanished["detail"]
    assert float(vanished["example"]) > 0
    said = {f"property n of {EVENT}: type changed", f"property total of {EVENT}: property vanished"}
    eventually(lambda: all(one in alarms(till) for one in said), lambda: alarms(till))
    told_by_doctor = doctor(till)
    assert all(one in told_by_doctor for one in said)
    told = report(till)
    assert told["type_changed", "n"] == changed
    assert told["property_vanished", "total"] == vanished


def test_what_the_plan_set_aside_is_mended_and_the_store_is_that_of_an_undisturbed_run(shop: Shop) -> None:
    server, well, broken = shop.till.server, shop.well, shop.broken
    with httpx.Client(
        base_url=f"{server.url}/api/v1",
        headers={"Authorization": f"Bearer {server.token}"},
        timeout=60,
        trust_env=False,
    ) as owner:
        decided = owner.put("/policies/plan", json={"document": PLAN})
        assert decided.status_code == 200, decided.text
        sent = sales("receipt", "Receipt Printed", is_broken=False)
        eventually(lambda: plan_holds(well), lambda: "the plan does not hold")
        well.send(*sent)
        broken.send(*sent[:20], *sales("receipt", "Receipt Printed", is_broken=True)[20:])
        waiting = owner.get("/quarantine/groups", params={"fresh": "true", "source": broken.id}).json()["groups"]
        assert sum(group["events"] for group in waiting) == 20
        assert {group["reason"] for group in waiting} == {"against_plan"}
        causes = server.get("quality", fresh="true", source=broken.id)["causes"]
        assert [(one["cause"], one["event"], one["found"]) for one in causes] == [
            ("against_plan", "Receipt Printed", 20)
        ]
        assert causes[0]["example"].startswith("receipt-")
        done = owner.post("/quarantine/repairs", json={"source": broken.id, "steps": REPAIR})
        assert done.json()["outcome"]["passed"] == 20, done.text
    assert stored(broken) == stored(well)
    assert len(stored(well)) == 40


def plan_holds(till: Till) -> bool:
    """An event against the plan is set aside; a policy holds for the batches after it."""
    name = f"probe-{time.monotonic_ns()}"
    till.send({"type": "track", "event": "Receipt Printed", "userId": "probe", "messageId": name, "properties": {}})
    till.server.count()
    probes = till.server.get("quarantine/reasons", fresh="true")["reasons"]
    return bool(probes.get("against_plan"))


def stored(till: Till) -> list[tuple[str, str, str, str]]:
    """The events of a source as anybody can ask for them; only where they came from and how differs."""
    found = till.server.pages("events", "events", source=till.id, fresh="true", limit="100")
    names = ("event_id", "event", "occurred_at", "properties")
    return sorted(tuple(json.dumps(one[name]) for name in names) for one in found if "probe" not in one["event_id"])

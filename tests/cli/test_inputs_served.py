"""Inputs beside a real server: packets of a real broker and lines of chats, with everything killed in between."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from brokers import Broker, a_broker, publish
from servers import RunningServer, zuji, zuji_json
from zuji.collect.inputs.report import read_report

SOON_S = 60.0
PORTIONS = 3
SETTINGS = """
[inputs.beacons]
kind = "mqtt"
host = "127.0.0.1"
port = {port}
topics = ["shop/+/beacons/#"]
source = "beacons"

[inputs.beacons.mapping]
event = "Beacon Heard"
items = "$.payload.heard"
message_id = "$.payload.id"
timestamp = "$.payload.at"
anonymous_id = "$.payload.phone"
properties = {{ beacon = "@.beacon", rssi = "@.rssi", place = "$.levels[3]", shop = "$.levels[1]" }}

[inputs.chats]
kind = "chat"
folder = "{folder}"
source = "support"
agents = ["agent"]

[inputs.chats.labels.intent]
cancel_order = ["cancel", "cancelling", "canceling"]
"""

Packets = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = a_broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chats")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, broker: Broker, chats: Path) -> Iterator[RunningServer]:
    data = tmp_path_factory.mktemp("served") / "data"
    data.mkdir()
    (data / "zuji.toml").write_text(SETTINGS.format(port=broker.port, folder=chats), encoding="utf-8")
    with RunningServer(data) as server:
        zuji_json("source", "create", "support", "--channel", "support", "--data", str(data))
        yield server


def data_set(name: str, file: str) -> list[dict[str, str]]:
    """The rows of a real data set; the test is skipped with the reason where it is absent."""
    for folder in Path(__file__).resolve().parents:
        if (found := folder / "shared" / "data" / name / file).exists():
            with gzip.open(found, "rt", encoding="utf-8") as lines:
                return list(csv.DictReader(io.StringIO(lines.read())))
    pytest.skip(f"the data set {name} is not here: there is no shared/data/{name} beside the checkout or above it")


def heard_packets(rows: list[dict[str, str]]) -> tuple[Packets, int]:
    """A packet for each row of the radio map, as a phone would send it; and how often any beacon was heard."""
    packets, heard_in_all = [], 0
    for number, row in enumerate(rows):
        heard = [{"beacon": k, "rssi": int(v)} for k, v in row.items() if k.startswith("b3") and v != "-200"]
        month, day, rest = row["date"].split("-")
        at = f"{rest[:4]}-{month.zfill(2)}-{day.zfill(2)}T{rest[5:].zfill(8)}Z"
        payload = {"id": f"scan-{number}", "at": at, "phone": f"phone-{number % 7}", "heard": heard}
        packets.append((f"shop/library/beacons/{row['location']}", json.dumps(payload).encode()))
        heard_in_all += len(heard)
    return packets, heard_in_all


def becomes(question: Callable[[], Any], wanted: Any) -> None:
    """Ask until the answer is the wanted one."""
    deadline = time.monotonic() + SOON_S
    while (answer := question()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answer == wanted


def state_of(server: RunningServer, name: str) -> str:
    report = read_report(server.data, name)
    return report.state if report else ""


def kill_input(server: RunningServer, name: str) -> int:
    """SIGKILL the process that holds the spool of an input; 0 when there is none just now."""
    assert server.process is not None
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    for pid in children:
        try:
            files = [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        if any(file.endswith(f"/spool/input-{name}/lock") for file in files):
            os.kill(int(pid), signal.SIGKILL)
            return int(pid)
    return 0


def said_by_doctor(server: RunningServer, name: str) -> list[str]:
    """Its exit code says how all is; here only what it says of one thing matters."""
    findings = json.loads(zuji("doctor", "--data", str(server.data), "--json").stdout)["findings"]
    return [f"{finding['verdict']}: {finding['says']}" for finding in findings if finding["name"] == name]


def test_packets_come_in_once_each_whatever_is_killed(server: RunningServer, broker: Broker) -> None:
    packets, heard = heard_packets(data_set("ibeacon_rssi_uci", "iBeacon_RSSI_Labeled.csv.gz"))
    becomes(lambda: state_of(server, "beacons"), "failing")
    becomes(lambda: any("zuji source create" in alarm for alarm in server.get("health")["alarms"]), True)
    made = zuji_json("source", "create", "beacons", "--channel", "iot", "--data", str(server.data))
    becomes(lambda: state_of(server, "beacons"), "running")
    size = len(packets) // PORTIONS + 1
    for start in range(0, len(packets), size):
        some = packets[start : start + size]
        publish(broker.port, some)
        becomes(lambda: kill_input(server, "beacons") != 0, True)
        if start % (2 * size) == 0:
            broker.stop()
            broker.start()
        else:
            broker.kill()
            broker.start()
            publish(broker.port, some)  # a device whose broker died sends again what it is not sure of
    becomes(lambda: server.count(source=made["id"]), heard)
    publish(broker.port, packets[-size:])
    becomes(lambda: server.count(source=made["id"]), heard)
    becomes(lambda: server.get("health")["alarms"], [])
    assert server.get("health")["lost"] == 0


def test_chats_become_events_of_their_conversation(server: RunningServer, chats: Path) -> None:
    rows = data_set("bitext_support_intents", "Bitext_Sample_Customer_Service_Validation_Dataset.csv.gz")
    with (chats / "monday.txt").open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows):
            file.write(f"2026-01-05 08:{number // 60 % 60:02}:{number % 60:02} customer: {row['utterance']}\n")
    becomes(lambda: server.count(event="Support Message"), len(rows))
    says_cancel = {"cancel", "cancelling", "canceling"}
    by_hand = sum(1 for row in rows if says_cancel & set(row["utterance"].lower().replace("?", " ").split()))
    assert by_hand > 20
    events = server.pages("events", "events", event="Support Message", limit="1000", fresh="true")
    told = [event["properties"] for event in events]
    assert sum(properties.get("intent") == "cancel_order" for properties in told) == by_hand
    assert {properties["side"] for properties in told} == {"customer"}
    becomes(lambda: said_by_doctor(server, "input chats"), [f"well: {len(rows)} taken, 0 of them set aside"])

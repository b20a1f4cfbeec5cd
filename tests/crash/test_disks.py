"""Disks that fail: full, read-only, or without the event store. Nothing acknowledged is lost, and nobody has to help.

The servers are real, and so are the disks: a small tmpfs is mounted on the data folder.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers import RunningServer, free_port
from shop import batches
from small_disk import MEGABYTE, SmallDisk, small_disk

pytestmark = pytest.mark.crash

DISK_MB = 160
RESERVE = 8 * MEGABYTE
BATCHES = 200
SIZE = 20
SOON_S = 90.0


@dataclass
class Client:
    """Sends every batch until it is acknowledged, and remembers what it was told on the way."""

    server: RunningServer
    work: list[list[dict[str, Any]]]
    pause_s: float = 0.02
    acknowledged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    retry_after: set[str] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Client:
        self._thread = threading.Thread(target=self._send_all)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self._thread.join()

    def _send_all(self) -> None:
        with httpx.Client(auth=(self.server.write_key, ""), timeout=10, trust_env=False) as client:
            for batch in self.work:
                while not self._try(client, batch):
                    if self.done.wait(0.1):
                        return
                self.acknowledged.update(item["messageId"] for item in batch)
                time.sleep(self.pause_s)
        self.done.set()

    def _try(self, client: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        try:
            answer = client.post(f"{self.server.url}/v1/batch", json={"batch": batch})
        except httpx.TransportError:
            self.statuses[0] += 1
            return False
        self.statuses[answer.status_code] += 1
        if answer.status_code == 503:
            self.retry_after.add(answer.headers.get("retry-after", ""))
        return answer.status_code == 200


def soon(what: str, holds: Callable[[], object], server: RunningServer) -> None:
    """Wait until something holds; fail with its name and the server's log when it never does."""
    deadline = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {SOON_S:g} s: {what}\n{server.log()}"
        assert server.process is not None
        assert server.process.poll() is None, f"zuji serve ended:\n{server.log()}"
        time.sleep(0.1)


def health(server: RunningServer) -> tuple[int, dict[str, Any]]:
    """What the gateway says of itself; status 0 when nobody answers."""
    try:
        answer = httpx.get(f"{server.url}/health", timeout=10, trust_env=False)
    except httpx.TransportError:
        return 0, {}
    return answer.status_code, answer.json()


def last_said(data: Path) -> str:
    """The alarms in the engine's last report, which lies on the machine and is shown to nobody else."""
    return " ".join(json.loads((data / "status.json").read_bytes())["alarms"])


def assert_exactly_once(server: RunningServer, work: list[list[dict[str, Any]]], acknowledged: set[str]) -> None:
    """What was sent was acknowledged in the end, and is there once; the books close and say that nothing is lost."""
    sent = {item["messageId"] for batch in work for item in batch if item.get("event") != "Nobody"}
    assert sent <= acknowledged
    server.count()
    found = Counter(event["event_id"] for event in server.pages("events", "events", limit="1000"))
    assert set(found) == sent
    assert {event: times for event, times in found.items() if times != 1} == {}
    assert server.get("accounting")["closed"]
    soon("health is good again", lambda: is_well(health(server)[1]), server)


def is_well(said: dict[str, Any]) -> bool:
    """Nothing waits, nothing is lost, nothing is wrong."""
    return (said.get("status"), said.get("lost"), said.get("rows_waiting"), said.get("alarms")) == ("ok", 0, 0, 0)


@contextmanager
def serving(folder: Path, *, reserve: int = RESERVE) -> Iterator[tuple[RunningServer, SmallDisk]]:
    """A server whose data folder is a small disk, `reserve` bytes of which the spool leaves free."""
    with small_disk(folder, megabytes=DISK_MB) as disk:
        settings = f"[spool]\nmin_free_bytes = {reserve}\nsegment_bytes = {MEGABYTE}\nkeep_taken_bytes = 0\n"
        (folder / "zuji.toml").write_text(settings)
        with RunningServer(folder) as server:
            yield server, disk


def test_before_the_disk_is_full_clients_are_asked_to_wait(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (server, disk), Client(server, batches(1, BATCHES, SIZE)) as client:
        soon("some events went in", lambda: client.statuses[200] > 20, server)
        disk.fill(leave=RESERVE // 2)
        soon("the client hears of it", lambda: client.statuses[503] > 5, server)
        status, said = health(server)
        assert (status, said["status"], said["accepting"]) == (503, "refusing", False)
        assert "must stay free" in said["spool"]["reason"]
        disk.clear()
        soon("everything is sent", client.done.is_set, server)
        assert client.retry_after == {"5"}
        assert set(client.statuses) <= {200, 503}
        assert_exactly_once(server, client.work, client.acknowledged)


def test_a_disk_that_is_full_to_the_last_byte_loses_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data", reserve=0) as (server, disk), Client(server, batches(2, BATCHES, SIZE)) as client:
        soon("some events went in", lambda: client.statuses[200] > 20, server)
        disk.fill()
        soon("the client hears of it", lambda: client.statuses[503] > 5, server)
        for _ in range(30):  # whatever the engine gives back meanwhile is gone at once
            disk.fill()
            time.sleep(0.1)
        soon("health tells", lambda: refuses(server, disk), server)
        disk.clear()
        soon("everything is sent", client.done.is_set, server)
        assert client.retry_after == {"5"}
        assert_exactly_once(server, client.work, client.acknowledged)


def refuses(server: RunningServer, disk: SmallDisk) -> bool:
    """Whether health says that nothing is taken in; it does not while the engine has just given something back."""
    disk.fill()
    status, said = health(server)
    return (status, said.get("accepting")) == (503, False)


def test_a_server_that_starts_on_a_full_disk_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with serving(tmp_path / "data", reserve=0) as (server, disk):
        work = batches(3, 40, SIZE)
        with Client(server, work[:20], pause_s=0) as client:
            soon("everything is sent", client.done.is_set, server)
            stop_hard(server)
        disk.fill()
        start_patiently(server)
        with Client(server, work[20:], acknowledged=client.acknowledged) as again:
            soon("the client hears of it", lambda: again.statuses[503] > 3, server)
            disk.clear()
            soon("everything is sent", again.done.is_set, server)
        assert again.retry_after == {"5"}
        assert_exactly_once(server, work, again.acknowledged)


def test_a_server_that_starts_on_a_read_only_disk_goes_on_when_it_can_be_written(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (server, disk):
        work = batches(4, 40, SIZE)
        with Client(server, work[:20], pause_s=0) as client:
            soon("everything is sent", client.done.is_set, server)
            stop_hard(server)
        disk.remount("ro")
        start_patiently(server)
        with Client(server, work[20:], acknowledged=client.acknowledged) as again:
            soon("the client hears of it", lambda: again.statuses[503] > 3, server)
            status, said = health(server)
            assert (status, said["accepting"]) == (503, False)
            assert "cannot be opened" in said["spool"]["reason"]
            disk.remount("rw")
            soon("everything is sent", again.done.is_set, server)
        assert again.retry_after == {"5"}
        assert_exactly_once(server, work, again.acknowledged)


def stop_hard(server: RunningServer) -> None:
    """Kill all its processes, as a machine that fails does, so that work is left for the next start."""
    assert server.process is not None
    children = server.child_pids()
    server.process.kill()
    server.process.wait()
    for pid in children.values():
        os.kill(pid, signal.SIGKILL)


def start_patiently(server: RunningServer) -> None:
    """Start without waiting for the engine: it may have no chance yet."""
    server.start_process()
    soon("somebody answers", lambda: health(server)[0], server)


def _moved_away(events: Path) -> None:
    """The disk of the events is not there."""


def _not_mounted(events: Path) -> None:
    """The folder is there and its disk is not."""
    events.mkdir()


def _something_else(events: Path) -> None:
    events.write_text("not a folder")


@pytest.mark.parametrize("in_its_place", [_moved_away, _not_mounted, _something_else])
def test_without_its_event_store_the_server_takes_in_and_tells_and_goes_on_when_it_is_back(
    in_its_place: Callable[[Path], None], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    events, away = data / "events", tmp_path / "away"
    with RunningServer(data) as server:
        work = batches(5, 40, SIZE)
        with Client(server, work[:20]) as client:
            soon("everything is sent", client.done.is_set, server)
        server.count()
        server.stop()
        shutil.move(events, away)
        in_its_place(events)

        start_patiently(server)
        with Client(server, work[20:], 0, client.acknowledged) as again:
            soon("everything is taken in all the same", again.done.is_set, server)
        assert set(again.statuses) == {200}
        soon("health tells", lambda: health(server)[1].get("alarms") == 1 and "event store" in last_said(data), server)
        status, said = health(server)
        assert (status, said["status"], said["accepting"]) == (200, "degraded", True)
        asked = httpx.get(f"{server.url}/api/v1/events/count", trust_env=False, timeout=60)
        assert (asked.status_code, asked.headers["retry-after"]) == (503, "2")

        if events.is_dir():
            events.rmdir()
        events.unlink(missing_ok=True)
        shutil.move(away, events)
        server.wait_ready()
        assert_exactly_once(server, work, again.acknowledged)


def test_with_a_store_server_that_does_not_answer_events_are_taken_in_and_health_tells(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with RunningServer(data) as server:
        server.stop()
        settings = data / "zuji.toml"
        settings.write_text(f'[store]\nlocation = "http://127.0.0.1:{free_port()}"\n')
        start_patiently(server)
        with Client(server, batches(6, 20, SIZE), pause_s=0) as client:
            soon("everything is taken in all the same", client.done.is_set, server)
        assert set(client.statuses) == {200}
        soon("health tells", lambda: health(server)[1].get("alarms") == 1 and "event store" in last_said(data), server)
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(90) == 0

        settings.unlink()
        server.start()
        assert_exactly_once(server, client.work, client.acknowledged)

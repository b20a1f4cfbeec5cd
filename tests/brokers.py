"""A real MQTT broker for tests: Mosquitto as Debian has it, on a free port of this machine, keeping its sessions."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servers import free_port

if TYPE_CHECKING:
    from paho.mqtt.client import Client

READY_WITHIN_S = 30.0
PUBLISHED_WITHIN_S = 60.0
WHY_NOT = "there is no mosquitto here; on Debian: apt-get install mosquitto"


@dataclass
class Broker:
    """One broker whose memory lies in `folder`; it may be stopped, killed and started again."""

    folder: Path
    more: str = "allow_anonymous true"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\npersistence true\npersistence_location {self.folder}/\n"
            f"max_queued_messages 100000\nmax_inflight_messages 500\nset_tcp_nodelay true\n{self.more}\n"
        )
        command = [_executable(), "-c", str(config)]
        if _is_root():
            config.write_text(f"user root\n{config.read_text()}")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait_ready()

    def stop(self) -> None:
        """In good order: it writes down what it holds for sessions."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """It forgets what it had not written down."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text())


def a_broker(folder: Path, *, more: str = "allow_anonymous true") -> Broker:
    """A broker that runs; the test is skipped with the reason where there is none."""
    if not _executable():
        pytest.skip(WHY_NOT)
    broker = Broker(folder, more=more)
    broker.start()
    return broker


def publish(port: int, packets: list[tuple[str, bytes]]) -> None:
    """Hand packets to a broker at QoS 1; when this returns it has acknowledged every one."""
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    client = Client(CallbackAPIVersion.VERSION2)
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(200)
    client.connect("127.0.0.1", port)
    deadline = time.monotonic() + PUBLISHED_WITHIN_S
    while not client.is_connected():
        _turn(client)
        assert time.monotonic() < deadline, "the broker does not answer"
    waiting = [client.publish(topic, payload, qos=1) for topic, payload in packets]
    while waiting := [sent for sent in waiting if not sent.is_published()]:
        _turn(client)
        assert time.monotonic() < deadline, f"{len(waiting)} packets were not acknowledged"
    client.disconnect()


def _turn(client: Client) -> None:
    """Read and write what there is. The library's own loop selects, and this process may have too many files open."""
    connection = client.socket()
    assert connection is not None, "the broker hung up"
    poller = select.poll()
    poller.register(connection, select.POLLIN | (select.POLLOUT if client.want_write() else 0))
    poller.poll(100)
    client.loop_read()
    client.loop_write()
    client.loop_misc()


def _executable() -> str:
    return shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto") or ""


def _is_root() -> bool:
    return os.geteuid() == 0

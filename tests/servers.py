"""A real zuji in processes of its own, for tests that must not know its insides."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

SOURCE = Path(__file__).resolve().parent.parent / "src"
READY_WITHIN_S = 60.0


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def zuji(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line to its end."""
    command = [sys.executable, "-m", "zuji.cli", *arguments]
    return subprocess.run(command, env=_environment(), capture_output=True, text=True, timeout=120, check=False)


def zuji_json(*arguments: str) -> dict[str, Any]:
    """Run one command with --json; what it printed. Fails the test with its words when it fails."""
    done = zuji(*arguments, "--json")
    assert done.returncode == 0, f"zuji {' '.join(arguments)}: {done.stdout}{done.stderr}"
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


@dataclass
class RunningServer:
    """`zuji serve` on a folder, as a context manager; `url`, the keys of a source and an owner token are ready then."""

    data: Path
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    write_key: str = ""
    secret_key: str = ""
    token: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> RunningServer:
        self.start()
        made = zuji_json("source", "create", "tests", "--data", str(self.data))
        self.write_key, self.secret_key = made["write_key"], made["secret_key"]
        self.token = zuji_json("token", "create", "--role", "owner", "--data", str(self.data))["token"]
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it accepts and its engine answers."""
        self.start_process()
        self.wait_ready()

    def start_process(self) -> None:
        """Start, and leave it to the caller what to wait for."""
        log = (self.data.parent / f"{self.data.name}.log").open("ab")
        command = [sys.executable, "-m", "zuji.cli", "serve", "--data", str(self.data), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, *self.options], env=_environment(), stdout=log, stderr=log)

    def wait_ready(self) -> None:
        """Until the gateway and the engine answer."""
        deadline = time.monotonic() + READY_WITHIN_S
        with httpx.Client(base_url=self.url, timeout=2) as client:  # one for all: making it costs what a start lacks
            while time.monotonic() < deadline:
                assert self.process is not None
                assert self.process.poll() is None, f"zuji serve ended with {self.process.returncode}:\n{self.log()}"
                try:
                    answers = client.get("/health").is_success
                    engine = client.get("/api/v1/events/count").status_code == 401
                except httpx.TransportError:
                    answers = engine = False
                if answers and engine:
                    return
                time.sleep(0.05)
        raise AssertionError(f"not ready after {READY_WITHIN_S} s:\n{self.log()}")

    def stop(self) -> int:
        """Ask it to end in good order; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def kill(self, process_name: str) -> bool:
        """SIGKILL one of its processes: "engine" or "gateway-1". False when that one is not running just now."""
        pid = self.child_pids().get(process_name)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def child_pids(self) -> dict[str, int]:
        """Process ids by role, as the kernel knows them: spawned children in the order of the roles."""
        assert self.process is not None
        found: dict[str, int] = {}
        for pid in _children(self.process.pid):
            name = _role(pid)
            if name:
                found[name] = pid
        return found

    def get(self, path: str, **parameters: str) -> Any:
        """GET an API route as the owner; the parsed answer. Retries while the engine is coming back."""
        for _ in range(240):
            try:
                answer = httpx.get(
                    f"{self.url}/api/v1/{path}",
                    params=parameters,
                    headers={"Authorization": f"Bearer {self.token}"},
                    timeout=120,
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in (502, 503):
                break
            time.sleep(0.25)
        assert answer is not None, f"{path}: no answer"
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def count(self, **filters: str) -> int:
        """How many events match, everything acknowledged before included."""
        number: int = self.get("events/count", fresh="true", **filters)["count"]
        return number

    def pages(self, path: str, key: str, **parameters: str) -> Iterator[dict[str, Any]]:
        """Every item of a paged route."""
        cursor: str | None = None
        while True:
            page = self.get(path, **parameters, **({"cursor": cursor} if cursor else {}))
            yield from page[key]
            cursor = page.get("next")
            if not cursor:
                return

    def log(self) -> str:
        """The end of what it printed."""
        return (self.data.parent / f"{self.data.name}.log").read_text(errors="replace")[-6000:]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1", "NO_PROXY": "127.0.0.1"}


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _role(pid: int) -> str:
    """A gateway holds the lock of its spool (the engine only reads there); Python's resource tracker is neither."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        files = {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:
        return ""
    if b"resource_tracker" in command:
        return ""
    return "gateway-1" if any(file.endswith("/spool/gateway-1/lock") for file in files) else "engine"

"""Reading profiles at page time while events come in: how long one takes, and what it costs.

    python bench/profile_reads.py [--reads 500] [--events 2000] [--seconds 20]

The events come from a process of their own (`bench/load.py`), the reads from this one, on a fixed beat: a read that has
to wait for its turn counts with its waiting. Yardstick: the same beat against `/health`, which the gateway
answers by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import uvloop

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src"), str(ROOT / "bench")]

from load import Connection  # noqa: E402
from pipeline import load  # noqa: E402

from servers import RunningServer  # noqa: E402

PEOPLE = 10_000
CONNECTIONS = 16


async def read(url: str, heads: list[bytes], *, rate: float, seconds: float) -> list[float]:
    """Milliseconds of each read, from the moment it was due."""
    address = urlsplit(url)
    took: list[float] = []
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        idle.put_nowait((await loop.create_connection(Connection, address.hostname or "", address.port or 80))[1])

    async def one(number: int, due: float) -> None:
        connection = await idle.get()
        status, _ = await connection.ask(heads[number % len(heads)], b"")
        idle.put_nowait(connection)
        assert status == 200, status
        took.append((time.perf_counter() - due) * 1000)

    started = time.perf_counter()
    running = []
    for number in range(int(rate * seconds)):
        due = started + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        running.append(asyncio.ensure_future(one(number, due)))
    await asyncio.gather(*running)
    return took


def head(server: RunningServer, path: str) -> bytes:
    """A GET with the owner's token."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.token}\r\n\r\n".encode()


def processor_s(pid: int) -> float:
    """Processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(server: RunningServer, title: str, paths: list[str], asked: argparse.Namespace) -> None:
    """One line: percentiles, and processor time a read of gateway and engine beyond what events cost."""
    pids = server.child_pids()
    before = {name: processor_s(pid) for name, pid in pids.items()}
    heads = [head(server, path) for path in paths]
    took = uvloop.run(read(server.url, heads, rate=asked.reads, seconds=asked.seconds))
    used = {name: 1000 * (processor_s(pid) - before[name]) / len(took) for name, pid in pids.items()}
    p50, p99 = (float(np.percentile(took, part)) for part in (50, 99))
    costs = ", ".join(f"{name} {ms:.2f}" for name, ms in used.items())
    print(f"{title:58} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   processor ms a read: {costs}")


def main() -> int:
    """Measure with and without events coming in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reads", type=float, default=500, help="a second")
    parser.add_argument("--events", type=float, default=2_000, help="a second")
    parser.add_argument("--seconds", type=float, default=20)
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {asked.reads:.0f} reads a second")
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder) / "data") as server:
        load(server.url, server.write_key, seconds=5, rate=10_000, people=PEOPLE, new_people=0)
        server.get("events/count", fresh="true")
        rng = random.Random(1)
        known = server.get("profiles", limit="1000")["profiles"]
        profiles = [f"/api/v1/profiles/profile:{one['id']}" for one in known]
        rng.shuffle(profiles)
        measure(server, "yardstick: /health, answered by the gateway", ["/health"], asked)
        measure(server, "profiles, nothing else", profiles, asked)
        events = threading.Thread(
            target=load,
            args=(server.url, server.write_key),
            kwargs={"seconds": asked.seconds + 4, "rate": asked.events, "batch": 10},
        )
        events.start()
        time.sleep(2)
        measure(server, f"profiles, {asked.events:.0f} events a second", profiles, asked)
        events.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())

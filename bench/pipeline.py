"""HTTP to queryable, end to end, beside yardsticks of the same run: a bare ASGI app and raw engine inserts.

    python bench/pipeline.py                 every measurement (about ten minutes; wants an idle machine)
    python bench/pipeline.py sustained       one of them
    python bench/pipeline.py start-20m       not among "every": it fills a store for a quarter of an hour first

Every figure comes with the ratio to its yardstick, because machines differ and are noisy. The load comes from a
process of its own (`bench/load.py`) on the same cores. Counts are checked to be exact.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from servers import RunningServer, free_port  # noqa: E402

Figures = dict[str, Any]


def load(url: str, key: str, *, seconds: float, batch: int = 100, rate: float = 0, **more: float) -> Figures:
    """Run the load process to its end; what it printed."""
    command = [sys.executable, str(ROOT / "bench" / "load.py"), "--url", url, "--key", key]
    options = {"seconds": seconds, "batch": batch, "rate": rate, **more}
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def bare_app(url_port: int) -> subprocess.Popen[bytes]:
    """Yardstick (a): an ASGI app on the same server that only parses the JSON."""
    code = (
        "import msgspec, uvicorn\n"
        "async def app(scope, receive, send):\n"
        "    body = b''\n"
        "    while True:\n"
        "        part = await receive(); body += part.get('body', b'')\n"
        "        if not part.get('more_body'): break\n"
        "    msgspec.json.decode(body)\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', b'2')]})\n"
        "    await send({'type': 'http.response.body', 'body': b'{}'})\n"
        f"uvicorn.run(app, port={url_port}, lifespan='off', log_level='error', access_log=False,"
        " http='httptools', loop='uvloop')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    _wait_for_port(url_port)
    return process


def _wait_for_port(port: int) -> None:
    for _ in range(200):
        try:
            httpx.post(f"http://127.0.0.1:{port}/", json={}, timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the yardstick did not start")


def yardstick_http() -> Figures:
    """What the same web server and the same load reach when nothing is done with the events."""
    port = free_port()
    process = bare_app(port)
    try:
        url = f"http://127.0.0.1:{port}"
        return {
            "bare app, batches of 100, events/s": load(url, "x", seconds=10)["events_per_s"],
            "bare app, single events, requests/s": load(url, "x", seconds=10, batch=1, connections=32)["events_per_s"],
        }
    finally:
        process.kill()
        process.wait()


def yardstick_inserts() -> Figures:
    """What the engine stores when it is given finished rows: the same table, 5,000 rows an insert, all synced."""
    code = (
        "import sys, time\n"
        f"sys.path[:0] = [{str(ROOT / 'src')!r}, {str(ROOT / 'bench')!r}]\n"
        "from finished_rows import finished_rows\n"
        "from zuji.store.events import EventStore\n"
        "store = EventStore.open(sys.argv[1])\n"
        "tables = [finished_rows(5_000, first=number * 5_000) for number in range(100)]\n"
        "started = time.perf_counter()\n"
        "for table in tables: store.insert(table)\n"
        "print(500_000 / (time.perf_counter() - started))\n"
        "store.close()\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    return {"raw inserts, rows/s": round(float(done.stdout.split()[-1]))}


def gateway_alone() -> Figures:
    """The gateway with its engine stopped: decode, check, write down durably, acknowledge."""
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder) / "data") as server:
        stop_engine(server)
        lift_caps(server.data)
        batches = load(server.url, server.write_key, seconds=15)
        single = load(server.url, server.write_key, seconds=15, batch=1, connections=32)
        return {
            "gateway alone, batches of 100, events/s": batches["events_per_s"],
            "gateway alone, batches of 100, ack p99 ms": batches["ack_p99_ms"],
            "gateway alone, single events, requests/s": single["events_per_s"],
            "gateway alone, single events, ack p99 ms": single["ack_p99_ms"],
            "gateway, resident MB": round(resident_mb(server.child_pids()["gateway-1"])),
        }


def lift_caps(data: Path) -> None:
    """Let one address and one key call as often as they can: a source's own caps allow 2,000 requests a second.

    The frozen engine does not write its snapshot again, and the gateway reads a new one within half a second.
    """
    snapshot = json.loads((data / "keys.json").read_bytes())
    for entry in snapshot["keys"]:
        settings = entry["source"].setdefault("settings", {})
        settings |= {"requests_per_minute_per_key": 10**9, "requests_per_minute_per_address": 10**9}
    draft = data / "keys.lifted"
    draft.write_text(json.dumps(snapshot))
    draft.replace(data / "keys.json")
    time.sleep(1)


def stop_engine(server: RunningServer) -> None:
    """Freeze the engine (it costs nothing then) instead of ending it: the supervisor would start another."""
    os.kill(server.child_pids()["engine"], 19)  # SIGSTOP


def sustained(rate: float, seconds: float, *, questions: bool = False) -> Figures:
    """A rate over minutes with the whole pipeline on, from an empty store."""
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder) / "data") as server:
        return keep_up(server, rate, seconds, questions=questions)


def keep_up(server: RunningServer, rate: float, seconds: float, *, questions: bool, before: int = 0) -> Figures:
    """A rate over minutes; the backlog at the end; exact counts (`before` were there already); memory."""
    engine = server.child_pids()["engine"]
    first_mb = resident_mb(engine)
    peak = Peak(engine)
    asker = Asker(server) if questions else None
    sent = load(server.url, server.write_key, seconds=seconds, rate=rate)
    ended = time.perf_counter()
    counted = server.get("events/count", fresh="true")["count"]
    backlog_s = time.perf_counter() - ended
    if asker:
        asker.stop()
    peak_mb = peak.stop()
    assert counted == sent["events"] + before, f"{counted} stored, {sent['events']} acknowledged after {before}"
    title = f"HTTP to queryable at {rate:,.0f}/s for {seconds:.0f} s"
    title += f" on {before:,} events" if before else ""
    title += ", asked twice a second" if questions else ""
    figures = {
        f"{title}: acknowledged events/s": sent["events_per_s"],
        f"{title}: ack p99 ms": sent["ack_p99_ms"],
        f"{title}: backlog at the end, s": round(backlog_s, 2),
        f"{title}: engine resident MB, before / peak": f"{first_mb:.0f} / {peak_mb:.0f}",
    }
    if asker:
        figures[f"{title}: question p50 ms"] = round(median(asker.took_ms), 1)
    return figures


class Peak:
    """The largest resident memory of a process while it was watched."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(0.5):
            self._peak = max(self._peak, resident_mb(self._pid))

    def stop(self) -> float:
        """The peak in MB."""
        self._stopping.set()
        self._thread.join()
        return self._peak


class Asker:
    """Asks for a count by event every half second, as a dashboard does."""

    def __init__(self, server: RunningServer) -> None:
        self.took_ms: list[float] = []
        self._server = server
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(0.5):
            started = time.perf_counter()
            self._server.get("events/count", event="Product Viewed")
            self.took_ms.append((time.perf_counter() - started) * 1000)

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()
        self._thread.join()


def latency(rate: float, *, questions: bool = False) -> Figures:
    """Receipt to queryable: a probe event is sent and asked for by its message id until it is counted."""
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder) / "data") as server:
        asker = Asker(server) if questions else None
        background = threading.Thread(
            target=load, args=(server.url, server.write_key), kwargs={"seconds": 30, "rate": rate}
        )
        if rate:
            background.start()
            time.sleep(3)
        with httpx.Client(base_url=server.url, timeout=60) as client:
            took = [probe(client, server, number) for number in range(100)]
        if rate:
            background.join()
        if asker:
            asker.stop()
        name = f"receipt to queryable at {rate:,.0f}/s" + (", asked twice a second" if questions else "")
        cuts = quantiles(took, n=100)
        return {f"{name}, p50 / p99 ms": f"{median(took):.0f} / {cuts[98]:.0f}"}


def probe(client: httpx.Client, server: RunningServer, number: int) -> float:
    """Milliseconds from sending one event until it is counted; includes both requests, over a connection kept open."""
    message = {"type": "track", "event": "Probe", "messageId": f"probe-{number}", "userId": "probe"}
    asked = {"message_id": f"probe-{number}"}
    token = {"Authorization": f"Bearer {server.token}"}
    started = time.perf_counter()
    client.post("/v1/track", json=message, auth=(server.write_key, "")).raise_for_status()
    while client.get("/api/v1/events/count", params=asked, headers=token).json()["count"] == 0:
        time.sleep(0.01)  # a probe that asks without a breath takes a core from what it measures
    took = (time.perf_counter() - started) * 1000
    time.sleep(0.1)
    return took


def start_time(events: float, *, then_sustained: bool = False) -> Figures:
    """How long a start takes on a store that was filled through the front door, and the memory it settles at."""
    with tempfile.TemporaryDirectory() as folder:
        with RunningServer(Path(folder) / "data") as server:
            sent = load(server.url, server.write_key, seconds=events / FILLING, rate=FILLING, days=60, people=400_000)
            assert server.count() == sent["events"]
        started = time.perf_counter()
        server.start()
        took = time.perf_counter() - started
        time.sleep(3)
        figures: Figures = {
            f"start on {sent['events']:,} events, s": round(took, 2),
            f"engine resident MB on {sent['events']:,} events": round(resident_mb(server.child_pids()["engine"])),
        }
        if then_sustained:
            figures |= keep_up(server, 30_000, 120, questions=True, before=int(sent["events"]))
        server.stop()
        return figures


FILLING = 25_000
"""Events a second; what the engine keeps up with, so that it is not filling still when it is stopped."""

MEASUREMENTS: dict[str, Callable[[], Figures]] = {
    "yardstick-http": yardstick_http,
    "yardstick-inserts": yardstick_inserts,
    "gateway": gateway_alone,
    "sustained": lambda: sustained(30_000, 120),
    "sustained-asked": lambda: sustained(30_000, 60, questions=True),
    "fast": lambda: sustained(45_000, 60),
    "faster": lambda: sustained(60_000, 60),
    "lone": lambda: latency(0),
    "latency": lambda: latency(5_000),
    "latency-asked": lambda: latency(5_000, questions=True),
    "start": lambda: start_time(2_000_000),
    "start-20m": lambda: start_time(20_000_000, then_sustained=True),
}
LONG = frozenset({"start-20m"})


def main() -> int:
    """Measure what was named, or everything, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    names = parser.parse_args().names or [name for name in MEASUREMENTS if name not in LONG]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a start finds what the one before compiled, as everywhere else
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    for name in names:
        for what, figure in MEASUREMENTS[name]().items():
            print(f"{what:75} {figure:>18,}" if not isinstance(figure, str) else f"{what:75} {figure:>18}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

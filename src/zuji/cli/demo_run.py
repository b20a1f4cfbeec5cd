"""What `zuji demo` does: a server if none runs, the shop's history through its gateway, live traffic, the check."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from zuji.cli.asking import ADDRESS_FILE, RunningEngine, running_engine
from zuji.cli.clock import now_ms
from zuji.cli.output import print_json, say
from zuji.cli.tag import publish_starters
from zuji.demo import story
from zuji.demo.options import DemoKeys, DemoOptions
from zuji.demo.progress import Progress
from zuji.terms.error import BadRequest, Busy, ZujiError

NOTE = "demo.json"
READY_WITHIN_S = 60.0
END_WITHIN_S = 90.0
STORED_WITHIN_S = 300.0
SOURCES: dict[str, tuple[str, str]] = {
    "web": ("web", "public"),
    "app": ("app", "public"),
    "mini_program": ("mini_program", "public"),
    "pos": ("pos", "secret"),
    "support": ("support", "secret"),
    "crm": ("crm", "secret"),
}
"""The demo's sources: name -> (channel, kind of the key its clients use)."""


class Note(msgspec.Struct, frozen=True):
    """Which world a folder holds, so that a later start goes on with the same one."""

    people: int
    days: int
    seed: int
    end_ms: int
    loaded: bool = False

    @property
    def options(self) -> DemoOptions:
        """As the demo takes them."""
        end = datetime.fromtimestamp(self.end_ms / 1000, UTC)
        return DemoOptions(end=end, people=self.people, days=self.days, seed=self.seed)


class Wish(msgspec.Struct, frozen=True):
    """What was asked for on the command line."""

    data: Path
    host: str | None
    port: int | None
    people: int
    days: int
    seed: int
    rate: float
    check: bool
    as_json: bool


def run_demo(wish: Wish) -> int:
    """Load what is not loaded yet; then check, or keep the world alive until Ctrl-C. Gives the exit code."""
    data, quiet = wish.data, wish.as_json
    wanted = Note(wish.people, wish.days, wish.seed, now_ms())
    with _ended_by_signals(), _server(data, wish.host, wish.port, quiet=wish.check or quiet) as engine:
        address = (data / ADDRESS_FILE).read_text(encoding="utf-8").strip()
        note = _note_of(data, wanted)
        if wish.check and note.loaded:  # sends nothing: new keys would end a demo that goes on in another terminal
            return _check(engine, data, address, as_json=quiet)
        keys = _keys(engine)
        world = None if note.loaded else _load(data, note, address, keys, quiet=quiet)
        if wish.check:
            return _check(engine, data, address, as_json=quiet)
        threading.Thread(target=_give_tags, args=(engine,), name="tags", daemon=True).start()
        if wish.rate <= 0:
            say("Loaded. Ctrl-C ends.")
            signal.pause()
        say(f"About {wish.rate:g} live messages a second now. Watch them: zuji tail --data {data}   Ctrl-C ends.")
        story.run_live(note.options, address, keys, now_ms=now_ms, rate=wish.rate, world=world)
    return 0


def _note_of(data: Path, wanted: Note) -> Note:
    """The world of this folder: the one that was wanted, or the same from an earlier start."""
    file = data / NOTE
    note = msgspec.json.decode(file.read_bytes(), type=Note) if file.exists() else wanted
    if (note.people, note.days, note.seed) != (wanted.people, wanted.days, wanted.seed):
        raise BadRequest(
            f"{data} holds the demo of {note.people} people, {note.days} days, seed {note.seed} already. "
            "Ask for the same, or name another folder with --data."
        )
    return note


def _load(data: Path, note: Note, address: str, keys: DemoKeys, *, quiet: bool) -> Any:
    """Send the history of this world, and note that it was."""
    file = data / NOTE
    file.write_bytes(msgspec.json.encode(note))
    started = time.monotonic()
    folder = data / story.TRUTH_FOLDER
    loaded = story.load(note.options, address, keys, folder=folder, now_ms=now_ms, tell=_silent if quiet else _Teller())
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(note, loaded=True)))
    if not quiet:
        say(f"Sent {loaded.tally.messages:,} messages in {time.monotonic() - started:.0f} s.")
    return loaded.world


def _give_tags(engine: RunningEngine) -> None:
    """A shop without tags would show half of what there is. Those that were published before, or ended, stay so."""
    try:
        _wait_until_stored(engine)
        done = publish_starters(engine, "default")
    except ZujiError as failure:
        say(f"The tags to start with were not published: {failure} Publish them: zuji tag starter --publish")
    else:
        if done:
            say(f"Published {len(done)} tags and segments to start with; they are live from now on.")


def _check(engine: RunningEngine, data: Path, address: str, *, as_json: bool) -> int:
    """Print the report; 0 when every bar was reached."""
    _wait_until_stored(engine)
    token = engine.ask("POST", "/api/v1/tokens", body={"role": "owner", "name": "demo check", "expires_in_days": 1})
    try:
        report = story.check(data / story.TRUTH_FOLDER, address, token["token"], tell=_silent if as_json else _Teller())
    finally:
        engine.ask("DELETE", f"/api/v1/tokens/{token['id']}")
    if as_json:
        scores = [msgspec.to_builtins(score) for score in report.scores]
        print_json({"passed": report.passed, "scores": scores})
    else:
        for score in report.scores:
            say(str(score))
    return 0 if report.passed else 1


def _wait_until_stored(engine: RunningEngine) -> None:
    """A history sent at full speed is acknowledged some time before all of it is stored."""
    deadline = time.monotonic() + STORED_WITHIN_S
    while True:
        try:
            engine.ask("GET", "/api/v1/events/count", query={"fresh": "true"})
        except Busy:
            if time.monotonic() >= deadline:
                raise
        else:
            return


def _keys(engine: RunningEngine) -> DemoKeys:
    """Fresh keys for the demo's sources: the former ones are known to nobody, since only hashes are kept."""
    known = {source["name"] for source in engine.ask("GET", "/api/v1/sources")["sources"]}
    keys: dict[str, str] = {}
    for door, (channel, kind) in SOURCES.items():
        name = f"demo-{door}"
        if name in known:
            keys[door] = engine.ask("POST", f"/api/v1/sources/{name}/keys/rotate", body={"kind": kind})["key"]
        else:
            made = engine.ask("POST", "/api/v1/sources", body={"name": name, "channel": channel})
            keys[door] = made["write_key" if kind == "public" else "secret_key"]
    return DemoKeys(**keys)


@contextmanager
def _server(data: Path, host: str | None, port: int | None, *, quiet: bool) -> Iterator[RunningEngine]:
    """The running engine of the folder, or a new server that ends with this command."""
    if engine := running_engine(data):
        yield engine
        return
    options = [("--host", host), ("--port", port)]
    given = [str(part) for name, value in options if value is not None for part in (name, value)]
    command = [sys.executable, "-m", "zuji.cli", "serve", "--data", str(data), *given]
    server = subprocess.Popen(command, stdout=sys.stderr if quiet else None)  # noqa: S603 - our own program
    try:
        yield _wait_ready(data, server)
    finally:
        server.terminate()
        server.wait(END_WITHIN_S)


def _wait_ready(data: Path, server: subprocess.Popen[bytes]) -> RunningEngine:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Busy("the server did not start; its words above say why.")
        if engine := running_engine(data):
            return engine
        time.sleep(0.1)
    raise Busy(f"the server was not ready within {READY_WITHIN_S:.0f} s; its words above say why.")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does: the server it started is ended in good order."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _silent(progress: Progress) -> None:
    """Say nothing: standard output is for the document."""


class _Teller:
    """Says how far it is, every few seconds at most."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < 2:
            return
        self._last = now
        of = f" of {progress.total:,}" if progress.total else ""
        stage = progress.stage.replace("_", " ")
        say(f"{stage}: {progress.done:,}{of}" + (f", {progress.messages:,} messages" if progress.messages else ""))

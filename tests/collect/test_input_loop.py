"""The loop that all inputs share: nothing is settled before it is in the spool, and every failure is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from gateway_world import KEY, NOON, an_entry

from zuji.collect.inputs.configured import ConfiguredInput, read_inputs
from zuji.collect.inputs.input import Input, Place
from zuji.collect.inputs.kinds.chat import Settings, open_input
from zuji.collect.inputs.report import SILENT_AFTER_MS, InputReport, InputsWatch, complaint, folder_of, read_report
from zuji.collect.inputs.running import InputEffects, InputLoop
from zuji.collect.keys import KeyRing
from zuji.collect.patient_spool import PatientSpool
from zuji.collect.spool import SpoolLimits
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.terms.message import Message, decode_messages
from zuji.terms.source import KeyEntry, KeySnapshot

SOON_S = 30.0
SMALL = SpoolLimits(min_free_bytes=0)


@dataclass
class InputWorld:
    """A chat input with a real folder, a real spool and keys in a file."""

    data: Path
    now_ms: int = NOON
    section: dict[str, object] = field(default_factory=dict)
    opened: list[Input] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.data / "chats").mkdir(exist_ok=True)
        self.know([an_entry(KEY)])
        self.stopping = threading.Event()

    def know(self, entries: list[KeyEntry]) -> None:
        """Make these keys valid."""
        (self.data / "keys.json").write_bytes(msgspec.json.encode(KeySnapshot(1, tuple(entries))))

    def say(self, *texts: str) -> None:
        """Add lines to the chat."""
        with (self.data / "chats" / "c1.txt").open("a", encoding="utf-8") as file:
            file.writelines(f"2026-01-05 08:00 Li: {text}\n" for text in texts)

    @property
    def configured(self) -> ConfiguredInput:
        section = {"kind": "chat", "folder": str(self.data / "chats"), "source": "shop", **self.section}
        return read_inputs({"chats": section})[0]

    def run_until(self, question: Callable[[], object]) -> None:
        """Run the input in a thread until the answer is yes."""
        self.stopping.clear()
        spool = PatientSpool(
            lambda: SqliteSpoolWriter(self.data / "spool", "input-chats", limits=SMALL), monotonic=time.monotonic
        )
        effects = InputEffects(
            data=self.data,
            spool=spool,
            keys=KeyRing(self.data / "keys.json", monotonic=time.monotonic),
            now_ms=lambda: self.now_ms,
            open_input=self._open,
            place=Place(name="chats", folder=folder_of(self.data, "chats")),
        )
        thread = threading.Thread(target=InputLoop(self.configured, effects).run, args=(self.stopping,))
        thread.start()
        try:
            deadline = time.monotonic() + SOON_S
            while not question() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert question()
        finally:
            self.stopping.set()
            thread.join(SOON_S)
            spool.close()

    def _open(self, place: Place) -> Input:
        settings = self.configured.settings
        assert isinstance(settings, Settings)
        opened = open_input(settings, place)
        self.opened.append(opened)
        return opened

    def messages(self) -> list[Message]:
        """All that is in the spool."""
        if not (self.data / "spool").is_dir():
            return []
        reader = SqliteSpoolReader(self.data / "spool")
        rows = reader.read({}, max_messages=10_000)
        reader.close()
        return [message for row in rows for message in decode_messages(row.body)]

    def texts(self) -> list[str]:
        return [msgspec.json.decode(bytes(message.properties))["text"] for message in self.messages()]

    def report(self) -> InputReport:
        found = read_report(self.data, "chats")
        return found or InputReport(name="", kind="", state="starting", since=0, at=0)


@pytest.fixture
def world(data: Path) -> InputWorld:
    return InputWorld(data)


def test_what_comes_in_is_in_the_spool_as_an_input_of_its_source(world: InputWorld) -> None:
    world.say("hello", "anybody?")
    world.run_until(lambda: len(world.messages()) == 2)
    reader = SqliteSpoolReader(world.data / "spool")
    [row] = reader.read({}, max_messages=10)
    reader.close()
    assert (row.gateway, row.count) == ("input-chats", 2)
    receipt = row.receipt
    assert (receipt.workspace, receipt.source, receipt.key, receipt.protocol) == ("default", "shop", "public", "input")
    assert world.texts() == ["hello", "anybody?"]


def test_nothing_is_settled_that_the_spool_did_not_take(world: InputWorld) -> None:
    (world.data / "spool").write_text("a file where the folder should be")
    world.say("one", "two")
    world.run_until(lambda: world.report().state == "failing")
    assert "the spool cannot be opened" in world.report().reason
    assert not (folder_of(world.data, "chats") / "positions.json").exists()
    (world.data / "spool").unlink()
    world.run_until(lambda: len(world.messages()) == 2)
    assert world.texts() == ["one", "two"]


def test_what_was_written_down_and_not_settled_comes_again_with_the_same_id(world: InputWorld) -> None:
    world.say("one")
    world.run_until(lambda: len(world.messages()) == 1)
    (folder_of(world.data, "chats") / "positions.json").unlink()
    world.run_until(lambda: len(world.messages()) == 2)
    first, again = world.messages()
    assert first == again


def test_without_its_source_or_with_a_disabled_or_slowed_one_nothing_is_even_opened(world: InputWorld) -> None:
    world.say("one")
    slowed = an_entry(KEY, slow_until=NOON + 60_000)
    refusals = [
        ([], "does not exist or has no public key. Make it with: zuji source create"),
        ([an_entry(KEY, kind="secret")], "has no public key"),
        ([an_entry(KEY, enabled=False)], "is disabled"),
        ([slowed], "is slowed down for a while"),
    ]
    for entries, said in refusals:
        world.know(entries)
        world.run_until(lambda said=said: said in world.report().reason)
    assert world.opened == []
    world.know([an_entry(KEY)])
    world.run_until(lambda: world.texts() == ["one"])


def test_an_input_speaks_with_the_key_that_its_operator_named(world: InputWorld) -> None:
    world.section["key"] = "secret"
    world.know([an_entry(KEY), an_entry("zs_shop", kind="secret")])
    world.say("one")
    world.run_until(lambda: world.messages())
    reader = SqliteSpoolReader(world.data / "spool")
    [row] = reader.read({}, max_messages=10)
    reader.close()
    assert row.receipt.key == "secret"


def test_a_failure_is_told_and_is_over_when_the_outside_is_back(world: InputWorld) -> None:
    world.say("one")
    world.run_until(lambda: world.texts() == ["one"])
    (world.data / "chats").rename(world.data / "away")

    def goes_away_and_comes_back() -> bool:
        if world.report().state == "failing" and not (world.data / "chats").exists():
            assert "there is no folder" in world.report().reason
            (world.data / "away").rename(world.data / "chats")
            world.say("two")
        return world.texts() == ["one", "two"] and world.report().state == "running"

    world.run_until(goes_away_and_comes_back)
    assert world.report().taken == 1


def test_what_cannot_be_read_is_counted_and_waits_for_quarantine_whole(world: InputWorld) -> None:
    (world.data / "chats" / "c1.txt").write_text("what is this\n")
    world.run_until(lambda: world.report().rejected == 1 or len(world.messages()) == 1)
    [message] = world.messages()
    assert (message.problem, msgspec.json.decode(bytes(message.raw))) == ("not_an_object", {"line": "what is this"})


RUNNING = InputReport(name="chats", kind="chat", state="running", since=NOON, at=NOON)
FAILING = msgspec.structs.replace(RUNNING, state="failing", reason="the broker is away.")


@pytest.mark.parametrize(
    ("report", "later_ms", "said"),
    [
        (RUNNING, SILENT_AFTER_MS, ""),
        (RUNNING, SILENT_AFTER_MS + 1, "no sign of life for 30 s"),
        (FAILING, 0, "the input chats fails: the broker is away."),
        (FAILING, SILENT_AFTER_MS + 1, "no sign of life"),
        (None, SILENT_AFTER_MS, ""),
        (None, SILENT_AFTER_MS + 1, "no sign of life"),
    ],
)
def test_silence_and_failure_are_complaints_and_an_old_report_gets_time(
    report: InputReport | None, later_ms: int, said: str
) -> None:
    found = complaint("chats", report, now_ms=NOON + later_ms, expected_since=NOON)
    assert said in found
    assert bool(found) == bool(said)


def test_the_watch_tells_of_configured_inputs_only(world: InputWorld) -> None:
    now = [NOON]
    watch = InputsWatch(world.data, ("chats",), now_ms=lambda: now[0])
    nobody = InputsWatch(world.data, (), now_ms=lambda: now[0])
    assert watch.failure is None
    now[0] += SILENT_AFTER_MS + 1
    assert "chats gives no sign of life" in (watch.failure or "")
    assert nobody.failure is None

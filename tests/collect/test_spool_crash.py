"""Kill the writer at any instant: what it acknowledged is there, once, in order."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from zuji.collect.spool import SpoolLimits, SpoolRow
from zuji.collect.spool_reader import SqliteSpoolReader

ROUNDS = 30
LONGEST_LIFE_S = 0.3
LIMITS = SpoolLimits(min_free_bytes=0, keep_taken_bytes=0, segment_bytes=32 * 1024)
"""Small segments, so that many kills fall on the moment when one is closed and the next begun."""

WRITER = """
import asyncio, hashlib, os, sys
from pathlib import Path
from zuji.collect.spool import SpoolLimits
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.terms.message import Receipt

folder, gateway, life = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
limits = SpoolLimits(min_free_bytes=0, keep_taken_bytes=0, segment_bytes=32 * 1024)
writer = SqliteSpoolWriter(folder, gateway, limits=limits)
receipt = Receipt("default", "shop", "public", "segment", 1)

async def client(name):
    for number in range(10**9):
        word = f"{life}/{name}/{number}"
        filler = hashlib.shake_128(word.encode()).digest(600)
        await writer.append(receipt, word.encode() + b"|" + filler, 1)
        os.write(1, f"{word}\\n".encode())

async def main():
    os.write(1, b"begun\\n")
    await asyncio.gather(*(client(name) for name in range(8)))

asyncio.run(main())
"""


def live_and_die(folder: Path, gateway: str, life: int, random_life: random.Random) -> list[str]:
    """Run a writer, kill it at a random instant after it began; gives what it acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), gateway, str(life)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    killer = threading.Timer(random_life.uniform(0, LONGEST_LIFE_S), os.kill, (child.pid, signal.SIGKILL))
    killer.start()
    words = child.stdout.read().split("\n")
    assert child.wait() == -signal.SIGKILL
    return [word for word in words[:-1] if word]


def word_of(row: SpoolRow) -> str:
    return row.body.partition(b"|")[0].decode()


def is_in_order(words: list[str]) -> bool:
    """Every client's numbers rise by one, and lives come one after the other."""
    numbers: dict[tuple[int, int], int] = {}
    lives = []
    for word in words:
        life, client, number = map(int, word.split("/"))
        if number != numbers.get((life, client), -1) + 1:
            return False
        numbers[life, client] = number
        lives.append(life)
    return lives == sorted(lives)


class Engine(threading.Thread):
    """Reads along while writers live and die, as the real engine does, and lets go of what it has taken."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="reading along")
        self.rows: list[SpoolRow] = []
        self.failure: Exception | None = None
        self._reader = SqliteSpoolReader(folder, limits=LIMITS)
        self._stopping = threading.Event()

    def run(self) -> None:
        try:
            after: dict[tuple[str, str], int] = {}
            while self._take(after) or not self._stopping.is_set():
                self._reader.discard(after)
                self._reader.wait(0.05)
        except Exception as failure:
            self.failure = failure
        finally:
            self._reader.close()

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _take(self, after: dict[tuple[str, str], int]) -> bool:
        rows = self._reader.read(after, max_messages=500)
        after.update({(row.gateway, row.file): row.row for row in rows})
        self.rows += rows
        return bool(rows)


@pytest.mark.crash
@pytest.mark.slow
def test_whatever_was_acknowledged_before_a_kill_is_read_once_and_in_order(tmp_path: Path) -> None:
    random_life = random.Random(20261)
    engine = Engine(tmp_path / "spool")
    engine.start()
    acknowledged: list[str] = []
    begun = time.monotonic()
    for life in range(ROUNDS):
        acknowledged += live_and_die(tmp_path / "spool", "gateway-1", life, random_life)
        if time.monotonic() - begun > 60:  # a very busy machine: fewer rounds say the same
            break
    engine.stop()
    assert engine.failure is None
    words = [word_of(row) for row in engine.rows]
    assert len(acknowledged) > 500
    assert set(acknowledged) - set(words) == set()
    assert [word for word, times in Counter(words).items() if times > 1] == []
    assert is_in_order(words)
    assert len({row.file for row in engine.rows}) > 10


@pytest.mark.crash
@pytest.mark.slow
def test_two_gateways_dying_in_turn_do_not_disturb_each_other(tmp_path: Path) -> None:
    acknowledged: dict[str, list[str]] = {"gateway-1": [], "gateway-2": []}

    def die_often(gateway: str) -> None:
        random_life = random.Random(gateway)
        for life in range(4):
            acknowledged[gateway] += live_and_die(tmp_path / "spool", gateway, life, random_life)

    threads = [threading.Thread(target=die_often, args=(gateway,)) for gateway in acknowledged]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = SqliteSpoolReader(tmp_path / "spool")
    rows = reader.read({}, max_messages=10**9)
    reader.close()
    for gateway, words in acknowledged.items():
        kept = [word_of(row) for row in rows if row.gateway == gateway]
        assert set(words) <= set(kept)
        assert len(kept) == len(set(kept))
        assert is_in_order(kept)

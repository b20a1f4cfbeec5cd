"""Seen ids survive kill -9: what was committed is known, what was not is not claimed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from zuji.store.hot import HotStore
from zuji.store.seen import SeenIds

WRITER = """
import sys
from pathlib import Path
import numpy as np
from zuji.store.hot import HotStore
from zuji.store.seen import SeenIds

folder, first = Path(sys.argv[1]), int(sys.argv[2])
hot = HotStore(folder / "hot.sqlite")
seen = SeenIds(folder / "seen", hot, young_ids=500)
for batch in range(first, 10**6):
    ids = np.random.default_rng(batch).integers(0, 2**64, size=(100, 2), dtype=np.uint64)
    with hot.write() as connection:
        seen.remember(connection, ids)
    print(batch, flush=True)
    seen.settle()
"""


@pytest.mark.crash
def test_after_a_kill_exactly_the_committed_ids_are_known(tmp_path: Path) -> None:
    chance = random.Random(5)
    told = -1
    for _ in range(8):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(told + 1)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0.02, 0.4))
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().split("\n")[:-1]
        writer.wait()
        told = max([told + 1, *(int(line) for line in rest)])
        told += _check(tmp_path, told)


def _check(folder: Path, told: int) -> int:
    """All batches up to `told` are known; the next may be, if killed before it said so. Gives how many."""
    hot = HotStore(folder / "hot.sqlite")
    seen = SeenIds(folder / "seen", hot, young_ids=500)
    try:
        for batch in range(told + 1):
            assert seen.known(_ids(batch)).all(), f"batch {batch} of {told} was forgotten"
        silent = seen.known(_ids(told + 1))
        assert silent.all() or not silent.any()
        assert not seen.known(_ids(told + 2)).any()
        return int(silent.all())
    finally:
        seen.close()
        hot.close()


def _ids(batch: int) -> np.ndarray:
    return np.random.default_rng(batch).integers(0, 2**64, size=(100, 2), dtype=np.uint64)

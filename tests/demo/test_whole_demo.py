"""The demo against the whole product, as the README runs it, on worlds nobody has seen before."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

SEEDS = [secrets.randbelow(10**6) for _ in range(3)]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(3))
def test_the_truth_of_a_world_chosen_now_is_recovered(tmp_path: Path, number: int) -> None:
    seed = SEEDS[number]
    world = ["--people", "1000", "--days", "24", "--seed", str(seed)]
    where = ["--data", str(tmp_path / "demo"), "--host", "127.0.0.1", "--port", "0"]
    command = [sys.executable, "-m", "zuji.cli", "demo", *where, *world, "--check", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert ran.stdout, f"seed {seed}: {ran.stderr[-2000:]}"
    report = json.loads(ran.stdout)
    missed = [score for score in report["scores"] if not score["passed"]]
    assert (missed, report["passed"], ran.returncode) == ([], True, 0), f"seed {seed}"

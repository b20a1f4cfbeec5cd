"""Everything that must hold before a change lands, in one go: format, lint, types, arrows, tests.

`./zuji test` runs this. Arguments are handed to pytest; with arguments only the tests run.

A few tests that fail are run once more, alone: servers, browsers and clients share two cores, and a test that waited
for one of them too impatiently passes then. It is named as unsteady all the same, and to be mended. Tests that kill
processes or hold the promises get no second chance: what they find may happen once in a hundred runs and is a defect.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("types", [str(BIN / "mypy")]),
    ("arrows", [str(BIN / "lint-imports"), "--no-cache"]),
)
# Two cores are shared with the servers the tests start, so nothing may spread over all of them.
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "2"}


TESTS_FAILED = 1
"""What pytest ends with when tests ran and some failed."""
MOST_UNSTEADY = 10
"""The tests of one file share a server: where that did not answer for a while, several fail together."""
NO_SECOND_CHANCE = re.compile(r"crash|kill|promises|_equals?_")
"""In the name of a test: about what a crash leaves, what sockets promise, what two ways of reckoning must agree on."""


def main(arguments: list[str]) -> int:
    """Run the checks and the tests; the exit code says whether all passed."""
    environment = {**THREADS, **os.environ, "PYTHONPATH": str(ROOT / "src")}
    if not arguments:
        for name, command in CHECKS:
            started = time.monotonic()
            if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
                print(f"{name}: failed", flush=True)
                return 1
            print(f"{name}: passed in {time.monotonic() - started:.0f} s", flush=True)
    tests = [sys.executable, "-m", "pytest", *(arguments or ["--durations=20"])]
    failed = subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode
    if failed != TESTS_FAILED or arguments:
        return failed
    unsteady = worth_another_run(ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed")
    if not unsteady:
        return failed
    again = subprocess.run([sys.executable, "-m", "pytest", *unsteady], cwd=ROOT, env=environment, check=False)
    if not again.returncode:
        print("unsteady, passed when run alone, to be mended:", *unsteady, sep="\n  ", flush=True)
    return again.returncode


def worth_another_run(last_failed: Path) -> list[str]:
    """The tests that failed, where they are few and none of them is about what must never happen; else nothing."""
    failed = sorted(json.loads(last_failed.read_text(encoding="utf-8"))) if last_failed.exists() else []
    if len(failed) > MOST_UNSTEADY or any(map(NO_SECOND_CHANCE.search, failed)):
        return []
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Everything that must hold before a change lands, in one go: format, lint, types, arrows, tests.

`./zuji test` runs this. Arguments are handed to pytest; with arguments only the tests run.
"""

from __future__ import annotations

import os
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
    tests = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A long fuzz of all decoders, in process: N spoilt bodies each; prints what became of them, time and memory.

    python bench/fuzz.py --count 1000000            # divided among the decoders
    python bench/fuzz.py --count 1 --decoder posthog --seed 41 --skip 1234     # look at one again

Any exception but a refusal is printed with the seed and number that bring it back, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
for folder in (ROOT / "src", ROOT / "tests" / "collect", ROOT / "tests" / "collect" / "fuzz"):
    sys.path.insert(0, str(folder))

from contract import keep_promises, protocol_module  # noqa: E402
from mutations import PROTOCOLS, Spoiler  # noqa: E402

SLOW_S = 1.0
WARM_UP = 20_000
"""Caches and arenas are full by then; what memory grows afterwards is a leak."""


@dataclass
class Report:
    """What one decoder did with its share."""

    fates: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    slow: int = 0


def fuzz(name: str, count: int, seed: int, skip: int) -> Report:
    """Put `count` spoilt requests through one decoder."""
    report, protocol, spoiler = Report(), protocol_module(name), Spoiler(name, seed)
    for _ in range(skip):
        spoiler.request()
    for number in range(skip, skip + count):
        if number == skip + WARM_UP:
            warm_kb = peak_kb()
        request = spoiler.request()
        started = time.perf_counter()
        try:
            report.fates[keep_promises(protocol, request)] += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            report.fates["FAILED"] += 1
            if len(report.failures) < 5:
                where = f"--decoder {name} --seed {seed} --skip {number} --count 1"
                report.failures.append(f"{where}\n{traceback.format_exc(limit=-4)}")
        took = time.perf_counter() - started
        report.slowest_s = max(report.slowest_s, took)
        report.slow += took > SLOW_S
    if count > WARM_UP:
        report.fates["(peak memory grown after the warm-up, MB)"] = (peak_kb() - warm_kb) // 1024
    return report


def peak_kb() -> int:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    """Fuzz, print, and say by the exit code whether every promise was kept."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=30_000)
    options.add_argument("--decoder", choices=[*PROTOCOLS, "all"], default="all")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--skip", type=int, default=0)
    chosen = options.parse_args()
    names = PROTOCOLS if chosen.decoder == "all" else (chosen.decoder,)
    failed = False
    for name in names:
        started, count = time.perf_counter(), max(1, chosen.count // len(names))
        report = fuzz(name, count, chosen.seed, chosen.skip)
        took = time.perf_counter() - started
        print(f"{name}: {count:,} requests in {took:.0f} s, slowest {report.slowest_s:.3f} s, over 1 s: {report.slow}")
        print("   " + ", ".join(f"{fate} {times:,}" for fate, times in report.fates.most_common()))
        for failure in report.failures:
            print(failure)
        failed = failed or bool(report.failures) or report.slow > 0
    print(f"peak memory {peak_kb() / 1024:.0f} MB")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

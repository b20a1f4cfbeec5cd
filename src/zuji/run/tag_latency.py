"""How long it took from the receipt of an event until the tag it changed could be read: measured, not promised."""

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from zuji.terms.period import MINUTE_MS

MINUTES = 5
_STEP = math.log(1.02)


class LatencyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from receipt to readable tag over the last minutes; 0 where nothing changed."""

    changes: int = 0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    longest_ms: float = 0.0


class TagLatency:
    """Counts of the last minutes, in steps of 2 percent. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minutes: deque[tuple[int, Counter[int]]] = deque()

    def record(self, latencies_ms: Iterable[int], now_ms: int) -> None:
        """These changes became readable just now, each so long after its cause was received."""
        with self._lock:
            self._forget(now_ms)
            minute = now_ms // MINUTE_MS
            if not self._minutes or self._minutes[-1][0] != minute:
                self._minutes.append((minute, Counter()))
            self._minutes[-1][1].update(map(_bucket, latencies_ms))

    def figures(self, now_ms: int) -> LatencyFigures:
        """What the last minutes show."""
        with self._lock:
            self._forget(now_ms)
            counts: Counter[int] = sum((minute for _, minute in self._minutes), Counter())
        total = counts.total()
        if not total:
            return LatencyFigures()
        ordered = sorted(counts.items())
        return LatencyFigures(
            changes=total,
            p50_ms=_quantile(ordered, 0.5 * total),
            p95_ms=_quantile(ordered, 0.95 * total),
            p99_ms=_quantile(ordered, 0.99 * total),
            longest_ms=_milliseconds(ordered[-1][0]),
        )

    def _forget(self, now_ms: int) -> None:
        while self._minutes and self._minutes[0][0] <= now_ms // MINUTE_MS - MINUTES:
            self._minutes.popleft()


@lru_cache(maxsize=10_000)
def _bucket(latency_ms: int) -> int:
    return math.ceil(math.log(max(1, latency_ms)) / _STEP)


def _milliseconds(bucket: int) -> float:
    return round(math.exp(bucket * _STEP), 1)


def _quantile(ordered: list[tuple[int, int]], rank: float) -> float:
    seen = 0
    for bucket, count in ordered:
        seen += count
        if seen >= rank:
            return _milliseconds(bucket)
    return _milliseconds(ordered[-1][0])

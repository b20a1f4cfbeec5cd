"""The windows of all rules as of one moment, in buckets: worked out once for many people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zuji.tag.atoms import kept_in
from zuji.tag.compare import NEVER
from zuji.tag.rule import Between, Last, This, Width, Window
from zuji.tag.windows import bucket_of, bucket_start, next_move, range_of, whole_of
from zuji.terms.period import HOUR_MS, MINUTE_MS, Calendar


@dataclass(frozen=True, slots=True)
class Place:
    """Where a window lies: from this moment (milliseconds) and bucket on, up to and without those.

    What ends now has no end here: a state holds nothing that is still to come.
    """

    from_ms: int
    to_ms: int
    low: int
    high: int
    moves: int


class Windows:
    """The distinct windows of the rules, each with a number."""

    def __init__(self, windows: Sequence[Window], calendar: Calendar) -> None:
        self._windows = tuple(dict.fromkeys(windows))
        self._numbers = {window: number for number, window in enumerate(self._windows)}
        self._widths = [_width(window) for window in self._windows]
        self._calendar = calendar
        self._places: list[Place] = []
        self._from, self._to = 0, 0

    def number(self, window: Window) -> int:
        """The number of a window."""
        return self._numbers[window]

    def places(self, t: int) -> list[Place]:
        """Where every window lies as of t. Few moments move any, so the newest answer is remembered."""
        if not self._from <= t < self._to:
            self._places = [
                _placed(window, width, t, self._calendar)
                for window, width in zip(self._windows, self._widths, strict=True)
            ]
            self._from, self._to = t, min((place.moves for place in self._places), default=NEVER)
        return self._places

    def leaving(self, number: int) -> Callable[[int], int]:
        """Tells after which moment a window that holds a bucket now does not hold it any more."""
        window, calendar = self._windows[number], self._calendar
        if not isinstance(window, Last):
            return lambda bucket: self._places[number].moves
        buckets = window.buckets
        if window.width == "day":
            return lambda bucket: bucket_start("day", bucket + buckets, calendar)
        length = MINUTE_MS if window.width == "minute" else HOUR_MS
        return lambda bucket: (bucket + buckets) * length

    def bucket(self, number: int, at: int) -> int:
        """The bucket of a moment, as the window counts."""
        return bucket_of(self._widths[number], at, self._calendar)


def _width(window: Window) -> Width:
    kept = kept_in(window)
    return kept if isinstance(kept, str) else "day"


def _placed(window: Window, width: Width, t: int, calendar: Calendar) -> Place:
    if isinstance(window, Between):
        span = whole_of(window, calendar)
        return Place(span.from_ms, span.to_ms, 0, 0, NEVER)  # what these days hold is kept in one place: no buckets
    span = range_of(window, t, calendar)
    moves = next_move(window, t, calendar)
    past = isinstance(window, This) and window.back
    return Place(
        span.from_ms,
        span.to_ms if past else NEVER,
        bucket_of(width, span.from_ms, calendar),
        bucket_of(width, span.to_ms, calendar) if past else NEVER,
        NEVER if moves is None else moves,
    )

"""Looks whether something is silent, and remembers for a while what it saw: alarms are asked for every second."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zuji.terms.alarm import Alarm


class Lookout:
    """Any thread may ask; two that ask at once may both look, which does no harm."""

    def __init__(self, look: Callable[[int], Sequence[Alarm]], *, every_ms: int) -> None:
        self._look = look
        self._every_ms = every_ms
        self._looked_at = 0
        self._seen: tuple[Alarm, ...] = ()

    def alarms(self, at_ms: int) -> tuple[Alarm, ...]:
        """What there is to say at this moment, or was when it looked last."""
        if at_ms - self._looked_at >= self._every_ms:
            self._looked_at = at_ms
            self._seen = tuple(self._look(at_ms))
        return self._seen

"""Whether a sequence holds, from the logs of the events that matter to it. Meaning: docs/rules.md, `Sequences`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import merge

from zuji.tag.atoms import Atom, atom_of_sequence, ends_now
from zuji.tag.compare import NEVER
from zuji.tag.measure_figures import Asked, Overflow
from zuji.tag.moment import Place, Windows
from zuji.tag.rule import Sequence
from zuji.tag.state import OVERFLOW

Log = list[list[int]]
"""[time, position, mask]: bit n of the mask says that the event may be step n, the bit behind them what must not be."""
Happened = tuple[bool, int]
"""Whether the sequence holds, and the moment from which on that may change without any event."""


def happened_of(sequence: Sequence, places: Mapping[Atom, int], windows: Windows) -> Callable[[Asked], Happened]:
    """Reads whether a sequence holds."""
    place, window = places[atom_of_sequence(sequence)], windows.number(sequence.window)
    now = ends_now(sequence.window)
    missing = len(sequence.steps) == 1
    leaves = windows.leaving(window)

    def read(asked: Asked) -> Happened:
        log = _log(asked, place)
        if not log:
            return False, NEVER
        where = asked.places[window]
        if missing:
            held, pending = _missing(log, sequence, where, asked.t)
        else:
            held, pending = _newest_start(log, sequence, where), NEVER
        if held is not None:
            # Of several beginnings the newest leaves the window last.
            return True, leaves(windows.bucket(window, held))
        comes = where.moves if not now and log[-1][0] >= where.from_ms else NEVER
        return False, min(pending, comes)

    return read


def _log(asked: Asked, place: int) -> Log:
    logs = [log for slots in asked.parts if (log := slots.get(place)) is not None]
    if any(log is OVERFLOW for log in logs):
        raise Overflow
    return logs[0] if len(logs) == 1 else list(merge(*logs))


def _missing(log: Log, sequence: Sequence, where: Place, t: int) -> tuple[int | None, int]:
    """The newest first event after which nothing spoiled the time that is over; else when such a time is over."""
    within, spoils = sequence.within_ms or 0, 1 << len(sequence.steps)
    spoiled_at, held, pending = NEVER, None, NEVER
    for at, _, mask in reversed(log):
        if at < where.from_ms:
            break
        if mask & 1 and at < where.to_ms and spoiled_at > at + within:
            if t > at + within:
                held = at
                break
            pending = at + within + 1
        if mask & spoils:
            spoiled_at = at
    return held, pending


def _newest_start(log: Log, sequence: Sequence, where: Place) -> int | None:
    """The newest first event from which the whole sequence follows.

    For every step only the newest beginning that came so far is remembered: a later one has more time left, fewer
    events behind it that may spoil it, and stays in the window longer.
    """
    last = len(sequence.steps) - 1
    longest = NEVER if sequence.within_ms is None else sequence.within_ms
    spoils = 1 << len(sequence.steps)
    if not [1 for _, _, mask in log if mask >> last & 1]:  # nothing ended it: so it is with most, most of the time
        return None
    come: list[int | None] = [None] * last
    found: int | None = None
    for at, _, mask in log:
        start = come[last - 1] if mask >> last & 1 else None
        if start is not None and at - start <= longest and (found is None or start > found):
            found = start
        if mask & spoils:
            come = [None] * last
        else:
            for step in range(last - 1, 0, -1):
                if mask >> step & 1 and come[step - 1] is not None:
                    come[step] = come[step - 1]
        if mask & 1 and where.from_ms <= at < where.to_ms:
            come[0] = at
    return found

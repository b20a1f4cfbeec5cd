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
    leaves, all_steps = windows.leaving(window), (1 << len(sequence.steps)) - 1

    def read(asked: Asked) -> Happened:
        held, came = [], 0
        for slots in asked.parts:
            log = slots.get(place)
            if log is OVERFLOW:
                raise Overflow
            if log is not None:
                held.append(log)
                came |= log[0]
        if came & all_steps != all_steps:
            return False, NEVER  # some step never came: so it is with most people, most of the time
        log = held[0][1] if len(held) == 1 else list(merge(*(events for _, events in held)))
        where = asked.places[window]
        if missing:
            start, pending = _missing(log, sequence, where, asked.t)
        else:
            start, pending = _newest_start(log, sequence, where), NEVER
        if start is not None:
            # Of several beginnings the newest leaves the window last.
            return True, leaves(windows.bucket(window, start))
        comes = where.moves if not now and log[-1][0] >= where.from_ms else NEVER
        return False, min(pending, comes)

    return read


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

    From the newest event back, the earliest end of the steps from each one on is remembered: nothing that comes
    before can do better with a later one. What must not happen ends all that would reach over it.
    """
    last = len(sequence.steps) - 1
    longest = NEVER if sequence.within_ms is None else sequence.within_ms
    last_bit, spoils = 1 << last, 1 << last + 1
    ends: list[int | None] = [None] * (last + 1)
    open_ends = False
    for at, _, mask in reversed(log):
        if at < where.from_ms:
            break
        if open_ends:
            end = ends[1]
            if mask & 1 and end is not None and at < where.to_ms and end - at <= longest:
                return at
            if mask & spoils:
                ends, open_ends = [None] * (last + 1), False
            else:
                for step in range(1, last):
                    if mask >> step & 1 and ends[step + 1] is not None:
                        ends[step] = ends[step + 1]
        if mask & last_bit:
            ends[last], open_ends = at, True
    return None

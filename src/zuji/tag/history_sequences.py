"""Sequences as SQL: a person's events that matter, in order, walked through once.

Of all ways to have come to a step only the one that began last matters: it is the one that `within` allows longest, and
what spoils it spoils all that began before it. So a walk keeps one beginning per step (`began`, in milliseconds).
"""

from __future__ import annotations

from zuji.tag.history_pass import HistoryPass
from zuji.tag.rule import Sequence

NEVER = -(2**62)
"""In place of a beginning: there is none. Far enough from the ends of 64 bits for any `within` to be added."""
_SPOILS = 15
"""The bit of an event that passes `without`; bit n is that of step n + 1, and there are at most eight."""


def happened_sql(gathered: HistoryPass, sequence: Sequence) -> str:
    """1 for those to whom the sequence happened."""
    log = gathered.figure(sequence, lambda: _log(gathered, sequence))
    return _absence(gathered, sequence, log) if len(sequence.steps) == 1 else _walk(gathered, sequence, log)


def _log(gathered: HistoryPass, sequence: Sequence) -> str:
    """(ms, position, bits) of the events that pass a step or `without`, in order."""
    first = gathered.counted(sequence.steps[0], sequence.window)
    bits = [f"if({first}, 1, 0)"]
    bits += [f"if({gathered.match(step)}, {1 << place}, 0)" for place, step in enumerate(sequence.steps) if place]
    if sequence.without is not None:
        bits.append(f"if({gathered.match(sequence.without)}, {1 << _SPOILS}, 0)")
    mask = gathered.event(("bits", sequence), lambda: f"toUInt16({' + '.join(bits)})")
    return f"arraySort(groupArrayIf((ms, position, {mask}), {mask} != 0))"


def _walk(gathered: HistoryPass, sequence: Sequence, log: str) -> str:
    """State: whether it happened, and for each step but the last when the way to it began."""
    last = len(sequence.steps)
    within = "" if sequence.within_ms is None else f" AND began.{last} >= at.1 - {sequence.within_ms}"
    states = [f"if(bitTest(at.3, {last - 1}) AND began.{last} > {NEVER}{within}, toUInt8(1), began.1)"]
    for step in range(1, last):
        came = "at.1" if step == 1 else f"began.{step}"
        stays = f"began.{step + 1}"
        if sequence.without is None:
            states.append(f"if(bitTest(at.3, {step - 1}), {came}, {stays})")
        elif step == 1:
            kept = f"if(bitTest(at.3, {_SPOILS}), toInt64({NEVER}), {stays})"
            states.append(f"if(bitTest(at.3, 0), {came}, {kept})")
        else:
            states.append(
                f"multiIf(bitTest(at.3, {_SPOILS}), toInt64({NEVER}), bitTest(at.3, {step - 1}), {came}, {stays})"
            )
    start = ", ".join(["toUInt8(0)", *[f"toInt64({NEVER})"] * (last - 1)])
    return f"arrayFold((began, at) -> ({', '.join(states)}), {log}, ({start})).1"


def _absence(gathered: HistoryPass, sequence: Sequence, log: str) -> str:
    """One event, and nothing that spoils it for so long. State: whether it happened, and the earliest event that waits.

    Between two that spoil, the earliest waits longest for the second, so only that one must be looked at.
    """
    within = sequence.within_ms
    over = f"began.2 > {NEVER} AND began.2 + {within} < at.1"
    hit = f"if(bitTest(at.3, {_SPOILS}) AND {over}, toUInt8(1), began.1)"
    kept = f"if(bitTest(at.3, {_SPOILS}), toInt64({NEVER}), began.2)"
    waits = f"if(bitTest(at.3, 0) AND {kept} = {NEVER}, at.1, {kept})"
    walked = f"arrayFold((began, at) -> ({hit}, {waits}), {log}, (toUInt8(0), toInt64({NEVER})))"
    now = gathered.statement.integer(gathered.asked.now_ms)
    waited = f"{walked}.2"
    return f"({walked}.1 OR ({waited} > {NEVER} AND {waited} + {within} < {now}))"

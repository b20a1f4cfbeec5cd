"""Dropping what no window reaches any more: windows only move on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from zuji.tag.atoms import Atom
from zuji.tag.moment import Place
from zuji.tag.rule import Between, Ever
from zuji.tag.state import OVERFLOW, Slots


def prune(slots: Slots, atoms: Sequence[Atom], read_through: Sequence[Sequence[int]], places: Sequence[Place]) -> None:
    """Drop the buckets (of logs: the events) before every window that an atom is read through.

    Events come nearly in order, so what an atom was given first is its oldest: while a window reaches that, the atom
    is left alone. What came late and stays a while longer does no harm.
    """
    for place, held in list(slots.items()):
        atom = atoms[place]
        if held is OVERFLOW or (atom.gathers != "log" and isinstance(atom.kept, Ever | Between)):
            continue
        if atom.gathers == "log":
            kept: Any = _events_from(held, min(places[window].from_ms for window in read_through[place]))
        else:
            low = min([places[window].low for window in read_through[place]])
            kept = _texts_from(held, low) if atom.gathers in ("texts", "days") else _from(held, low)
        if kept:
            slots[place] = kept
        else:
            del slots[place]


def _from(series: dict[int, Any], low: int) -> dict[int, Any]:
    if next(iter(series)) >= low:
        return series
    return {bucket: held for bucket, held in series.items() if bucket >= low}


def _events_from(log: list[Any], from_ms: int) -> list[Any]:
    if log[1][0][0] >= from_ms:
        return log
    events = [event for event in log[1] if event[0] >= from_ms]
    return [reduce(or_, [mask for _, _, mask in events]), events] if events else []


def _texts_from(texts: dict[Any, dict[int, int]], low: int) -> dict[Any, dict[int, int]]:
    if next(iter(next(iter(texts.values())))) >= low:
        return texts
    within = {text: _from(series, low) for text, series in texts.items()}
    return {text: series for text, series in within.items() if series}

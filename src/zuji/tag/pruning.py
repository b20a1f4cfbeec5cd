"""Dropping what no window reaches any more: windows only move on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zuji.tag.atoms import Atom
from zuji.tag.moment import Place
from zuji.tag.rule import Between, Ever
from zuji.tag.state import OVERFLOW, Slots


def prune(slots: Slots, atoms: Sequence[Atom], read_through: Sequence[Sequence[int]], places: Sequence[Place]) -> None:
    """Drop the buckets (of logs: the events) before every window that an atom is read through."""
    for place, held in list(slots.items()):
        atom = atoms[place]
        if held is OVERFLOW:
            continue
        if atom.gathers == "log":
            earliest = min(places[window].from_ms for window in read_through[place])
            kept: Any = [event for event in held if event[0] >= earliest]
        elif isinstance(atom.kept, Ever | Between):
            continue
        else:
            low = min(places[window].low for window in read_through[place])
            if atom.gathers in ("texts", "days"):
                within = {text: _from(series, low) for text, series in held.items()}
                kept = {text: series for text, series in within.items() if series}
            else:
                kept = _from(held, low)
        if kept:
            slots[place] = kept
        else:
            del slots[place]


def _from(series: dict[int, Any], low: int) -> dict[int, Any]:
    return {bucket: held for bucket, held in series.items() if bucket >= low}

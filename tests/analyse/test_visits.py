"""Sessions are the same whether all anchors are read at once or a stretch of them at a time."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from analyse.engine import Engine
from analyse.worlds import random_world
from zuji.analyse import visits

QUESTION = {
    "date_from": "2021-01-01",
    "date_to": "2027-12-31",
    "interval": "year",
    "robots": "include",
    "purposes": "any",
    "breakdown": {"property": "plan"},
}


def test_sessions_read_in_stretches_of_anchors_are_those_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(11)
    engine = Engine(tmp_path / "events")
    try:
        world = max((random_world(rng) for _ in range(20)), key=lambda one: len({event.anchor for event in one.events}))
        loaded = engine.load(world)
        at_once = loaded.answer("session", QUESTION)
        assert at_once["total"]["sessions"] > 5
        monkeypatch.setattr(visits, "EVENTS_AT_ONCE", 7)
        # Another range of the same events: an answer given before would be given again.
        in_stretches = loaded.answer("session", QUESTION | {"date_to": "2027-12-30"})
        for name in ("total", "entry_pages", "exit_pages", "by_breakdown"):
            assert in_stretches[name] == at_once[name]
    finally:
        engine.close()

"""An answer says how many stored rows were read for it."""

from __future__ import annotations

from pathlib import Path

from analyse.cases.trend import CASES
from analyse.engine import Engine
from zuji.analyse.ask import Asking


def test_the_rows_read_are_those_of_the_workspace_and_not_those_of_the_answer(tmp_path: Path) -> None:
    world = max((case.world for case in CASES), key=lambda world: len(world.events))
    engine = Engine(tmp_path / "events")
    engine.load(world)
    loaded = engine.load(world)
    question = {"series": [{"event": None}], "date_from": "2000-01-01", "interval": "year"}
    asked = engine.asker.ask("trend", question, Asking(loaded.workspace, world.timezone))
    engine.close()
    assert asked.rows_read == len(world.events) * len(asked.sql)

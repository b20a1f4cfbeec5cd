"""Several currencies are noticed whenever the second one comes, although the table is looked at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from analyse.engine import Engine, Loaded
from analyse.hand import DAY, paid, week, world_of
from analyse.reference.world import Event, World
from zuji.analyse.currencies import Currencies
from zuji.store.query import Query
from zuji.terms.error import BadQuestion

SPENT = week(event="pay")
MONTH = 31 * DAY


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(Path(tmp_path_factory.mktemp("currencies")) / "events")
    yield opened
    opened.close()


def came(engine: Engine, loaded: Loaded, event: Event) -> None:
    engine.add(World((replace(event, position=99, event_id="late"),)), loaded)


@pytest.mark.parametrize("seconds", [1, -MONTH, MONTH], ids=["now", "a month late", "a month early"])
def test_a_second_currency_is_noticed_when_it_comes(engine: Engine, seconds: int) -> None:
    loaded = engine.load(world_of(paid("5"), paid("6", 1, 2)))
    whole = SPENT | {"date_from": "2026-01-01", "date_to": "2026-05-01"}
    assert loaded.answer("rfm", whole)["people"] == 2
    came(engine, loaded, paid("7", seconds, 3, currency="USD"))
    with pytest.raises(BadQuestion, match="2 currencies"):
        loaded.answer("rfm", whole)


def test_a_second_currency_elsewhere_refuses_nothing(engine: Engine) -> None:
    loaded = engine.load(world_of(paid("5"), paid("7", MONTH, 3, currency="USD")))
    assert loaded.answer("rfm", SPENT)["people"] == 1


def test_the_table_is_looked_at_again_only_when_something_came(engine: Engine) -> None:
    loaded = engine.load(world_of(paid("5")))
    asked: list[Query] = []

    def run(query: Query) -> pa.Table:
        asked.append(query)
        return engine.store.query(query)

    currencies = Currencies(run, engine.store.tide)
    assert not any([currencies.are_several(loaded.workspace), currencies.are_several(loaded.workspace)])
    assert len(asked) == 1
    came(engine, loaded, paid("5", 2, currency="USD"))
    assert currencies.are_several(loaded.workspace)
    assert len(asked) == 2

"""What a breakdown, or a cell of one, cannot mean is refused in words, whichever kind is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from analyse.engine import Engine, Loaded
from analyse.hand import happened, week, world_of
from zuji.terms.error import BadQuestion

TREND = week(series=[{"event": "A"}], breakdown={"property": "v"})
FUNNEL = week(steps=[{"event": "A"}, {"event": "B"}], breakdown={"property": "v"})


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    engine = Engine(tmp_path_factory.mktemp("breakdowns") / "events")
    yield engine.load(world_of(happened("A")))
    engine.close()


@pytest.mark.parametrize("scope", ["tag", "segment"])
@pytest.mark.parametrize("bins", [None, 3])
def test_a_tag_or_segment_that_nobody_defined_is_refused_with_and_without_ranges(
    loaded: Loaded, scope: str, bins: int | None
) -> None:
    with pytest.raises(BadQuestion, match=f"there is no {scope} 'v'"):
        loaded.answer("trend", {**TREND, "breakdown": {"property": "v", "scope": scope, "bins": bins}})


@pytest.mark.parametrize("group", [5, "v", {"v": 1}, None])
@pytest.mark.parametrize(
    ("kind", "question", "cell"), [("trend", TREND, {"series": 0, "period": 0}), ("funnel", FUNNEL, {"step": 1})]
)
def test_a_cell_whose_group_is_no_list_is_refused(
    loaded: Loaded, kind: str, question: dict[str, Any], cell: dict[str, Any], group: Any
) -> None:
    with pytest.raises(BadQuestion, match="a group is a list of texts"):
        loaded.people(kind, question, {**cell, "group": group})

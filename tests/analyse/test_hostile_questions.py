"""Whatever is asked, the answer is an answer or a clear refusal, soon; and it is about nobody else's people."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from analyse.engine import Engine, Loaded
from analyse.hostile import BASE, COSTLY, NASTY, SHARED, spoiled
from analyse.reference.world import Event, World
from analyse.worlds import random_world
from zuji.analyse.kinds import KINDS
from zuji.terms.error import BadRequest

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

LONGEST_S = 20.0
"""For one question over a world of a thousand events, on a busy machine."""
MONDAY = 1_772_409_600_000
OURS = 1_000
TREASURE = "treasure-of-the-others"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("hostile") / "events")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def ours(engine: Engine) -> Loaded:
    """A thousand events of twenty people, properties filled with what is hard to read."""
    seed = random_world(random.Random(4))
    rng = random.Random(5)
    values = [*(text for text in NASTY if text != "\ud800"), "pro", "free", 5, 1.7e308, -1e300, None, {"b": {"c": 1}}]
    events = [
        Event(
            position=number,
            event_id=f"e{number}",
            anchor=1 + number % 20,
            person=1 + number % 20,
            at=MONDAY + rng.randrange(6) * 86_400_000 + rng.randrange(200) * 1_000,
            event=rng.choice(["A", "A", "B", "C", "D"]),
            properties={name: rng.choice(values) for name in ("plan", "n", "price", "a")}
            | {"x": 0.5, "y": 1, "depth": 9},
            fields={"url_path": "/a", "element": "b"},
        )
        for number in range(1, OURS + 1)
    ]
    return engine.load(World(tuple(events), seed.profiles, "UTC"))


@pytest.fixture(scope="module", autouse=True)
def theirs(engine: Engine, ours: Loaded) -> Loaded:
    """Another workspace: the same names of events, and values that nobody outside may ever see."""
    fields = dict.fromkeys(("url_path", "element", "utm_source"), TREASURE)
    events = [
        Event(
            number,
            f"t{number}",
            1,
            1,
            MONDAY + number,
            name,
            properties={"plan": TREASURE, "n": TREASURE},
            fields=fields,
        )
        for number, name in enumerate(("A", "B", "C", TREASURE), start=1)
    ]
    return engine.load(World(tuple(events), {}, "UTC"))


def asked(ours: Loaded, kind: str, question: Mapping[str, Any]) -> str:
    """What comes back, as text: the answer, or the words of a refusal. Nothing else may happen."""
    began = time.monotonic()
    try:
        answer = ours.answer(kind, question)
    except BadRequest as refusal:
        words = str(refusal)
        assert len(words) > 10, "a refusal says what is wrong"
        assert len(words) < 2_000, "a refusal can be read"
        said = words
    else:
        said = json.dumps(answer, allow_nan=False, ensure_ascii=False)
        said.encode("utf-8")
    assert TREASURE not in said
    assert time.monotonic() - began < LONGEST_S
    return said


@pytest.mark.parametrize(("kind", "question"), [one[1:] for one in COSTLY], ids=[one[0] for one in COSTLY])
def test_a_question_of_hostile_size_is_answered_or_refused(ours: Loaded, kind: str, question: dict[str, Any]) -> None:
    asked(ours, kind, {"date_from": "2026-03-02", "date_to": "2026-03-08", "now": "2026-03-20T00:00:00Z", **question})


@pytest.mark.parametrize("number", range(len(NASTY)))
@pytest.mark.parametrize("kind", sorted(BASE))
def test_no_text_of_a_question_is_more_than_a_text(ours: Loaded, kind: str, number: int) -> None:
    """Each text of the document meets every third of the nasty ones, and each nasty one every third text."""
    for document in list(spoiled(BASE[kind], NASTY[number]))[number % 3 :: 3]:
        asked(ours, kind, {"date_from": "2026-03-02", "date_to": "2026-03-08", **document})


@pytest.mark.parametrize("number", range(len(NASTY)))
def test_no_text_that_every_question_takes_is_more_than_a_text(ours: Loaded, number: int) -> None:
    for document in spoiled(SHARED, NASTY[number]):
        asked(ours, "stickiness", {**BASE["stickiness"], **document})


def test_every_kind_was_tried() -> None:
    assert set(KINDS) <= set(BASE)


CELLS: dict[str, list[dict[str, Any]]] = {
    "funnel": [{"step": 10**30}, {"step": True}, {"step": 1, "group": [TREASURE]}, {"bin": -1}, {"period": None}],
    "trend": [{"series": -1}, {"series": "0"}, {"series": 0, "period": 2**63}, {"series": 0, "of": TREASURE}],
    "attribution": [{"channel": TREASURE}, {"channel": None}, {"channel": "x", "kind": TREASURE}, {"channel": [1]}],
    "paths": [{"step": 1, "from": TREASURE, "to": TREASURE}, {"step": 1, "item": TREASURE, "figure": "inflow"}],
    "heat_map": [{"page": TREASURE, "element": TREASURE}, {"depth": "x"}, {"page": 5, "element": []}],
    "retention": [{"row": -1, "column": 0}, {"row": 0, "column": 10**9}, {"row": "a", "column": None}],
    "lifecycle": [{"status": TREASURE, "period": 0}, {"status": "new", "period": -5}, {"status": [], "period": 0}],
    "stickiness": [{"intervals": -1}, {"intervals": 10**12}, {"intervals": None}],
    "distribution": [{"period": 0, "bin": 10**9}, {"period": "0", "bin": 0}],
    "session": [{"period": -1}, {"period": 0, "group": TREASURE}],
    "ltv": [{"row": 99, "column": 0}, {"row": 0, "column": -1}, {"row": None}],
    "rfm": [{"group": TREASURE}, {"recency": -1, "frequency": "x", "value": None}, {"from": 1, "to": 2}],
    "engagement": [{"bucket": -1}, {"bucket": 10**9}, {"bucket": "9"}],
    "interval": [{"period": 10**9}, {"period": None, "group": [None] * 50}],
}


@pytest.mark.parametrize("kind", sorted(CELLS))
def test_a_cell_that_is_none_is_refused_or_has_nobody(ours: Loaded, kind: str) -> None:
    if kind not in KINDS:
        pytest.skip(f"{kind} is not built yet")
    cells: list[dict[str, Any]] = [{}, {"x": 1}, *CELLS[kind]]
    for cell in cells:
        assert people_of(ours, kind, cell) == set(), cell


def people_of(ours: Loaded, kind: str, cell: dict[str, Any]) -> set[int | str]:
    """The people behind a cell; of a refusal nobody."""
    try:
        return ours.people(kind, {**BASE[kind], **SHARED, "count_by": "user"}, cell)
    except BadRequest as refusal:
        return set() if 10 < len(str(refusal)) < 2_000 else {str(refusal)}


def test_two_workspaces_with_the_same_events_know_nothing_of_each_other(ours: Loaded, theirs: Loaded) -> None:
    question = {
        "series": [{"event": None}, {"event": None, "math": "unique_users"}, {"event": TREASURE}],
        "date_from": "2026-03-02",
        "date_to": "2026-03-08",
    }
    totals = [[one["total"] for one in loaded.answer("trend", question)["series"]] for loaded in (ours, theirs)]
    assert totals == [[OURS, 20, 0], [4, 1, 1]]
    assert TREASURE in json.dumps(theirs.answer("trend", {**question, "breakdown": {"property": "plan"}}))


@pytest.mark.parametrize("math", ["sum", "avg"])
def test_a_figure_beyond_what_a_double_holds_is_null(engine: Engine, math: str) -> None:
    """And not 0, as if there were nothing; nor does it break the others."""
    events = [
        Event(number, f"h{number}", number, number, MONDAY + number, name, properties={"price": price})
        for number, (name, price) in enumerate((("A", 1.7e308), ("A", 1.7e308), ("B", 5)), start=1)
    ]
    loaded = engine.load(World(tuple(events), {}, "UTC"))
    series = [{"event": name, "math": math, "property": "price"} for name in ("A", "B")]
    question = {"series": series, "formulas": ["A + B"], "date_from": "2026-03-02", "date_to": "2026-03-02"}
    answer = loaded.answer("trend", question)
    assert [one["total"] for one in answer["series"]] == [None, 5, None if math == "sum" else 5]
    assert [one["values"] for one in answer["series"]] == [[None], [5], [None if math == "sum" else 5]]

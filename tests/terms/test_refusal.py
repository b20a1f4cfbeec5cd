"""A refusal of a document says what is allowed where it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
import pytest

from zuji.analyse.dashboards import Tile
from zuji.analyse.kinds import KINDS
from zuji.clean.plan_document import TrackingPlan
from zuji.settings import Settings
from zuji.tag.definition import SegmentDocument, TagDocument
from zuji.terms.document import Document, read_document
from zuji.terms.error import BadQuestion
from zuji.terms.message import Message
from zuji.terms.refusal import refusal
from zuji.terms.source import SourceSettings


class Step(Document, frozen=True, kw_only=True):
    unit: Literal["day", "hour"]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=5)] | None = None


class Walk(Document, frozen=True, kw_only=True):
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=32)] = ()
    named: dict[str, Step] = msgspec.field(default_factory=dict)
    pace: Annotated[int, msgspec.Meta(ge=1, le=1_000)] | Literal["slow"] = 1


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"steps": [{"unit": "week"}]}, "at `$.steps[0].unit`. Allowed: day, hour."),
        ({"steps": [{"unit": "day"}] * 33}, "at `$.steps`. Allowed: 1 to 32 entries."),
        ({"steps": [{"units": "day"}]}, "unknown field `units` - at `$.steps[0]`. There are: name, unit."),
        ({"step": []}, "unknown field `step`. There are: named, pace, steps."),
        ({"named": {"a.b": {"unit": "week"}}}, "Allowed: day, hour."),
        ({"steps": [{"unit": "day", "name": "longer"}]}, "Allowed: 1 to 5 characters."),
        ({"pace": 0}, "at `$.pace`. Allowed: 1 to 1,000."),
    ],
)
def test_a_refusal_says_what_is_allowed_there(document: Mapping[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        read_document(Walk, document)
    assert str(refused.value).endswith(said)


def test_a_refusal_that_says_it_all_is_left_as_it_is() -> None:
    with pytest.raises(BadQuestion) as refused:
        read_document(Walk, {"steps": "none"})
    assert str(refused.value) == "Expected `array`, got `str` - at `$.steps`."


def test_every_document_can_be_looked_into() -> None:
    """A refusal that broke on the type of a field would be an error of ours instead of one of the writer's."""
    for kind in KINDS.values():
        with pytest.raises(BadQuestion, match="There are: "):
            read_document(kind.question, {"misspelt": 1})
    for other in (Settings, SourceSettings, Message, tuple[Tile, ...], TagDocument, SegmentDocument, TrackingPlan):
        assert refusal(other, ValueError("Expected `int`, got `str` - at `$.a[0].b`")).endswith("b`.")

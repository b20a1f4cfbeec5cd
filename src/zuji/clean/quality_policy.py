"""The policy part `quality`: what dimensions weigh in the index, which constraints hold, when its fall alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, field

from zuji.clean.constraint_document import MOST_CONSTRAINTS, Constraint, Label
from zuji.clean.quality import DIMENSIONS, WEIGHTS, Dimension
from zuji.terms.document import Document, Name, read_document

MOST_OVERRIDES = 1_000
Weight = Annotated[float, Meta(ge=0, le=1_000)]
Points = Annotated[float, Meta(ge=0, le=100)]


class Weights(Document, frozen=True, kw_only=True):
    """What dimensions weigh beside each other; what is not named stays as it was. Nought leaves a dimension out."""

    completeness: Weight | None = None
    accuracy: Weight | None = None
    validity: Weight | None = None
    timeliness: Weight | None = None
    consistency: Weight | None = None
    uniqueness: Weight | None = None

    def over(self, usual: Mapping[Dimension, float]) -> Mapping[Dimension, float]:
        """These weights, and the usual ones where nothing is said."""
        told = {name: getattr(self, name) for name in DIMENSIONS}
        return {name: usual[name] if weight is None else weight for name, weight in told.items()}


class AlarmOfSource(Document, frozen=True, kw_only=True):
    """When a fall of a source's index is an alarm: at `points` below its usual, or anywhere below `floor`."""

    points: Points | None = None
    floor: Points | None = None


class IndexAlarm(Document, frozen=True, kw_only=True):
    """The same for every source that is not named under `sources` (by id). Usual is the median of the last `days` days
    before today; 100 points are a fall that never happens, and below a floor of 0 lies nothing.
    """

    points: Points = 5.0
    floor: Points = 50.0
    days: Annotated[int, Meta(ge=3, le=90)] = 14
    sources: Annotated[Mapping[Name, AlarmOfSource], Meta(max_length=MOST_OVERRIDES)] = field(default_factory=dict)

    def of(self, source: str) -> tuple[float, float]:
        """Points and floor of a source.

        >>> IndexAlarm(sources={"till": AlarmOfSource(floor=0)}).of("till")
        (5.0, 0)
        """
        own = self.sources.get(source, AlarmOfSource())
        return (
            self.points if own.points is None else own.points,
            self.floor if own.floor is None else own.floor,
        )


class QualityPolicy(Document, frozen=True, kw_only=True):
    """Weights of the workspace, over them those of a source (by id), and over both those of an event (by name);
    constraints by name; and when a fall of the index is an alarm.
    """

    weights: Weights = Weights()
    sources: Annotated[Mapping[Name, Weights], Meta(max_length=MOST_OVERRIDES)] = field(default_factory=dict)
    events: Annotated[Mapping[Name, Weights], Meta(max_length=MOST_OVERRIDES)] = field(default_factory=dict)
    constraints: Annotated[Mapping[Label, Constraint], Meta(max_length=MOST_CONSTRAINTS)] = field(default_factory=dict)
    alarm: IndexAlarm = IndexAlarm()

    def __post_init__(self) -> None:
        cases = [("weights", self.weights_of())]
        cases += [(f"sources.{source}", self.weights_of(source)) for source in self.sources]
        cases += [(f"events.{event}", self.weights_of("", event)) for event in self.events]
        for place, weights in cases:
            if not any(weights.values()):
                raise ValueError(f"{place:.200}: no dimension would weigh anything; let at least one be above 0")

    def weights_of(self, source: str = "", event: str = "") -> Mapping[Dimension, float]:
        """What the dimensions weigh for this event of this source.

        >>> read_quality({"sources": {"till": {"timeliness": 0}}}).weights_of("till")["timeliness"]
        0.0
        """
        weights = self.weights.over(WEIGHTS)
        for overrides, name in ((self.sources, source), (self.events, event)):
            if (own := overrides.get(name)) is not None:
                weights = own.over(weights)
        return weights


def read_quality(document: Mapping[str, Any]) -> QualityPolicy:
    """The policy of a document. Raises BadQuestion that says what is wrong and where."""
    return read_document(QualityPolicy, document)


USUAL_QUALITY = msgspec.convert({}, QualityPolicy)
"""What holds while a workspace has decided nothing."""

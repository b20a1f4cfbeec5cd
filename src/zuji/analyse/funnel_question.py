"""The document of a funnel. docs/questions.md, `funnel`, says what each field means."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from zuji.analyse.question import Breakdown, Question
from zuji.analyse.settled import Settled, Surroundings, settle
from zuji.terms.document import Document, Duration, EventMatch, Name, Text
from zuji.terms.error import BadQuestion
from zuji.terms.period import Interval

YEAR_MS = 31_557_600_000
"""365 days and a quarter."""
MOST_YEARS = 69
"""Their milliseconds fit 41 bits, and with a window before and after the range so do all times of a funnel."""

Place = Annotated[int, Meta(ge=1, le=32)]
"""The number of a step, from 1."""

Order = Literal["ordered", "unordered", "strict"]
Attribution = Literal["first_touch", "last_touch", "all_events", "step"]


class Step(EventMatch, frozen=True, kw_only=True):
    """An event that takes a person further."""

    first_time: Literal["by_name", "matching"] | None = None
    name: Text | None = None


class Exclusion(EventMatch, frozen=True, kw_only=True):
    """An event that must not come between two steps (by default the first and the last)."""

    from_step: Place = 1
    to_step: Place | None = None


class View(Document, frozen=True, kw_only=True):
    """What to say about the attempts: each step, period by period, or how long it took."""

    type: Literal["steps", "over_time", "time_to_convert"] = "steps"
    interval: Interval | None = None
    from_step: Place = 1
    to_step: Place | None = None
    bins: Annotated[int, Meta(ge=1, le=1_000)] | None = None

    def __post_init__(self) -> None:
        if self.interval is not None and self.type != "over_time":
            raise ValueError(f"view: interval is for over_time, not for {self.type}")
        if self.bins is not None and self.type != "time_to_convert":
            raise ValueError(f"view: bins are for time_to_convert, not for {self.type}")


class Funnel(Question, frozen=True, kw_only=True):
    """How many people did one thing after another?"""

    steps: Annotated[tuple[Step, ...], Meta(min_length=2, max_length=32)]
    window: Duration = Duration(amount=14, unit="day")
    order: Order = "ordered"
    strict_mode: Literal["adjacent", "no_foreign_events"] = "adjacent"
    exclusions: Annotated[tuple[Exclusion, ...], Meta(max_length=31)] = ()
    breakdown: Breakdown | None = None
    attribution: Attribution = "first_touch"
    attribution_step: Place | None = msgspec.field(default=None, name="step")
    view: View = View()
    require_increasing_time: bool = False
    same_event_may_fill_steps: bool = False
    hold_constant: Annotated[tuple[Name, ...], Meta(max_length=5)] = ()

    def __post_init__(self) -> None:
        if self.require_increasing_time and self.order == "unordered":
            raise ValueError("require_increasing_time: steps in any order cannot be asked to come one after another")
        if (self.attribution == "step") != (self.attribution_step is not None):
            raise ValueError("`step` goes with attribution step, and that with it")
        self._check_place("step", self.attribution_step)
        for exclusion in self.exclusions:
            self._check_pair("exclusions", exclusion.from_step, exclusion.to_step)
        self._check_pair("view", self.view.from_step, self.view.to_step)

    def _check_pair(self, name: str, from_step: int, to_step: int | None) -> None:
        self._check_place(f"{name}.to_step", to_step)
        if from_step >= (to_step or len(self.steps)):
            raise ValueError(f"{name}: from_step {from_step} must come before to_step {to_step or len(self.steps)}")

    def _check_place(self, name: str, place: int | None) -> None:
        if place is not None and place > len(self.steps):
            raise ValueError(f"{name}: there are {len(self.steps)} steps, no step {place}")

    @property
    def attributed_by(self) -> Attribution:
        """What decides the group of a person; a trait is the same on all events of one."""
        if self.breakdown is not None and self.breakdown.scope in ("profile", "tag", "segment"):
            return "first_touch"
        return self.attribution

    @property
    def view_ends(self) -> tuple[int, int]:
        """The two steps that a view looks at."""
        return self.view.from_step, self.view.to_step or len(self.steps)


def settle_funnel(question: Funnel, around: Surroundings) -> Settled[Funnel]:
    """Fill the defaults that depend on the number of steps."""
    last, filled = len(question.steps), msgspec.structs.replace
    question = filled(
        question,
        exclusions=tuple(filled(one, to_step=one.to_step or last) for one in question.exclusions),
        view=question.view if question.view.type == "steps" else filled(question.view, to_step=question.view_ends[1]),
    )
    settled = settle(question, around)
    longest = settled.span.to_ms - settled.span.from_ms + 2 * question.window.milliseconds
    if longest > MOST_YEARS * YEAR_MS:
        raise BadQuestion(
            f"the range and twice the window of a funnel may be {MOST_YEARS} years long, these are "
            f"{longest / YEAR_MS:.1f}. "
            "Ask for a shorter range."
        )
    return settled

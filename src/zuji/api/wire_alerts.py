"""The shapes of alerts on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from zuji.api.wire import In, Name, Out
from zuji.api.wire_questions import TICKET

RULE = Field(
    examples=[
        {
            "figure": {"series": 0, "figure": "last_complete_period"},
            "condition": "change_down_percent",
            "threshold": 30,
            "cooldown_minutes": 720,
        }
    ],
    description="`figure`, `condition` (above, below, change_up_percent, change_down_percent), `threshold`, "
    "`cooldown_minutes` (0).",
)
SCHEDULE = Field(
    examples=[{"unit": "minute", "every": 15}, {"unit": "hour", "every": 6}, {"unit": "day", "at": "09:00"}]
)


class AlertIn(In):
    """An alert to keep: a rule over a figure of a saved question, and when to look at it."""

    name: Name = Field(examples=["Fewer orders than usual"])
    question: str = Field(min_length=1, max_length=64, description="The id of a saved question.")
    rule: dict[str, Any] = RULE
    schedule: dict[str, Any] = SCHEDULE


class AlertChange(In):
    """What to change; what is left out stays. With another rule the alert is as a new one."""

    name: Name | None = None
    rule: dict[str, Any] | None = None
    schedule: dict[str, Any] | None = None
    enabled: bool | None = None


class CheckOut(Out):
    """One look. `failed` says in `problem` why there is no value."""

    at: str
    state: Literal["ok", "firing", "failed"]
    value: float | None
    previous: float | None = Field(description="The figure one period before, where the rule needs it.")
    problem: str | None


class AlertOut(Out):
    """An alert and how it stands."""

    id: str
    name: str
    question: str
    rule: dict[str, Any]
    schedule: dict[str, Any]
    enabled: bool
    owner: str
    state: Literal["ok", "firing"]
    fired_at: str | None = Field(description="When it last began to fire.")
    checked_at: str | None
    last_check: CheckOut | None
    created_at: str
    updated_at: str


class AlertPage(AlertOut):
    """An alert with its last checks, newest first."""

    checks: list[CheckOut]


class AlertList(Out):
    """The alerts over questions one may see, oldest first."""

    alerts: list[AlertOut]


class SimulationIn(In):
    """A rule to try on the past of a saved question, or of one that is written here."""

    question: str | dict[str, Any] = Field(examples=["8f3c", {"kind": "lifecycle", "question": {"event": "view"}}])
    rule: dict[str, Any] = RULE
    days: int = Field(default=30, ge=1, le=366)
    ticket: str = TICKET


class LookOut(Out):
    """How the alert would have stood at a moment. `fired`: it would have begun to fire then."""

    at: str
    period: str | None
    value: float | None
    previous: float | None
    state: Literal["ok", "firing"]
    fired: bool


class SimulationOut(Out):
    """Every look in the past, oldest first, and when the alert would have fired; with what is known today."""

    looks: list[LookOut]
    fired_at: list[str]
    questions_asked: int

"""The shapes of quarantine on the wire: groups by cause, repairs, what was put away by day."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from zuji.api.wire import In, Out
from zuji.terms.rejection import Reason


class QuarantineGroup(Out):
    """Events that wait for one cause. `sample` is the newest of them, by id."""

    source: str
    reason: str
    meaning: str
    protocol: str
    cause: str = Field(examples=["dated # after its receipt"])
    events: int
    first_at: str
    last_at: str
    sample: int


class QuarantineGroups(Out):
    """The largest groups first."""

    groups: list[QuarantineGroup]


class RepairIn(In):
    """Which events and what to change, as docs/cleaning.md says. Without steps they are sent again as they are."""

    steps: list[dict[str, Any]] = Field(
        default_factory=list,
        max_length=50,
        examples=[[{"do": "rename", "field": "properties.prix", "to": "price"}]],
    )
    source: str | None = None
    reason: Reason | None = None
    protocol: str | None = None
    cause: str | None = Field(default=None, examples=["dated # after its receipt"])

    @property
    def document(self) -> dict[str, Any]:
        """As the repair is read."""
        return self.model_dump(exclude_none=True)


class RepairTrial(Out):
    """One event before and after the steps, and whether it would pass now."""

    id: int
    before: Any = None
    after: Any = None
    passes: bool
    reason: str
    detail: str


class RepairPreview(Out):
    """A repair tried on the oldest of its events; nothing was changed."""

    tried: int
    passing: int
    events: list[RepairTrial]


class RepairOut(Out):
    """A repair and what came of it. Of those tried, `passed` are stored; the others wait on, `failures` says why."""

    id: str
    at: str
    by: str
    repair: dict[str, Any]
    state: Literal["running", "done"]
    tried: int
    passed: int
    failures: dict[str, int] = Field(examples=[{"no_identifier": 2}])


class RepairList(Out):
    """The newest repairs first."""

    repairs: list[RepairOut]


class ExpireIn(In):
    """Give up what is older than so many days; without a number, than the plan keeps."""

    days: int | None = Field(default=None, ge=0, le=3_660)


class DroppedReason(Out):
    """What was set aside for one reason on one day (UTC) of receipt, and how it left quarantine again."""

    source: str
    day: str = Field(examples=["2026-11-21"])
    reason: str
    meaning: str
    quarantined: int
    waiting: int
    replayed: int
    discarded: int
    expired: int


class DroppedUncounted(Out):
    """What was not stored on a day and had no reason to be kept: repeats, and what consent refused."""

    source: str
    day: str
    accepted: int
    duplicate: int
    refused: int


class Dropped(Out):
    """What was dropped, and why."""

    quarantined: list[DroppedReason]
    uncounted: list[DroppedUncounted]

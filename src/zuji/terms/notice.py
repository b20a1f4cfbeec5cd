"""A notice: something that needs a person began, or is over. Told once each, to whoever asked for it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from zuji.terms.alarm import Alarm
from zuji.terms.source import DEFAULT_WORKSPACE

NoticeKind = Literal["alert", "alarm", "test"]
NoticeState = Literal["raised", "over"]
ENGINE_WIDE = frozenset({"engine_cannot_start", "stage_waits", "accounts_open", "more_changes", "more_points_silent"})
"""Alarms whose facts change while they stand: there is one of each at a time, whatever its sentence says."""
OF_SOURCE = frozenset({"quality_fell"})
"""The same, but one for each source: its worst offender may change meanwhile."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What began or is over. `key` is the same for both; `code` is of an alarm, or the id of an alert.

    `number` is given when it is kept. `facts` are those of the alarm, or the figure of the alert.
    """

    number: int = 0
    workspace: str
    key: str
    kind: NoticeKind
    code: str
    state: NoticeState = "raised"
    source: str = ""
    said: str
    facts: dict[str, Any] = msgspec.field(default_factory=dict)
    at: int


def notice_of_alarm(alarm: Alarm, *, at: int) -> Notice:
    """That an alarm began. One about no workspace is for the first one, which is the operator's.

    >>> notice_of_alarm(Alarm(code="stage_waits", said="rows wait: disk full"), at=5).key
    'alarm:stage_waits'
    """
    facts = msgspec.to_builtins(alarm)
    about = ("source",) if alarm.code in OF_SOURCE else ("source", "event", "property", "point")
    parts = [] if alarm.code in ENGINE_WIDE else [getattr(alarm, name) for name in about]
    return Notice(
        workspace=alarm.workspace or DEFAULT_WORKSPACE,
        key=":".join(["alarm", alarm.code, *parts]),
        kind="alarm",
        code=alarm.code,
        source=alarm.source,
        said=alarm.said,
        facts={name: value for name, value in facts.items() if name not in ("code", "said", "workspace")},
        at=at,
    )

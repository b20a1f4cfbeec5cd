"""The shapes of receivers on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from zuji.api.wire import In, Name, Out
from zuji.terms.alarm import AlarmCode

ALARM_CODES: tuple[AlarmCode, ...] = get_args(AlarmCode)
Address = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        pattern=r"^(https?://\S+|mailto:[^\s@,;<>?:\"]+@[^\s@,;<>?:\"]+)$",
        examples=["https://hooks.example.com/zuji", "mailto:shop@example.com"],
        description="An https address, or mailto: and one mail address.",
    ),
]
Chosen = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=1_000)]
Alerts = Annotated[Chosen | None, Field(description="Which alerts, by id; null for all, [] for none.")]
Alarms = Annotated[list[AlarmCode] | None, Field(description="Which alarms, by code; null for all, [] for none.")]
Sources = Annotated[Chosen | None, Field(description="Alarms of which sources, by name; null for all.")]
PerHour = Annotated[int, Field(ge=1, le=3_600, description="At most so many messages; the rest goes as one.")]


class ReceiverIn(In):
    """Who is to be told, and of what."""

    name: Name
    address: Address
    alerts: Alerts = None
    alarms: Alarms = None
    sources: Sources = None
    per_hour: PerHour = 12


class ReceiverChange(In):
    """What to change; what is left out stays."""

    name: Name | None = None
    address: Address | None = None
    alerts: Alerts = None
    alarms: Alarms = None
    sources: Sources = None
    per_hour: PerHour | None = None
    state: Literal["active", "paused"] | None = None


class ReceiverOut(Out):
    """A receiver and how it stands. Of a webhook `address` shows only where it leads: its path may be its secret.

    `waiting_until`: when the next message goes out, after a failure or because the hour has had its messages.
    """

    id: str
    name: str
    kind: Literal["webhook", "mail"]
    address: str
    alerts: list[str] | None
    alarms: list[str] | None
    sources: list[str] | None
    per_hour: int
    state: Literal["active", "paused"]
    attempts: int
    failing_since: str | None
    waiting_until: str | None
    delivered_at: str | None
    problem: str
    created_by: str
    created_at: str


class ReceiverMade(ReceiverOut):
    """A new receiver. The secret that signs what a webhook is sent is shown this once; mail has none."""

    secret: str | None


class ReceiverList(Out):
    """The receivers of a workspace, oldest first. `mail`: whether the operator has set a mail server."""

    receivers: list[ReceiverOut]
    mail: bool
    alarm_codes: list[str]


class DeliveryOut(Out):
    """A message, as it was sent or as it was put away (`given_up`). `problem`: why it did not arrive."""

    id: int
    state: Literal["delivered", "given_up", "test"]
    notices: int
    problem: str
    at: str
    body: Any


class DeliveryList(Out):
    """What a receiver was sent and did not take, newest first."""

    deliveries: list[DeliveryOut]


class NoticeSent(Out):
    """What came of a message that was sent by hand."""

    delivered: bool
    answer: str

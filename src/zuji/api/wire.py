"""The shapes on the wire. They end here: rooms speak their own values, routes translate.

Times are ISO 8601 in UTC with milliseconds, amounts are texts (exact decimals), cursors are opaque.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zuji.terms.message import KeyKind
from zuji.terms.source import Channel, Role

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Cursor = Annotated[str | None, Field(description="Where the next page starts; null on the last one.")]


def iso(milliseconds: int) -> str:
    """Milliseconds since 1970 as the API writes them.

    >>> iso(1_763_683_200_000)
    '2025-11-21T00:00:00.000Z'
    """
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class In(BaseModel):
    """A request body. Unknown fields are refused: a misspelt one must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class Problem(Out):
    """Every error has this shape."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["there is no profile phone:+8613812348000 in this workspace."])


class IdentifierShape(BaseModel):
    """An identifier, in either direction."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: str = Field(min_length=1, max_length=100, examples=["user_id"])
    value: str = Field(min_length=1, max_length=256, examples=["u-1042"])


# Events


class Count(Out):
    """A number of events, exact."""

    count: int = Field(examples=[42])


class EventOut(Out):
    """One stored event. `person` is the profile it belongs to now (0 = nobody); merges and splits move it."""

    position: int
    event_id: str
    type: str = Field(examples=["track"])
    event: str = Field(examples=["Order Completed"])
    occurred_at: str = Field(examples=["2026-11-21T08:30:00.000Z"])
    received_at: str
    person: int
    anchor: int
    source: str
    channel: str
    key: KeyKind
    identifiers: list[IdentifierShape]
    flags: list[str] = Field(examples=[["robot", "late"]])
    flag_reason: str
    purposes: list[str]
    amount: str | None = Field(examples=["199.000000"])
    currency: str
    properties: Any
    context: Any
    columns: dict[str, str] = Field(description="The standard columns that are set: url, os, utm_source, ...")


class EventPage(Out):
    """Events, newest first."""

    events: list[EventOut]
    next: Cursor = None


class TraceOut(Out):
    """What each stage did to one event as it passed."""

    number: int
    source: str
    type: str
    event: str
    message_id: str
    received_at: str
    occurred_at: str | None
    person: int
    outcome: str = Field(examples=["stored"])
    stages: dict[str, str] = Field(examples=[{"clean": "time corrected by -3.2 s", "link": "joined user_id:u-1042"}])


class TracePage(Out):
    """Traces, oldest first; ask again with `after=next`."""

    events: list[TraceOut]
    next: int


# Workspaces, sources, keys, tokens


class WorkspaceIn(In):
    """A new workspace."""

    name: Name = Field(examples=["Shop Shanghai"])
    timezone: str | None = Field(default=None, max_length=64, examples=["Asia/Shanghai"])


class WorkspaceOut(Out):
    """One company's data."""

    id: str
    name: str
    timezone: str
    created_at: str


class WorkspaceList(Out):
    """The workspaces this token may see."""

    workspaces: list[WorkspaceOut]


class SourceIn(In):
    """A new source. `settings` may name any source setting; the others keep their defaults."""

    name: Name = Field(examples=["Web shop"])
    channel: Channel = Field(default="web")
    settings: dict[str, Any] = Field(default_factory=dict, examples=[{"max_event_bytes": 65536}])


class SourceChange(In):
    """What to change of a source; what is left out stays."""

    enabled: bool | None = None
    settings: dict[str, Any] | None = None


class SourceOut(Out):
    """A place events come from."""

    id: str
    name: str
    channel: Channel
    enabled: bool
    settings: dict[str, Any]


class NewSourceOut(SourceOut):
    """A new source with its keys, which are shown this once."""

    write_key: str = Field(description="Public: for pages and apps.", examples=["zp_..."])
    secret_key: str = Field(description="Secret: for servers only.", examples=["zs_..."])


class SourceList(Out):
    """The sources of a workspace."""

    sources: list[SourceOut]


class KeyOut(Out):
    """A write key, recognisable by its hint. The key itself is not kept."""

    id: str
    kind: KeyKind
    hint: str = Field(examples=["zp_…Xk3f"])
    created_at: str
    revoked_at: str | None


class KeyList(Out):
    """The keys of a source, newest first."""

    keys: list[KeyOut]


class RotateIn(In):
    """Which kind of key to replace. With `old: keep` the former ones work on until they are revoked one by one."""

    kind: Literal["public", "secret"] = "public"
    old: Literal["revoke", "keep"] = "revoke"


class NewKeyOut(Out):
    """A new write key, shown this once."""

    id: str
    kind: KeyKind
    key: str
    hint: str


class TokenIn(In):
    """A new token. Without `workspace` it holds for all workspaces; without `user` it is of who makes it."""

    role: Role
    name: Name = Field(default="token", examples=["nightly export"])
    workspace: str | None = Field(default=None, examples=["default"])
    expires_in_days: int | None = Field(default=None, ge=1, le=3650)
    user: str | None = Field(default=None, max_length=64, description="The id of the user with whom it ends.")


class TokenOut(Out):
    """A token, recognisable by its hint. The token itself is not kept."""

    id: str
    name: str
    role: Role
    workspace: str | None
    user: str | None
    hint: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class NewTokenOut(TokenOut):
    """A new token, shown this once."""

    token: str = Field(examples=["zt_..."])


class TokenList(Out):
    """The tokens this one may see, newest first."""

    tokens: list[TokenOut]


# Quarantine and accounting


class QuarantinedOut(Out):
    """One rejected event as it waits. `message` is canonical; its `raw` is what was sent when that was no message."""

    id: int
    source: str
    message_id: str
    reason: str = Field(examples=["no_event_name"])
    meaning: str
    detail: str
    cause: str = Field(description="The detail without its own numbers and ids: what groups are made by.")
    protocol: str = Field(examples=["segment"])
    received_at: str
    message: Any = None


class QuarantinePage(Out):
    """Rejected events, newest first."""

    quarantined: list[QuarantinedOut]
    next: Cursor = None


class ReasonCounts(Out):
    """How many wait, per reason, with what the reason means."""

    total: int
    reasons: dict[str, int] = Field(examples=[{"no_event_name": 3}])
    meanings: dict[str, str]


class ReplayIn(In):
    """A replay. `message` replaces the canonical message whole; without it the event is tried again as it is."""

    message: dict[str, Any] | None = None


class Figures(Out):
    """accepted = stored + quarantined + duplicate + refused whenever `closed`; the other terms stand beside."""

    accepted: int
    stored: int
    quarantined: int
    duplicate: int
    refused: int
    inferred: int
    decisions: int
    replayed: int
    closed: bool


class MinuteOut(Figures):
    """The figures of one source in one minute of receipt."""

    source: str
    minute: str


class AccountingOut(Out):
    """Where everything that was accepted went."""

    closed: bool
    total: Figures
    by_source: dict[str, Figures]
    minutes: list[MinuteOut]


class Applied(Out):
    """A decision that was applied, with what it changed."""

    applied: bool = True
    outcome: dict[str, Any]

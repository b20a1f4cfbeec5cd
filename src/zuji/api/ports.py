"""What the API needs from the rest of the engine: rooms it may call, and small ports that the command line fills.

The API knows neither the spool nor the ingest loop. A decision of a person goes through `Decisions`, which appends it
to the spool and waits until it is applied; `Freshness` waits until everything acknowledged is queryable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from fastapi import Request

from zuji.analyse.settled import NO_TAGS, TagsNow
from zuji.govern.audit import AuditLog
from zuji.govern.keys import Keys
from zuji.govern.outbound import Answer, Outbound
from zuji.govern.posting import Sent
from zuji.govern.profile_views import ProfileViews
from zuji.govern.sessions import Sessions
from zuji.govern.tokens import Tokens
from zuji.govern.users import Users
from zuji.govern.workspaces import Workspaces
from zuji.store.definitions import Definitions
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.people_lists import PeopleLists
from zuji.store.policies import Policies
from zuji.store.receivers import Delivery, Receiver, Receivers
from zuji.store.saved import SavedWork
from zuji.store.subscriptions import DeadLetter, Subscription, Subscriptions
from zuji.terms.alarm import Alarm
from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind, Message
from zuji.terms.repair import Repair


class Decisions(Protocol):
    """The way of a person's decision into the one order of everything."""

    async def append_and_wait(self, workspace: str, message: Message) -> Mapping[str, Any]:
        """Append durably, wait until the engine applied it, give its outcome.

        Raises Conflict, NotFound or BadRequest as the engine decided, Busy when it takes longer than a few seconds.
        """
        ...


@dataclass(frozen=True)
class TakenIn:
    """An event that was handed in by itself and is applied. `problem`: why it was rejected; `subject`: whose it is."""

    message_id: str
    subject: Identifier | None
    problem: str | None = None


class Intake(Protocol):
    """The way of an event that a caller waits for."""

    async def take_and_wait(
        self, workspace: str, source: str, type_: str, document: Mapping[str, Any], *, key: KeyKind = "secret"
    ) -> TakenIn:
        """Append a Segment message durably and wait until identity and tags have followed it.

        Raises NotFound for an unknown source, BadRequest for what is no message, Busy when it takes too long.
        """
        ...


class Freshness(Protocol):
    """Waits for what was acknowledged before the call."""

    def wait_fresh(self, timeout_s: float) -> bool:
        """Until everything acknowledged so far is queryable. False when the time is up first."""
        ...


class Watch(Protocol):
    """The live view of events passing the stages."""

    def after(self, number: int, *, workspace: str, timeout_s: float) -> Sequence[Any]:
        """The traces newer than `number` (fields as in `wire.TraceOut`), waiting for the first one."""
        ...


@dataclass(frozen=True)
class Health:
    """How the engine is. `figures` are numbers for the metrics page, by name; `alarms` are sentences."""

    lag_ms: int
    lost: int
    alarms: tuple[str, ...] = ()
    alarm_facts: tuple[Alarm, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether nothing needs a person."""
        return not self.alarms and self.lost == 0


class Notifier(Protocol):
    """Who sends notices to receivers. What fails is told in what they give, and raises nothing."""

    @property
    def mail_is_on(self) -> bool:
        """Whether the operator has set a mail server."""
        ...

    def newest(self) -> int:
        """The number of the newest notice: where a new receiver begins."""
        ...

    def send_test(self, to: Receiver) -> Sent:
        """Send a notice that says it is a test, now."""
        ...

    def send_again(self, to: Receiver, delivery: Delivery) -> Sent:
        """Send once more what was put away."""
        ...


class Stewardship(Protocol):
    """Work on the whole data folder that only the running engine can do safely."""

    def backup(self, target: str) -> Mapping[str, Any]:
        """Pause at a batch boundary, copy everything to a new folder, go on. Gives what the manifest says."""
        ...


class Imports(Protocol):
    """Files that are imported, and taken back. An import is told as a mapping, fields as in `routes.imports`."""

    def all(self, workspace: str) -> Sequence[Mapping[str, Any]]:
        """The imports of a workspace, newest first."""
        ...

    def get(self, workspace: str, import_id: str) -> Mapping[str, Any]:
        """One import. Raises NotFound."""
        ...

    def guess(self, file: Path) -> Mapping[str, Any]:
        """A mapping to begin with, from the first rows of a file."""
        ...

    def begin(
        self, workspace: str, source: str, file: Path, *, name: str, mapping: Mapping[str, Any], actor: str
    ) -> Mapping[str, Any]:
        """Start importing a file, which is removed at the end. Raises BadRequest for what makes no sense."""
        ...

    def cancel(self, workspace: str, import_id: str) -> Mapping[str, Any]:
        """Stop an import under way; what came in stays. Raises Conflict when none is."""
        ...

    def check(self, import_id: str) -> Mapping[str, Any] | None:
        """What was found in the file before its import, if somebody looked; as in `wire_uploads.FileCheckOut`."""
        ...

    def source_to_undo(self, workspace: str, import_id: str, *, others: Literal["refuse", "too"]) -> str:
        """The source whose data goes when this import is undone. Raises Conflict when it must not."""
        ...

    def undone(self, workspace: str, source: str) -> None:
        """Note that what was imported into a source is gone."""
        ...


class Uploads(Protocol):
    """Files that were uploaded and wait to be imported. One is told as a mapping, fields as in `wire_uploads`."""

    @property
    def most_bytes(self) -> int:
        """How large a file may be."""
        ...

    def place(self, workspace: str, upload_id: str, name: str) -> Path:
        """Where the body of a new upload is to be written. Raises Busy when very many wait."""
        ...

    def offer(self, workspace: str, upload_id: str, *, name: str, size: int, lines: int) -> Mapping[str, Any]:
        """The body is whole: it can be looked at, checked and imported."""
        ...

    def all(self, workspace: str) -> Sequence[Mapping[str, Any]]:
        """What waits in a workspace, newest first."""
        ...

    def get(self, workspace: str, upload_id: str) -> Mapping[str, Any]:
        """One upload. Raises NotFound."""
        ...

    def remove(self, upload_id: str) -> None:
        """Delete an upload, whole or half."""
        ...

    def look(self, workspace: str, upload_id: str, mapping: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Its columns with values, read by a mapping, or by the one that is guessed and told."""
        ...

    def check(self, workspace: str, upload_id: str, source: str, *, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
        """How good the first rows would be in a source, and what is wrong with them. Nothing is kept."""
        ...

    def begin(
        self, workspace: str, upload_id: str, source: str, *, mapping: Mapping[str, Any], actor: str
    ) -> Mapping[str, Any]:
        """Start importing it; the upload stays until its day is over. Gives the import."""
        ...


class Repairs(Protocol):
    """Tries repairs of quarantined events, without keeping anything."""

    def preview(self, workspace: str, repair: Repair, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """The oldest chosen events before and after the steps, fields as in `wire_quarantine.RepairTrial`."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything the API is given. `scratch` is a folder on a disk with room, for files that exist while in use."""

    hot: HotStore
    events: EventStore
    workspaces: Workspaces
    keys: Keys
    tokens: Tokens
    users: Users
    sessions: Sessions
    profile_views: ProfileViews
    audit: AuditLog
    saved: SavedWork
    lists: PeopleLists
    definitions: Definitions
    policies: Policies
    scratch: Path
    subscriptions: Subscriptions
    receivers: Receivers
    notifier: Notifier
    outbound: Outbound
    redeliver: Callable[[Subscription, DeadLetter], Answer]
    decisions: Decisions
    intake: Intake
    freshness: Freshness
    watch: Watch
    health: Callable[[], Health]
    stewardship: Stewardship
    imports: Imports
    uploads: Uploads
    repairs: Repairs
    now_ms: Callable[[], int]
    new_id: Callable[[], str]
    tags_now: TagsNow = NO_TAGS


def ports_of(request: Request) -> Ports:
    """What the app that serves this request was given."""
    ports: Ports = request.app.state.ports
    return ports

"""The open input: how things come in that nobody posts to the gateway, such as packets of a broker or lines of files.

This page is the socket. A kind of input is one module in `collect/inputs/kinds/`, named as the operator names it, with

    Settings                                        what may be set, an `InputSettings` with fields of its own
    open_input(settings, place) -> Input            begin; raises InputFailed when the outside cannot be reached

Every kind passes `tests/promises/input_promises.py`. What it need not do: write to the spool, wait and try again, read
mappings, tell how it is. `collect/inputs/running.py` does that for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from msgspec import field as struct_field

from zuji.terms.document import Document, Name
from zuji.terms.error import Busy
from zuji.terms.rejection import Reason
from zuji.terms.webhook import FromRequest, WebhookMapping, reading_of


class InputFailed(Busy):
    """The outside cannot be reached or refuses us. Nothing is lost: what was not settled comes again."""

    code = "input_failed"


class Problem(NamedTuple):
    """Why one thing cannot be read: a reason of the closed list, and what exactly was wrong."""

    reason: Reason
    detail: str


class Given(NamedTuple):
    """One thing that came in: what the mapping reads, and an id made of where or what it is.

    The id is the same whenever the thing comes again; that is what makes it count once. Something unreadable is given
    too, whole, with its problem: it waits in quarantine.
    """

    document: dict[str, Any]
    content_id: str
    problem: Problem | None = None


class Taken(NamedTuple):
    """What one `take` gave. `mark` is the input's own: it says what to let go of once all this is kept."""

    given: Sequence[Given]
    mark: Any


class Input(Protocol):
    """An input that was opened. One thread uses it.

    It promises: at least once (what is not settled comes again, with the same ids, after any end of the process);
    what is settled does not come again; the order of its outside; at most `at_most` things in memory at once, however
    many wait outside.
    """

    def take(self, *, at_most: int, wait_s: float) -> Taken | None:
        """What is there, or what comes within `wait_s`; None when nothing does. Raises InputFailed."""

    def settle(self, taken: Taken) -> None:
        """All of this is on the disk: acknowledge it, or note the position. Raises InputFailed."""

    def close(self) -> None:
        """Let go of the outside, without settling anything."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What an input may use of ours: its name, a folder to remember in, and the mask for personal values in texts."""

    name: str
    folder: Path
    mask: Callable[[str], str] = field(default=lambda text: text)


class InputSettings(Document, frozen=True, kw_only=True):
    """What may be set for every kind: `source` is a name, `key` which of its keys the input speaks with.

    With `public` (the default) what comes in does not join existing profiles; that is for sources one trusts.
    """

    source: Name
    workspace: Name = "default"
    key: Literal["public", "secret"] = "public"
    mapping: WebhookMapping = struct_field(default_factory=WebhookMapping)

    def __post_init__(self) -> None:
        if self.mapping.signature is not None:
            raise ValueError("`mapping.signature` is for webhooks: an input has no request that could be signed")
        mapping = self.mapping
        parts = (mapping.identifiers, mapping.properties, mapping.traits)
        fields = (mapping.type, mapping.event, mapping.message_id, mapping.timestamp)
        ids = (mapping.user_id, mapping.anonymous_id, mapping.previous_id, mapping.group_id)
        for text in (*fields, *ids, *(text for part in parts for text in part.values())):
            if isinstance(reading_of(text), FromRequest):
                raise ValueError(f"`mapping`: {text!r} reads a request, and an input has none; write $. or @. paths")

    def reading(self) -> WebhookMapping:
        """The mapping as it is used; a kind may fill in what its operator left out."""
        return self.mapping


class Kind(Protocol):
    """The shape of a module in `kinds/`."""

    Settings: type[InputSettings]

    def open_input(self, settings: Any, place: Place) -> Input: ...

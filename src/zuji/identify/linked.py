"""What a batch or a decision comes to: whose the events are, what was rejected, what changed about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from zuji.identify.memory import Link
from zuji.store import identity
from zuji.store.evidence import EvidenceLog, Occurrence
from zuji.store.hot import HotTransaction
from zuji.store.identity import IdentityWrites
from zuji.terms.rejection import Rejection

ChangeKind = Literal["merged", "split", "pointed", "blocked", "unblocked"]


@dataclass(frozen=True)
class PeopleChange:
    """Something happened to people. `merged`: `person` became part of `other`. `split`: `person` came out of `other`.

    `pointed`: an identifier left `person` for `other`. `blocked`, `unblocked`: `person` is the identifier's anchor.
    """

    workspace: str
    kind: ChangeKind
    person: int
    other: int
    who: str
    why: str
    at: int


class Owners(Sequence[int]):
    """The person of each event, worked out when asked: only the live view asks, and only for a few."""

    def __init__(self, links: Sequence[Link | None], times: Sequence[int]) -> None:
        self._links = links
        self._times = times

    def __len__(self) -> int:
        return len(self._links)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return self.at(index, self._times[index])

    def at(self, index: int, time: int) -> int:
        """Whose the event's anchor was at another time."""
        link = self._links[index]
        return link.home.owner(link.anchor, time) if link is not None and link.anchor else 0


@dataclass
class Linked:
    """The outcome of one batch or decision. Nothing is written before `save`, inside the batch's transaction."""

    anchors: list[int] = field(default_factory=list)
    """Per subject: the anchor of its strongest usable identifier, 0 for nobody."""
    rejections: list[Rejection] = field(default_factory=list)
    people: Owners = field(default_factory=lambda: Owners((), ()))
    """Per subject: the person it belongs to."""
    changes: list[PeopleChange] = field(default_factory=list)
    profile_rows: list[tuple[str, int, int]] = field(default_factory=list)
    """(workspace, anchor, person) that changed; 0 for nobody."""
    slice_rows: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    """(workspace, anchor, from_ms, to_ms, person): all stretches of every anchor whose stretches changed."""
    marked: set[tuple[str, int]] = field(default_factory=set)
    """(workspace, person): whose profile may have changed, those who are gone included."""
    writes: IdentityWrites = field(default_factory=IdentityWrites)
    evidence: list[Occurrence] = field(default_factory=list)
    log: EvidenceLog | None = None

    def save(self, connection: HotTransaction) -> None:
        """Write everything, in the batch's transaction."""
        identity.write(connection, self.writes)
        if self.log is not None:
            self.log.append(connection, self.evidence)

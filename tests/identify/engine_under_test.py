"""The real engine behind the few questions that the reference can answer too."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from random_logs import TRUSTED
from reference import Slices, slices_by_name

from zuji.identify.linked import Linked
from zuji.identify.resolver import Resolver
from zuji.store.hot import HotStore
from zuji.terms.identifier import Identifier
from zuji.terms.message import Message
from zuji.terms.source import Source, SourceSettings
from zuji.terms.subject import Subject

Memory = Literal["roomy", "tiny"]
SIZES: dict[Memory, dict[str, int]] = {"roomy": {}, "tiny": {"capacity": 4, "young_rows": 6}}
"""Tiny: nearly everything has to be let go, moved and loaded again."""
NOW_MS = 400 * 24 * 3600 * 1000
TRUSTING = SourceSettings(public_key_may_merge=True, secret_key_may_force_merge=True)


def source_of(workspace: str, name: str) -> Source:
    return Source(name, workspace, name, settings=TRUSTING if name == TRUSTED else SourceSettings())


class RollbackError(Exception):
    """The machine failed before the commit."""


class Engine:
    """A resolver on its own hot state; and beside it what the event store would know, from the rows it is given."""

    def __init__(self, folder: Path, *, memory: Memory = "roomy") -> None:
        self._path = folder / "hot.sqlite"
        self._memory = SIZES[memory]
        self._person: dict[int, int] = {}
        self._stretches: dict[int, list[tuple[int, int]]] = {}
        self._position = 0
        self.open()

    def open(self) -> None:
        self.hot = HotStore(self._path)
        self._resolver = Resolver(self.hot, source_of, **self._memory)

    def close(self) -> None:
        self.hot.close()

    def restart(self) -> None:
        """Only what was committed survives."""
        self.close()
        self.open()

    def link(self, subjects: Sequence[Subject]) -> Linked:
        """One batch, committed."""
        positions = range(self._position, self._position + len(subjects))
        self._position += len(subjects)
        return self._commit(self._resolver.link(subjects, list(positions), NOW_MS))

    def lose(self, subjects: Sequence[Subject]) -> None:
        """One batch whose transaction is rolled back at the last moment."""
        linked = self._resolver.link(subjects, list(range(len(subjects))), NOW_MS)
        with contextlib.suppress(RollbackError), self.hot.write() as connection:
            linked.save(connection)
            raise RollbackError
        self._resolver.forget(linked)

    def decide(self, what: str, properties: Any, *, at: int = NOW_MS, id: str = "decision") -> None:  # noqa: A002
        """One decision of an operator, committed. Raises what the engine raises."""
        message = Message(
            type="decision",
            event=what,
            message_id=id,
            user_id="olga",
            timestamp=at,
            properties=msgspec.Raw(msgspec.json.encode(properties)),
        )
        linked, _ = self._resolver.decide("default", message, NOW_MS)
        self._commit(linked)

    def names(self) -> dict[int, Identifier]:
        """Every anchor's identifier."""
        with self.hot.read() as connection:
            rows = connection.execute(
                "SELECT n.anchor, k.type, n.value FROM identity_node AS n JOIN identity_kind AS k ON k.id = n.kind"
            ).fetchall()
        return {anchor: Identifier(type_, value) for anchor, type_, value in rows}

    def owner(self, anchor: int, at: int) -> int:
        """Whose an event of this anchor is, as the event store would answer."""
        stretches = self._stretches.get(anchor) or [(-(2**62), self._person.get(anchor, anchor))]
        return [person for since, person in stretches if since <= at][-1] if anchor else 0

    def slices(self, first_seen: Mapping[Identifier, int]) -> dict[Identifier, Slices]:
        """Whose every identifier was since it was first seen, in the reference's shape. Blocked ones are left out."""
        names = self.names()
        found = {}
        for anchor, name in names.items():
            stretches = self._stretches.get(anchor) or [(0, self._person.get(anchor, anchor))]
            if name.type != "unbound" and stretches[-1][1]:
                begin = first_seen.get(name, 0)  # nothing asks about the time before
                changes = [(max(since, begin), names[person]) for since, person in stretches]
                found[name] = slices_by_name(changes)
        return found

    def torn(self) -> list[str]:
        """Anchors whose last stretch and present owner are not the same, which the store's two tables must agree on."""
        return [
            f"{anchor} is {stretches[-1][1]}'s by its stretches and {self._person.get(anchor, anchor)}'s at present"
            for anchor, stretches in self._stretches.items()
            if stretches[-1][1] != self._person.get(anchor, anchor)
        ]

    def _commit(self, linked: Linked) -> Linked:
        with self.hot.write() as connection:
            linked.save(connection)
        self._resolver.settle(linked)
        self._person.update({anchor: person for _, anchor, person in linked.profile_rows})
        changed: dict[int, list[tuple[int, int]]] = {}
        for _, anchor, since, _, person in linked.slice_rows:
            changed.setdefault(anchor, []).append((since, person))
        self._stretches.update(changed)
        for anchor in [anchor for anchor, stretches in changed.items() if len(stretches) == 1]:
            del self._stretches[anchor]  # one stretch from ever to ever says that there are none any more
        return linked

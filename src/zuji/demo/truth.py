"""What truly happened in the demo world, written down while it happens and kept beside the data.

Two tables. `events`: every message said, with its true time, who did it, how often it was sent and what went wrong
with it. `identifiers`: every identifier that belongs to one person alone, with that person and a component: two
identifiers of one component are connected by evidence in the data, so they are truly linkable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntFlag
from pathlib import Path

import msgspec
import polars as pl

from zuji.demo.options import DemoOptions
from zuji.terms.error import BadRequest

SHARED = 0
"""The actor of an identifier that several people use in turn: it says nothing about who somebody is."""
ROBOT_NUMBERS_FROM = 100_000_000
"""Robots are numbered after all people, so that one column holds every actor."""
WEAK_FROM_PUBLIC_KEYS = frozenset({"phone", "email", "unionid", "member_card"})
"""Anybody can type them into a page: from a public key they may join somebody as newcomers, never two who exist."""
STRENGTH = {
    name: rank
    for rank, name in enumerate(
        ("user_id", "unionid", "openid", "member_card", "phone", "email", "device_id", "anonymous_id", "distinct_id")
    )
}


class Fault(IntFlag):
    """What goes wrong with a message on its way, in one number."""

    DUPLICATE = 1
    LATE = 2
    SKEWED = 4
    DRIFT = 8
    BAD = 16
    PLACEHOLDER = 32
    """It carries a value that stands for nobody: `undefined`, 13800138000, an all-zero advertising id."""
    TYPO = 64
    """It carries an address that is somebody else's, or nobody's."""


NO_FAULT = Fault(0)


EVENT_SCHEMA = {
    "event_id": pl.String, "at": pl.Int64, "type": pl.String, "event": pl.String, "door": pl.String,
    "actor": pl.Int64, "ambiguous": pl.Boolean, "robot": pl.Boolean, "copies": pl.Int64, "faults": pl.Int64,
    "problem": pl.String, "amount": pl.String,
}  # fmt: skip
EventRow = tuple[str, int, str, str, str, int, bool, bool, int, int, str, str]
"""`ambiguous`: seen from outside, several people could have done it (somebody not logged in on a shared device)."""


@dataclass(frozen=True)
class Truth:
    """The frozen truth of one loaded world."""

    options: DemoOptions
    events: pl.DataFrame
    identifiers: pl.DataFrame

    @property
    def linkable_pairs(self) -> int:
        """How many pairs of identifiers evidence connects."""
        sizes = self.identifiers.group_by("component").len()["len"].cast(pl.Int64)
        return int((sizes * (sizes - 1) // 2).sum())


class TruthBook:
    """Takes the truth down. With a folder, events go to disk day by day, so that a large world fits in memory."""

    def __init__(self, options: DemoOptions, folder: Path | None = None) -> None:
        self._options = options
        self._folder = folder
        self._rows: list[EventRow] = []
        self._frames: list[pl.DataFrame] = []
        self._evidence: dict[tuple[int, bool, tuple[str, ...]], tuple[int, str]] = {}
        self.messages = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.glob("events-*.parquet"):
                old.unlink()

    def event(self, row: EventRow) -> None:
        """One message as it truly was."""
        self._rows.append(row)
        self.messages += 1

    def evidence(self, actor: int, identifiers: tuple[str, ...], *, secret: bool, at: int, event_id: str) -> None:
        """These identifiers were named together, and all of them are this actor's. Only the first time matters."""
        key = (actor, secret, identifiers)
        moment = (at, event_id)
        known = self._evidence.get(key)
        if known is None or moment < known:
            self._evidence[key] = moment

    def turn_page(self) -> None:
        """Put the rows so far away, as one part."""
        if not self._rows:
            return
        frame = pl.DataFrame(self._rows, schema=EVENT_SCHEMA, orient="row")
        self._rows = []
        if self._folder is None:
            self._frames.append(frame)
            return
        part = len(list(self._folder.glob("events-*.parquet")))
        frame.write_parquet(self._folder / f"events-{part:05d}.parquet")

    def identifiers(self) -> pl.DataFrame:
        """Who owns what, and what hangs together: the linkable pairs."""
        return linkable((moment, actor, secret, names) for (actor, secret, names), moment in self._evidence.items())

    def keep(self) -> None:
        """Finish what is kept in the folder; that of a large world is larger than anybody wants in memory."""
        if self._folder is None:
            raise BadRequest("this book has no folder to keep the truth in; give it one, or close() it.")
        self.turn_page()
        self.identifiers().write_parquet(self._folder / "identifiers.parquet")
        (self._folder / "options.json").write_bytes(msgspec.json.encode(asdict(self._options)))

    def close(self) -> Truth:
        """The truth of everything said until now; kept in the folder too, if there is one."""
        if self._folder is not None:
            self.keep()
            return load_truth(self._folder)
        self.turn_page()
        empty = pl.DataFrame(schema=EVENT_SCHEMA)
        return Truth(self._options, pl.concat([empty, *self._frames]), self.identifiers())


def load_truth(folder: Path) -> Truth:
    """The truth kept by an earlier run. Raises FileNotFoundError where none was kept."""
    kept = msgspec.json.decode((folder / "options.json").read_bytes())
    options = DemoOptions(**{**kept, "end": datetime.fromisoformat(kept["end"])})
    events = pl.read_parquet(folder / "events-*.parquet")
    return Truth(options, events, pl.read_parquet(folder / "identifiers.parquet"))


Evidence = tuple[tuple[int, str], int, bool, tuple[str, ...]]
"""When (time, event id), whose, from a secret key?, which identifiers."""


def linkable(evidence: Iterable[Evidence]) -> pl.DataFrame:
    """The identifiers of one owner each, grouped by what truly connects them.

    Taken in the order of true time. Everything named together hangs on the strongest identifier, except that a weak
    one from a public key must be new, or the strongest must be: otherwise anybody could take over anybody's profile
    by typing a phone number. What several people use in turn connects nobody and is left out.

    >>> rows = [((1, "a"), 7, False, ("user_id:u", "anonymous_id:a")), ((2, "b"), 7, True, ("phone:1", "user_id:u"))]
    >>> linkable(rows).select("value", "actor", "component").rows()
    [('u', 7, 0), ('a', 7, 0), ('1', 7, 0)]
    """
    ordered = sorted(evidence)
    owner: dict[str, int] = {}
    for _, actor, _, names in ordered:
        for name in names:
            owner[name] = actor if owner.setdefault(name, actor) == actor else SHARED
    parent = {name: name for name, actor in owner.items() if actor != SHARED}
    seen: set[str] = set()
    for _, _, secret, names in ordered:
        own = sorted((name for name in names if name in parent), key=_strength)
        for other in own[1:]:
            weak = not secret and not WEAK_FROM_PUBLIC_KEYS.isdisjoint((_type(own[0]), _type(other)))
            if not weak or own[0] not in seen or other not in seen:
                parent[_root(parent, other)] = _root(parent, own[0])
        seen.update(own)
    return _component_table(parent, owner)


def _type(name: str) -> str:
    return name.split(":", 1)[0]


def _strength(name: str) -> tuple[int, str]:
    return STRENGTH[_type(name)], name


def _root(parent: dict[str, str], name: str) -> str:
    while parent[name] != name:
        parent[name] = name = parent[parent[name]]
    return name


def _component_table(parent: dict[str, str], owner: dict[str, int]) -> pl.DataFrame:
    numbers: dict[str, int] = {}
    rows = []
    for name in parent:
        kind, value = name.split(":", 1)
        component = numbers.setdefault(_root(parent, name), len(numbers))
        rows.append((kind, value, owner[name], component))
    schema = {"type": pl.String, "value": pl.String, "actor": pl.Int64, "component": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")

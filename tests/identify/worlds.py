"""Builders for identity tests: a hot state in a folder, an engine over it, short ways to say what an event says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from zuji.identify.linked import Linked
from zuji.identify.resolver import Resolver
from zuji.store.hot import HotStore
from zuji.terms.identifier import Identifier, type_of
from zuji.terms.message import KeyKind, Message
from zuji.terms.source import Source, SourceSettings
from zuji.terms.subject import Rule, Statement, Subject

NOON = 1_760_000_000_000
MINUTE = 60_000
DAY = 24 * 60 * MINUTE
SOURCES = {
    "web": Source("web", "shop", "web"),
    "till": Source("till", "shop", "till", "pos", settings=SourceSettings(secret_key_may_force_merge=True)),
    "app": Source("app", "shop", "app", "app", settings=SourceSettings(public_key_may_merge=True)),
    "tight": Source("tight", "shop", "tight", settings=SourceSettings(new_people_per_hour=2)),
}


def source_of(workspace: str, name: str) -> Source:
    """The source with this id. Those of other workspaces than the shop's have other settings: the default ones."""
    return SOURCES[name] if workspace == "shop" else Source(name, workspace, name)


SHORT = {"u": "user_id", "a": "anonymous_id", "p": "phone", "e": "email", "d": "distinct_id", "m": "member_card"}


def one(text: str) -> Identifier:
    """`u:ann` is user_id ann, `a:x` anonymous_id x, and so on; a full type name works as well."""
    kind, _, value = text.partition(":")
    return Identifier(SHORT.get(kind, kind), value)


def many(text: str) -> tuple[Identifier, ...]:
    found = [one(part) for part in text.split()]
    return tuple(sorted(found, key=lambda item: (type_of(item.type).priority, item.type, item.value)))


def said(
    rule: Rule,
    known: str,
    anonymous: str = "",
    *,
    at: int = 0,
    event: str = "",
    key: KeyKind = "public",
    source: str = "web",
    identified: bool | None = None,
    statements: tuple[Statement, ...] = (),
) -> Subject:
    """An event `at` minutes after noon. Identify, sign-up, alias and bind make the known side identified."""
    claims = rule not in ("sighting", "together", "unbind", "force_merge")
    return Subject(
        workspace="shop",
        source=source,
        key=key,
        at=NOON + at * MINUTE,
        event_id=event or f"{rule}-{known}-{anonymous}-{at}",
        rule=rule,
        known=many(known),
        anonymous=many(anonymous),
        identified=claims if identified is None else identified,
        statements=statements,
    )


def seen(who: str, *, at: int = 0, **more: Any) -> Subject:
    """A page view or the like: evidence when it names several."""
    return said("together" if len(who.split()) > 1 else "sighting", who, at=at, **more)


def login(user: str, device: str, *, at: int = 0, **more: Any) -> Subject:
    return said("identify", user, device, at=at, **more)


class World:
    """A data folder with an identity engine; `tell` commits like the ingest loop does."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.hot = HotStore(folder / "hot.sqlite")
        self.options = options
        self.resolver = Resolver(self.hot, source_of, **options)
        self.position = 0
        self.profile_now: dict[int, int] = {}
        self.slices: dict[int, list[tuple[int, int, int]]] = {}
        self.decisions = 0

    def tell(self, *subjects: Subject, now_ms: int = NOON) -> Linked:
        """All these events in one batch, committed."""
        positions = range(self.position, self.position + len(subjects))
        self.position += len(subjects)
        return self.commit(self.resolver.link(subjects, positions, now_ms))

    def tell_each(self, subjects: Iterable[Subject]) -> None:
        """Every event in a batch of its own."""
        for subject in subjects:
            self.tell(subject)

    def commit(self, linked: Linked) -> Linked:
        with self.hot.write() as connection:
            linked.save(connection)
        self.resolver.settle(linked)
        for _, anchor, person in linked.profile_rows:
            self.profile_now[anchor] = person
        for anchor in {row[1] for row in linked.slice_rows}:
            self.slices[anchor] = [row[2:] for row in linked.slice_rows if row[1] == anchor]
        return linked

    def decide(self, event: str, *, at: int = 1_000, who: str = "operator-7", **properties: Any) -> dict[str, Any]:
        """A person's decision, `at` minutes after noon."""
        self.decisions += 1
        message = Message(
            type="decision",
            message_id=f"decision-{self.decisions}",
            event=event,
            user_id=who,
            timestamp=NOON + at * MINUTE,
            properties=msgspec.Raw(msgspec.json.encode(properties)),
        )
        linked, outcome = self.resolver.decide("shop", message, NOON + at * MINUTE)
        self.commit(linked)
        return outcome

    def merge(self, a: str, b: str, **more: Any) -> dict[str, Any]:
        return self.decide("merge", a=named(a), b=named(b), why="the same voice", **more)

    def split(self, profile: str, leaving: Sequence[str], **more: Any) -> dict[str, Any]:
        names = [named(item) for item in leaving]
        return self.decide("split", profile=named(profile), leaving=names, why="two people", **more)

    def restart(self) -> None:
        """A new process over the same folder."""
        self.hot.close()
        self.hot = HotStore(self.folder / "hot.sqlite")
        self.resolver = Resolver(self.hot, source_of, **self.options)

    def anchor(self, who: str) -> int:
        return self.tell_nothing(seen(who, at=10**6))

    def tell_nothing(self, subject: Subject) -> int:
        """The anchor an event would get, without telling it."""
        linked = self.resolver.link([subject], [0], NOON)
        self.resolver.forget(linked)
        return linked.anchors[0]

    def owner(self, who: str, *, at: int = 10**6) -> int:
        """The person an event of this identifier at that minute belongs to, by the rows the event store has."""
        anchor = self.anchor(who)
        moment = NOON + at * MINUTE
        for start, end, person in self.slices.get(anchor, ()):
            if start <= moment < end:
                return person
        return self.profile_now.get(anchor, anchor)

    def together(self, *who: str, at: int = 10**6) -> bool:
        return len({self.owner(item, at=at) for item in who}) == 1


def named(text: str) -> dict[str, str]:
    """An identifier, or `profile:ID`, as a decision names it."""
    if text.startswith("profile:"):
        return {"type": "profile", "value": text.partition(":")[2]}
    item = one(text)
    return {"type": item.type, "value": item.value}

"""Small worlds for tests, lived through once and reused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qs

from zuji.collect.decode import posthog, segment, sensors
from zuji.collect.decode.request import Request
from zuji.demo.envelope import seal
from zuji.demo.history import generate
from zuji.demo.options import DemoKeys, DemoOptions
from zuji.demo.parcel import Parcel
from zuji.demo.truth import Truth
from zuji.demo.world import World
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings

END = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = DemoKeys(web="zp_web", app="zp_app", mini_program="zp_mini", pos="zs_pos", support="zs_support", crm="zs_crm")


@dataclass(frozen=True)
class Lived:
    """A world whose history is over."""

    parcels: tuple[Parcel, ...]
    truth: Truth
    world: World


def options(*, people: int = 250, days: int = 40, seed: int = 7) -> DemoOptions:
    return DemoOptions(end=END, people=people, days=days, seed=seed)


@lru_cache(maxsize=8)
def lived(*, people: int = 250, days: int = 40, seed: int = 7) -> Lived:
    history = generate(options(people=people, days=days, seed=seed))
    parcels = tuple(history)
    return Lived(parcels, history.close(), history.world)


def decoded(parcel: Parcel, *, received_at: int | None = None) -> tuple[Message, ...]:
    """What the real decoder makes of a parcel. The batch's time of sending is put on each message."""
    now = received_at if received_at is not None else options().end_ms
    envelope = seal(parcel, KEYS, now_ms=now, stamp="wrong_clocks")
    path, _, query = envelope.path.partition("?")
    request = Request("POST", path.rstrip("/"), parse_qs(query), envelope.headers, envelope.content, now)
    protocol = {"mini_program": sensors, "blog": posthog}.get(parcel.door, segment)
    assert protocol.write_key(request) == KEYS.of(parcel.door)
    messages: tuple[Message, ...] = protocol.decode(request, SourceSettings()).messages
    return messages


def all_decoded(world: Lived) -> Iterator[tuple[Parcel, Message]]:
    for parcel in world.parcels:
        for message in decoded(parcel):
            yield parcel, message

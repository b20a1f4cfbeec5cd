"""The tags to start with, on a demo world: what they say of people is what truly happened to them.

Its messages go through the real decoders, the spool and the engine: twice delivered, late, with wrong clocks, over
several devices of one person and one device of several people. What truly happened was written down while it happened,
and the tags are worked out from that by the plain scripts of tests/data/tagged, which know nothing of zuji.

Not everybody can be compared. What was done on a shared device while nobody was logged in belongs to somebody whom no
rule can know, and devices that nothing ties together stay two profiles. So those are compared of whom the product knows
everything and nothing else: their profile holds all their events and nobody else's. Most people are such people.
What the truth does not write down (categories, products, discounts, devices) has no tag here.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lived import END, Lived, decoded, lived

from data.tagged import plainly
from data.tagged.plainly import Person, Row, Script, person_of
from zuji.demo.ask import name_in_truth
from zuji.store.query import Query
from zuji.tag.graph import in_force
from zuji.tag.history import Asked, definitions_query
from zuji.tag.starter_set import starter_set
from zuji.terms.message import KeyKind, Receipt, encode_messages
from zuji.terms.period import Calendar

sys.path.append(str(Path(__file__).parent.parent / "run"))  # an engine in this process lives there

from engine_world import World, running

END_MS = int(END.timestamp() * 1000)
ZONE = "Asia/Shanghai"
SECRET_DOORS = ("pos", "support", "crm")
USUAL = {"OrderCompleted": plainly.ORDERED, "ProductViewed": plainly.VIEWED, "ProductAdded": plainly.ADDED}
"""The mini program writes names without spaces; what they mean is the same."""
SCRIPTS: tuple[Script, ...] = (
    plainly.visitor_kind, plainly.activity, plainly.preferred_hour, plainly.day_part, plainly.weekend_shopper,
    plainly.lifecycle_stage, plainly.churn_risk, plainly.repeat_buyer, plainly.orders, plainly.days_since_order,
    plainly.first_order_lately, plainly.spend_tier, plainly.spent_this_year, plainly.average_order,
    plainly.largest_order, plainly.rfm_group, plainly.best_customers, plainly.high_intent_now,
    plainly.cart_abandoned, plainly.fast_decision, plainly.lookers_without_order,
)  # fmt: skip
RULES = tuple(one for one in starter_set() if one.key in {script.__name__ for script in SCRIPTS})


@dataclass(frozen=True)
class Known:
    """People of whom the product knows everything and nothing else: what it says of each, and what truly happened."""

    said: dict[int, dict[str, Any]]
    people: dict[int, Person]
    of: int
    """How many people did anything at all."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    world = lived(people=250, days=40)
    true = truly(world)
    with running(tmp_path_factory.mktemp("tags") / "data", now_ms=lambda: END_MS) as engine:
        send(engine, world)
        whole = dict(wholly_known(owners(engine), true, actors(world)))
        said = said_of(engine)
    people = {actor: person_of((row for _, row in true[actor]), now=END_MS // 1000, zone=ZONE) for actor in whole}
    return Known({actor: said[profile] for actor, profile in whole.items()}, people, len(true))


def send(engine: World, world: Lived) -> None:
    """Every request of the history, in the order in which they arrived, with the key of its door."""
    for parcel in world.parcels:
        key: KeyKind = "secret" if parcel.door in SECRET_DOORS else "public"
        sent_at = END_MS + parcel.clock_error_ms if parcel.clock_error_ms else None  # as `envelope.seal` stamps history
        receipt = Receipt("default", parcel.door, key, "segment", END_MS, sent_at)
        messages = decoded(parcel)
        asyncio.run(engine.spool.append(receipt, encode_messages(messages), len(messages)))
    engine.settle()


def truly(world: Lived) -> dict[int, list[tuple[str, Row]]]:
    """By person, what they did as (event id, row); robots and what is broken left out, as it should be."""
    events = world.truth.events.filter(~world.truth.events["robot"], world.truth.events["problem"] == "")
    true: dict[int, list[tuple[str, Row]]] = defaultdict(list)
    for event_id, at, event, actor, amount in events.select("event_id", "at", "event", "actor", "amount").iter_rows():
        micros = int(Decimal(amount or 0) * 1_000_000)
        true[actor].append((event_id, Row(at // 1000, USUAL.get(event, event), micros=micros)))
    return true


def actors(world: Lived) -> dict[str, int]:
    """Who sent which event, robots too."""
    return dict(world.truth.events.select("event_id", "actor").iter_rows())


def owners(engine: World) -> dict[str, int]:
    """By event id, as the truth has it: the profile it belongs to. Nobody's events are nobody's."""
    whose = engine.engine.events.person_of_event()
    told = "event_id, toUnixTimestamp64Milli(occurred_at) AS at, identifiers"
    asked = Query(f"SELECT {told}, {whose.sql} AS person FROM zuji.events", whose.params)
    rows = engine.engine.events.query(asked).to_pylist()
    return {name_of(row): row["person"] for row in rows if row["person"]}


def name_of(row: dict[str, Any]) -> str:
    held = [{"type": one["type"], "value": one["value"]} for one in row["identifiers"]]
    return name_in_truth(row["event_id"], row["at"], held)


def wholly_known(
    owner: dict[str, int], true: dict[int, list[tuple[str, Row]]], actor_of: dict[str, int]
) -> Iterator[tuple[int, int]]:
    """(person, profile) where the one has all events of the other."""
    inside: dict[int, set[int]] = defaultdict(set)
    for event_id, profile in owner.items():
        inside[profile].add(actor_of[event_id])
    for actor, events in true.items():
        profiles = {owner.get(event_id, 0) for event_id, _ in events}
        if len(profiles) == 1 and inside[min(profiles)] == {actor}:
            yield actor, min(profiles)


def said_of(engine: World) -> dict[int, dict[str, Any]]:
    """By profile: what the rules say."""
    store = engine.engine.events
    published = in_force(starter_set())
    asked = Asked("default", store.person_of_event(), Calendar(ZoneInfo(ZONE)), END_MS, published)
    rows = store.query(definitions_query(RULES, asked)).to_pylist()
    return {row["person"]: dict(values(row)) for row in rows}


def values(row: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for place, one in enumerate(RULES):
        if (value := row[f"v{place}"]) is not None:
            yield one.key, round(value, 6) if isinstance(value, float) else value


def test_most_people_are_wholly_known(known: Known) -> None:
    assert len(known.people) >= known.of / 2 > 50


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_a_tag_says_of_people_what_truly_happened(script: Script, known: Known) -> None:
    expected = {actor: value for actor, person in known.people.items() if (value := script(person)) is not None}
    key = script.__name__
    assert {actor: values[key] for actor, values in known.said.items() if key in values} == expected
    assert expected, "a script that finds nobody would prove nothing"

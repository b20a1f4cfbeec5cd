"""The cast and its history: the same from one seed, in believable proportions, with every fault in the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import msgspec
import polars as pl
import pytest
from lived import END, all_decoded, decoded, lived, options

from zuji.demo.catalogue import PRODUCTS
from zuji.demo.history import HUB_CUSTOMERS, generate
from zuji.demo.options import DAY_MS, DemoOptions
from zuji.demo.parcel import PARCEL_MESSAGES
from zuji.demo.truth import Fault
from zuji.terms.error import BadRequest
from zuji.terms.identifier import BLOCKED_VALUES


def with_fault(fault: Fault, **choices: int) -> pl.DataFrame:
    return lived(**choices).truth.events.filter((pl.col("faults") & int(fault)) > 0)


def test_the_same_seed_gives_the_same_world_to_the_byte() -> None:
    once, again = lived(people=60, days=8), generate(options(people=60, days=8))
    assert tuple(again) == once.parcels
    truth = again.close()
    assert truth.events.equals(once.truth.events)
    assert truth.identifiers.equals(once.truth.identifiers)


def test_another_seed_gives_another_world() -> None:
    assert lived(people=60, days=8).parcels != lived(people=60, days=8, seed=8).parcels


def test_the_end_has_to_be_in_utc() -> None:
    with pytest.raises(BadRequest, match="in UTC"):
        DemoOptions(end=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(("people", "days"), [(9, 90), (2_000_000, 90), (100, 0)])
def test_an_impossible_world_is_refused(people: int, days: int) -> None:
    with pytest.raises(BadRequest):
        DemoOptions(end=END, people=people, days=days)


def test_the_history_ends_when_it_should_and_begins_the_days_before() -> None:
    times = lived().truth.events["at"]
    chosen = options()
    assert int(times.max()) < chosen.end_ms  # type: ignore[arg-type]
    assert chosen.first_midnight_ms <= int(times.min()) < chosen.first_midnight_ms + DAY_MS  # type: ignore[arg-type]
    midnight = datetime.fromtimestamp(chosen.first_midnight_ms / 1000, UTC) + timedelta(hours=8)
    assert (midnight.hour, midnight.minute) == (0, 0)


def test_every_door_is_used_and_requests_stay_small() -> None:
    parcels = lived().parcels
    assert {parcel.door for parcel in parcels} == {"web", "app", "mini_program", "pos", "support", "crm", "blog"}
    assert max(len(parcel.bodies) for parcel in parcels) <= PARCEL_MESSAGES


def test_people_are_told_apart_by_what_only_they_have() -> None:
    people = lived(people=2000, days=12).world.people
    for names in ("phone", "email", "user_id", "openid", "unionid"):
        assert len({getattr(person, names) for person in people}) == len(people)
    assert len({person.name for person in people}) < len(people)  # namesakes are common


def test_evenings_are_busier_than_nights() -> None:
    at = (pl.col("at") % DAY_MS // 3_600_000 + 8) % 24
    hours = Counter(lived().truth.events.filter(~pl.col("robot")).select(at)["at"].to_list())
    assert sum(hours[hour] for hour in (19, 20, 21, 22)) > 8 * sum(hours[hour] for hour in (1, 2, 3, 4))


def test_the_funnel_loses_people_at_every_step() -> None:
    names = lived().truth.events["event"].str.replace_all(" ", "").to_list()
    steps = [names.count(step) for step in ("ProductViewed", "ProductAdded", "CheckoutStarted", "PaymentInfoEntered")]
    assert steps == sorted(steps, reverse=True)
    assert 0 < steps[-1] < steps[0] / 4


def test_customers_who_joined_long_ago_come_less_often_than_fresh_ones() -> None:
    truth, world = lived(people=2000, days=12).truth, lived(people=2000, days=12).world
    active = set(truth.events.filter(pl.col("door").is_in(["web", "app", "mini_program"]))["actor"].to_list())
    old = [person.number in active for person in world.people if person.joined < -60]
    fresh = [person.number in active for person in world.people if 0 <= person.joined < 8]
    assert sum(old) / len(old) < 0.85 * sum(fresh) / len(fresh)


def test_products_have_names_in_both_languages_and_prices() -> None:
    assert len({product.product_id for product in PRODUCTS}) == len(PRODUCTS) >= 40
    assert all(product.zh != product.en and product.en.isascii() for product in PRODUCTS)
    assert all(product.fen > 0 for product in PRODUCTS)


def test_everything_sent_is_in_the_truth_as_often_as_it_was_sent() -> None:
    world = lived()
    sent = Counter(body for parcel in world.parcels for body in parcel.bodies)
    assert sorted(sent.values()) == sorted(world.truth.events["copies"].to_list())


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_happens_and_is_recorded(fault: Fault) -> None:
    assert with_fault(fault, people=2000, days=12).height > 0


def test_repeats_are_recorded_as_repeats_and_nothing_else_is() -> None:
    events = lived().truth.events
    repeated = events.filter(pl.col("copies") > 1)["event_id"].to_list()
    assert repeated == with_fault(Fault.DUPLICATE)["event_id"].to_list()
    assert 0.005 < len(repeated) / events.height < 0.03


def test_bad_rows_are_refused_by_the_decoders_or_dated_out_of_this_world() -> None:
    world = lived(people=2000, days=12)
    bad = with_fault(Fault.BAD, people=2000, days=12)
    expected = Counter(bad["problem"].to_list())
    found = Counter(message.problem for _, message in all_decoded(world) if message.problem)
    dated = {reason: expected.pop(reason) for reason in ("future_time", "too_old")}
    assert found == expected
    assert min(dated.values()) > 0
    assert len(expected) == 5


def test_good_rows_pass_the_decoders_with_their_type_and_name() -> None:
    world = lived()
    true = {row["event_id"]: row for row in world.truth.events.iter_rows(named=True)}
    compared = 0
    for parcel, message in all_decoded(world):
        row = true.get(message.message_id)
        if row is not None and not row["problem"]:
            assert (parcel.door, message.type, message.event) == (row["door"], row["type"], row["event"])
            compared += 1
    named = world.truth.events.filter((pl.col("problem") == "") & (pl.col("door") != "mini_program"))
    assert compared == int(named["copies"].sum())


def test_a_wrong_clock_is_undone_by_what_it_says_at_the_time_of_sending() -> None:
    world = lived(people=2000, days=12)
    true = dict(world.truth.events.select("event_id", "at").iter_rows())
    wrong = [parcel for parcel in world.parcels if parcel.clock_error_ms]
    assert wrong
    for parcel in wrong:
        for message in decoded(parcel):
            told = datetime.fromisoformat(str(message.timestamp)).timestamp() * 1000
            assert round(told) - parcel.clock_error_ms == true[message.message_id]


def test_a_repeat_is_the_same_message_with_the_same_id() -> None:
    times: dict[str, set[bytes]] = defaultdict(set)
    for parcel in lived().parcels:
        for body, message in zip(parcel.bodies, decoded(parcel), strict=True):
            times[message.message_id].add(body)
    assert all(len(bodies) == 1 for key, bodies in times.items() if not key.startswith("bad"))


def test_placeholders_stand_for_nobody_and_own_nothing() -> None:
    world = lived(people=2000, days=12)
    assert not BLOCKED_VALUES & set(world.truth.identifiers["value"].to_list())
    bodies = b"".join(body for parcel in world.parcels for body in parcel.bodies)
    assert b'"phone":"13800138000"' in bodies
    assert b'"userId":"undefined"' in bodies
    assert b'"advertisingId":"00000000-0000-0000-0000-000000000000"' in bodies


def test_a_shared_tablet_is_nobodys_own() -> None:
    world = lived(people=2000, days=12)
    owned = set(world.truth.identifiers["value"].to_list())
    used: dict[str, set[str]] = {tablet.anonymous_id: set() for tablet in world.world.tablets.values()}
    for _, message in all_decoded(world):
        if message.anonymous_id in used and message.user_id not in ("", "undefined"):
            used[message.anonymous_id].add(message.user_id)
    shared = [tablet for tablet, people in used.items() if len(people) > 1]
    # Live traffic goes on after the truth was written down: whoever has not used it yet may be next.
    used_by_one_so_far = [tablet for tablet, people in used.items() if len(people) == 1]
    assert shared
    assert used_by_one_so_far
    assert not owned & {*shared, *used_by_one_so_far}


def test_the_managers_number_is_given_with_more_cards_than_a_value_may_have() -> None:
    world = lived(people=1200, days=24)
    number = world.world.manager_phone
    cards = set()
    for parcel in world.parcels:
        for body in parcel.bodies if parcel.door == "pos" else ():
            traits = msgspec.json.decode(body).get("traits") if body.startswith(b'{"type":"identify"') else None
            if traits and traits.get("phone") == number:
                cards.add(traits["member_card"])
    assert len(cards) == HUB_CUSTOMERS > 50


def test_a_speeder_opens_more_than_five_pages_a_second_for_over_a_minute() -> None:
    world = lived()
    speeders = [robot for robot in world.world.robots if robot.kind == "speeder"]
    pages = (
        world.truth.events.filter(pl.col("robot"))
        .group_by("actor")
        .agg(pl.len(), (pl.col("at").max() - pl.col("at").min()).alias("lasted"))
    )
    fast = pages.filter(pl.col("len") / pl.col("lasted") * 1000 > 5)
    assert len(speeders) == fast.filter(pl.col("lasted") > 60_000).height > 0


def test_no_person_ever_acts_at_the_speed_of_a_machine() -> None:
    pages = lived().truth.events.filter(~pl.col("robot") & pl.col("type").is_in(["page", "screen"])).sort("at")
    gaps = pages.select(pl.col("at").diff(20).over("actor").alias("gap"))["gap"].drop_nulls()
    assert int(gaps.min()) > 20_000  # type: ignore[arg-type]

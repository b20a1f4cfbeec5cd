"""The present: the same people at the pace of the clock."""

from __future__ import annotations

from lived import decoded, lived, options

from zuji.demo.live import Present
from zuji.demo.world import create_world

NOW = options().end_ms + 3_600_000


def test_about_as_much_happens_as_was_asked_for() -> None:
    present = Present(create_world(options()), rate=40.0, now_ms=NOW)
    sent = sum(len(parcel.bodies) for second in range(1, 601) for parcel in present.due(NOW + second * 1000))
    assert 0.7 * 24_000 < sent < 1.3 * 24_000


def test_nothing_is_sent_before_it_happens() -> None:
    present = Present(create_world(options()), rate=40.0, now_ms=NOW)
    for second in range(1, 31):
        now = NOW + second * 1000
        for parcel in present.due(now):
            for message in decoded(parcel, received_at=now):
                told = message.timestamp
                if isinstance(told, int) and not message.message_id.startswith("bad"):
                    assert told <= now


def test_the_first_seconds_are_lively_already() -> None:
    present = Present(create_world(options()), rate=40.0, now_ms=NOW)
    sent = sum(len(parcel.bodies) for second in range(1, 11) for parcel in present.due(NOW + second * 1000))
    assert sent > 150


def test_known_people_go_on_and_new_ones_come() -> None:
    world = lived(people=60, days=8).world
    present = Present(world, rate=40.0, now_ms=NOW)
    messages = [m for second in range(1, 301) for p in present.due(NOW + second * 1000) for m in decoded(p)]
    known = {device.anonymous_id for person in world.people for device in person.devices}
    seen = {message.anonymous_id for message in messages if message.anonymous_id}
    assert len(seen & known) > 10
    assert len(seen - known) > 10


def test_a_later_present_says_nothing_with_the_ids_of_an_earlier_one() -> None:
    ids = []
    for start in (NOW, NOW + 1):
        present = Present(create_world(options()), rate=40.0, now_ms=start)
        parcels = [parcel for parcel in present.due(start + 60_000) if parcel.door != "mini_program"]
        ids.append({message.message_id for parcel in parcels for message in decoded(parcel)})
    assert ids[0]
    assert ids[1]
    assert not ids[0] & ids[1]

"""A real shop's clickstream, sent through the unmodified Segment client as the shop's own server would send it."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from servers import RunningServer

pytestmark = [pytest.mark.data, pytest.mark.slow]

NAMES = {
    "pv": "Product Viewed",
    "cart": "Product Added",
    "fav": "Product Added to Wishlist",
    "buy": "Order Completed",
}
ROWS = 84_476
SESSION_GAP_S = 30 * 60
NOW = 2**40
"""Stands for the time of the file's last row, which is cut off before it: such an event happens when it is sent."""
Row = tuple[str, str, str, str, int]
"""(user, product, category, event name, seconds since 1970)."""


@dataclass(frozen=True)
class Shop:
    """The rows of the file and the server that took them in."""

    rows: list[Row]
    server: RunningServer
    events: list[dict[str, Any]]


@pytest.fixture(scope="module")
def shop(data_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    rows = list(read(data_sets / "taobao_userbehavior" / "UserBehavior.csv.gz"))
    with RunningServer(tmp_path_factory.mktemp("taobao") / "data") as server:
        send(server, rows)
        server.count()
        yield Shop(rows, server, list(server.pages("events", "events", limit="1000")))


def read(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for user, product, category, behaviour, *seconds in csv.reader(lines):
            yield f"u{user}", product, category, NAMES[behaviour], int(seconds[0]) if seconds else NOW


def send(server: RunningServer, rows: Iterable[Row]) -> None:
    """Through the client's own queue and thread; `flush` returns when it has sent everything."""
    segment = pytest.importorskip("segment.analytics.client")
    failures: list[object] = []
    client = segment.Client(
        server.secret_key,
        host=server.url,
        max_queue_size=ROWS + 1,
        on_error=lambda error, items: failures.append(error),
    )
    for user, product, category, name, seconds in rows:
        taken, _ = client.track(
            user,
            name,
            {"product_id": product, "category": category},
            timestamp=None if seconds == NOW else datetime.fromtimestamp(seconds, UTC),
        )
        assert taken, "the client's own queue is full"
    client.flush()
    client.join()
    assert failures == []


def sessions_of(visits: Iterable[tuple[str, int]]) -> Counter[str]:
    """How many visits each user paid: a pause of more than half an hour ends one."""
    times: dict[str, list[int]] = defaultdict(list)
    for user, seconds in visits:
        times[user].append(seconds)
    counted: Counter[str] = Counter()
    for user, moments in times.items():
        moments.sort()
        counted[user] = 1 + sum(later - at > SESSION_GAP_S for at, later in pairwise(moments))
    return counted


def user_of(event: dict[str, Any]) -> str:
    [identifier] = event["identifiers"]
    return str(identifier["value"])


def seconds_of(event: dict[str, Any]) -> int:
    """When it happened; NOW for what happened in this test and not in 2017."""
    happened = datetime.fromisoformat(event["occurred_at"])
    return NOW if happened.year > 2017 else int(happened.timestamp())


def test_every_row_of_the_file_is_stored_as_it_is(shop: Shop) -> None:
    """The 36 rows outside the nine days are real dates and stay, and so does the last one, whose date is cut off."""
    stored = Counter(
        (
            user_of(event),
            event["columns"]["product_id"],
            event["columns"]["category"],
            event["event"],
            seconds_of(event),
        )
        for event in shop.events
    )
    assert [event["event_id"] for event in shop.events if "time_corrected" in event["flags"]] == []
    assert stored == Counter(shop.rows)
    assert len(shop.rows) == ROWS
    assert len([row for row in shop.rows if row[4] == NOW]) == 1


def test_the_books_close_and_counts_by_behaviour_are_those_of_the_file(shop: Shop) -> None:
    account = shop.server.get("accounting")
    assert account["closed"]
    assert (account["total"]["stored"], account["total"]["quarantined"]) == (ROWS, 0)
    by_name = Counter(name for _, _, _, name, _ in shop.rows)
    assert {name: shop.server.count(event=name) for name in NAMES.values()} == dict(by_name)


def test_people_are_the_users_of_the_file(shop: Shop) -> None:
    users = {user for user, *_ in shop.rows}
    found = [profile["identifiers"] for profile in shop.server.pages("profiles", "profiles")]
    assert sorted((one["type"], one["value"]) for [one] in found) == sorted(("user_id", user) for user in users)
    assert len({event["person"] for event in shop.events}) == len(users) == 815


def test_visits_per_person_are_those_of_the_file(shop: Shop) -> None:
    people = {event["person"]: user_of(event) for event in shop.events}
    stored = sessions_of((people[event["person"]], seconds_of(event)) for event in shop.events)
    assert stored == sessions_of((user, seconds) for user, *_, seconds in shop.rows)


def test_what_each_person_bought_is_what_the_file_says(shop: Shop) -> None:
    bought = Counter(user for user, _, _, name, _ in shop.rows if name == "Order Completed")
    busiest = [user for user, _ in bought.most_common(3)]
    assert {user: shop.server.count(user=user, event="Order Completed") for user in busiest} == {
        user: bought[user] for user in busiest
    }

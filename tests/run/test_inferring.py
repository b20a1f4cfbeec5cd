"""Inferred steps through a whole engine: what is stored, counted, tagged, erased, and what a kill -9 leaves of it."""

from __future__ import annotations

import contextlib
import multiprocessing
import shutil
import signal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest
from doomed_engine import live_until
from engine_world import NOON_MS, WithRules, World, running
from tag_world import publish, tags

from zuji.clean.inferred_rows import inferred_id
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.run.engine import Engine
from zuji.run.tail import PER_BATCH
from zuji.store import accounting
from zuji.tag.history import Asked, rule_query
from zuji.tag.read_rule import read_rule
from zuji.terms.event import Flag
from zuji.terms.message import Message
from zuji.terms.period import Calendar

MINUTE_MS = 60_000
ON = WithRules({"missing_step": {"action": "infer", "after_hours": 0}})
CARTS = {"value": {"measure": "count", "event": "Product Added"}}
COLUMNS = "event_id, event, position, toUnixTimestamp64Milli(occurred_at) AS at, flags, flag_reason, properties, amount"


def did(event: str, id_: str, *, who: str = "d-1", ago_ms: int = 0, **properties: Any) -> Message:
    return Message(
        type="track", event=event, message_id=id_, anonymous_id=who, timestamp=NOON_MS - ago_ms,
        properties=msgspec.Raw(msgspec.json.encode(properties)),
    )  # fmt: skip


def account_of(world: World) -> accounting.Account:
    with world.engine.hot.read() as connection:
        return accounting.overall(connection)


def test_an_order_without_a_cart_step_gets_one_that_is_marked_and_the_books_close(tmp_path: Path) -> None:
    with running(tmp_path, policies=ON) as world:
        world.send(did("Product Added", "c1", who="d-2"), did("Order Completed", "o1", revenue=12), did("Viewed", "v1"))
        world.send(did("Order Completed", "o2", who="d-2", revenue=5))
        world.settle()
        account, rows = account_of(world), world.rows(COLUMNS)
    assert (account.accepted, account.stored, account.inferred, account.closed) == (4, 4, 1, True)
    [step] = [row for row in rows if row["flags"] & Flag.INFERRED]
    [order] = [row for row in rows if row["event_id"] == "o1"]
    assert len(rows) == 5
    assert (step["event"], step["at"], step["amount"]) == ("Product Added", order["at"] - 1, None)
    assert step["event_id"] == inferred_id("default", "web", "o1", "Product Added")
    assert step["flag_reason"] == "inferred:Order Completed"
    assert msgspec.json.decode(step["properties"]) == {"$implied_by": "o1"}
    assert len({row["position"] for row in rows}) == 5


def test_nothing_is_inferred_while_nobody_asked_for_it(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(did("Order Completed", "o1"))
        world.settle()
        assert [row["event_id"] for row in world.rows()] == ["o1"]
        assert account_of(world).inferred == 0


def test_live_tags_and_history_both_count_inferred_steps(tmp_path: Path) -> None:
    with running(tmp_path, policies=ON) as world:
        publish(world, "carts", CARTS)
        world.send(did("Order Completed", "o1"), did("Product Added", "c1", who="d-2"))
        world.settle()
        whose = world.engine.events.person_of_event()
        asked = Asked("default", whose, Calendar(ZoneInfo("UTC")), NOON_MS)
        query = rule_query(read_rule(CARTS), asked)
        history = sorted(row["value"] for row in world.engine.events.query(query).to_pylist())
        live = {who: said["carts"] for who, said in tags(world).items()}
    assert live == {"d-1": 1, "d-2": 1}
    assert history == [1, 1]


def test_what_is_remembered_of_steps_outlives_the_engine(tmp_path: Path) -> None:
    with running(tmp_path, policies=ON) as world:
        world.send(did("Product Added", "c1", ago_ms=MINUTE_MS))
        world.settle()
    with running(tmp_path, policies=ON) as world:
        world.send(did("Order Completed", "o1"))
        world.settle()
        assert [row["event_id"] for row in world.rows()] == ["c1", "o1"]


def test_with_a_source_go_its_inferred_steps_and_what_it_taught_about_steps(tmp_path: Path) -> None:
    order = inferred_id("default", "web", "o1", "Product Added")
    with running(tmp_path, policies=ON) as world:
        world.send(did("Product Added", "c1", who="d-2", ago_ms=MINUTE_MS), source="app")
        world.send(did("Order Completed", "o1"), did("Order Completed", "o2", who="d-2"))
        world.settle()
        before = {row["event_id"] for row in world.rows()}
        world.decide("delete_source_data", source="web")
        world.settle()
        erased = {row["event_id"] for row in world.rows()}
        world.send(did("Order Completed", "o1"), did("Order Completed", "o2", who="d-2"))
        world.settle()
        again = {row["event_id"] for row in world.rows()}
    assert before == again == {"c1", "o1", "o2", order}
    assert erased == {"c1"}


def test_an_order_out_of_quarantine_implies_its_step_too_and_the_books_close(tmp_path: Path) -> None:
    nameless = Message(type="track", event="Order Completed", message_id="o1", timestamp=NOON_MS)
    with running(tmp_path, policies=ON) as world:
        world.send(nameless)
        world.decide("replay", id=1, message=did("Order Completed", "o1"))
        world.settle()
        account, rows = account_of(world), world.rows(COLUMNS)
    assert [row["event"] for row in rows] == ["Order Completed", "Product Added"]
    assert (account.stored, account.quarantined, account.replayed, account.inferred) == (0, 1, 1, 1)
    assert account.closed


def test_the_live_view_shows_each_event_as_it_was_sent_also_behind_inferred_ones(tmp_path: Path) -> None:
    with running(tmp_path, policies=ON) as world:
        world.engine.tail.after(0, workspace="default", timeout_s=0)  # from now on somebody watches
        world.send(*(did("Order Completed", f"o{one}", who=f"d-{one}") for one in range(PER_BATCH)))
        world.settle()
        seen = world.engine.tail.after(0, workspace="default", timeout_s=0)
        assert account_of(world).inferred == PER_BATCH
    assert [(one.message_id, one.event, one.outcome) for one in seen] == [
        (f"o{one}", "Order Completed", "stored") for one in range(PER_BATCH)
    ]
    assert all(one.person for one in seen)


@pytest.mark.crash
@pytest.mark.parametrize(
    ("point", "times"), [("before the commit", 2), ("after the commit", 2), ("before the outbox row leaves", 1)]
)
def test_after_a_kill_every_step_was_inferred_exactly_once(
    spooled: Path, undisturbed: list[dict[str, Any]], tmp_path: Path, point: str, times: int
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(spooled, folder)
    child = multiprocessing.get_context("spawn").Process(target=live_until, args=(folder, point, times, ON))
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL
    with running(folder, policies=ON) as world:
        world.settle()
        assert world.rows(COLUMNS) == undisturbed
        assert account_of(world).inferred == 20


@pytest.fixture(scope="module")
def spooled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two batches of orders of forty people, of whom every second put something into a cart; a decision between."""
    folder = tmp_path_factory.mktemp("orders") / "data"
    with contextlib.closing(SqliteSpoolWriter(folder / "spool", "gateway-1")) as spool:
        world = World(cast(Engine, None), spool)
        world.send(*(did("Product Added", f"c{one}", who=f"d-{one}", ago_ms=MINUTE_MS) for one in range(0, 40, 2)))
        world.send(*(did("Order Completed", f"o{one}", who=f"d-{one}") for one in range(20)))
        world.decide("split", "split-1")
        world.send(*(did("Order Completed", f"o{one}", who=f"d-{one}") for one in range(20, 40)))
    return folder


@pytest.fixture(scope="module")
def undisturbed(spooled: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What is stored when nothing happens."""
    folder = tmp_path_factory.mktemp("undisturbed_orders") / "data"
    shutil.copytree(spooled, folder)
    with running(folder, policies=ON) as world:
        world.settle()
        rows = world.rows(COLUMNS)
    assert sum(1 for row in rows if row["flags"] & Flag.INFERRED) == 20
    return rows

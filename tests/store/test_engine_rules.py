"""The rules for using the engine safely, one test each."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from conftest import Open
from disk_bytes import holds
from event_rows import event_row, event_table, plain_events

from zuji.store.background import MERGING, NICENESS, TASKS
from zuji.store.connections import read_table
from zuji.store.erasure import erase
from zuji.store.events import EventStore
from zuji.store.failure import Cancelled, Refused, StoreBusy, TooCostly
from zuji.store.query import Limits, Query
from zuji.terms.error import BadRequest, Busy, Conflict

ENDLESS = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"
HOSTILE = [
    "it's",
    'a"b',
    "a\\b",
    "a\tb",
    "a\nb",
    "a\\'b",
    "{x:String}",
    "--",
    "\x00",
    "a\\tb",
    "名'); DROP TABLE x",
    "😀",
]


def test_a_violated_constraint_raises_and_stores_nothing(events: EventStore) -> None:
    with pytest.raises(Refused, match="has_a_workspace"):
        events.insert(event_table([event_row(1), event_row(2, workspace="")]))
    assert events.stats().rows == 0


@pytest.mark.parametrize("value", HOSTILE)
def test_a_bound_value_is_inert_whatever_it_contains(events: EventStore, value: str) -> None:
    found = events.query(Query("SELECT {v:String} AS v, {l:Array(String)} AS l", {"v": value, "l": [value, "x"]}))
    assert found.to_pylist() == [{"v": value, "l": [value, "x"]}]


def test_bound_values_never_mix_between_threads(events: EventStore) -> None:
    sql = "SELECT {n:UInt64} AS n, {s:String} AS s FROM numbers({repeat:UInt64}) LIMIT 1"

    def ask(number: int) -> bool:
        params = {"n": number, "s": f"thread {number}", "repeat": 1 + number % 7}
        return events.query(Query(sql, params)).to_pylist() == [{"n": number, "s": f"thread {number}"}]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(800)))
    assert answers.count(True) == 800


def test_memory_over_the_limit_is_a_clean_error_and_the_store_goes_on(opened: Open) -> None:
    store = opened(Limits(memory_bytes=50_000_000))
    with pytest.raises(TooCostly, match="engine error 241"):
        store.query(Query("SELECT groupArray(number) FROM numbers(100000000)"))
    assert store.query(Query("SELECT 1 AS one"))["one"].to_pylist() == [1]


def test_groups_beyond_the_memory_of_a_question_go_on_on_disk(opened: Open) -> None:
    store = opened(Limits(memory_bytes=300_000_000))
    grouped = "SELECT number % 8000000 AS key, count() AS c, groupBitOr(number) AS b, groupBitOr(number + 1) AS d"
    found = store.query(
        Query(f"SELECT count() AS keys, sum(c) AS n FROM ({grouped} FROM numbers(10000000) GROUP BY key)")
    )
    assert found.to_pylist() == [{"keys": 8_000_000, "n": 10_000_000}]


@pytest.mark.parametrize("door", ["asking", "writing", "controlling"])
def test_an_answer_never_begins_with_what_a_failed_query_left_behind(events: EventStore, door: str) -> None:
    broken = "SELECT groupArray(number) AS secret FROM numbers(100000000) SETTINGS max_memory_usage = 50000000"
    for _ in range(3):
        with pytest.raises(DatabaseError), getattr(events.connections, door)() as client:
            read_table(client, broken)
        with getattr(events.connections, door)() as client:
            assert read_table(client, "SELECT 1 AS one").to_pydict() == {"one": [1]}


def test_time_over_the_limit_is_a_clean_error(opened: Open) -> None:
    store = opened(Limits(seconds=1))
    began = time.monotonic()
    with pytest.raises(TooCostly, match="Timeout"):
        store.query(Query(ENDLESS))
    assert time.monotonic() - began < 5


def test_a_question_can_be_cancelled_by_its_ticket_alone(events: EventStore) -> None:
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(events.query, Query(ENDLESS, ticket="abcdef0123"))
        time.sleep(0.3)
        assert not events.cancel("abcdef0124")
        assert events.cancel("abcdef0123")
        with pytest.raises(Cancelled):
            running.result(timeout=10)


def test_a_question_with_bound_values_is_found_by_its_ticket_too(events: EventStore) -> None:
    endless = Query(f"{ENDLESS} WHERE number != {{bound:UInt64}}", {"bound": 7}, ticket="abcdef0125")
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(events.query, endless)
        time.sleep(0.3)
        assert events.cancel("abcdef0125")
        with pytest.raises(Cancelled):
            running.result(timeout=10)


def test_a_ticket_that_is_not_hexadecimal_is_refused() -> None:
    with pytest.raises(BadRequest):
        Query("SELECT 1", ticket="*/ DROP")


def test_more_questions_than_slots_wait_in_line_then_fail_as_busy(opened: Open) -> None:
    store = opened(Limits(at_once=1, wait_s=0.2))
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(store.query, Query(ENDLESS, ticket="abcdef0123"))
        time.sleep(0.3)
        with pytest.raises(StoreBusy, match="1 questions"):
            store.query(Query("SELECT 1"))
        store.insert(plain_events(3))  # ingest has a client of its own
        store.cancel("abcdef0123")
        assert isinstance(running.exception(timeout=10), Cancelled)


def test_a_second_process_is_refused_with_the_pid_of_the_first(events: EventStore) -> None:
    code = "import sys; from zuji.store.events import EventStore; EventStore.open(sys.argv[1])"
    told = subprocess.run(
        [sys.executable, "-c", code, str(events.folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 1
    assert f"in use by process {os.getpid()}" in told.stderr


def test_a_second_folder_in_this_process_is_refused(events: EventStore, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="one per process"):
        EventStore.open(tmp_path / "another")


def test_a_folder_that_could_not_be_opened_can_be_opened_later(events: EventStore, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        EventStore.open(tmp_path / "another")
    events.close()
    EventStore.open(tmp_path / "another").close()


def _use_after_fork(store: EventStore, told: multiprocessing.Queue[str]) -> None:
    for use in (store.stats, lambda: EventStore.open(str(store.folder) + "-of-the-child")):
        try:
            use()
        except Conflict as refusal:
            told.put(str(refusal))


def test_use_after_a_fork_is_refused_instead_of_hanging(events: EventStore) -> None:
    fork = multiprocessing.get_context("fork")
    told: multiprocessing.Queue[str] = fork.Queue()
    child = fork.Process(target=_use_after_fork, args=(events, told))
    child.start()
    refusals = [told.get(timeout=20) for _ in range(2)]
    assert all("spawn" in refusal for refusal in refusals)
    child.join(20)
    assert child.exitcode == 0


def test_a_closed_store_says_so(events: EventStore) -> None:
    events.close()
    events.close()
    with pytest.raises(StoreBusy, match="closed"):
        events.query(Query("SELECT 1"))


def test_closing_waits_for_the_questions_of_other_threads(events: EventStore) -> None:
    slow = Query("SELECT sum(sipHash64(number)) AS n FROM numbers(30000000)")
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(events.query, slow)
        time.sleep(0.1)
        events.close()
        assert running.done()
        assert running.result().num_rows == 1


def test_a_server_that_does_not_answer_is_busy_and_its_password_stays_secret() -> None:
    with pytest.raises(Busy) as told:
        EventStore.open("http://someone:hunter2@127.0.0.1:9/")
    assert "hunter2" not in str(told.value)


def test_erased_events_are_gone_from_the_disk_not_only_from_answers(events: EventStore) -> None:
    assert events.folder is not None
    keep, erase_these = "canary-kept-4711", "canary-erased-0815"
    events.insert(event_table([event_row(n, event_id=f"{erase_these}-{n}", source="test") for n in range(50)]))
    events.insert(event_table([event_row(100 + n, event_id=f"{keep}-{n}") for n in range(50)]))
    with events.connections.controlling() as client:
        client.command("OPTIMIZE TABLE zuji.events FINAL")
    assert holds(events.folder, erase_these)
    events.delete_source("default", "test")
    assert not holds(events.folder, erase_these)
    assert holds(events.folder, keep)
    assert events.stats().rows == 50


def test_anchors_are_erased_from_every_table(events: EventStore) -> None:
    events.insert(event_table([event_row(n, anchor=n % 3) for n in range(30)]))
    events.delete_anchors("other", [0, 1, 2])
    assert events.stats().rows == 30
    events.delete_anchors("default", [0, 2])
    left = events.query(Query("SELECT DISTINCT anchor FROM zuji.events"))
    assert left["anchor"].to_pylist() == [1]


def test_erasing_says_when_old_parts_stay(events: EventStore) -> None:
    events.insert(plain_events(10))
    statement = Query("ALTER TABLE zuji.events DELETE WHERE event = {e:String}", {"e": "purchase"})
    with pytest.raises(StoreBusy, match="still on disk"):
        erase(events.connections, [statement], wait_s=0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 40 MB."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_raises_and_what_was_confirmed_is_what_is_stored(small_disk: Path) -> None:
    confirmed: list[int] = []
    with closing(EventStore.open(small_disk / "events")) as store:
        with pytest.raises(StoreBusy):
            _fill(store, confirmed)
        present = store.positions_present(0, 10**6).tolist()
        assert store.stats().rows == len(present)
    assert confirmed
    assert set(confirmed) <= set(present)
    assert len(present) == len(set(present))


def _fill(store: EventStore, confirmed: list[int]) -> None:
    """Insert, noting what was confirmed, until the store refuses."""
    for first in range(0, 10**6, 1000):
        rows = [event_row(first + n, properties=os.urandom(600).hex()) for n in range(1000)]
        store.insert(event_table(rows))
        confirmed += range(first, first + 1000)


def test_threads_that_insert_and_ask_at_once_lose_nothing(events: EventStore) -> None:
    stop = threading.Event()

    def ask() -> int:
        asked = 0
        while not stop.is_set():
            events.query(Query("SELECT event, count() FROM zuji.events GROUP BY event"))
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        list(threads.map(lambda n: events.insert(plain_events(50, first=n * 50)), range(20)))
        stop.set()
        assert all(future.result() > 0 for future in asking)
    assert events.positions_present(0, 10**6).tolist() == list(range(1000))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux gives threads a niceness of their own")
def test_merging_lets_everything_else_go_first(events: EventStore) -> None:
    events.insert(plain_events(1))
    tasks = [task for task in TASKS.iterdir() if (task / "comm").read_text().strip() == MERGING]
    assert {os.getpriority(os.PRIO_PROCESS, int(task.name)) for task in tasks} == {NICENESS}

"""How far a running query is can be seen from outside, by its ticket."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from zuji.store.events import EventStore
from zuji.store.failure import Cancelled
from zuji.store.query import Query
from zuji.store.query_progress import progress_of

TICKET = "abcdef0199"
LONG = "SELECT count() FROM numbers(100000000000) WHERE sin(number) > {beyond:Float64}"


def test_a_running_query_tells_how_far_it_is_and_one_that_ended_nothing(events: EventStore) -> None:
    assert progress_of(events, TICKET) is None
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(events.query_counted, Query(LONG, {"beyond": 2.0}, TICKET))
        deadline = time.monotonic() + 60
        while (found := progress_of(events, TICKET)) is None or not found.rows_read:
            assert time.monotonic() < deadline
            assert not running.done()
            time.sleep(0.02)
        assert found.rows_read <= found.rows_to_read
        assert progress_of(events, "abcdef0198") is None
        assert progress_of(events, "") is None
        assert events.cancel(TICKET)
        assert isinstance(running.exception(timeout=60), Cancelled)
    assert progress_of(events, TICKET) is None

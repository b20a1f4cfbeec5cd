"""Questions that wait in line: refused at once when the line is full, and out of it when nobody waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from api_world import ApiWorld, answering

from zuji.api.app import create_api
from zuji.api.jobs import MOST_JOBS
from zuji.api.questions import QuestionPool

PATIENCE_S = 60
ASKED = {"kind": "lifecycle", "question": {"event": "view", "date_from": "-1d"}}


@contextmanager
def one_place(world: ApiWorld, workspace: str) -> Iterator[tuple[httpx.Client, threading.Event]]:
    """An API whose one thread is taken until the event is set, with one place in line for each asker."""
    pool, gate = QuestionPool(threads=1, most_of_one=1, most_waiting_of_one=1), threading.Event()
    taken: Future[bool] = pool.take("somebody else", lambda: gate.wait(PATIENCE_S))
    with (
        answering(create_api(world.house.ports, now_s=time.monotonic, pool=pool)) as url,
        httpx.Client(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {world.owner}"},
            params={"workspace": workspace},
            timeout=PATIENCE_S,
            trust_env=False,
        ) as client,
    ):
        try:
            yield client, gate
        finally:
            gate.set()
            assert taken.result(PATIENCE_S)


def soon(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S / 2
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_question_in_the_background_without_a_place_in_line_is_refused_and_leaves_nothing(
    world: ApiWorld, workspace: str
) -> None:
    with one_place(world, workspace) as (client, gate):
        first = client.post("/questions/jobs", json=ASKED)
        assert (first.status_code, first.json()["state"]) == (202, "waiting")
        for _ in range(MOST_JOBS):
            refused = client.post("/questions/jobs", json=ASKED)
            assert refused.status_code == 503
            assert "1 questions of yours are waiting" in refused.json()["message"]
        gate.set()
        soon(lambda: client.get(f"/questions/jobs/{first.json()['id']}").json()["state"] == "done")
        assert client.post("/questions/jobs", json=ASKED).status_code == 202


def test_a_question_in_the_background_that_is_stopped_while_it_waits_gives_its_place_back(
    world: ApiWorld, workspace: str
) -> None:
    with one_place(world, workspace) as (client, _):
        first = client.post("/questions/jobs", json=ASKED).json()
        assert client.delete(f"/questions/jobs/{first['id']}").json()["state"] == "cancelled"
        assert client.post("/questions/jobs", json=ASKED).status_code == 202


def test_a_waiting_question_whose_asker_hangs_up_gives_its_place_back(world: ApiWorld, workspace: str) -> None:
    with one_place(world, workspace) as (client, _):
        with pytest.raises(httpx.ReadTimeout):
            client.post("/questions/run", json=ASKED, timeout=0.3)
        soon(lambda: client.post("/questions/jobs", json=ASKED).status_code == 202)


@pytest.mark.parametrize(
    ("path", "body", "ticket"),
    [
        ("/questions/run", ASKED, "/questions/tickets/mine"),
        ("/sql", {"sql": "SELECT 1"}, "/sql/mine"),
    ],
)
def test_a_waiting_question_is_stopped_by_its_ticket(
    world: ApiWorld, workspace: str, path: str, body: dict[str, object], ticket: str
) -> None:
    with one_place(world, workspace) as (client, _), ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client.post, path, json={**body, "ticket": "mine"})
        soon(lambda: client.delete(ticket).json() == {"cancelled": True})
        assert asked.result(PATIENCE_S).json()["code"] == "cancelled"
        assert client.delete(ticket).json() == {"cancelled": False}
        assert client.post("/questions/jobs", json=ASKED).status_code == 202

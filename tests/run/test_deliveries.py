"""Changes reach receivers outside in order and none is lost, whatever the receivers do."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from zuji.govern.outbound import Outbound
from zuji.govern.posting import signature
from zuji.run.deliveries import CHANGES_AT_ONCE, DeliveryLoop
from zuji.run.patience import GIVE_UP_AFTER_MS, REFUSALS_TAKEN
from zuji.store.hot import HotStore
from zuji.store.metadata import Metadata
from zuji.store.subscriptions import Subscription, Subscriptions
from zuji.store.tag_values import SILENT, NewChange, record

START = 1_800_000_000_000


@dataclass
class Receiver:
    """A receiver outside: what it was sent, and how it answers (a status, or None for hanging up)."""

    answers: list[int | None] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def numbers(self) -> list[int]:
        """The numbers of all changes of the requests that were answered with success, in order."""
        return [change["number"] for body in self.taken for change in json.loads(body)["changes"]]

    taken: list[bytes] = field(default_factory=list)


@contextmanager
def listening(receiver: Receiver, port: int = 0) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((dict(self.headers), body))
            answer = receiver.answers.pop(0) if receiver.answers else 204
            if answer is None:
                self.connection.close()
                return
            if 200 <= answer < 300:
                receiver.taken.append(body)
            self.send_response(answer)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Scene:
    hot: HotStore
    subscriptions: Subscriptions
    loop: DeliveryLoop
    now: int = START

    def changes(self, count: int, *, key: str = "vip", told: Any = 1) -> None:
        with self.hot.write() as connection:
            record(
                connection,
                [
                    NewChange(
                        workspace="default", person=7, kind="tag", key=key, old=None, new=number, cause="event",
                        at_ms=self.now, received_at_ms=self.now - 20, told=told,
                    )
                    for number in range(count)
                ],
                readable_at_ms=self.now,
            )  # fmt: skip

    def subscribe(self, receiver: Receiver, **columns: Any) -> Subscription:
        made = Subscription(
            **{
                "id": "s1", "workspace": "default", "name": "crm", "url": f"http://127.0.0.1:{receiver.port}/hook",
                "secret": "zs_x", "tags": None, "segments": None, "identifiers": (), "per_minute": 6_000,
                "state": "active", "position": 0, "attempts": 0, "failing_since": None, "next_at": 0,
                "delivered_at": None, "problem": "", "created_by": "tests", "created_at": START,
            }
            | columns
        )  # fmt: skip
        self.subscriptions.add(made)
        return made

    def run(self, seconds: float, *, step_ms: int = 500) -> None:
        """Let the loop work through so much time."""
        for _ in range(int(seconds * 1000 / step_ms)):
            self.now += step_ms
            self.loop.deliver_due(self.now)

    @property
    def stands(self) -> Subscription:
        return self.subscriptions.get("default", "s1")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    metadata = Metadata.open(tmp_path / "meta.sqlite")
    metadata.create_workspace(id="default", name="default", timezone="UTC", created_at=START)
    hot = HotStore(tmp_path / "hot.sqlite")
    subscriptions = Subscriptions.beside(metadata)
    outbound = Outbound(allowed=["127.0.0.0/8"], timeout_s=5)
    loop = DeliveryLoop(
        subscriptions=subscriptions, hot=hot, outbound=outbound, now_ms=lambda: START, spread=lambda: 0.5
    )
    yield Scene(hot, subscriptions, loop)
    loop.stop()
    hot.close()
    metadata.close()


def test_a_delivery_is_signed_over_its_time_and_body_and_says_what_changed(scene: Scene) -> None:
    with listening(Receiver()) as receiver:
        scene.subscribe(receiver)
        scene.changes(2)
        scene.run(1)
    [(headers, body)] = receiver.requests
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["X-Zuji-Signature"])
    assert found is not None
    assert found[2] == signature("zs_x", int(found[1]), body)
    assert headers["X-Zuji-Delivery"] == "s1-1-2"
    told = json.loads(body)
    assert [(one["number"], one["key"], one["new"], one["latency_ms"]) for one in told["changes"]] == [
        (1, "vip", 0, 20),
        (2, "vip", 1, 20),
    ]
    assert (scene.stands.position, scene.stands.problem) == (2, "")


def test_a_receiver_that_is_down_for_a_while_gets_everything_once_and_in_order(scene: Scene) -> None:
    receiver = Receiver(answers=[500, None, 503])
    with listening(receiver):
        scene.subscribe(receiver)
        scene.changes(150)
        scene.run(3)
        assert scene.stands.attempts > 0
    scene.changes(130)
    scene.run(20)  # nobody listens
    assert receiver.numbers == []
    assert "did not answer" in scene.stands.problem
    with listening(receiver, receiver.port):
        scene.run(300, step_ms=5_000)
    assert receiver.numbers == list(range(1, 281))
    assert [len(json.loads(body)["changes"]) for body in receiver.taken] == [CHANGES_AT_ONCE, CHANGES_AT_ONCE, 80]
    assert (scene.stands.attempts, scene.stands.failing_since) == (0, None)


def test_a_delivery_is_the_same_whenever_it_is_sent_again_however_much_comes_behind_it(scene: Scene) -> None:
    with listening(Receiver(answers=[500, None, 503])) as receiver:
        scene.subscribe(receiver)
        for _ in range(4):
            scene.changes(2)
            scene.run(6)
    sent = [(headers["X-Zuji-Delivery"], body) for headers, body in receiver.requests]
    assert sent[0][0] == "s1-1-2"
    assert sent[:4] == [sent[0]] * 4
    assert receiver.numbers == [*range(1, 9)]


def test_a_delivery_is_the_same_after_a_crash_that_left_nobody_who_knows_whether_it_was_taken(scene: Scene) -> None:
    def dies() -> float:
        raise SystemExit

    with listening(Receiver(answers=[500])) as receiver:
        scene.subscribe(receiver)
        scene.changes(2)
        outbound = Outbound(allowed=["127.0.0.0/8"], timeout_s=5)
        doomed = DeliveryLoop(
            subscriptions=scene.subscriptions, hot=scene.hot, outbound=outbound, now_ms=lambda: START, spread=dies
        )
        with pytest.raises(SystemExit):
            doomed.deliver_due(START)
        doomed.stop()
        scene.changes(2)
        scene.run(2)
    assert [headers["X-Zuji-Delivery"] for headers, _ in receiver.requests] == ["s1-1-2", "s1-1-2", "s1-3-4"]
    assert receiver.numbers == [1, 2, 3, 4]


def test_what_nobody_takes_for_a_day_is_put_away_and_the_rest_goes_on(scene: Scene) -> None:
    with listening(Receiver(answers=[500] * 1_000)) as receiver:
        scene.subscribe(receiver)
        scene.changes(3)
        scene.run(GIVE_UP_AFTER_MS / 1000 + 3_600, step_ms=60_000)
        receiver.answers.clear()
        scene.changes(2)
        scene.run(60, step_ms=1_000)
        [letter] = scene.subscriptions.dead_letters("s1")
        assert (letter.first, letter.last, letter.changes, letter.problem) == (1, 3, 3, "answered 500")
        assert receiver.numbers == [4, 5]
        assert scene.loop.redeliver(scene.stands, letter).is_success
        assert receiver.numbers == [4, 5, 1, 2, 3]
    assert scene.subscriptions.dead_letters("s1") == []


def test_what_a_receiver_calls_wrong_is_asked_a_few_times_and_then_put_away(scene: Scene) -> None:
    with listening(Receiver(answers=[400] * REFUSALS_TAKEN)) as receiver:
        scene.subscribe(receiver)
        scene.changes(1)
        scene.run(120, step_ms=1_000)
    assert len(receiver.requests) == REFUSALS_TAKEN
    assert [letter.problem for letter in scene.subscriptions.dead_letters("s1")] == ["answered 400"]


def test_a_receiver_that_is_gone_for_good_is_not_called_again(scene: Scene) -> None:
    with listening(Receiver(answers=[410])) as receiver:
        scene.subscribe(receiver)
        scene.changes(1)
        scene.run(60, step_ms=1_000)
    assert len(receiver.requests) == 1
    assert (scene.stands.state, scene.stands.position) == ("paused", 0)


def test_only_what_was_asked_for_is_told_and_silent_changes_are_not(scene: Scene) -> None:
    with listening(Receiver()) as receiver:
        scene.subscribe(receiver, tags=("vip",))
        scene.changes(1)
        scene.changes(1, key="other")
        scene.changes(1, told=SILENT)
        scene.changes(1)
        scene.run(2)
    assert receiver.numbers == [1, 4]


def test_no_more_requests_a_minute_than_the_receiver_wants(scene: Scene) -> None:
    with listening(Receiver()) as receiver:
        scene.subscribe(receiver, per_minute=10)
        for _ in range(20):
            scene.changes(1)
            scene.run(3, step_ms=500)
    assert len(receiver.requests) == 10


def test_a_name_that_leads_inside_is_never_called(scene: Scene) -> None:
    loop = DeliveryLoop(
        subscriptions=scene.subscriptions, hot=scene.hot, now_ms=lambda: START,
        outbound=Outbound(resolve=lambda host, port: ["169.254.169.254"]),
    )  # fmt: skip
    scene.subscribe(Receiver(), url="https://innocent.example/hook")
    scene.changes(1)
    loop.deliver_due(START)
    loop.stop()
    assert "not a public address" in scene.stands.problem

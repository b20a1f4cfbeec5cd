"""The delivery loop: tells receivers outside about changes of tags and segments, in order, until they have taken them.

Each subscription stands at a number in the log of changes. What follows is sent in one signed request; only when the
receiver took it does the position move, so a receiver that is down for a while misses nothing and gets nothing out of
order. A request may arrive twice (a lost answer, a crash): `X-Zuji-Delivery` and the changes are the same both times,
because where a delivery ends is written down before it is sent. What a receiver refuses for good, or does not take for
a day, is put away as a dead letter, and the deliveries behind it go on.
"""

# ruff: noqa: A002 - an id is called `id`, as it is in the values themselves.
from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

import msgspec

from zuji.govern.outbound import Answer, Outbound
from zuji.govern.posting import Sent, post_webhook, signed_headers
from zuji.identify.current import people_now
from zuji.run.patience import Again, Gone, after_failure
from zuji.store import tag_values
from zuji.store.hot import HotStore
from zuji.store.subscriptions import DeadLetter, Subscription, Subscriptions
from zuji.store.tag_values import TagChange
from zuji.tag.told import told
from zuji.terms.error import NotFound

log = logging.getLogger(__name__)

EVERY_S = 0.1
RECEIVERS_AT_ONCE = 4
CHANGES_AT_ONCE = 100
READ_AT_ONCE = 1_000

_encode = msgspec.json.Encoder(order="sorted").encode


class Line(Protocol):
    """Others who are told by the same senders, of something else."""

    def due(self, now: int) -> Sequence[str]:
        """The ids of those whose turn it is."""

    def serve(self, id: str, now: int) -> None:
        """Send one of them what is next, if it is still there and still its turn."""


class DeliveryLoop:
    """One thread that looks who is due, and a few that send: what `deliver_due` does one after the other."""

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        hot: HotStore,
        outbound: Outbound,
        now_ms: Callable[[], int],
        spread: Callable[[], float] = random.random,
        lines: Sequence[Line] = (),
    ) -> None:
        self._lines = tuple(lines)
        self._subscriptions = subscriptions
        self._hot = hot
        self._outbound = outbound
        self._now_ms = now_ms
        self._spread = spread
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._senders = ThreadPoolExecutor(RECEIVERS_AT_ONCE, thread_name_prefix="deliver")
        self._thread = threading.Thread(target=self._run, name="deliveries")

    def start(self) -> None:
        """Begin telling."""
        self._thread.start()

    def stop(self) -> None:
        """End after the requests under way; nothing is lost, the positions say how far everybody is."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._senders.shutdown(wait=True)
        self._outbound.close()

    def deliver_due(self, now: int) -> int:
        """Send one delivery to everybody whose turn it is, one after the other. Gives how many were tried."""
        return sum(self.deliver(one, now) for one in self._due(now))

    def deliver(self, to: Subscription, now: int) -> bool:
        """Send what is next for one receiver. False when there is nothing."""
        changes, reached = self._next_changes(to)
        if not changes:
            if reached > to.position:
                self._subscriptions.skipped(to.id, position=reached)
            return False
        if reached != to.under_way:
            self._subscriptions.begun(to.id, under_way=reached)
        body = self._body(to, changes)
        letter = DeadLetter(0, to.id, changes[0].number, reached, len(changes), body.decode(), "", now)
        next_at = now + 60_000 // to.per_minute
        sent = post_webhook(self._outbound, to.url, body, signed_headers(to.secret, _name(letter), body, now))
        if sent.taken:
            self._subscriptions.delivered(to.id, position=reached, at=now, next_at=next_at)
        else:
            self._not_taken(to, letter, sent, now)
        return True

    def redeliver(self, to: Subscription, letter: DeadLetter) -> Answer:
        """Send a dead letter once more; it goes when the receiver takes it. Raises as the outbound client does."""
        body = letter.body.encode()
        headers = signed_headers(to.secret, _name(letter), body, self._now_ms())
        answer = self._outbound.post(to.url, body, headers)
        if answer.is_success:
            self._subscriptions.forget_dead_letter(to.id, letter.id)
        return answer

    def _due(self, now: int) -> list[Subscription]:
        return [one for one in self._subscriptions.active() if one.next_at <= now]

    def _next_changes(self, to: Subscription) -> tuple[list[TagChange], int]:
        """The next changes for a receiver, and the number up to which that is all there is for it.

        A delivery that was sent before ends where it ended then, even if nobody knows whether it was taken.
        """
        with self._hot.read() as connection:
            found = tag_values.changes_after(connection, to.workspace, to.position, READ_AT_ONCE)
        if to.under_way is not None:
            found = [change for change in found if change.number <= to.under_way]
        chosen = [change for change in found if to.wants(change.kind, change.key)][:CHANGES_AT_ONCE]
        if len(chosen) == CHANGES_AT_ONCE:
            return chosen, chosen[-1].number
        return chosen, found[-1].number if found else to.position

    def _body(self, to: Subscription, changes: Sequence[TagChange]) -> bytes:
        named: dict[int, dict[str, list[str]]] = {}
        if to.identifiers:
            with self._hot.read() as connection:
                for person in people_now(connection, to.workspace, {change.person for change in changes}):
                    for one in person.identifiers:
                        if one.type in to.identifiers:
                            named.setdefault(person.id, {}).setdefault(one.type, []).append(one.value)
        listed = [{**told(change), "identifiers": named.get(change.person, {})} for change in changes]
        return _encode({"subscription": to.id, "workspace": to.workspace, "changes": listed})

    def _not_taken(self, to: Subscription, letter: DeadLetter, sent: Sent, now: int) -> None:
        decided = after_failure(sent, attempts=to.attempts, since=to.failing_since, now=now, spread=self._spread())
        if isinstance(decided, Gone):
            problem = f"{sent.said}: the receiver is gone."
            self._subscriptions.change(to.workspace, to.id, state="paused", problem=problem)
        elif isinstance(decided, Again):
            self._subscriptions.failed(
                to.id, attempts=decided.attempts, since=decided.since, next_at=decided.at, problem=sent.said
            )
        else:
            self._give_up(to, letter, sent.said, now)

    def _give_up(self, to: Subscription, letter: DeadLetter, problem: str, now: int) -> None:
        log.warning("subscription %s of %s: %d changes are put away: %s", to.id, to.workspace, letter.changes, problem)
        given_up = msgspec.structs.replace(letter, problem=problem, given_up_at=now)
        self._subscriptions.give_up(given_up, next_at=now + 60_000 // to.per_minute)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                now = self._now_ms()
                for one in self._due(now):
                    self._begin(one.id, partial(self._deliver_fresh, one))
                for line in self._lines:
                    for due in line.due(now):
                        self._begin(due, partial(line.serve, due, now))
            except Exception as failure:
                log.error("deliveries wait: %s", failure)
                self._stopping.wait(1.0)

    def _begin(self, id: str, deliver: Callable[[], object]) -> None:
        """Hand a receiver to a sender, unless one is at it."""
        with self._lock:
            if id in self._under_way:
                return
            self._under_way.add(id)
        self._senders.submit(self._deliver_and_forget, id, deliver)

    def _deliver_and_forget(self, id: str, deliver: Callable[[], object]) -> None:
        try:
            deliver()
        except NotFound:
            log.info("the receiver %s is gone", id)
        except Exception:
            log.exception("a delivery to the receiver %s broke", id)
        finally:
            with self._lock:
                self._under_way.discard(id)

    def _deliver_fresh(self, one: Subscription) -> None:
        now = self._now_ms()
        fresh = self._subscriptions.get(one.workspace, one.id)  # what was listed may be behind a delivery since
        if fresh.state == "active" and fresh.next_at <= now:
            self.deliver(fresh, now)


def _name(letter: DeadLetter) -> str:
    """The same whenever this is sent."""
    return f"{letter.subscription}-{letter.first}-{letter.last}"

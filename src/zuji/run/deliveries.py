"""The delivery loop: tells receivers outside about changes of tags and segments, in order, until they have taken them.

Each subscription stands at a number in the log of changes. What follows is sent in one signed request; only when the
receiver took it does the position move, so a receiver that is down for a while misses nothing and gets nothing out of
order. A request may arrive twice (a lost answer): `X-Zuji-Delivery` is the same both times. What a receiver refuses for
good, or does not take for a day, is put away as a dead letter, and the deliveries behind it go on.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from zuji.govern.outbound import Answer, ForbiddenAddress, Outbound, Unreachable
from zuji.identify.current import people_now
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
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 1_000, 15 * 60_000
GIVE_UP_AFTER_MS = 24 * 3_600_000
REFUSALS_TAKEN = 5
"""So often an answer that says the request itself is wrong is asked again, in case the receiver is being repaired."""
PASSING = frozenset({408, 425, 429})
"""Answers from 400 to 499 that say nothing about the request itself."""
GONE = 410

_encode = msgspec.json.Encoder(order="sorted").encode


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
    ) -> None:
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
        body = self._body(to, changes)
        letter = DeadLetter(0, to.id, changes[0].number, reached, len(changes), body.decode(), "", now)
        next_at = now + 60_000 // to.per_minute
        try:
            answer = self._outbound.post(to.url, body, headers_of(to, letter, body, now))
        except (Unreachable, ForbiddenAddress) as failure:
            self._not_taken(to, letter, str(failure), now)
        else:
            if answer.is_success:
                self._subscriptions.delivered(to.id, position=reached, at=now, next_at=next_at)
            else:
                self._refused(to, letter, answer, now)
        return True

    def redeliver(self, to: Subscription, letter: DeadLetter) -> Answer:
        """Send a dead letter once more; it goes when the receiver takes it. Raises as the outbound client does."""
        body = letter.body.encode()
        answer = self._outbound.post(to.url, body, headers_of(to, letter, body, self._now_ms()))
        if answer.is_success:
            self._subscriptions.forget_dead_letter(to.id, letter.id)
        return answer

    def _due(self, now: int) -> list[Subscription]:
        return [one for one in self._subscriptions.active() if one.next_at <= now]

    def _next_changes(self, to: Subscription) -> tuple[list[TagChange], int]:
        """The next changes for a receiver, and the number up to which that is all there is for it."""
        with self._hot.read() as connection:
            found = tag_values.changes_after(connection, to.workspace, to.position, READ_AT_ONCE)
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

    def _refused(self, to: Subscription, letter: DeadLetter, answer: Answer, now: int) -> None:
        problem = f"answered {answer.status}"
        if answer.status == GONE:
            self._subscriptions.change(to.workspace, to.id, state="paused", problem=f"{problem}: the receiver is gone.")
        elif 400 <= answer.status < 500 and answer.status not in PASSING and to.attempts + 1 >= REFUSALS_TAKEN:
            self._give_up(to, letter, problem, now)
        else:
            self._not_taken(to, letter, problem, now, wait_ms=_asked_to_wait_ms(answer))

    def _not_taken(self, to: Subscription, letter: DeadLetter, problem: str, now: int, *, wait_ms: int = 0) -> None:
        since = to.failing_since or now
        if now - since >= GIVE_UP_AFTER_MS:
            self._give_up(to, letter, problem, now)
            return
        pause = min(FIRST_PAUSE_MS * 2 ** min(to.attempts, 20), LONGEST_PAUSE_MS)
        spread = int(pause * (0.8 + 0.4 * self._spread()))  # receivers that fell together do not rise together
        next_at = now + max(spread, min(wait_ms, LONGEST_PAUSE_MS))
        self._subscriptions.failed(to.id, attempts=to.attempts + 1, since=since, next_at=next_at, problem=problem)

    def _give_up(self, to: Subscription, letter: DeadLetter, problem: str, now: int) -> None:
        log.warning("subscription %s of %s: %d changes are put away: %s", to.id, to.workspace, letter.changes, problem)
        given_up = msgspec.structs.replace(letter, problem=problem, given_up_at=now)
        self._subscriptions.give_up(given_up, next_at=now + 60_000 // to.per_minute)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                for one in self._due(self._now_ms()):
                    self._begin(one)
            except Exception as failure:
                log.error("deliveries wait: %s", failure)
                self._stopping.wait(1.0)

    def _begin(self, one: Subscription) -> None:
        """Hand a receiver to a sender, unless one is at it."""
        with self._lock:
            if one.id in self._under_way:
                return
            self._under_way.add(one.id)
        self._senders.submit(self._deliver_and_forget, one)

    def _deliver_and_forget(self, one: Subscription) -> None:
        try:
            now = self._now_ms()
            fresh = self._subscriptions.get(one.workspace, one.id)  # what was listed may be behind a delivery since
            if fresh.state == "active" and fresh.next_at <= now:
                self.deliver(fresh, now)
        except NotFound:
            log.info("the subscription %s of %s is gone", one.id, one.workspace)
        except Exception:
            log.exception("a delivery to the subscription %s of %s broke", one.id, one.workspace)
        finally:
            with self._lock:
                self._under_way.discard(one.id)


def headers_of(to: Subscription, letter: DeadLetter, body: bytes, now: int) -> Mapping[str, str]:
    """The headers of a delivery. The signature covers the time and the body."""
    seconds = now // 1000
    return {
        "Content-Type": "application/json",
        "User-Agent": "zuji",
        "X-Zuji-Delivery": f"{to.id}-{letter.first}-{letter.last}",
        "X-Zuji-Signature": f"t={seconds},v1={signature(to.secret, seconds, body)}",
    }


def signature(secret: str, seconds: int, body: bytes) -> str:
    """HMAC-SHA256 of `<seconds>.<body>` with the subscription's secret, in hexadecimal: what a receiver compares."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _asked_to_wait_ms(answer: Answer) -> int:
    text = answer.headers.get("retry-after", "")
    return int(text) * 1000 if text.isdecimal() and len(text) < 6 else 0

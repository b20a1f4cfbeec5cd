"""Tells receivers what began and what is over, by webhook or mail, in order, until they have taken it.

A `Line` of the delivery loop: the same senders, the same patience, the same signature as for changes of tags. Each
receiver stands at a number of the notices; what follows goes as one message. Beyond `per_hour` messages the next one
waits until the hour allows it, and holds everything that happened meanwhile.
"""

# ruff: noqa: A002 - an id is called `id`, as it is in the values themselves.
from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from zuji.govern.outbound import Outbound
from zuji.govern.posting import MailServer, Sent, post_webhook, signed_headers
from zuji.run.patience import Again, Gone, after_failure
from zuji.store.receivers import Delivery, Notices, Receiver, Receivers
from zuji.terms.notice import Notice

log = logging.getLogger(__name__)

LOOK_EVERY_MS = 1_000
READ_AT_ONCE = 1_000
STATES = {"raised": "RAISED 告警", "over": "OVER 已恢复"}

_encode = msgspec.json.Encoder(order="sorted").encode


class NoticeLine:
    """Those who are told of notices. Any sender may call it; two never serve the same receiver at once."""

    def __init__(
        self,
        *,
        receivers: Receivers,
        notices: Notices,
        outbound: Outbound,
        mail: MailServer,
        now_ms: Callable[[], int],
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._receivers = receivers
        self._notices = notices
        self._outbound = outbound
        self._mail = mail
        self._now_ms = now_ms
        self._spread = spread
        self._looked_at = 0

    @property
    def mail_is_on(self) -> bool:
        """Whether mail can be sent at all."""
        return self._mail.is_on

    def newest(self) -> int:
        """The number of the newest notice: where a new receiver begins."""
        return self._notices.newest()

    def due(self, now: int) -> Sequence[str]:
        """See Line. A second between two looks: a notice may take a minute, and the loop asks ten times a second."""
        if 0 <= now - self._looked_at < LOOK_EVERY_MS:
            return []
        self._looked_at = now
        return [one.id for one in self._receivers.due(now)]

    def serve(self, id: str, now: int) -> None:
        """See Line. Sends one message with everything that waits for one receiver."""
        to = self._receivers.by_id(id)
        if to.state != "active" or to.next_at > now:
            return
        newest = self._notices.newest()  # read first: what is noticed after it comes next time
        found = self._notices.between(to.workspace, to.position, newest, limit=READ_AT_ONCE)
        reached = found[-1].number if len(found) == READ_AT_ONCE else newest
        chosen = [one for one in found if to.wants(one)]
        if not chosen:
            self._receivers.stand(id, position=reached)
            return
        free_at = self._receivers.free_at(to, now)
        if free_at > now:
            self._receivers.stand(id, next_at=free_at)
            return
        delivery = Delivery(0, id, "delivered", chosen[0].number, reached, len(chosen), body_of(to, chosen), "", now)
        self._settle(to, delivery, self._send(to, delivery), now)

    def send_test(self, to: Receiver) -> Sent:
        """Send a notice that says it is a test, now and past every limit; it is kept among the deliveries."""
        now = self._now_ms()
        said = "this is a test: notices of zuji reach you here. 这是一条测试消息。"
        test = Notice(workspace=to.workspace, key="test", kind="test", code="test", said=said, at=now)
        delivery = Delivery(0, to.id, "test", now, now, 1, body_of(to, [test]), "", now)
        sent = self._send(to, delivery)
        self._receivers.note(msgspec.structs.replace(delivery, problem="" if sent.taken else sent.said))
        return sent

    def send_again(self, to: Receiver, delivery: Delivery) -> Sent:
        """Send once more what was put away."""
        sent = self._send(to, delivery)
        if sent.taken:
            self._receivers.taken_after_all(delivery, at=self._now_ms())
        return sent

    def _send(self, to: Receiver, delivery: Delivery) -> Sent:
        name = f"{to.id}-{delivery.first}-{delivery.last}"
        if to.mail is not None:
            subject, text = letter_of(msgspec.json.decode(delivery.body))
            return self._mail.send(to.mail, subject=subject, text=text, message_id=name)
        body = delivery.body.encode()
        return post_webhook(self._outbound, to.address, body, signed_headers(to.secret, name, body, self._now_ms()))

    def _settle(self, to: Receiver, delivery: Delivery, sent: Sent, now: int) -> None:
        if sent.taken:
            self._receivers.done_with(delivery, next_at=now)
            return
        decided = after_failure(sent, attempts=to.attempts, since=to.failing_since, now=now, spread=self._spread())
        if isinstance(decided, Gone):
            self._receivers.stand(to.id, state="paused", problem=f"{sent.said}: the receiver is gone.")
        elif isinstance(decided, Again):
            self._receivers.stand(
                to.id, attempts=decided.attempts, failing_since=decided.since, next_at=decided.at, problem=sent.said
            )
        else:
            log.warning("receiver %s of %s: %d notices are put away: %s", to.id, to.workspace, delivery.notices,
                        sent.said)  # fmt: skip
            given_up = msgspec.structs.replace(delivery, state="given_up", problem=sent.said)
            self._receivers.done_with(given_up, next_at=now)


def body_of(to: Receiver, notices: Sequence[Notice]) -> str:
    """What a webhook is sent, and what a mail is written from."""
    listed = [{**msgspec.structs.asdict(one), "at": _iso(one.at)} for one in notices]
    counted = {state: sum(one.state == state for one in notices) for state in STATES}
    whole = {"receiver": to.id, "name": to.name, "workspace": to.workspace, "notices": listed, **counted}
    return _encode(whole).decode()


def letter_of(body: dict[str, Any]) -> tuple[str, str]:
    """The subject and the text of a mail: one line a notice."""
    notices = body["notices"]
    lines = [f"{STATES[one['state']]} · {one['at']}\n{one['said']}\n" for one in notices]
    if len(notices) == 1:
        subject = f"[zuji] {STATES[notices[0]['state']]}: {notices[0]['said']}"
    else:
        subject = f"[zuji] {body['raised']} {STATES['raised']}, {body['over']} {STATES['over']}"
    return subject, "\n".join([*lines, f"-- \nzuji · {body['workspace']} · {body['name']}\n"])


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

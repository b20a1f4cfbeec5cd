"""Receivers of notices: who is told, how far they have got, what they were sent and what they did not take.

Frozen values go in and out; every call is one transaction. Times are milliseconds since 1970.
"""

# ruff: noqa: A002 - an id is called `id` where values are made and found, as it is in the values themselves.
from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, delete, func, select, update

from zuji.store.metadata_rows import MetadataRows, json_columns
from zuji.store.receiver_tables import NoticeRow, ReceiverDeliveryRow, ReceiverRow
from zuji.terms.error import NotFound
from zuji.terms.notice import Notice

MAIL = "mailto:"
HOUR_MS = 3_600_000
DELIVERIES_KEPT = 200
"""Of each receiver, of what was taken. What was put away stays until it is sent again or the receiver goes."""
NOTICES_KEPT_MS = 90 * 24 * HOUR_MS

State = Literal["active", "paused"]
DeliveryState = Literal["delivered", "given_up", "test"]


class Receiver(msgspec.Struct, frozen=True):
    """Who is told, at `address`: an https address, or mailto: one; and how it stands, as `Subscription` does.

    `alerts` (ids), `alarms` (codes) and `sources` (names) say of what, None for all. At most `per_hour` messages go out
    in an hour; what happens meanwhile waits and goes as one.
    """

    id: str
    workspace: str
    name: str
    address: str
    secret: str
    alerts: tuple[str, ...] | None
    alarms: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    per_hour: int
    state: State
    position: int
    attempts: int
    failing_since: int | None
    next_at: int
    delivered_at: int | None
    problem: str
    created_by: str
    created_at: int

    @property
    def mail(self) -> str | None:
        """The mail address; None for a webhook."""
        return self.address.removeprefix(MAIL) if self.address.startswith(MAIL) else None

    def wants(self, notice: Notice) -> bool:
        """Whether this is told here. An alarm that names no source is told whatever sources were chosen."""
        chosen = self.alerts if notice.kind == "alert" else self.alarms
        if chosen is not None and notice.code not in chosen:
            return False
        return self.sources is None or not notice.source or notice.source in self.sources


class Delivery(msgspec.Struct, frozen=True):
    """A message with the notices `first` to `last`, as it was sent; `problem` says why it was put away."""

    id: int
    receiver: str
    state: DeliveryState
    first: int
    last: int
    notices: int
    body: str
    problem: str
    at: int


class Receivers(MetadataRows):
    """The door to the receivers. Nothing is found from another workspace."""

    def add(self, made: Receiver) -> None:
        """Keep a new one."""
        with self._change(taken=f"there is a receiver {made.id!r} already.") as session:
            session.add(ReceiverRow(**json_columns(msgspec.structs.asdict(made))))

    def get(self, workspace: str, id: str) -> Receiver:
        """The one with this id. Raises NotFound."""
        found = self._first(select(ReceiverRow).where(_is(workspace, id)), Receiver)
        if found is None:
            raise NotFound(f"there is no receiver {id!r:.80} in the workspace {workspace}.")
        return found

    def by_id(self, id: str) -> Receiver:
        """The one with this id, in whichever workspace: for who delivers. Raises NotFound."""
        found = self._first(select(ReceiverRow).where(ReceiverRow.id == id), Receiver)
        if found is None:
            raise NotFound(f"there is no receiver {id!r:.80}.")
        return found

    def all_in(self, workspace: str) -> list[Receiver]:
        """Those of a workspace, oldest first."""
        chosen = select(ReceiverRow).where(ReceiverRow.workspace == workspace)
        return self._all(chosen.order_by(ReceiverRow.created_at, ReceiverRow.id), Receiver)

    def due(self, now: int) -> list[Receiver]:
        """Those of all workspaces whose turn it is, and behind whose position something was noticed."""
        newest = select(func.max(NoticeRow.number)).scalar_subquery()
        waiting = (ReceiverRow.state == "active") & (ReceiverRow.next_at <= now) & (ReceiverRow.position < newest)
        return self._all(select(ReceiverRow).where(waiting).order_by(ReceiverRow.created_at), Receiver)

    def change(self, workspace: str, id: str, **columns: Any) -> Receiver:
        """Set some of the fields; gives the whole. Raises NotFound."""
        with self._change() as session:
            session.execute(update(ReceiverRow).where(_is(workspace, id)).values(**json_columns(columns)))
        return self.get(workspace, id)

    def stand(self, id: str, **columns: Any) -> None:
        """Set how one stands that may be gone meanwhile."""
        with self._change() as session:
            session.execute(update(ReceiverRow).where(ReceiverRow.id == id).values(**columns))

    def done_with(self, delivery: Delivery, *, next_at: int) -> None:
        """Go on behind a delivery, and keep it; in one transaction."""
        moved: dict[str, Any] = {"position": delivery.last, "attempts": 0, "failing_since": None, "next_at": next_at}
        moved["problem"] = delivery.problem
        if delivery.state == "delivered":
            moved["delivered_at"] = delivery.at
        with self.together(), self._change() as session:
            told = update(ReceiverRow).where(ReceiverRow.id == delivery.receiver).values(**moved)
            if session.execute(told).rowcount:  # type: ignore[attr-defined]
                self.note(delivery)

    def note(self, delivery: Delivery) -> None:
        """Keep what was sent, and forget the oldest of what was taken."""
        columns = msgspec.structs.asdict(delivery)
        del columns["id"]
        taken = (ReceiverDeliveryRow.receiver == delivery.receiver) & (ReceiverDeliveryRow.state != "given_up")
        newest_first = select(ReceiverDeliveryRow.id).where(taken).order_by(ReceiverDeliveryRow.id.desc())
        with self._change() as session:
            session.add(ReceiverDeliveryRow(**columns))
            session.flush()
            oldest_kept = session.scalar(newest_first.offset(DELIVERIES_KEPT - 1).limit(1))
            if oldest_kept is not None:
                session.execute(delete(ReceiverDeliveryRow).where(taken, ReceiverDeliveryRow.id < oldest_kept))

    def deliveries(self, receiver: str, *, before: int | None = None, limit: int = 50) -> list[Delivery]:
        """What was sent and what was put away, newest first."""
        mine = select(ReceiverDeliveryRow).where(ReceiverDeliveryRow.receiver == receiver)
        if before is not None:
            mine = mine.where(ReceiverDeliveryRow.id < before)
        return self._all(mine.order_by(ReceiverDeliveryRow.id.desc()).limit(limit), Delivery)

    def put_away(self, receiver: str, id: int) -> Delivery:
        """A delivery that was given up. Raises NotFound."""
        mine = (ReceiverDeliveryRow.receiver == receiver) & (ReceiverDeliveryRow.id == id)
        found = self._first(select(ReceiverDeliveryRow).where(mine, ReceiverDeliveryRow.state == "given_up"), Delivery)
        if found is None:
            raise NotFound(f"this receiver has no delivery {id} that was given up.")
        return found

    def taken_after_all(self, delivery: Delivery, *, at: int) -> None:
        """A delivery that was given up has arrived."""
        with self._change() as session:
            mine = update(ReceiverDeliveryRow).where(ReceiverDeliveryRow.id == delivery.id)
            session.execute(mine.values(state="delivered", problem="", at=at))

    def free_at(self, to: Receiver, now: int) -> int:
        """When the next message may go out: an hour after the one that is `per_hour` messages ago."""
        sent = select(ReceiverDeliveryRow).where(
            ReceiverDeliveryRow.receiver == to.id,
            ReceiverDeliveryRow.state.in_(("delivered", "given_up")),
            ReceiverDeliveryRow.at > now - HOUR_MS,
        )
        found = self._all(sent.order_by(ReceiverDeliveryRow.at.desc()).limit(to.per_hour), Delivery)
        return found[-1].at + HOUR_MS if len(found) >= to.per_hour else now

    def delete(self, workspace: str, id: str) -> None:
        """Forget a receiver and its deliveries. Deleting nothing is harmless."""
        mine = select(ReceiverRow.id).where(_is(workspace, id))
        with self._change() as session:
            session.execute(delete(ReceiverDeliveryRow).where(ReceiverDeliveryRow.receiver.in_(mine)))
            session.execute(delete(ReceiverRow).where(_is(workspace, id)))


class Notices(MetadataRows):
    """The door to what began and what is over, in order. One thread records; any may read."""

    def record(self, notices: list[Notice], *, now: int) -> None:
        """Keep these, and forget old ones whose matter is closed: of each, what was said last stays."""
        last = select(func.max(NoticeRow.number)).group_by(NoticeRow.workspace, NoticeRow.key)
        with self._change() as session:
            for one in notices:
                columns = msgspec.structs.asdict(one)
                del columns["number"]
                session.add(NoticeRow(**columns))
                session.flush()
            old = NoticeRow.at < now - NOTICES_KEPT_MS
            session.execute(delete(NoticeRow).where(old, NoticeRow.number.not_in(last)))

    def newest(self) -> int:
        """The number of the newest one; 0 when there is none."""
        with self._reading() as session:
            return session.scalar(select(func.max(NoticeRow.number))) or 0

    def between(self, workspace: str, after: int, up_to: int, *, limit: int) -> list[Notice]:
        """Those behind one number up to another, oldest first."""
        mine = (NoticeRow.workspace == workspace) & (NoticeRow.number > after) & (NoticeRow.number <= up_to)
        return self._all(select(NoticeRow).where(mine).order_by(NoticeRow.number).limit(limit), Notice)

    def standing(self) -> list[Notice]:
        """What began and is not over, of all workspaces."""
        last = select(func.max(NoticeRow.number)).group_by(NoticeRow.workspace, NoticeRow.key)
        chosen = select(NoticeRow).where(NoticeRow.number.in_(last), NoticeRow.state == "raised")
        return self._all(chosen.order_by(NoticeRow.number), Notice)


def _is(workspace: str, id: str) -> ColumnElement[bool]:
    return (ReceiverRow.workspace == workspace) & (ReceiverRow.id == id)

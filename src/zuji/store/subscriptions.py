"""Subscriptions to changes of tags and segments: who is told, how far they have got, what they did not take.

Frozen values go in and out; every call is one transaction. Times are milliseconds since 1970.
"""

# ruff: noqa: A002 - an id is called `id` where values are made and found, as it is in the values themselves.
from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from sqlalchemy import delete, select, update

from zuji.store.metadata_rows import MetadataRows, json_columns
from zuji.store.subscription_tables import DeadLetterRow, SubscriptionRow
from zuji.terms.error import NotFound

State = Literal["active", "paused"]


class Subscription(msgspec.Struct, frozen=True):
    """A receiver of changes, and how it stands.

    `tags` and `segments`: the keys told about, None for all. `identifiers`: the types of identifiers that are sent with
    a person; none unless asked for. `position`: the number of the last change that is done with. `under_way`: that of
    the last one in the delivery that is being sent, which stays however much comes behind it. `attempts`: how often it
    was tried in vain, since `failing_since`; it is tried again at `next_at`.
    """

    id: str
    workspace: str
    name: str
    url: str
    secret: str
    tags: tuple[str, ...] | None
    segments: tuple[str, ...] | None
    identifiers: tuple[str, ...]
    per_minute: int
    state: State
    position: int
    attempts: int
    failing_since: int | None
    next_at: int
    delivered_at: int | None
    problem: str
    created_by: str
    created_at: int
    under_way: int | None = None

    def wants(self, kind: str, key: str) -> bool:
        """Whether a change of this tag or segment is told."""
        chosen = self.tags if kind == "tag" else self.segments
        return chosen is None or key in chosen


class DeadLetter(msgspec.Struct, frozen=True):
    """A delivery that was given up: the changes `first` to `last` in one body, and what the receiver answered last."""

    id: int
    subscription: str
    first: int
    last: int
    changes: int
    body: str
    problem: str
    given_up_at: int


class Subscriptions(MetadataRows):
    """The door to the subscriptions. Nothing is found from another workspace."""

    def add(self, made: Subscription) -> None:
        """Keep a new one."""
        with self._change(taken=f"there is a subscription {made.id!r} already.") as session:
            session.add(SubscriptionRow(**_columns(made)))

    def get(self, workspace: str, id: str) -> Subscription:
        """The one with this id. Raises NotFound."""
        chosen = select(SubscriptionRow).where(SubscriptionRow.workspace == workspace, SubscriptionRow.id == id)
        found = self._first(chosen, Subscription)
        if found is None:
            raise NotFound(f"there is no subscription {id!r:.80} in the workspace {workspace}.")
        return found

    def all_in(self, workspace: str) -> list[Subscription]:
        """Those of a workspace, oldest first."""
        chosen = select(SubscriptionRow).where(SubscriptionRow.workspace == workspace)
        return self._all(chosen.order_by(SubscriptionRow.created_at, SubscriptionRow.id), Subscription)

    def active(self) -> list[Subscription]:
        """Those of all workspaces that are to be told, oldest first."""
        chosen = select(SubscriptionRow).where(SubscriptionRow.state == "active")
        return self._all(chosen.order_by(SubscriptionRow.created_at, SubscriptionRow.id), Subscription)

    def change(self, workspace: str, id: str, **columns: Any) -> Subscription:
        """Set some of the fields; gives the whole. Raises NotFound."""
        mine = (SubscriptionRow.workspace == workspace) & (SubscriptionRow.id == id)
        with self._change() as session:
            session.execute(update(SubscriptionRow).where(mine).values(**json_columns(columns)))
        return self.get(workspace, id)

    def begun(self, id: str, *, under_way: int) -> None:
        """A delivery of everything up to this change is about to be sent."""
        self._set(id, under_way=under_way)

    def delivered(self, id: str, *, position: int, at: int, next_at: int) -> None:
        """The receiver has everything up to this change."""
        self._set(id, position=position, delivered_at=at, next_at=next_at, problem="", **_NOTHING_UNDER_WAY)

    def skipped(self, id: str, *, position: int) -> None:
        """Nothing up to this change was for the receiver."""
        self._set(id, position=position, **_NOTHING_UNDER_WAY)

    def failed(self, id: str, *, attempts: int, since: int, next_at: int, problem: str) -> None:
        """The receiver did not take it; it is tried again."""
        self._set(id, attempts=attempts, failing_since=since, next_at=next_at, problem=problem)

    def give_up(self, letter: DeadLetter, *, next_at: int) -> None:
        """Put a delivery away and go on behind it, in one transaction."""
        moved = {"position": letter.last, "next_at": next_at, **_NOTHING_UNDER_WAY}
        with self._change() as session:
            told = update(SubscriptionRow).where(SubscriptionRow.id == letter.subscription)
            if session.execute(told.values(**moved, problem=letter.problem)).rowcount:  # type: ignore[attr-defined]
                columns = msgspec.structs.asdict(letter)
                del columns["id"]
                session.add(DeadLetterRow(**columns))

    def dead_letters(self, subscription: str, *, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """What was given up, oldest first."""
        mine = select(DeadLetterRow).where(DeadLetterRow.subscription == subscription, DeadLetterRow.id > after)
        return self._all(mine.order_by(DeadLetterRow.id).limit(limit), DeadLetter)

    def dead_letter(self, subscription: str, id: int) -> DeadLetter:
        """One of them. Raises NotFound."""
        found = self.dead_letters(subscription, after=id - 1, limit=1)
        if not found or found[0].id != id:
            raise NotFound(f"this subscription has no dead letter {id}.")
        return found[0]

    def forget_dead_letter(self, subscription: str, id: int) -> None:
        """The receiver has it after all, or nobody needs it."""
        with self._change() as session:
            session.execute(
                delete(DeadLetterRow).where(DeadLetterRow.subscription == subscription, DeadLetterRow.id == id)
            )

    def delete(self, workspace: str, id: str) -> None:
        """Forget a subscription and its dead letters. Deleting nothing is harmless."""
        mine = select(SubscriptionRow.id).where(SubscriptionRow.workspace == workspace, SubscriptionRow.id == id)
        with self._change() as session:
            session.execute(delete(DeadLetterRow).where(DeadLetterRow.subscription.in_(mine)))
            session.execute(
                delete(SubscriptionRow).where(SubscriptionRow.workspace == workspace, SubscriptionRow.id == id)
            )

    def _set(self, id: str, **columns: Any) -> None:
        """Set fields of one that may be gone meanwhile."""
        with self._change() as session:
            session.execute(update(SubscriptionRow).where(SubscriptionRow.id == id).values(**columns))


_NOTHING_UNDER_WAY: Final[dict[str, Any]] = {"under_way": None, "attempts": 0, "failing_since": None}


def _columns(made: Subscription) -> dict[str, Any]:
    return json_columns(msgspec.structs.asdict(made))

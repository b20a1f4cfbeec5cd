"""How good a batch is, written down in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence

from zuji.clean.quality_tally import Arrived, Usual, newest_days, tally
from zuji.run.batch import NOBODY_SENT, Plan
from zuji.store import quality
from zuji.store.hot import HotTransaction

TIDY_EVERY_MS = 60_000


class Judge:
    """Writes how good batches are. One thread judges."""

    def __init__(self, usual: Usual) -> None:
        self._usual = usual
        self._tidied: dict[tuple[str, str], int] = {}
        """When the old figures of a source were last looked for; they are a matter of days, not of batches."""

    def judge(self, connection: HotTransaction, plan: Plan, now_ms: int) -> None:
        """Count what a batch brought. Decisions and replays bring nothing new: what they replay was judged at first."""
        if not plan.ledger.counts["accepted"]:
            return
        quality.add(connection, tally(arrived_with(plan), self._usual))
        for place, day in newest_days(plan.ledger.counts).items():
            if now_ms - self._tidied.get(place, 0) >= TIDY_EVERY_MS:
                quality.tidy(connection, *place, day=day)
                self._tidied[place] = now_ms


def arrived_with(plan: Plan) -> Arrived:
    """What a plan tells about what came in."""
    return Arrived(
        accounts=plan.ledger.counts,
        stored=plan.events,
        timed=lambda: _timed(plan),
        rejected=plan.rejected,
        repeated=[plan.received[index] for index in plan.duplicates],
        observed=plan.observed,
    )


def _timed(plan: Plan) -> Sequence[bool]:
    """Per stored row, whether its client said when it sent it; what was inferred nobody sent."""
    received = [None if index == NOBODY_SENT else plan.received[index] for index in plan.kept]
    return [
        item is not None and (item.receipt.sent_at is not None or item.message.sent_at is not None) for item in received
    ]

"""Say in plain words what every stage did to each event of a batch, for the live view."""

from __future__ import annotations

from collections.abc import Iterator

from zuji.clean.received import Received
from zuji.clean.rule_book import MOST_STEPS
from zuji.run.batch import NOBODY_SENT, Plan
from zuji.run.tail import PER_BATCH, Outcome, Trace
from zuji.terms.event import Flag

MOST_ROWS = PER_BATCH * (1 + MOST_STEPS)
"""Before the row of an event may be those of the steps it implies."""
FLAG_WORDS: dict[Flag, str] = {
    Flag.INFERRED: "inferred",
    Flag.ROBOT: "a robot",
    Flag.LATE: "late",
    Flag.REPAIRED: "repaired",
    Flag.TIME_CORRECTED: "time corrected for the client's clock",
    Flag.TIME_CLAMPED: "time was ahead, set to the time of receipt",
    Flag.TIME_GUESSED: "no usable time, the time of receipt stands in",
    Flag.BLOCKED_IDENTIFIER: "an identifier is blocked",
    Flag.NO_ANALYTICS: "not for analytics",
    Flag.SUSPECT: "suspect by a rule",
    Flag.AGAINST_PLAN: "against the plan",
}


def traces(plan: Plan, received: list[Received], *, first_number: int) -> Iterator[Trace]:
    """The traces of the first events of a batch, in the order received."""
    rows = {index: row for row, index in enumerate(plan.kept[:MOST_ROWS]) if index != NOBODY_SENT}
    rejected = {event.position: event for event in plan.rejected[:PER_BATCH]}
    duplicates = set(plan.duplicates[:PER_BATCH])
    events = plan.events.slice(0, MOST_ROWS).select(["occurred_at", "event", "flags", "flag_reason"]).to_pylist()
    for index, item in enumerate(received[:PER_BATCH]):
        stages: dict[str, str] = {"deduplicate": "seen before" if index in duplicates else "new"}
        outcome: Outcome = "refused"
        occurred_at, event, person = None, item.message.event, 0
        if index in duplicates:
            outcome = "duplicate"
        elif item.position in rejected:
            outcome = "quarantined"
            reason = rejected[item.position]
            stages["clean"] = f"{reason.reason}: {reason.detail}" if reason.detail else reason.reason
        elif index in rows:
            outcome = "stored"
            row = events[rows[index]]
            occurred_at = int(row["occurred_at"].timestamp() * 1000)
            event = row["event"]
            person = plan.owner_of_row(rows[index])
            stages["clean"] = _cleaned(row["flags"], row["flag_reason"])
            stages["link"] = f"person {person}" if person else "nobody"
        yield Trace(
            number=first_number + index,
            workspace=item.source.workspace,
            source=item.source.name,
            type=item.message.type,
            event=event,
            message_id=item.message.message_id,
            received_at=item.receipt.received_at,
            occurred_at=occurred_at,
            person=person,
            outcome=outcome,
            stages=stages,
        )


def _cleaned(flags: int, reason: str) -> str:
    words = [word for flag, word in FLAG_WORDS.items() if flags & flag]
    if reason and words:
        words[-1] += f" ({reason})"
    return ", ".join(words) or "nothing to mend"

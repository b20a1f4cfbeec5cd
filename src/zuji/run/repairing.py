"""Repairs of quarantined events: what each becomes, whether it would pass now, and sending the chosen ones through.

A repair is a decision, and a large one is carried out in parts: each part is planned and committed like a batch, in one
transaction with the leaving of its events from quarantine and with how far the repair is. Only the last part takes the
decision out of the spool, so after a crash the repair goes on where it stood, and no event passes twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zuji.clean.mending import mended
from zuji.clean.received import Received
from zuji.collect.decode.again import as_message, as_object
from zuji.collect.refusal import BadBody
from zuji.run.batch import Hashes, Plan, SourceOf, Stages, hash_ids
from zuji.run.isolate import culprits
from zuji.store.quarantine import Chosen, NewlyRejected, Quarantined
from zuji.store.repairs import RepairRun
from zuji.terms.error import ZujiError
from zuji.terms.event import Flag, position_of
from zuji.terms.message import Message
from zuji.terms.repair import AnyStep, Repair

PART = 2_000
MOST_AT_ONCE = 100_000
"""What comes in meanwhile waits in the spool, so one repair takes some ten seconds at most; the rest needs another."""

BY_HAND = "by_hand"


@dataclass(frozen=True)
class Attempt:
    """What the steps make of one event. Without a message, `problem` says why there is none."""

    waiting: Quarantined
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    message: Message | None
    problem: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Tried:
    """A plan for what passes, and why the others do not: the id of each with its reason and detail."""

    plan: Plan
    passed: list[int]
    failed: dict[int, tuple[str, str]]
    rejected: list[NewlyRejected]
    """What the stages rejected, which the plan leaves out: what waits stays as it was."""


def chosen_by(repair: Repair) -> Chosen:
    """The events that a repair means."""
    return Chosen(source=repair.source, reason=repair.reason, protocol=repair.protocol, cause=repair.cause)


def attempt(waiting: Quarantined, steps: Sequence[AnyStep], source_of: SourceOf) -> Attempt:
    """One event after the steps; read by its protocol's decoder again when that could not use it before."""
    settings = source_of(waiting.workspace, waiting.source).settings
    before = after = None
    try:
        before = as_object(waiting.message, waiting.receipt.protocol)
        after = mended(before, steps)
        message = as_message(after, waiting.message, waiting.receipt, settings)
    except BadBody as refused:
        return Attempt(waiting, before, after, None, ("wrong_field_type", refused.message))
    except Exception as failure:  # one event that cannot be mended must not keep the others from it, nor ingest
        return Attempt(waiting, before, after, None, ("processing_failed", f"{type(failure).__name__}: {failure}"))
    return Attempt(waiting, before, after, message)


def try_all(
    attempts: Sequence[Attempt],
    stages: Stages,
    *,
    source_of: SourceOf,
    epochs: dict[tuple[str, str], int],
    sequence: int,
    now_ms: int,
) -> Tried:
    """Send what became a message through the stages. Nothing is written, and quarantine stays out of it."""
    failed = {one.waiting.id: one.problem for one in attempts if one.message is None}
    ids: dict[int, int] = {}
    received: list[Received] = []
    for index, one in enumerate(attempts):
        if one.message is not None:
            position = position_of(sequence, index)
            ids[position] = one.waiting.id
            source = source_of(one.waiting.workspace, one.waiting.source)
            received.append(Received(position, one.waiting.receipt, one.message, source))
    plan, broken = _planned(stages, received, hash_ids(received, epochs), now_ms)
    failed |= {ids[position]: ("processing_failed", why) for position, why in broken.items()}
    failed |= {ids[event.position]: (event.reason, event.detail) for event in plan.rejected}
    passed = [id_ for id_ in ids.values() if id_ not in failed]
    return Tried(replace(plan, rejected=[]), passed, failed, plan.rejected)


def marked_as_repaired(plan: Plan, by: str) -> Plan:
    """The same plan; its events tell that they were repaired, and by what."""
    if not plan.events.num_rows:
        return plan
    events, told = plan.events, f"repaired:{by}"
    flags = pc.bit_wise_or(events["flags"], pa.scalar(int(Flag.REPAIRED), pa.uint32()))
    said = events["flag_reason"]
    joined = pc.binary_join_element_wise(said, pa.scalar(told, said.type), pa.scalar(",", said.type))
    reasons = pc.if_else(pc.equal(said, ""), pa.scalar(told, said.type), joined)
    for name, column in (("flags", flags), ("flag_reason", reasons)):
        events = events.set_column(events.column_names.index(name), name, column)
    return replace(plan, events=events)


def one_part_further(run: RepairRun, tried: Tried, *, last_id: int, is_last: bool) -> RepairRun:
    """How the repair stands when this part is committed."""
    failures = Counter(run.failures) + Counter(reason for reason, _ in tried.failed.values())
    return RepairRun(
        id=run.id,
        workspace=run.workspace,
        at=run.at,
        by=run.by,
        document=run.document,
        state="done" if is_last else "running",
        through=last_id,
        tried=run.tried + len(tried.passed) + len(tried.failed),
        passed=run.passed + len(tried.passed),
        failures=dict(sorted(failures.items())),
    )


def _planned(stages: Stages, received: list[Received], hashes: Hashes, now_ms: int) -> tuple[Plan, dict[int, str]]:
    """The plan, without the events that break a stage; those by position, with what went wrong."""
    try:
        return stages.plan_replay(received, hashes, now_ms=now_ms), {}
    except ZujiError:
        raise
    except Exception as failure:
        why = f"{type(failure).__name__}: {failure}"
    bad = set(culprits(range(len(received)), _works(stages, received, hashes, now_ms)))
    bad = bad or set(range(len(received)))  # only all of them together break it: none is sent
    good = [index for index in range(len(received)) if index not in bad]
    plan = stages.plan_replay([received[index] for index in good], hashes[good], now_ms=now_ms)
    return plan, {received[index].position: why for index in sorted(bad)}


def _works(
    stages: Stages, received: Sequence[Received], hashes: Hashes, now_ms: int
) -> Callable[[Sequence[int]], bool]:
    def works(indexes: Sequence[int]) -> bool:
        try:
            plan = stages.plan_replay([received[index] for index in indexes], hashes[list(indexes)], now_ms=now_ms)
        except ZujiError:
            raise
        except Exception:
            return False
        stages.forget(plan)
        return True

    return works

"""Messages taken in for trial: through the real stages over a state of their own, which is thrown away.

By the rules as they are by default: what a workspace decided about its data is not known here.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from zuji.clean.facts import Facts
from zuji.clean.received import Received
from zuji.identify.resolver import Resolver
from zuji.run.batch import Hashes, Mask, Plan, Stages, hash_ids
from zuji.run.judging import Judge
from zuji.run.learning import Learner
from zuji.store import quality, quarantine
from zuji.store.accounting import Term
from zuji.store.hot import HotStore
from zuji.store.property_names import PropertyNames
from zuji.store.quality import CauseFound, Of
from zuji.store.rule_memory import RuleMemory
from zuji.store.seen import SeenIds
from zuji.terms.event import Flag, position_of
from zuji.terms.message import Message, Receipt
from zuji.terms.source import Source

PER_BATCH = 4_000


class Trial:
    """Judges messages as if they had come from a source at a moment."""

    def __init__(self, hot: HotStore, seen: SeenIds, source: Source, *, now_ms: int) -> None:
        self._hot, self._seen, self._source, self._now_ms = hot, seen, source, now_ms
        self._names = PropertyNames(hot)
        self._learner = Learner(hot, lambda *_: source)
        self._judge = Judge(self._learner.usual_properties)
        self._facts = Facts(names=self._names, memory=RuleMemory(hot))
        self._stages = Stages(known=self._known, resolver=Resolver(hot, lambda *_: source), facts=self._facts)
        self._receipt = Receipt(source.workspace, source.id, "secret", "segment", now_ms)
        self._sequence = 0
        self._counts: Counter[Term] = Counter()
        self._robots: Counter[str] = Counter()

    def take(self, messages: Sequence[Message]) -> None:
        """Judge some messages, in the order in which they would come."""
        for start in range(0, len(messages), PER_BATCH):
            self._sequence += 1
            received = [
                Received(position_of(self._sequence, number), self._receipt, message, self._source)
                for number, message in enumerate(messages[start : start + PER_BATCH])
            ]
            self._keep(self._stages.plan(received, hash_ids(received, {}), now_ms=self._now_ms))

    def counts(self) -> Counter[Term]:
        """How many would be stored, set aside, dropped as repeats or refused, in the words of the accounts."""
        return self._counts.copy()

    def robots(self) -> dict[str, int]:
        """How many of the stored events robots did, by what gave them away."""
        return dict(self._robots.most_common())

    def figures(self) -> tuple[list[tuple[Of, int, int]], list[CauseFound]]:
        """What was looked at and wrong under each dimension, and the causes."""
        workspace = self._source.workspace
        day = self._now_ms // quality.DAY_MS
        with self._hot.read() as connection:
            return (
                quality.per_day(connection, workspace, source=None, from_day=day, to_day=day),
                quality.causes(connection, workspace, source=None, from_day=day, to_day=day, limit=1_000),
            )

    def _known(self, hashes: Hashes) -> Mask:
        with self._hot.read() as connection:
            return np.asarray(self._seen.known(hashes) | quarantine.known(connection, hashes))

    def _keep(self, plan: Plan) -> None:
        """What the next messages are judged by: ids, names, people, what was learnt."""
        self._counts.update({term: of.total() for term, of in plan.ledger.counts.items()})
        self._robots.update(_signs_of_robots(plan.events))
        with self._hot.write() as connection:
            self._seen.remember(connection, plan.stored_hashes)
            self._names.save(connection)
            self._stages.save(connection, now_ms=self._now_ms)
            quarantine.put(connection, plan.rejected)
            plan.linked.save(connection)
            self._judge.judge(connection, plan, self._now_ms)
            self._learner.take(connection, plan.observed, self._now_ms)
        self._seen.settle()
        self._stages.settle(plan)
        self._learner.settle()


def _signs_of_robots(events: pa.Table) -> Iterator[str]:
    """Per event of a robot what gave it away, as its reason says."""
    if not events.num_rows:
        return
    for flags, said in zip(events["flags"].to_pylist(), events["flag_reason"].to_pylist(), strict=True):
        if flags & Flag.ROBOT:
            yield next((reason for reason in said.split(",") if reason.startswith("robot:")), "robot")


@contextmanager
def trial(source: Source, *, now_ms: int) -> Iterator[Trial]:
    """A trial in a folder of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zuji-trial-")))
        hot = HotStore(folder / "hot.sqlite")
        stack.callback(hot.close)
        seen = SeenIds(folder / "seen", hot)
        stack.callback(seen.close)
        yield Trial(hot, seen, source, now_ms=now_ms)

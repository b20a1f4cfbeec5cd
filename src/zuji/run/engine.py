"""The engine of one machine: the ingest loop, the storing loop and the status writer over one data folder."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zuji.clean.facts import Facts
from zuji.clean.policies import NoPolicies, PolicySource
from zuji.clean.regions.by_address import AddressRegions
from zuji.clean.regions.stored import FILE_NAME, KnownRegions
from zuji.collect.spool import SpoolReader
from zuji.identify.resolver import Resolver
from zuji.run.batch import Hashes, Mask, SourceOf, Stages
from zuji.run.commit import Committer
from zuji.run.decisions import Decisions
from zuji.run.expiring import Expiry
from zuji.run.giving import Giving
from zuji.run.ingest import Cursor, IngestLoop
from zuji.run.learning import Learner
from zuji.run.losses import LossWatch
from zuji.run.points import PointWatch
from zuji.run.profiles import ProfileLoop
from zuji.run.progress import Progress
from zuji.run.quality_watch import QualityWatch
from zuji.run.rhythm import Rhythm
from zuji.run.status import StatusWriter
from zuji.run.storing import StoringLoop
from zuji.run.tag_loops import TagLoops
from zuji.run.tagging import Tagger
from zuji.run.tagging_rules import CalendarOf, in_utc
from zuji.run.tail import Tail
from zuji.store import quarantine, source_epochs, spool_positions
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.property_names import PropertyNames
from zuji.store.rule_memory import RuleMemory
from zuji.store.seen import SeenIds
from zuji.store.tag_events import AnchorEvents

log = logging.getLogger(__name__)

DRAIN_S = 25.0
SWITCH_S = 0.0005
"""So long a thread keeps the interpreter's lock while another one waits for it. A read at page time takes the lock some
forty times; with Python's own 5 ms each of them may wait that long for ingest."""


@dataclass(frozen=True)
class Engine:
    """Everything that runs behind the gateways. `cli` builds it and hands its parts to the API's ports."""

    hot: HotStore
    events: EventStore
    reader: SpoolReader
    seen: SeenIds
    resolver: Resolver
    ingest: IngestLoop
    storing: StoringLoop
    profiles: ProfileLoop
    progress: Progress
    tail: Tail
    status: StatusWriter
    tagger: Tagger
    tags: TagLoops
    own_events: AnchorEvents

    def start(self) -> None:
        """Finish what a crash interrupted, then begin."""
        sys.setswitchinterval(SWITCH_S)
        recovered = self.storing.recover()
        if recovered:
            log.warning("stored %d rows that an interrupted run had planned", recovered)
        self.storing.start()
        self.profiles.start()
        self.ingest.start()
        self.tags.start()
        self.status.start()

    def stop(self) -> None:
        """Take in and store what is in the spool, within reason, then end in good order."""
        if not self.ingest.failure and not self.storing.failure:
            self.progress.wait_taken(self.reader.ends(), DRAIN_S)
        self.tags.stop()
        self.ingest.stop()
        self.storing.stop()
        self.profiles.stop()
        self.status.stop()
        self.reader.close()
        self.seen.close()
        self.own_events.close()
        self.events.close()
        self.hot.close()

    def wait_fresh(self, timeout_s: float) -> bool:
        """Until everything acknowledged before this call is queryable. False when the time is up first."""
        deadline = time.monotonic() + timeout_s
        stored = self.progress.wait_stored(self.reader.ends(), timeout_s)
        return stored and self.progress.wait_profiled(max(0.0, deadline - time.monotonic()))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """At a batch boundary with everything stored: nothing is written while the block runs."""
        with self.seen.still(), self.ingest.batch_lock:
            self.progress.wait_stored(self.progress.positions, DRAIN_S)
            yield


def build_engine(
    *,
    data: Path,
    hot: HotStore,
    events: EventStore,
    reader: SpoolReader,
    source_of: SourceOf,
    now_ms: Callable[[], int],
    slow_down: Callable[[set[tuple[str, str]]], None],
    calendar_of: CalendarOf = in_utc,
    policies: PolicySource | None = None,
    addresses: AddressRegions | None = None,
) -> Engine:
    """Wire the stages over the given stores. Nothing runs before `start`."""
    with hot.read() as connection:
        positions = spool_positions.load_positions(connection)
        cursor = Cursor(spool_positions.load_sequence(connection), source_epochs.load(connection))
    seen = SeenIds(data / "seen", hot)
    names = PropertyNames(hot)
    resolver = Resolver(hot, source_of)
    stages = Stages(
        known=_known_ids(seen, hot),
        resolver=resolver,
        facts=Facts(
            names=names,
            policies=policies or NoPolicies(),
            memory=RuleMemory(hot),
            regions=KnownRegions(data / FILE_NAME),
            addresses=addresses or AddressRegions(),
        ),
    )
    progress = Progress(positions, last_batch=0)
    own_events = AnchorEvents(events)
    tagger = Tagger(hot=hot, events=own_events, resolver=resolver, calendar_of=calendar_of, now_ms=now_ms)
    giving = Giving(hot=hot, resolver=resolver, tagger=tagger, now_ms=now_ms)
    expiry = Expiry(hot=hot, policies=policies or NoPolicies(), now_ms=now_ms)
    learner = Learner(hot, source_of)
    rhythm = Rhythm(hot=hot, policies=policies or NoPolicies(), source_of=source_of)
    points = PointWatch(hot=hot, policies=policies or NoPolicies())
    losses = LossWatch(hot=hot, source_of=source_of)
    fallen = QualityWatch(hot=hot, policies=policies or NoPolicies(), source_of=source_of)
    storing = StoringLoop(hot=hot, events=events, progress=progress)
    profiles = ProfileLoop(hot=hot, events=events, progress=progress)
    tail = Tail()
    decisions = Decisions(
        hot=hot,
        events=events,
        resolver=resolver,
        stages=stages,
        source_of=source_of,
        tagger=tagger,
        giving=giving,
        drain_store=storing.drain,
    )
    ingest = IngestLoop(
        reader=reader,
        hot=hot,
        stages=stages,
        committer=Committer(
            hot=hot,
            seen=seen,
            names=names,
            stages=stages,
            tagger=tagger,
            giving=giving,
            learner=learner,
            points=points,
            losses=losses,
            progress=progress,
        ),
        decisions=decisions,
        storing=storing,
        progress=progress,
        tail=tail,
        cursor=cursor,
        source_of=source_of,
        now_ms=now_ms,
        slow_down=slow_down,
        between_batches=(expiry.expire_due, giving.end_due),
    )
    tags = TagLoops(hot=hot, tagger=tagger, batch_lock=ingest.batch_lock, now_ms=now_ms)
    status = StatusWriter(
        path=data / "status.json",
        reader=reader,
        hot=hot,
        storing=storing,
        loops=(ingest, storing, profiles, tagger, tags, events.broken),
        progress=progress,
        tag_latency=tagger.latency,
        alarms_of=(learner.alarms, rhythm.alarms, points.alarms, losses.alarms, fallen.alarms),
        now_ms=now_ms,
    )
    return Engine(
        hot, events, reader, seen, resolver, ingest, storing, profiles, progress, tail, status, tagger, tags, own_events
    )


def _known_ids(seen: SeenIds, hot: HotStore) -> Callable[[Hashes], Mask]:
    """An id is known once it was stored, or while it waits in quarantine."""

    def known(hashes: Hashes) -> Mask:
        with hot.read() as connection:
            return np.asarray(seen.known(hashes) | quarantine.known(connection, hashes))

    return known

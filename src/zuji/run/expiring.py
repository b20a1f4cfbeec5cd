"""What waits in quarantine longer than the workspace keeps it, leaves; its figures by day stay."""

from __future__ import annotations

import logging
from collections.abc import Callable

from zuji.clean.plan_document import NO_PLAN, TrackingPlan, read_plan
from zuji.clean.policies import Compiled, PolicySource
from zuji.store import quarantine
from zuji.store.hot import HotStore

log = logging.getLogger(__name__)

EVERY_MS = 3_600_000
DAY_MS = 24 * EVERY_MS


class Expiry:
    """Called by the ingest loop between batches, so that quarantine keeps its one writer."""

    def __init__(self, *, hot: HotStore, policies: PolicySource, now_ms: Callable[[], int]) -> None:
        self._hot = hot
        self._policies = policies
        self._plans: Compiled[TrackingPlan] = Compiled("plan", read_plan, usual=NO_PLAN)
        self._now_ms = now_ms
        self._next_at = 0

    def expire_due(self) -> None:
        """Once an hour: take out what is too old."""
        now_ms = self._now_ms()
        if now_ms < self._next_at:
            return
        self._next_at = now_ms + EVERY_MS
        with self._hot.read() as connection:
            names = quarantine.workspaces(connection)
        for workspace in names:
            before_ms = now_ms - self._plans.of(self._policies, workspace).keep_quarantined_days * DAY_MS
            with self._hot.write() as connection:
                expired = quarantine.expire(connection, workspace, before_ms=before_ms)
            if expired:
                log.info("%d events of %s left quarantine: they were older than it keeps them", expired, workspace)

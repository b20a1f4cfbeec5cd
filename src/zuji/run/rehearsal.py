"""A repair tried on a sample before it is carried out: stages of its own over the state as it is, and nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from zuji.clean.facts import Facts
from zuji.clean.policies import PolicySource
from zuji.identify.resolver import Resolver
from zuji.run.batch import SourceOf, Stages
from zuji.run.repairing import attempt, chosen_by, try_all
from zuji.store import quarantine, source_epochs
from zuji.store.hot import HotStore
from zuji.store.property_names import PropertyNames
from zuji.terms.repair import Repair


class Rehearsal:
    """Fills the API's port `Repairs`. Any thread may call it."""

    def __init__(
        self, *, hot: HotStore, source_of: SourceOf, policies: PolicySource, now_ms: Callable[[], int]
    ) -> None:
        self._hot = hot
        self._source_of = source_of
        self._policies = policies
        self._now_ms = now_ms

    def preview(self, workspace: str, repair: Repair, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """The oldest chosen events: each before and after the steps, and whether it would pass now."""
        with self._hot.read() as connection:
            waiting = quarantine.choose(connection, workspace, chosen_by(repair), after=0, limit=limit)
            epochs = source_epochs.load(connection)
        attempts = [attempt(one, repair.steps, self._source_of) for one in waiting]
        tried = try_all(
            attempts, self._stages(), source_of=self._source_of, epochs=epochs, sequence=0, now_ms=self._now_ms()
        )
        return [
            {
                "id": one.waiting.id,
                "before": one.before,
                "after": one.after,
                "passes": one.waiting.id not in tried.failed,
                "reason": tried.failed.get(one.waiting.id, ("", ""))[0],
                "detail": tried.failed.get(one.waiting.id, ("", ""))[1],
            }
            for one in attempts
        ]

    def _stages(self) -> Stages:
        """Those of the running engine remember what passed them; these are thrown away."""
        return Stages(
            known=lambda hashes: np.zeros(len(hashes), dtype=np.bool_),
            resolver=Resolver(self._hot, self._source_of),
            facts=Facts(names=PropertyNames(self._hot), policies=self._policies),
        )

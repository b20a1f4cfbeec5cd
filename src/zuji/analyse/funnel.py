"""Funnels: how many people did one thing after another, and how long did it take them? docs/questions.md, `funnel`.

The events that are a step come from the store as one ordered log (funnel_log.py); everybody's attempt that counts is
found in it in one pass over columns (funnel_chain.py, funnel_unordered.py); what counts for whom and in which group is
decided in funnel_attempts.py and funnel_groups.py, and what is said about it in funnel_views.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from zuji.analyse.funnel_attempts import Attempts, Search
from zuji.analyse.funnel_groups import Grouped, grouped
from zuji.analyse.funnel_log import read_log
from zuji.analyse.funnel_question import Funnel, settle_funnel
from zuji.analyse.funnel_views import Viewer
from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.reading import Reading
from zuji.analyse.settled import Settled
from zuji.terms.dates import written
from zuji.terms.error import BadQuestion


def answer(settled: Settled[Funnel], reading: Reading) -> Answer:
    """The view of everybody's attempts, and of each group's."""
    log = read_log(settled, reading)
    search = Search(settled, log)
    viewer = Viewer(settled, log)
    everybody = search.everybody()
    found = viewer.figures(everybody)
    if settled.question.breakdown is not None:
        groups = grouped(settled.question, settled.question.breakdown, search, everybody)
        found["by_breakdown"] = [
            {**groups.groups.group(number).document, **viewer.figures(attempts)}
            for number, attempts in enumerate(groups.attempts)
        ]
    return found


def people(settled: Settled[Funnel], cell: Cell, reading: Reading) -> People:
    """Everybody behind a figure, with the times of their steps."""
    log = read_log(settled, reading)
    search = Search(settled, log)
    viewer = Viewer(settled, log)
    attempts = search.everybody()
    if "group" in cell:
        attempts = _of_group(settled, cell, search, attempts)
    person = log.clock[attempts.first] >> log.time_bits if len(attempts) else attempts.first
    attempts = replace(attempts, unit=person)
    attempts = attempts.only(viewer.behind(attempts, cell))
    attempts = attempts.only(np.argsort(attempts.unit))
    keys = tuple((attempts.unit if log.names is None else log.names[attempts.unit]).tolist())
    return People(keys, StepTimes(keys, attempts, viewer, settled))


def _of_group(settled: Settled[Funnel], cell: Cell, search: Search, everybody: Attempts) -> Attempts:
    if settled.question.breakdown is None:
        raise BadQuestion("cell.group: the question has no breakdown.")
    groups: Grouped = grouped(settled.question, settled.question.breakdown, search, everybody)
    number = groups.groups.number_of(cell["group"], cell.get("group_kind", "value"))
    return groups.attempts[number]


class StepTimes(Mapping[int | str, Any]):
    """Why each person is behind a figure: when they did each step. Written when asked for: few are ever looked at."""

    def __init__(
        self, keys: tuple[int | str, ...], attempts: Attempts, viewer: Viewer, settled: Settled[Funnel]
    ) -> None:
        self._places = {key: place for place, key in enumerate(keys)}
        self._attempts, self._viewer, self._settled = attempts, viewer, settled

    def __getitem__(self, key: int | str) -> list[str]:
        """The moments of the steps, in the zone of the question."""
        one = self._attempts.only(np.array([self._places[key]]))
        times = [int(self._viewer.times(one, step)[0]) for step in range(1, int(one.depth[0]) + 1)]
        return [written(at, self._settled.calendar) for at in times]

    def __iter__(self) -> Iterator[int | str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


FUNNEL = Kind("funnel", Funnel, answer, people, settle_funnel)

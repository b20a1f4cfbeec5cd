"""What people's verdicts correct: read together from where verdicts, events and figures are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from zuji.api.ports import Ports, ports_of
from zuji.api.questions import questions_of
from zuji.clean.quality_correction import cells_of
from zuji.clean.verdict_estimate import Cells, Correction, correction_of
from zuji.store.quality_sample import Received, sizes
from zuji.store.verdicts import Verdict, Verdicts


@dataclass(frozen=True)
class Corrections:
    """Of everything that was asked for, and of each source by its own verdicts."""

    overall: Correction | None = None
    by_source: Mapping[str, Correction] = field(default_factory=dict)


NOTHING_SAID = Corrections()


def verdicts_of(ports: Ports, wanted: Received) -> list[Verdict]:
    """What was said of these events, newest first."""
    door = Verdicts.beside(ports.policies)
    return door.received(wanted.workspace, source=wanted.source, from_ms=wanted.from_ms, to_ms=wanted.to_ms)


def cells_for(ports: Ports, wanted: Received, verdicts: list[Verdict]) -> Cells:
    """The events of each source and stratum beside what was said of them."""
    return cells_of(sizes(ports.events, wanted), verdicts)


async def corrections_of(request: Request, wanted: Received) -> Corrections:
    """What is corrected. Where nobody said anything that counts, no event is counted for it. Where somebody did, that
    takes its turn as a question: every event of the period is read.
    """
    ports = ports_of(request)
    verdicts = await run_in_threadpool(verdicts_of, ports, wanted)
    if all(one.verdict == "unsure" for one in verdicts):
        return NOTHING_SAID
    return _corrections(await questions_of(request).run(cells_for, ports, wanted, verdicts))


def _corrections(cells: Cells) -> Corrections:
    by_source = {
        source: correction_of({place: cell for place, cell in cells.items() if place[0] == source})
        for source in {place[0] for place in cells}
    }
    known = {source: found for source, found in by_source.items() if found is not None}
    return Corrections(correction_of(cells), known)

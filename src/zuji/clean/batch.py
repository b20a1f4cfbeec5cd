"""Cleaning as one function: messages in, rows of the event table, subjects and rejections out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from zuji.clean.facts import Facts as Facts
from zuji.clean.observed import Observed, observe
from zuji.clean.page_numbers import Numbers, numbers_in
from zuji.clean.received import Received as Received
from zuji.clean.rows import as_frame, no_rows
from zuji.clean.sheet import Sheet
from zuji.clean.steps import STEPS
from zuji.store.losses import NumberedPage
from zuji.terms.rejection import Rejection
from zuji.terms.subject import Subject


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What came of a batch.

    `kept` are indexes into the received messages; `frame` and `subjects` have one row for each of them, in order;
    a rejection's index is into the received messages too.
    """

    kept: list[int]
    frame: pl.DataFrame
    subjects: list[Subject]
    rejections: list[Rejection]
    observed: list[Observed] = field(default_factory=list)
    """What the batch shows of each kind of event, for the plan that is learnt."""
    numbers: dict[NumberedPage, Numbers] = field(default_factory=dict)
    """The numbers that pages gave the messages, also those that were set aside."""


def clean_batch(received: Sequence[Received], *, facts: Facts, now_ms: int) -> Cleaned:
    """Standardise, check and describe messages that are new. Bad data becomes a rejection, never an exception."""
    facts.memory.begin()
    if not received:
        return Cleaned([], no_rows(), [], [])
    sheet = Sheet(received, facts=facts, now_ms=now_ms)
    for step in STEPS:
        step(sheet)
    kept = [number for number, _ in sheet.standing()]
    subjects = [sheet.subjects[number] for number in kept]
    return Cleaned(kept, as_frame(sheet), subjects, sheet.rejections, observe(sheet), numbers_in(sheet))

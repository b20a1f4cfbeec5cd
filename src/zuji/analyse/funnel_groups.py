"""The breakdown of a funnel: which attempt of whom counts in which group."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from zuji.analyse.funnel_attempts import Attempts, Members, Search, joined, preferred
from zuji.analyse.funnel_log import Codes, Ints
from zuji.analyse.funnel_question import Funnel
from zuji.analyse.groups import Groups, rank
from zuji.analyse.question import Breakdown


@dataclass(frozen=True, slots=True)
class Grouped:
    """The groups, and the attempts that count in each, by its number."""

    groups: Groups
    attempts: tuple[Attempts, ...]


def grouped(question: Funnel, breakdown: Breakdown, search: Search, everybody: Attempts) -> Grouped:
    """Everybody's attempts by group; `everybody` are those without a breakdown."""
    attempts, code = _by_value(question, search, everybody)
    steps = len(question.steps)
    values = _values(search, breakdown)
    sizes = Counter[str]()
    for one, size in enumerate(np.bincount(code, minlength=len(values)).tolist()):
        sizes[values[one]] += size  # null is there twice: as a value of events, and of persons who are in no group
    groups = rank({key: size for key, size in sizes.items() if size}, breakdown)
    number_of = {key: number for number, key in enumerate(groups.keys)}
    number = np.array([number_of.get(value, len(groups.keys)) for value in values], dtype=np.int64)[code]
    person = search.log.clock[attempts.first] >> search.log.time_bits if len(attempts) else attempts.first
    parts = [replace(attempts.only(number == one), unit=person[number == one]) for one in range(len(groups))]
    if groups.has_other:
        parts[-1] = preferred(parts[-1], search.log)
    return Grouped(groups, tuple(parts) or (joined([], steps),) * 0)


def _values(search: Search, breakdown: Breakdown) -> tuple[str, ...]:
    """The keys of the codes, and last that of null, for persons who count in no group of their own."""
    width = len(breakdown.names())
    return (*search.log.values, "" if width == 1 else json.dumps([""] * width, separators=(",", ":")))


def _codes(search: Search) -> Codes:
    if search.log.code is None:
        raise RuntimeError("a log that is broken down has codes")
    return search.log.code


def _by_value(question: Funnel, search: Search, everybody: Attempts) -> tuple[Attempts, Ints]:
    """The attempts that count for some value, and the code of the value."""
    codes = _codes(search)
    if question.attributed_by == "first_touch":
        return everybody, codes[everybody.first].astype(np.int64)
    if question.attributed_by == "last_touch":
        return everybody, codes[everybody.last].astype(np.int64)
    if question.attributed_by == "all_events":
        attempts = search.best(_by_own_value(search))
        return attempts, codes[attempts.first].astype(np.int64)
    step = question.attribution_step or 1
    attempts = _at_step(question, search, step)
    without = everybody.only(everybody.reach < step)
    code = np.concatenate(
        [attempts.unit % max(1, len(search.log.values)), np.full(len(without), len(search.log.values))]
    )
    return joined([attempts, without], len(question.steps)), code


def _at_step(question: Funnel, search: Search, step: int) -> Attempts:
    """For every person and value on this step the best attempt that has it there."""
    values = max(1, len(search.log.values))
    if question.order == "unordered":
        every = _by_value_of(search, np.int64(-1))
        return search.best_at(every, step, lambda unit: unit % values)
    bit = np.int64(1 << step - 1)
    members = _by_value_of(search, bit)
    same = _codes(search)[members.row] == members.unit % values
    marks = np.where(same, members.marks, members.marks & ~bit)
    attempts = search.best(Members(members.unit, members.row, marks).only(marks != 0))
    return attempts.only(attempts.reach >= step)


def _by_own_value(search: Search) -> Members:
    """Every event as a member of its person and its value."""
    members, codes = search.members(), _codes(search)
    unit = members.unit * len(search.log.values) + codes[members.row]
    order = np.argsort(unit, kind="stable")
    return Members(unit[order], members.row[order], members.marks[order])


def _by_value_of(search: Search, bits: np.int64) -> Members:
    """Every person's events once for each value that an event with one of these marks has."""
    members, values = search.members(), max(1, len(search.log.values))
    code = _codes(search)[members.row].astype(np.int64)
    unit = np.unique((members.unit * values + code)[members.marks & bits != 0])
    person = unit // values
    begin = np.searchsorted(members.unit, person)
    sizes = np.searchsorted(members.unit, person, side="right") - begin
    copy = np.repeat(np.arange(len(unit)), sizes)
    source = np.arange(len(copy)) + np.repeat(begin - np.cumsum(sizes) + sizes, sizes)
    return Members(unit[copy], members.row[source], members.marks[source])

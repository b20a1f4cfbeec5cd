"""From everybody's events to the attempt that counts for each unit: a person, or a person in one group.

A unit's events are chained in threads: all of them, or with `hold_constant` those of one value at a time. What an
exclusion voids is rare, so first the best attempts are found as if there were none; only units whose best attempt is
void are searched again, with fences around the excluding events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from zuji.analyse.funnel_chain import Found, Rules, chained
from zuji.analyse.funnel_fences import Fence
from zuji.analyse.funnel_instants import Bools, Rows
from zuji.analyse.funnel_log import NOT_THERE, Ints, Log, Marks
from zuji.analyse.funnel_placed import placed
from zuji.analyse.funnel_question import Funnel
from zuji.analyse.funnel_unordered import gathered, one_step_each
from zuji.analyse.settled import Settled
from zuji.analyse.threads import side_by_side, whole_parts
from zuji.terms.error import BadQuestion

ROWS_AT_ONCE = 1_000_000
"""Rows times steps of one pass: bounds its memory, and keeps it near the processor."""
MOST_COPIES = 200_000_000
"""Rows that may be looked at again for exclusions; beyond, the question is refused."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts that count, one a unit. `rows` are places in the log by step, NOT_THERE beyond the depth.

    `reach` is the depth that the unit's attempts reach when void ones are counted too.
    """

    unit: Ints
    depth: Ints
    rows: Ints
    reach: Ints

    def __len__(self) -> int:
        return len(self.unit)

    def only(self, chosen: Bools | Ints) -> Attempts:
        """Some of them."""
        return Attempts(self.unit[chosen], self.depth[chosen], self.rows[chosen], self.reach[chosen])

    @property
    def first(self) -> Ints:
        """The row of each attempt's first event."""
        return self.rows[:, 0]

    @property
    def last(self) -> Ints:
        """The row of each attempt's last event."""
        return self.rows[np.arange(len(self)), self.depth - 1]


@dataclass(frozen=True, slots=True)
class Members:
    """Events as members of units, ordered by (unit, row): what a unit may chain, and which steps each fills there."""

    unit: Ints
    row: Ints
    marks: Marks

    def only(self, chosen: Bools | slice) -> Members:
        """Some of them."""
        return Members(self.unit[chosen], self.row[chosen], self.marks[chosen])


def joined(parts: Sequence[Attempts], steps: int) -> Attempts:
    """Attempts of several searches as one."""
    none = np.empty(0, dtype=np.int64)
    return Attempts(
        np.concatenate([none, *(part.unit for part in parts)]),
        np.concatenate([none, *(part.depth for part in parts)]),
        np.concatenate([none.reshape(0, steps), *(part.rows for part in parts)]),
        np.concatenate([none, *(part.reach for part in parts)]),
    )


def preferred(attempts: Attempts, log: Log) -> Attempts:
    """For each unit the attempt that counts: deep, complete early, begun late, each step late; by unit."""
    order = np.argsort(attempts.unit, kind="stable")
    attempts = attempts.only(order)
    alone = np.ones(len(attempts), dtype=np.bool_)
    alone[1:] = attempts.unit[1:] != attempts.unit[:-1]
    if alone.all():
        return attempts
    steps = attempts.rows.shape[1]
    back = attempts.depth[:, None] - 1 - np.arange(steps)
    backwards = np.where(back >= 0, np.take_along_axis(attempts.rows, np.maximum(back, 0), axis=1), NOT_THERE)
    keys = [-backwards[:, place] for place in range(steps - 1, -1, -1)]
    keys += [-log.clock[attempts.first], log.clock[attempts.last], -attempts.depth, attempts.unit]
    return attempts.only(np.lexsort(keys)).only(alone)


class Search:
    """Finds the attempts that count for units of one log."""

    def __init__(self, settled: Settled[Funnel], log: Log) -> None:
        question = settled.question
        self.log = log
        self._question = question
        self._rules = Rules(
            steps=len(question.steps),
            range_ms=settled.span.to_ms - settled.span.from_ms,
            window_ms=question.window.milliseconds,
            time_bits=log.time_bits,
            increasing=question.require_increasing_time,
            same_event=question.same_event_may_fill_steps,
        )
        self._excluding = [
            np.unique(log.clock[log.excluding >> place & 1 != 0]) for place in range(len(question.exclusions))
        ]
        self._strict = self._strict_fences()
        self._at_once = ROWS_AT_ONCE // self._rules.steps

    def everybody(self) -> Attempts:
        """The attempt of each person."""
        # Where units are persons and threads too, clocks are taken as they are.
        plain = self.log.held is None and self._question.order != "unordered"
        work = self._of_persons if plain else lambda rows: self._best(self.members(rows))
        return joined(
            side_by_side(work, whole_parts(self.log.clock, self.log.time_bits, self._at_once)), self._rules.steps
        )

    def members(self, rows: slice = slice(None)) -> Members:
        """Every event among these that fills a step, as a member of its person."""
        marks = self.log.marks[rows]
        filling = np.flatnonzero(marks)
        row = filling + (rows.start or 0)
        return Members(self.log.clock[row] >> self.log.time_bits, row, marks[filling])

    def best(self, members: Members) -> Attempts:
        """The attempt that counts for each unit that has one."""
        parts = whole_parts(members.unit, 0, self._at_once)
        return joined(side_by_side(lambda part: self._best(members.only(part)), parts), self._rules.steps)

    def _of_persons(self, rows: slice) -> Attempts:
        """The same as `_best`, for the persons of these rows."""
        found = chained(self._that_matter(rows), self._rules, self._strict)
        attempts = Attempts(found.thread, found.depth, found.rows, found.depth)
        void = self._is_void(attempts)
        if not void.any():
            return attempts
        members = self.members(rows)
        again = self._best(members.only(np.isin(members.unit, attempts.unit[void])))
        return preferred(joined([attempts.only(~void), again], self._rules.steps), self.log)

    def _that_matter(self, rows: slice) -> Rows:
        """The rows that the attempts that count are made of.

        Of several events in a row for one and the same step only two matter: an attempt that ends with the step ends at
        the first instant, one that goes on has it as late as it goes. At one instant the last stands for all. Behind
        the range nothing starts.
        """
        clock, marks = self.log.clock[rows], self.log.marks[rows]
        useless = marks == 0
        if not self._rules.increasing:
            useless |= (marks == 1) & ((clock & self._rules.low) >= self._rules.range_ms)
            if self._question.order != "strict":  # between fences one in the middle can be all that is reached
                useless |= self._repeats(clock, marks, useless)
        kept = np.flatnonzero(~useless)
        real = clock[kept]
        return Rows(real, marks[kept], kept + (rows.start or 0), real)

    def _repeats(self, clock: Ints, marks: Marks, useless: Bools) -> Bools:
        """Those of one step in a row that are neither at its first instant nor last, and all but the last of a tie.

        Of a tie after the first instant some stay that need not.
        """
        apart = clock[1:] ^ clock[:-1]
        tied = apart == 0
        again = (marks[1:] == marks[:-1]) & (apart < 1 << self._rules.time_bits) & ((marks[1:] & (marks[1:] - 1)) == 0)
        repeats = np.zeros(len(marks), dtype=np.bool_)
        repeats[:-1] = again & ~useless[1:]
        later = tied.copy()
        later[1:] |= again[:-1] & ~tied[:-1]
        repeats[:-1] &= later
        return repeats

    def _best(self, members: Members) -> Attempts:
        rows, unit_of = self._threads(members)
        if self._question.order == "unordered":
            excluding = self._excluding_all()
            found = gathered(rows, self._rules, excluding)
            reach = gathered(rows, self._rules, excluding[:0]) if len(excluding) else found
            return preferred(self._attempts(found, unit_of, reach), self.log)
        found = chained(rows, self._rules, self._strict)
        attempts = preferred(self._attempts(found, unit_of, found), self.log)
        void = self._is_void(attempts)
        if not void.any():
            return attempts
        again = self._search_again(rows, found, unit_of, attempts.only(void))
        return preferred(joined([attempts.only(~void), again], self._rules.steps), self.log)

    def _excluding_all(self) -> Ints:
        return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *self._excluding]))

    def best_at(self, members: Members, place: int, code_of_unit: Callable[[Ints], Ints]) -> Attempts:
        """The same for an unordered funnel, of attempts whose event at this place has the code of the unit."""
        if self.log.code is None:
            raise RuntimeError("a log that is broken down has codes")
        rows, unit_of = self._threads(members)
        if self._rules.same_event:
            rows = one_step_each(rows, self._rules)
        fits = self.log.code[rows.row] == code_of_unit(unit_of[rows.clock >> self._rules.time_bits])
        found = placed(rows, self._rules, self._excluding_all(), place, fits)
        return preferred(self._attempts(found, unit_of, found), self.log)

    def _threads(self, members: Members) -> tuple[Rows, Ints]:
        """The members as threads, and the unit of each thread."""
        real = self.log.clock[members.row]
        if self.log.held is None:
            held, kept = np.zeros(len(members.row), dtype=np.int32), members
        else:
            held = self.log.held[members.row]
            there = np.flatnonzero(held != NOT_THERE)
            order = there[np.lexsort((members.row[there], held[there], members.unit[there]))]
            kept = Members(members.unit[order], members.row[order], members.marks[order])
            real, held = real[order], held[order]
        moved = np.ones(len(kept.row), dtype=np.bool_)
        moved[1:] = (kept.unit[1:] != kept.unit[:-1]) | (held[1:] != held[:-1])
        thread = np.cumsum(moved) - 1
        clock = thread << self._rules.time_bits | (real & self._rules.low)
        return Rows(clock, kept.marks, kept.row, real), kept.unit[moved]

    def _attempts(self, found: Found, unit_of: Ints, reach: Found) -> Attempts:
        """What was found for threads, as attempts of units."""
        deepest = np.zeros(len(unit_of), dtype=np.int64)
        deepest[reach.thread] = reach.depth
        unit = unit_of[found.thread]
        change = np.ones(len(unit_of), dtype=np.bool_)
        change[1:] = unit_of[1:] != unit_of[:-1]
        rank = np.cumsum(change) - 1
        most = np.maximum.reduceat(deepest, np.flatnonzero(change)) if len(unit_of) else deepest
        return Attempts(unit, found.depth, found.rows, most[rank[found.thread]])

    def _strict_fences(self) -> list[Fence]:
        """What must not lie between steps of a strict funnel."""
        if self._question.order != "strict":
            return []
        steps = self._rules.steps
        if self._question.strict_mode == "adjacent":
            return [Fence(np.unique(self.log.clock), 1, steps)]
        foreign = [np.unique(self.log.clock[self.log.matched & (1 << depth - 1) == 0]) for depth in range(1, steps)]
        return [Fence(clocks, depth, depth + 1) for depth, clocks in enumerate(foreign, start=1)]

    def _is_void(self, attempts: Attempts) -> Bools:
        """Which attempts an excluding event makes void."""
        void = np.zeros(len(attempts), dtype=np.bool_)
        for exclusion, clocks in zip(self._question.exclusions, self._excluding, strict=True):
            to_step = exclusion.to_step or self._rules.steps
            begins = self.log.clock[attempts.rows[:, exclusion.from_step - 1]]
            ends = self.log.clock[attempts.rows[:, to_step - 1]] - 1
            window_ends = self.log.clock[attempts.first] + self._rules.window_ms - 1
            until = np.where(attempts.depth >= to_step, ends, window_ends)
            met = np.searchsorted(clocks, until, side="right") > np.searchsorted(clocks, begins, side="right")
            void |= met & (attempts.depth >= exclusion.from_step)
        return void

    def _search_again(self, rows: Rows, found: Found, unit_of: Ints, void: Attempts) -> Attempts:
        """The best clean attempts of the depth that each unit reaches with void ones."""
        parts = []
        depth_of = np.zeros(len(unit_of), dtype=np.int64)
        depth_of[found.thread] = found.depth
        for depth in np.unique(void.depth).tolist():
            wanted = (depth_of == depth) & np.isin(unit_of, void.unit[void.depth == depth])
            mine = np.flatnonzero(wanted[rows.clock >> self._rules.time_bits])
            some = replace(rows.only(mine), marks=rows.marks[mine] & (1 << depth) - 1)
            parts += [
                self._attempts(clean, units, clean)
                for candidates, units in self._candidates(some, unit_of, depth)
                if len((clean := self._clean(candidates, depth)).thread)
            ]
        return joined(parts, self._rules.steps)

    def _clean(self, rows: Rows, depth: int) -> Found:
        """The attempts of just this depth that no exclusion between steps of theirs voids."""
        found = chained(rows, replace(self._rules, steps=depth), self._strict + self._exclusion_fences(depth))
        deep = found.depth == depth
        padded = np.full((int(deep.sum()), self._rules.steps), NOT_THERE, dtype=np.int64)
        padded[:, :depth] = found.rows[deep]
        return Found(found.thread[deep], found.depth[deep], padded)

    def _exclusion_fences(self, depth: int) -> list[Fence]:
        """Exclusions both of whose steps are reached."""
        ends = [one.to_step or self._rules.steps for one in self._question.exclusions]
        return [
            Fence(clocks, one.from_step, end, one.from_step)
            for one, end, clocks in zip(self._question.exclusions, ends, self._excluding, strict=True)
            if end <= depth
        ]

    def _candidates(self, rows: Rows, unit_of: Ints, depth: int) -> Iterator[tuple[Rows, Ints]]:
        """The rows from which clean attempts of a depth are made, with respect to exclusions whose end it misses.

        Such an exclusion must not come after its first step until the window ends, which depends on the start. After
        step 1: some starts are none. After a later step every start is looked at by itself, as a thread of its own.
        """
        exclusions = zip(self._question.exclusions, self._excluding, strict=True)
        open_ = [
            (one.from_step, clocks)
            for one, clocks in exclusions
            if one.from_step <= depth < (one.to_step or self._rules.steps)
        ]
        if any(from_step > 1 for from_step, _ in open_):
            yield from self._starts_apart(rows, unit_of, open_)
            return
        marks = rows.marks
        for _, clocks in open_:
            window_ends = rows.real + self._rules.window_ms - 1
            met = np.searchsorted(clocks, window_ends, side="right") > np.searchsorted(clocks, rows.real, side="right")
            marks = np.where(met, marks & ~np.int64(1), marks)
        yield replace(rows, marks=marks).only(marks != 0), unit_of

    def _starts_apart(
        self, rows: Rows, unit_of: Ints, open_: Sequence[tuple[int, Ints]]
    ) -> Iterator[tuple[Rows, Ints]]:
        """For each possible start a thread with the rows of its window."""
        may_start = (rows.marks & 1 != 0) & ((rows.clock & self._rules.low) < self._rules.range_ms)
        starts = np.unique(rows.clock[may_start])
        begin = np.searchsorted(rows.clock, starts)
        sizes = np.searchsorted(rows.clock, starts + self._rules.window_ms, side="right") - begin
        if sizes.sum() > MOST_COPIES:
            raise BadQuestion(
                "exclusions: the excluding events come so often that too many attempts must be compared. "
                "Let exclusions begin with step 1, or ask for a shorter range or window."
            )
        totals = np.cumsum(sizes)
        batch = totals // (ROWS_AT_ONCE // self._rules.steps)
        for number in np.unique(batch):
            yield self._copied(
                rows, unit_of, open_, starts[batch == number], begin[batch == number], sizes[batch == number]
            )

    def _copied(
        self, rows: Rows, unit_of: Ints, open_: Sequence[tuple[int, Ints]], starts: Ints, begin: Ints, sizes: Ints
    ) -> tuple[Rows, Ints]:
        copy = np.repeat(np.arange(len(starts)), sizes)
        source = np.arange(len(copy)) + np.repeat(begin - np.cumsum(sizes) + sizes, sizes)
        real, start = rows.real[source], rows.real[begin][copy]
        marks = np.where(real == start, rows.marks[source], rows.marks[source] & ~np.int64(1))
        for from_step, clocks in open_:
            # Step a must not lie before the last excluding event of the window.
            place = np.searchsorted(clocks, start + self._rules.window_ms)
            last = np.where(place > 0, np.append(NOT_THERE, clocks)[place], NOT_THERE)
            marks = np.where(real < last, marks & ~np.int64(1 << from_step - 1), marks)
        clock = copy << self._rules.time_bits | (real & self._rules.low)
        return Rows(clock, marks, rows.row[source], real).only(marks != 0), unit_of[starts >> self._rules.time_bits]

"""Steps that must have been and never came in: an order that nobody put into a cart.

Decided in the order received and from nothing but what came before, so that a crash, a replay and any division into
batches infer the same. Whose a step is, is told by the identifiers on events: a step counts for all identifiers of its
event, and for those that a log-in, an alias or a binding names together with one of them. Where this is wrong it errs
towards inferring nothing. Who else a person turns out to be later changes nothing that was inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import polars as pl

from zuji.clean.facts import Facts
from zuji.clean.rule_book import ExpectedStep, MissingStep
from zuji.store.rule_memory import Key, Memory, Note, Touch
from zuji.terms.event import Flag
from zuji.terms.identifier import Identifier
from zuji.terms.subject import Rule, Subject

HOUR_MS = 3_600_000
TOLERANCE_MS = 5 * 60_000
"""Clocks differ: a step that is dated so little after what it leads to was before it."""
MOST_TIMES = 16
"""Of the steps of one kind that one source told of one identifier, so many of the newest are remembered."""
_JOINS: frozenset[Rule] = frozenset({"identify", "sign_up", "alias", "bind", "force_merge"})

Times = Mapping[str, Sequence[int]]
"""When steps happened (milliseconds, ascending), by the source that told of them."""


class Implied(NamedTuple):
    """The event in this row implies a step, which happened at this time; `position` is the step's own."""

    row: int
    step: str
    at: int
    position: int = 0


class Happened(NamedTuple):
    """What matters of one event."""

    row: int
    workspace: str
    source: str
    kind: str
    at: int
    is_robot: bool
    joins: bool
    identifiers: tuple[Identifier, ...]


def implied_steps(frame: pl.DataFrame, subjects: Sequence[Subject], facts: Facts, now_ms: int) -> list[Implied]:
    """The steps that rows of a batch imply, in the order of rows. `frame` holds what will be stored, in that order."""
    rules = {workspace: facts.rules.of(facts.policies, workspace).rules.missing_step
             for workspace in frame["workspace"].unique().to_list()}  # fmt: skip
    rules = {workspace: rule for workspace, rule in rules.items() if rule.action == "infer"}
    if not rules:
        return []
    seen = _Seen(facts.memory, now_ms)
    with facts.memory.reading():
        implied = [step for event in _that_matter(frame, subjects, rules) for step in _implied_by(event, rules, seen)]
    seen.save()
    for step in implied:
        subject = subjects[step.row]
        facts.memory.touch(subject.workspace, Touch("missing_step", "infer", subject.source))
    return implied


def _implied_by(event: Happened, rules: Mapping[str, MissingStep], seen: _Seen) -> list[Implied]:
    """The steps that one event lacks, in their order, and before it."""
    rule = rules[event.workspace]
    missing = [expected.step for expected in rule.steps if _is_missing(seen, event, expected, rule.after_hours)]
    implied = [Implied(event.row, step, event.at - len(missing) + place) for place, step in enumerate(missing)]
    for step in implied:
        seen.add(event, step.step, step.at)
    return implied


def _is_missing(seen: _Seen, event: Happened, expected: ExpectedStep, after_hours: int) -> bool:
    """Take in what the event says about this step, and tell whether it lacks it."""
    is_step = event.kind == expected.step or event.kind in expected.alike
    leads_on = event.kind in expected.before
    if not (is_step or leads_on or event.joins):
        return False
    times = seen.together(event, expected.step)
    if not (is_step or leads_on):
        return False
    since = seen.since(event, expected.step)
    if is_step:
        seen.add(event, expected.step, event.at)
        return False
    if event.is_robot or (expected.sources and event.source not in expected.sources):
        return False
    if event.at - since < after_hours * HOUR_MS:
        return False
    earliest, latest = event.at - expected.within_hours * HOUR_MS, event.at + TOLERANCE_MS
    return not any(earliest <= at <= latest for at in times)


def _that_matter(
    frame: pl.DataFrame, subjects: Sequence[Subject], rules: Mapping[str, MissingStep]
) -> Iterator[Happened]:
    """Events of chains, and what makes identifiers one person's. Few of a batch, mostly."""
    named = {workspace: _names_in(rule) for workspace, rule in rules.items()}
    is_track, is_named = pl.col("type") == "track", pl.col("event").is_in(list(frozenset().union(*named.values())))
    told = ("workspace", "source", "type", "event", "at", "flags")
    some = frame.with_columns(pl.col("occurred_at").cast(pl.Int64).alias("at")).select(*told).with_row_index("row")
    for row, workspace, source, type_, kind, at, flags in some.filter(~is_track | is_named).iter_rows():
        subject, kind = subjects[row], kind if type_ == "track" else ""
        joins = subject.rule in _JOINS and len(subject.identifiers) > 1
        if subject.identifiers and (joins or kind in named.get(workspace, ())):
            yield Happened(row, workspace, source, kind, at, bool(flags & Flag.ROBOT), joins, subject.identifiers)


def _names_in(rule: MissingStep) -> frozenset[str]:
    return frozenset(name for one in rule.steps for name in (one.step, *one.alike, *one.before))


class _Seen:
    """The steps remembered, as one batch reads and adds to them."""

    def __init__(self, memory: Memory, now_ms: int) -> None:
        self._memory = memory
        self._now_ms = now_ms
        self._known: dict[Key, Times] = {}
        self._since: dict[Key, dict[str, Sequence[int]]] = {}

    def together(self, event: Happened, step: str) -> set[int]:
        """When this step was done by anybody the event names; from here on all of them did it."""
        keys = [_key(event.workspace, step, who) for who in event.identifiers]
        known = [self._times(key) for key in keys]
        joint = _joint(known)
        for key, times in zip(keys, known, strict=True):
            if times != joint:
                self._put(key, joint)
        return {at for times in joint.values() for at in times}

    def add(self, event: Happened, step: str, at: int) -> None:
        """Everybody whom the event names did this step then."""
        for who in event.identifiers:
            key = _key(event.workspace, step, who)
            self._put(key, _joint([self._times(key), {event.source: [at]}]))

    def since(self, event: Happened, step: str) -> int:
        """Since when events of this chain have been coming in, by their own time."""
        key = _key(event.workspace, step, None)
        if key not in self._since:
            self._since[key] = dict(self._times(key))
        first = self._since[key]
        first[event.source] = [min([event.at, *first.get(event.source, [])])]
        return min(at for [at] in first.values())

    def save(self) -> None:
        """Also what did not change: it is kept for as long as events of the chain come in."""
        for key, first in self._since.items():
            self._put(key, first)

    def _times(self, key: Key) -> Times:
        """What is remembered; read once in a batch, also that there is nothing."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._memory.get(key) or {}
        return found

    def _put(self, key: Key, times: Times) -> None:
        self._known[key] = times
        self._memory.put(key, Note(times, "", self._now_ms))


def _joint(known: Sequence[Times]) -> Times:
    """Everything that any of these says."""
    if all(times == known[0] for times in known):
        return known[0]
    found: dict[str, set[int]] = {}
    for times in known:
        for source, ats in times.items():
            found.setdefault(source, set()).update(ats)
    return {source: sorted(ats)[-MOST_TIMES:] for source, ats in found.items()}


def _key(workspace: str, step: str, who: Identifier | None) -> Key:
    return Key("step", workspace, _short(step, who))


def _short(step: str, who: Identifier | None) -> str:
    """A name of constant length for a step of somebody; None stands for the whole workspace."""
    said = f"{step}\0{who.type}\0{who.value}" if who is not None else step
    return blake2b(said.encode(errors="surrogatepass"), digest_size=16).hexdigest()

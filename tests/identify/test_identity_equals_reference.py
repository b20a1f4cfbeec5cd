"""The engine, whatever the order, the batches and the restarts, finds exactly the people of the slow reference."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from engine_under_test import Engine, Memory
from random_logs import (
    DEVICES,
    PLAIN,
    TRUSTED,
    USERS,
    Block,
    Decision,
    Lift,
    Merge,
    Restart,
    Split,
    Step,
    Unblock,
    a_log,
    blocking_steps,
    decided_steps,
    hub_log,
    phones_log,
)
from reference import DAY_MS, Decisions, Event, People, people_of

from zuji.identify.linked import Linked
from zuji.identify.profile import profile
from zuji.terms.error import Conflict, NotFound
from zuji.terms.identifier import Identifier
from zuji.terms.subject import Rule, Subject

MEMORY_DISK = Path("/dev/shm")

RIGHTS = Decisions(
    sources_whose_public_key_may_merge=frozenset({TRUSTED}), sources_whose_secret_key_may_force=frozenset({TRUSTED})
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where engines live: in memory where that is possible, since waiting for the disk is nine tenths of the time."""
    if not MEMORY_DISK.is_dir():
        yield tmp_path / "engine"
        return
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK, prefix="zuji-identity-") as name:
        yield Path(name) / "engine"


@dataclass(frozen=True)
class Accepted:
    """A subject that the engine let in, and the anchor it gave the event then."""

    subject: Subject
    anchor: int


class Run:
    """One arrival of a log at a fresh engine, with the decisions taken on the way as the reference sees them."""

    def __init__(self, folder: Path, *, memory: Memory = "roomy") -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.engine = Engine(folder, memory=memory)
        self.accepted: list[Accepted] = []
        self.merges: list[Subject] = []
        self.decisions = RIGHTS
        self.once_blocked: frozenset[Identifier] = frozenset()

    def people(self) -> People:
        """The reference's people on what has arrived so far; the events' owners come first."""
        return people_of([*(one.subject for one in self.accepted), *self.merges], self.decisions)

    def take(self, batch: Sequence[Subject]) -> None:
        linked = self.engine.link(batch)
        rejected = {rejection.index for rejection in linked.rejections}
        assert_only_public_aliases(batch, linked)
        self.accepted += [
            Accepted(subject, linked.anchors[index]) for index, subject in enumerate(batch) if index not in rejected
        ]

    def decide(self, step: Decision) -> None:
        match step:
            case Merge():
                self._merge(step)
            case Split():
                self._split(step)
            case Lift():
                self._lift(step)
            case Block(identifier) if self._may("block", identifier, wanted=False):
                self._set_blocks(self.decisions.blocked | {identifier}, self.decisions.unblocked - {identifier})
            case Unblock(identifier) if self._may("unblock", identifier, wanted=True):
                self._set_blocks(self.decisions.blocked - {identifier}, self.decisions.unblocked | {identifier})

    def _may(self, what: str, identifier: Identifier, *, wanted: bool) -> bool:
        """Decide on a block, which makes sense where the identifier is, or is not, blocked as wanted."""
        ask = {"identifier": named(identifier)}
        if (identifier in self.people().blocked) == wanted:
            self.engine.decide(what, ask)
            return True
        with pytest.raises((Conflict, NotFound)):
            self.engine.decide(what, ask)
        return False

    def _set_blocks(self, blocked: frozenset[Identifier], unblocked: frozenset[Identifier]) -> None:
        self.once_blocked |= blocked
        self.decisions = replace(self.decisions, blocked=blocked, unblocked=unblocked)

    def _merge(self, step: Merge) -> None:
        people = self.people()
        if step.one not in people.slices or step.other not in people.slices or same_profile(people, step):
            return
        try:
            self.engine.decide("merge", {"a": named(step.one), "b": named(step.other)}, at=step.at, id=step.id)
        except Conflict:
            assert is_forbidden(people, self.decisions, step)
        else:
            edge = ((step.one,), (step.other,))
            self.merges.append(Subject("default", "", "operator", step.at, step.id, "force_merge", *edge))

    def _split(self, step: Split) -> None:
        people = self.people()
        if step.of not in people.slices:
            with pytest.raises(NotFound):
                self.engine.decide("split", {"profile": named(step.of), "leaving": [named(step.of)]})
            return
        members = sorted(people.persons[people.slices[step.of][-1][1]].members)
        leaving = [one for place, one in enumerate(members) if step.choice >> place & 1]
        staying = [one for one in members if one not in leaving]
        if leaving and staying:
            self.engine.decide("split", {"profile": named(step.of), "leaving": [named(one) for one in leaving]})
            pairs = frozenset(frozenset((one, other)) for one in leaving for other in staying)
            self.decisions = replace(self.decisions, forbidden=self.decisions.forbidden | pairs)

    def _lift(self, step: Lift) -> None:
        pairs = sorted(sorted(pair) for pair in self.decisions.forbidden)
        if pairs:
            one, other = pairs[step.choice % len(pairs)]
            self.engine.decide("lift", {"a": named(one), "b": named(other)})
            self.decisions = replace(self.decisions, forbidden=self.decisions.forbidden - {frozenset((one, other))})


def named(identifier: Identifier) -> dict[str, str]:
    return {"type": identifier.type, "value": identifier.value}


def same_profile(people: People, step: Merge) -> bool:
    return people.slices[step.one][-1][1] == people.slices[step.other][-1][1]


def is_forbidden(people: People, decisions: Decisions, step: Merge) -> bool:
    ours, theirs = (people.persons[people.slices[one][-1][1]].members for one in (step.one, step.other))
    return any(frozenset((one, other)) in decisions.forbidden for one in ours for other in theirs)


def assert_only_public_aliases(batch: Sequence[Subject], linked: Linked) -> None:
    """Nothing else in the random logs may be rejected; what a public key may never ask for has tests of its own."""
    for rejection in linked.rejections:
        subject = batch[rejection.index]
        asked = subject.rule == "alias" or any(one.operation == "delete" for one in subject.statements)
        assert (subject.key, asked, rejection.reason) == ("public", True, "needs_secret_key")


def differences(run: Run) -> list[str]:
    """Everything in which the engine and the reference do not agree."""
    people, engine, names = run.people(), run.engine, run.engine.names()
    slices = engine.slices(people.first_seen)
    found = engine.torn() + [
        f"{one} belongs to {slices.get(one)}, should be {people.slices.get(one)}"
        for one in sorted(set(slices) | set(people.slices))
        if slices.get(one) != people.slices.get(one)
    ]
    for accepted, owner in zip(run.accepted, people.owners, strict=False):
        strongest = Event.read(accepted.subject, people.blocked, run.decisions).anchor
        anchor = names.get(accepted.anchor)
        if run.once_blocked.union(people.blocked).intersection(accepted.subject.identifiers):
            continue  # what is stored keeps the anchor it was given, before a block or during one
        if anchor != strongest:
            found.append(f"{accepted.subject} is anchored at {anchor}, should be {strongest}")
        elif names.get(engine.owner(accepted.anchor, accepted.subject.at)) != owner:
            found.append(f"{accepted.subject} does not belong to {owner}")
    return found + profile_differences(run, people)


def profile_differences(run: Run, people: People) -> list[str]:
    """Members, traits and whether identified, as a reader of profiles gets them."""
    found = []
    for person in people.persons.values():
        if not person.members:
            continue
        shown = profile(run.engine.hot, "default", min(person.members))
        got = (
            {link.identifier for link in shown.identifiers},
            shown.identified,
            {name: trait.value for name, trait in shown.traits.items()},
        )
        if got != (person.members, person.identified, person.traits):
            found.append(f"profile {person.founder} is {got}, should be {person}")
    return found


def arrive(folder: Path, steps: Sequence[Step], cuts: Random) -> list[str]:
    """Feed the steps, neighbouring subjects in batches cut at random, some of them lost before the commit and sent
    again, to an engine with much or little memory; gives the differences in the end.
    """
    run = Run(folder, memory=cuts.choice(["roomy", "tiny"]))
    batch: list[Subject] = []
    try:
        for step in steps:
            if isinstance(step, Subject):
                batch.append(step)
                if cuts.random() < 0.6:
                    continue
            if cuts.random() < 0.2:
                run.engine.lose(batch)
            run.take(batch)
            batch = []
            if isinstance(step, Restart):
                run.engine.restart()
            elif not isinstance(step, Subject):
                run.decide(step)
        run.take(batch)
        return differences(run)
    finally:
        run.engine.close()


def smallest(steps: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """Leave out steps as long as it still fails: a short log is easier to think about."""
    left = list(steps)
    place = 0
    while place < len(left):
        shorter = left[:place] + left[place + 1 :]
        if fails(shorter):
            left, place = shorter, 0
        else:
            place += 1
    return left


def assert_equals_reference(folder: Path, steps: Sequence[Step], cuts_seed: int) -> None:
    if arrive(folder, steps, Random(cuts_seed)):
        least = smallest(steps, lambda fewer: bool(arrive(folder, fewer, Random(cuts_seed))))
        told = "\n".join([*map(str, least), "", *arrive(folder, least, Random(cuts_seed))])
        raise AssertionError(f"the engine and the reference differ:\n{told}")


def arrivals(random: Random, log: Sequence[Subject]) -> Iterator[list[Step]]:
    """As sent, in the order of time, backwards, and shuffled with restarts in between."""
    in_time = sorted(log, key=lambda subject: (subject.at, subject.event_id, subject.source))
    yield list(log)
    yield list(in_time)
    yield list(reversed(in_time))
    shuffled: list[Step] = list(log)
    random.shuffle(shuffled)
    for _ in range(random.randint(1, 2)):
        shuffled.insert(random.randint(0, len(shuffled)), Restart())
    yield shuffled


@pytest.mark.parametrize("fifty", range(2))
def test_a_random_log_gives_the_same_people_in_every_arrival_order(fifty: int, folder: Path) -> None:
    for seed in range(fifty * 50, fifty * 50 + 50):
        random = Random(seed)
        log = a_log(random)
        for number, steps in enumerate(arrivals(random, log)):
            assert_equals_reference(folder, steps, seed + number)


def test_limits_choose_the_same_links_in_every_arrival_order(folder: Path) -> None:
    for seed in range(25):
        random = Random(seed)
        log = phones_log(random)
        for number, steps in enumerate(arrivals(random, log)):
            assert_equals_reference(folder, steps, seed + number)


def test_a_hub_is_blocked_or_not_in_every_arrival_order(folder: Path) -> None:
    for seed in range(6):
        random = Random(seed)
        log = hub_log(random)
        for number, steps in enumerate(arrivals(random, log)):
            assert_equals_reference(folder, steps, seed + number)


def test_links_repeated_for_months_make_a_hub_once_they_meet_within_thirty_days(folder: Path) -> None:
    users = [Identifier("user_id", f"{number}") for number in range(51)]
    phone = Identifier("phone", "+8613700000000")
    days = [*range(51), *range(100, 151), *[200] * 51]  # twice one a day, then all on one day

    def said(number: int) -> Subject:
        who = users[number % 51]
        return Subject(
            "default", PLAIN, "secret", days[number] * DAY_MS + number, f"m{number}", "bind", (who,), (phone,)
        )

    log = [said(number) for number in range(len(days))]
    assert people_of(log).blocked == {phone}
    assert people_of(log[:-1]).blocked == set()
    run = Run(folder)
    for subject in log:
        run.take([subject])
    assert differences(run) == []
    run.engine.close()


def test_merges_splits_and_lifts_in_between_give_the_people_of_the_reference(folder: Path) -> None:
    for seed in range(150):
        assert_equals_reference(folder, decided_steps(Random(seed)), seed)


def test_values_blocked_and_let_go_again_give_the_people_of_the_reference(folder: Path) -> None:
    for seed in range(120):
        assert_equals_reference(folder, blocking_steps(Random(seed)), seed)


@pytest.mark.parametrize("rule", ["unbind", "force_merge"])
def test_a_public_key_may_neither_unbind_nor_force(rule: Rule, folder: Path) -> None:
    run = Run(folder)
    seen = [Subject("default", TRUSTED, "public", 1, "m1", "identify", (USERS[0],), (DEVICES[0],), True)]
    asked = Subject("default", TRUSTED, "public", 2, "m2", rule, (USERS[0],), (DEVICES[0],))
    run.take(seen)
    rejections = run.engine.link([asked, *seen]).rejections
    assert [(rejection.index, rejection.reason) for rejection in rejections] == [(0, "needs_secret_key")]
    assert differences(run) == []
    run.engine.close()


def test_a_public_key_may_not_alias_two_identified_profiles_but_may_alias_an_anonymous_one(folder: Path) -> None:
    run = Run(folder)
    run.take([Subject("default", PLAIN, "public", n, f"m{n}", "identify", (user,)) for n, user in enumerate(USERS[:2])])
    both = Subject("default", PLAIN, "public", 5, "m5", "alias", (USERS[0],), (USERS[1],), True)
    one = Subject("default", PLAIN, "public", 6, "m6", "alias", (USERS[0],), (DEVICES[0],), True)
    rejections = run.engine.link([both]).rejections
    assert [rejection.reason for rejection in rejections] == ["needs_secret_key"]
    run.take([one])
    assert [accepted.subject for accepted in run.accepted][-1] == one
    assert differences(run) == []
    run.engine.close()


def test_where_the_known_side_is_blocked_as_a_hub_nobody_becomes_identified(folder: Path) -> None:
    hub, x, y = Identifier("phone", "+8613700000000"), Identifier("distinct_id", "x"), Identifier("distinct_id", "y")
    users = [Identifier("user_id", f"{number}") for number in range(51)]
    log = [
        *(Subject("default", PLAIN, "secret", n, f"m{n}", "bind", (user,), (hub,)) for n, user in enumerate(users)),
        Subject("default", PLAIN, "secret", 60, "m60", "identify", (hub,), (x,), True),
        Subject("default", PLAIN, "secret", 61, "m61", "identify", (y,), (), True),
        Subject("default", PLAIN, "secret", 62, "m62", "identify", (y,), (x,), True),
    ]
    assert people_of(log).persons[y].members == {x, y}
    assert_equals_reference(folder, log, 1)


def test_what_linked_an_identifier_before_its_component_joined_a_larger_one_counts_towards_a_hub(folder: Path) -> None:
    many, hub = Identifier("user_id", "many"), Identifier("phone", "+8613700000000")
    devices = [Identifier("anonymous_id", f"{number}") for number in range(60)]
    users = [Identifier("user_id", f"{number}") for number in range(50)]

    def said(at: int, known: Identifier, other: Identifier) -> Subject:
        return Subject("default", PLAIN, "secret", at, f"m{at:03}", "bind", (known,), (other,))

    log = [
        *(said(number, many, device) for number, device in enumerate(devices)),
        *(said(100 + number, user, hub) for number, user in enumerate(users)),
        said(200, users[0], devices[0]),
    ]
    assert people_of(log).blocked == set()
    last = said(201, many, hub)
    assert people_of([*log, last]).blocked == {hub}
    run = Run(folder)
    for subject in [*log, last]:
        run.take([subject])
    assert differences(run) == []
    run.engine.close()


def test_the_same_link_said_again_in_a_thousand_small_batches_is_evidence_each_time(folder: Path) -> None:
    run = Run(folder)
    pair = (USERS[0], DEVICES[0])
    for number in range(1100):  # beyond the second time that young evidence is moved, which is after 256 batches each
        run.take([Subject("default", PLAIN, "public", number, f"m{number}", "together", pair)])
    assert differences(run) == []
    run.engine.close()

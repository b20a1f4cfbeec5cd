"""The reference says what the rules say, sentence by sentence; the engine is then held to the reference."""

from __future__ import annotations

import itertools

from reference import DAY_MS, Decisions, People, people_of

from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind
from zuji.terms.subject import Rule, Statement, Subject

U, V = Identifier("user_id", "u"), Identifier("user_id", "v")
A, B = Identifier("anonymous_id", "a"), Identifier("anonymous_id", "b")
X, Y = Identifier("distinct_id", "x"), Identifier("distinct_id", "y")
PHONES = [Identifier("phone", f"+861380000000{number}") for number in range(5)]


def said(
    at: int,
    rule: Rule,
    known: list[Identifier],
    anonymous: list[Identifier] | None = None,
    *,
    key: KeyKind = "secret",
    statements: tuple[Statement, ...] = (),
) -> Subject:
    identified = rule not in ("sighting", "together", "unbind")
    return Subject(
        "default", "web", key, at, f"m{at}", rule, tuple(known), tuple(anonymous or ()), identified, statements
    )


def groups(people: People) -> set[frozenset[Identifier]]:
    return {person.members for person in people.persons.values() if person.members}


def test_identify_of_two_unknown_makes_one_new_identified_profile_founded_by_the_user() -> None:
    people = people_of([said(1, "identify", [U], [A])])
    (person,) = people.persons.values()
    assert (person.founder, person.identified, person.members) == (U, True, {U, A})


def test_an_anonymous_profile_is_absorbed_and_its_events_with_it() -> None:
    people = people_of([said(1, "sighting", [A]), said(2, "sighting", [U]), said(3, "identify", [U], [A])])
    assert groups(people) == {frozenset({U, A})}
    assert people.owners == (U, U, U)


def test_the_anonymous_profile_that_a_new_user_joins_keeps_its_id() -> None:
    people = people_of([said(1, "sighting", [A]), said(3, "identify", [U], [A])])
    assert people.owners == (A, A)


def test_a_shared_device_belongs_to_the_newest_login_by_event_time() -> None:
    log = [
        said(1, "identify", [U], [A]),
        said(3, "identify", [V], [A]),
        said(5, "identify", [U], [A]),
        *(said(at, "sighting", [A]) for at in (2, 4, 6)),
    ]
    for arrival in itertools.permutations(log):
        people = people_of(arrival)
        assert people.slices[A] == ((None, U), (3, V), (5, U))
        assert [people.owners[arrival.index(subject)] for subject in log[3:]] == [U, V, U]


def test_two_identified_distinct_ids_stay_two() -> None:
    people = people_of([said(1, "identify", [X], []), said(2, "identify", [Y], []), said(3, "identify", [X], [Y])])
    assert groups(people) == {frozenset({X}), frozenset({Y})}
    assert list(people.refused.values()) == ["both_identified"]


def test_a_forced_merge_joins_two_identified_ones_when_its_source_may() -> None:
    log = [said(1, "identify", [X], []), said(2, "identify", [Y], []), said(3, "force_merge", [Y], [X])]
    assert len(groups(people_of(log))) == 2
    allowed = Decisions(sources_whose_secret_key_may_force=frozenset({"web"}))
    assert people_of(log, allowed).owners == (X, X, X)


def test_a_phone_from_a_public_key_never_merges_two_existing_profiles() -> None:
    log = [
        said(1, "sighting", [PHONES[0]]),
        said(2, "sighting", [U]),
        said(3, "together", [U, PHONES[0]], key="public"),
    ]
    assert list(people_of(log).refused.values()) == ["public_key_never_merges"]
    opted_in = Decisions(sources_whose_public_key_may_merge=frozenset({"web"}))
    assert groups(people_of(log, opted_in)) == {frozenset({U, PHONES[0]})}


def test_the_fourth_phone_within_90_days_is_refused_and_one_day_later_it_is_not() -> None:
    first = [said(number, "bind", [U], [phone]) for number, phone in enumerate(PHONES[:3])]
    early = people_of([*first, said(90 * DAY_MS - 1, "bind", [U], [PHONES[3]])])
    assert frozenset({PHONES[3]}) in groups(early)
    late = people_of([*first, said(90 * DAY_MS, "bind", [U], [PHONES[3]])])
    assert groups(late) == {frozenset({U, *PHONES[:4]})}


def test_a_phone_from_a_public_key_yields_to_one_from_a_secret_key() -> None:
    log = [said(n, "bind", [U], [phone], key="public" if n == 1 else "secret") for n, phone in enumerate(PHONES[:4])]
    people = people_of(log)
    assert groups(people) == {frozenset({U, PHONES[0], PHONES[2], PHONES[3]}), frozenset({PHONES[1]})}
    assert [(edge.o, reason) for edge, reason in people.refused.items()] == [(PHONES[1], "over_limit")]


def test_an_unbound_phone_leaves_from_that_event_on() -> None:
    log = [said(1, "bind", [U], [PHONES[0]]), said(3, "unbind", [U], [PHONES[0]])]
    people = people_of([*log, said(2, "sighting", [PHONES[0]]), said(4, "sighting", [PHONES[0]])])
    own = Identifier("unbound", f"{PHONES[0]}@m3")
    assert people.slices[PHONES[0]] == ((None, U), (3, own))
    assert people.owners == (U, U, U, own)
    assert not people.persons[own].identified


def test_a_split_forbids_whatever_the_evidence_says_and_gives_back_what_was() -> None:
    log = [said(1, "sighting", [X]), said(2, "sighting", [Y]), said(3, "alias", [X], [Y])]
    assert people_of(log).owners == (X, X, X)
    split = Decisions(forbidden=frozenset({frozenset({X, Y})}))
    again = [*log, said(4, "together", [X, Y])]
    assert people_of(again, split).owners == (X, Y, X, X)
    assert set(people_of(again, split).refused.values()) == {"split_forbids"}


def test_a_value_seen_with_51_others_within_30_days_is_blocked_and_with_50_it_is_not() -> None:
    hub = Identifier("device_id", "hub")
    log = [said(number, "identify", [Identifier("user_id", f"{number}")], [hub]) for number in range(51)]
    assert hub in people_of(log[:50]).slices
    people = people_of([*log, said(60, "sighting", [hub])])
    assert people.blocked == {hub}
    assert hub not in people.slices
    assert people.owners[-1] is None
    assert len(groups(people)) == 51
    spread = [said(number * DAY_MS, "identify", one.known and list(one.known), [hub]) for number, one in enumerate(log)]
    assert people_of(spread).blocked == frozenset()


def state(operation: str, value: object = None, name: str = "plan") -> Statement:
    return Statement(operation, name, value)  # type: ignore[arg-type]


def plan_of(*log: Subject) -> object:
    (person,) = people_of(log).persons.values()
    return person.traits.get("plan")


def test_a_secret_key_beats_a_newer_public_one_and_among_equals_the_newest_wins() -> None:
    secret = said(1, "sighting", [U], statements=(state("set", "secret"),))
    public = said(2, "sighting", [U], key="public", statements=(state("set", "public"),))
    newest = said(3, "sighting", [U], statements=(state("set", "newest"),))
    assert plan_of(public, secret) == "secret"
    assert plan_of(newest, public, secret) == "newest"


def test_what_the_anonymous_side_said_before_stands_below_the_known_side() -> None:
    known = said(1, "sighting", [U], statements=(state("set", "known"),))
    before = said(2, "sighting", [A], statements=(state("set", "before"),))
    assert plan_of(known, before, said(3, "identify", [U], [A])) == "known"
    after = said(4, "sighting", [A], statements=(state("set", "after"),))
    assert plan_of(known, before, said(3, "identify", [U], [A]), after) == "after"


def test_set_once_takes_the_earliest_and_yields_to_any_set() -> None:
    first = said(1, "sighting", [U], statements=(state("set_once", "first"),))
    second = said(2, "sighting", [U], statements=(state("set_once", "second"),))
    assert plan_of(second, first) == "first"
    both = said(3, "sighting", [U], statements=(state("set", "set"), state("set_once", "once")))
    assert plan_of(both, first) == "set"


def test_unset_removes_what_stands_below_it_and_delete_everything() -> None:
    below = said(1, "sighting", [U], statements=(state("set", "below"),))
    unset = said(2, "sighting", [U], statements=(state("set", "beside"), state("unset")))
    assert plan_of(below, unset) is None
    above = said(3, "sighting", [U], statements=(state("set", "above"),))
    assert plan_of(below, unset, above) == "above"
    delete = said(4, "sighting", [U], statements=(Statement("delete"),))
    assert plan_of(below, unset, above, delete) is None


def test_add_sums_onto_the_last_set_and_append_collects_without_repeats() -> None:
    log = [
        said(1, "sighting", [U], statements=(state("add", 5),)),
        said(2, "sighting", [U], statements=(state("set", 10),)),
        said(3, "sighting", [U], statements=(state("add", 2), state("add", 3))),
    ]
    assert plan_of(*log) == 15
    grown = [said(4 + n, "sighting", [U], statements=(state("append", word),)) for n, word in enumerate("aba")]
    assert plan_of(*log, *grown) == ["a", "b"]

"""What every input promises, whatever it reads. A kind passes by subclassing `InputPromises` with its `plug`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

import pytest

from zuji.collect.inputs.input import Given, Input, InputFailed, Taken

SOON_S = 30.0
"""Generous, since the machine may be busy; every wait ends as soon as what it waits for is there."""


class InputPlug(Protocol):
    """How the promises reach the input under test, and the outside that it reads."""

    def say(self, numbers: Sequence[int]) -> None:
        """Put things outside, each of which tells its number."""

    def garble(self) -> None:
        """Put one thing outside that cannot be read."""

    def open(self) -> Input:
        """Open the input, as a new process would."""

    def number_of(self, given: Given) -> int:
        """The number that a thing tells."""

    def break_outside(self) -> None:
        """Take the outside away."""

    def mend_outside(self) -> None:
        """Bring it back, with what it held."""


def take_some(opened: Input, *, at_most: int = 1_000) -> Taken:
    """The next that comes."""
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        taken = opened.take(at_most=at_most, wait_s=0.2)
        if taken is not None and taken.given:
            return taken
        if taken is not None:
            opened.settle(taken)
    raise AssertionError("nothing came")


def take_all(opened: Input, count: int, *, at_most: int = 1_000) -> list[Taken]:
    """What comes until it is `count` things; none of it settled."""
    found: list[Taken] = []
    while sum(len(taken.given) for taken in found) < count:
        found.append(take_some(opened, at_most=at_most))
    return found


def take_for_ever(opened: Input) -> None:
    """Until it fails."""
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        opened.take(at_most=100, wait_s=0.2)


class InputPromises:
    """The promises. A subclass gives the fixture `plug`, an `InputPlug` whose outside is empty and subscribed to."""

    def test_everything_comes_in_its_order(self, plug: InputPlug) -> None:
        opened = plug.open()
        plug.say(range(300))
        found = [given for taken in take_all(opened, 300) for given in taken.given]
        assert [plug.number_of(given) for given in found] == list(range(300))
        opened.close()

    def test_no_two_things_have_the_same_id(self, plug: InputPlug) -> None:
        opened = plug.open()
        plug.say(range(100))
        ids = [given.content_id for taken in take_all(opened, 100) for given in taken.given]
        assert len(set(ids)) == 100
        opened.close()

    def test_what_was_not_settled_comes_again_with_the_same_ids(self, plug: InputPlug) -> None:
        first = plug.open()
        plug.say(range(50))
        before = [given for taken in take_all(first, 50) for given in taken.given]
        first.close()
        again = plug.open()
        assert [given for taken in take_all(again, 50) for given in taken.given] == before
        again.close()

    def test_what_was_settled_does_not_come_again(self, plug: InputPlug) -> None:
        first = plug.open()
        plug.say(range(40))
        settled: list[int] = []
        while len(settled) < 20:
            taken = take_some(first, at_most=5)
            first.settle(taken)
            settled += [plug.number_of(given) for given in taken.given]
        left = sorted(set(range(40)) - set(settled))
        first.close()
        second = plug.open()
        found = [plug.number_of(given) for taken in take_all(second, len(left)) for given in taken.given]
        assert found == left, f"{found} instead of {left}"
        assert second.take(at_most=100, wait_s=0.3) is None
        second.close()

    def test_no_more_is_taken_at_once_than_was_asked_for(self, plug: InputPlug) -> None:
        opened = plug.open()
        plug.say(range(60))
        sizes = [len(taken.given) for taken in take_all(opened, 60, at_most=7)]
        assert max(sizes) <= 7
        opened.close()

    def test_what_comes_while_nobody_listens_is_there_later(self, plug: InputPlug) -> None:
        plug.open().close()
        plug.say(range(30))
        opened = plug.open()
        found = [plug.number_of(given) for taken in take_all(opened, 30) for given in taken.given]
        assert found == list(range(30))
        opened.close()

    def test_what_cannot_be_read_is_given_with_its_problem_and_its_neighbours_pass(self, plug: InputPlug) -> None:
        opened = plug.open()
        plug.say([1])
        plug.garble()
        plug.say([2])
        first, bad, last = [given for taken in take_all(opened, 3) for given in taken.given]
        assert (plug.number_of(first), plug.number_of(last)) == (1, 2)
        assert bad.problem is not None
        assert bad.problem.reason == "not_an_object"
        assert "garbled" in str(bad.document), "it is kept whole"
        opened.close()

    def test_when_there_is_nothing_it_says_so_and_waits_no_longer_than_it_may(self, plug: InputPlug) -> None:
        opened = plug.open()
        assert opened.take(at_most=10, wait_s=0.2) is None
        opened.close()

    def test_an_outside_that_is_gone_is_a_failure_in_words_and_nothing_is_lost(self, plug: InputPlug) -> None:
        first = plug.open()
        plug.say(range(20))
        first.settle(take_some(first, at_most=3))
        plug.break_outside()
        with pytest.raises(InputFailed, match=r".{20}"):
            take_for_ever(first)
        first.close()
        with pytest.raises(InputFailed, match=r".{20}"):
            plug.open()
        plug.mend_outside()
        again = plug.open()
        found = {plug.number_of(given) for taken in take_all(again, 17) for given in taken.given}
        assert found >= set(range(3, 20))
        again.close()

"""The queue of questions is fair: who asks much waits for their own questions, not others for theirs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from zuji.api.questions import QuestionPool
from zuji.terms.error import Busy

PATIENCE_S = 60


def noted(order: list[str], name: str, *, until: threading.Event | None = None) -> Callable[[], str]:
    """A question that says when it runs, and runs until it is let go."""

    def question() -> str:
        order.append(name)
        assert until is None or until.wait(PATIENCE_S)
        return name

    return question


async def begun(order: list[str], how_many: int) -> None:
    """Return when so many questions run or ran."""
    async with asyncio.timeout(PATIENCE_S):
        while len(order) < how_many:
            await asyncio.sleep(0.001)


def test_somebody_with_one_question_is_answered_before_the_second_of_somebody_with_many() -> None:
    order: list[str] = []

    async def world() -> list[str]:
        pool, gate = QuestionPool(threads=1, most_of_one=1), threading.Event()
        first = asyncio.ensure_future(pool.run("much", noted(order, "much 1", until=gate)))
        await begun(order, 1)
        many = [pool.run("much", noted(order, f"much {number}")) for number in (2, 3, 4)]
        waiting = asyncio.gather(*many, pool.run("little", noted(order, "little")))
        await asyncio.sleep(0)
        gate.set()
        return [await first, *await waiting]

    assert asyncio.run(world()) == ["much 1", "much 2", "much 3", "much 4", "little"]
    assert order == ["much 1", "little", "much 2", "much 3", "much 4"]


def test_nobody_has_all_threads_at_once() -> None:
    """Three questions that take for ever leave the fourth thread for somebody else."""
    order: list[str] = []

    async def world() -> str:
        pool, gate = QuestionPool(), threading.Event()
        endless = [asyncio.ensure_future(pool.run("much", noted(order, "much", until=gate))) for _ in range(6)]
        await begun(order, 3)
        answer = await asyncio.wait_for(pool.run("little", noted(order, "little")), PATIENCE_S)
        assert order == ["much", "much", "much", "little"]
        gate.set()
        await asyncio.gather(*endless)
        return answer

    assert asyncio.run(world()) == "little"


def test_too_many_questions_of_one_are_refused_to_them_alone() -> None:
    order: list[str] = []

    async def world() -> None:
        pool, gate = QuestionPool(threads=1, most_of_one=1, most_waiting=3, most_waiting_of_one=2), threading.Event()
        mine = [asyncio.ensure_future(pool.run("much", noted(order, "much", until=gate))) for _ in range(2)]
        await begun(order, 1)
        with pytest.raises(Busy, match="2 questions of yours"):
            await pool.run("much", noted(order, "too many"))
        other = asyncio.ensure_future(pool.run("little", noted(order, "little")))
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="3 questions are waiting"):
            await pool.run("third", noted(order, "too many"))
        gate.set()
        await asyncio.gather(*mine, other)

    asyncio.run(world())
    assert order == ["much", "little", "much"]


def test_a_question_nobody_waits_for_any_more_is_never_begun() -> None:
    order: list[str] = []

    async def world() -> None:
        pool, gate = QuestionPool(threads=1, most_of_one=1), threading.Event()
        first = asyncio.ensure_future(pool.run("one", noted(order, "first", until=gate)))
        await begun(order, 1)
        given_up = asyncio.ensure_future(pool.run("one", noted(order, "given up")))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.wait({given_up})
        gate.set()
        assert await first == "first"
        assert await pool.run("one", noted(order, "last")) == "last"

    asyncio.run(world())
    assert order == ["first", "last"]


def test_a_question_that_fails_gives_its_thread_back() -> None:
    def fail() -> str:
        raise ValueError("no such thing")

    async def world() -> str:
        pool = QuestionPool(threads=1, most_of_one=1)
        with pytest.raises(ValueError, match="no such thing"):
            await pool.run("one", fail)
        return await pool.run("one", lambda: "answered")

    assert asyncio.run(world()) == "answered"


def test_a_question_given_up_while_it_waits_leaves_its_place_at_once_and_others_wait_on() -> None:
    order: list[str] = []
    pool, gate = QuestionPool(threads=1, most_of_one=1, most_waiting_of_one=3), threading.Event()
    first = pool.take("one", noted(order, "first", until=gate), ticket="a")
    given_up = pool.take("one", noted(order, "given up"), ticket="b")
    other = pool.take("one", noted(order, "other"), ticket="c")
    with pytest.raises(Busy):
        pool.take("one", noted(order, "no place"))
    assert (pool.give_up("b"), pool.give_up("b"), pool.give_up("a"), pool.give_up("")) == (True, False, False, False)
    last = pool.take("one", noted(order, "last"))
    gate.set()
    assert [turn.result(PATIENCE_S) for turn in (first, other, last)] == ["first", "other", "last"]
    assert given_up.cancelled()
    assert order == ["first", "other", "last"]

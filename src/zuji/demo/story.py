"""The three things one can do with the demo world: load its past, let it live on, check what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zuji.demo.ask import Api
from zuji.demo.check import Report, check_world
from zuji.demo.history import History
from zuji.demo.live import Present
from zuji.demo.options import DemoKeys, DemoOptions
from zuji.demo.parcel import Parcel
from zuji.demo.progress import Progress, Tell, silently
from zuji.demo.speak import Speaker, Tally
from zuji.demo.truth import load_truth
from zuji.demo.world import World

TRUTH_FOLDER = "demo-truth"
"""Where below a data folder the truth of its demo is kept."""
TICK_S = 0.25


@dataclass(frozen=True)
class Loaded:
    """A history that was acknowledged whole: the world as it stands now, and what it took."""

    world: World
    tally: Tally


def load(
    options: DemoOptions, endpoint: str, keys: DemoKeys, *, folder: Path, now_ms: Callable[[], int],
    tell: Tell = silently,
) -> Loaded:  # fmt: skip
    """Live through the past and send it to the gateway at `endpoint`. `folder` keeps the truth for a later check."""
    history = History(options, folder)
    speaker = Speaker(endpoint, keys, now_ms=now_ms, stamp="wrong_clocks")

    def told(tally: Tally) -> None:
        tell(Progress("loading", history.day + 1, options.days, tally.messages))

    asyncio.run(_tell(history, speaker, told))
    history.book.keep()
    return Loaded(history.world, speaker.tally)


async def _tell(history: History, speaker: Speaker, told: Callable[[Tally], None]) -> None:
    async with speaker:
        await speaker.say_all(iter(history), told=told)


def world_after(options: DemoOptions) -> World:
    """The world as it stands at the end of its history, for going on with it later. Nothing is sent."""
    history = History(options)
    for _ in history:
        pass
    return history.world


def run_live(
    options: DemoOptions, endpoint: str, keys: DemoKeys, *, now_ms: Callable[[], int], rate: float = 5.0,
    world: World | None = None, go_on: Callable[[], bool] = lambda: True, tell: Tell = silently,
) -> Tally:  # fmt: skip
    """Traffic of about `rate` messages a second, until `go_on` says no (it is asked every tick) or a Ctrl-C.

    `world` is that of `load`; without it the history of the options is lived through again, silently.
    """
    present = Present(world or world_after(options), rate=rate, now_ms=now_ms())
    speaker = Speaker(endpoint, keys, now_ms=now_ms, stamp="always", connections=2)
    asyncio.run(_live(present, speaker, now_ms, go_on, tell))
    return speaker.tally


async def _live(
    present: Present, speaker: Speaker, now_ms: Callable[[], int], go_on: Callable[[], bool], tell: Tell
) -> None:
    def told(tally: Tally) -> None:
        tell(Progress("living", tally.messages, None, tally.messages))

    async with speaker:
        while go_on():
            due: Iterator[Parcel] = iter(present.due(now_ms()))
            await speaker.say_all(due, told=told)
            await asyncio.sleep(TICK_S)


def check(folder: Path, url: str, token: str, *, workspace: str = "default", tell: Tell = silently) -> Report:
    """How much of the kept truth the server at `url` has recovered. `folder` is what `load` was given."""
    with Api(url, token, workspace=workspace) as api:
        return check_world(load_truth(folder), api, tell=tell)

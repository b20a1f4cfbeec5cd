"""How each model shares goals among the channels that were touched before them.

A path is the channels of one goal's touches, in order. Every function gives credits that add up to the goals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from math import factorial

Channel = tuple[str, str]  # (kind, name): one that is named "other" is not the group of that name
Credits = dict[Channel, float]
START, GOAL, NOTHING = object(), object(), object()


@dataclass(frozen=True)
class Path:
    """The touches before one goal: `channels` as they are reported, `own` as they are named; ages in ms."""

    channels: tuple[Channel, ...]
    own: tuple[str, ...]
    ages: tuple[int, ...]
    value: float


def first(path: Path) -> list[float]:
    """Weights of the path's touches when the first takes all."""
    return [1.0] + [0.0] * (len(path.channels) - 1)


def last(path: Path) -> list[float]:
    """Weights when the last takes all."""
    return [0.0] * (len(path.channels) - 1) + [1.0]


def last_non_direct(path: Path, direct: Sequence[str]) -> list[float]:
    """Weights when the last that is not direct takes all; where all are direct, the last."""
    others = [place for place, name in enumerate(path.own) if name not in direct]
    taker = others[-1] if others else len(path.own) - 1
    return [1.0 if place == taker else 0.0 for place in range(len(path.own))]


def linear(path: Path) -> list[float]:
    """All touches alike."""
    return [1 / len(path.channels)] * len(path.channels)


def position(path: Path) -> list[float]:
    """40 % to the first, 40 % to the last, 20 % to those between."""
    between = len(path.channels) - 2
    if between < 0:
        return [1.0]
    if between == 0:
        return [0.5, 0.5]
    return [0.4, *[0.2 / between] * between, 0.4]


def time_decay(path: Path, half_life: int) -> list[float]:
    """Half as much for each half-life of age. Counted from the newest touch, or a short half-life leaves only zeros."""
    newest = min(path.ages)
    weights = [2.0 ** -((age - newest) / half_life) for age in path.ages]
    return [weight / sum(weights) for weight in weights]


def shared(paths: Sequence[Path], weights: Callable[[Path], list[float]], worth: Callable[[Path], float]) -> Credits:
    """Each path's worth shared among its touches by their weights."""
    found: Credits = {}
    for path in paths:
        for channel, weight in zip(path.channels, weights(path), strict=True):
            found[channel] = found.get(channel, 0.0) + weight * worth(path)
    return found


def shapley(paths: Sequence[Path], worth: Callable[[Path], float]) -> Credits:
    """What each channel adds to the sets of the other channels, on average over all orders of joining."""
    players = sorted({channel for path in paths for channel in path.channels})

    @cache  # asked for once by every player, and there may be thousands of sets
    def value(members: frozenset[Channel]) -> float:
        return sum(worth(path) for path in paths if set(path.channels) <= members)

    found: Credits = {}
    for player in players:
        others = [other for other in players if other != player]
        for size in range(len(others) + 1):
            weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(players)))
            added = sum(
                value(frozenset({*chosen, player})) - value(frozenset(chosen)) for chosen in combinations(others, size)
            )
            found[player] = found.get(player, 0.0) + float(weight) * added
    return found


def markov(paths: Sequence[Path], lost: Sequence[tuple[Channel, ...]]) -> Credits:
    """The goals of these paths shared by what is lost without each channel; `lost` reached none."""
    steps: dict[object, dict[object, int]] = {}
    walks = [(START, *path.channels, GOAL) for path in paths] + [(START, *path, NOTHING) for path in lost]
    for walk in walks:
        for here, there in pairwise(walk):
            onward = steps.setdefault(here, {})
            onward[there] = onward.get(there, 0) + 1
    if not paths:
        return {}
    whole = chance_of_a_goal(steps, without=None)
    channels = [state for state in steps if isinstance(state, tuple)]
    effects = {channel: 1 - chance_of_a_goal(steps, without=channel) / whole for channel in channels}
    if not sum(effects.values()):
        effects = {channel: Fraction(sum(path.channels.count(channel) for path in paths)) for channel in channels}
    total = sum(effects.values())
    return {channel: float(effect / total * len(paths)) for channel, effect in effects.items()}


def chance_of_a_goal(steps: dict[object, dict[object, int]], without: Channel | None) -> Fraction:
    """From the start, exactly: one linear equation for each state, solved by elimination."""
    states = [state for state in steps if state != without]
    rows = []
    for state in states:
        onward = steps[state]
        total = sum(onward.values())
        row = [Fraction(int(state is other)) - Fraction(onward.get(other, 0), total) for other in states]
        rows.append([*row, Fraction(onward.get(GOAL, 0), total)])
    for column in range(len(states)):
        pivot = next(place for place in range(column, len(states)) if rows[place][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [number / rows[column][column] for number in rows[column]]
        for place in range(len(states)):
            if place != column:
                factor = rows[place][column]
                rows[place] = [a - factor * b for a, b in zip(rows[place], rows[column], strict=True)]
    return rows[states.index(START)][-1]

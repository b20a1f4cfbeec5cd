"""How each model shares goals among the channels touched before them. All credits add up to the goals.

A channel is a number from 0 here. Most models follow from three facts of a goal's touches: their number, the number of
one channel's, and who is first and last. Those are differences of running counts, so a path's length costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from zuji.analyse.attribution_paths import Bools, Floats, Goals, Touches, covering
from zuji.analyse.journeys import Ints

Model = Literal["first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley"]
MODELS: tuple[Model, ...] = get_args(Model)
_ENDS, _BETWEEN = 0.4, 0.2
_AT_ONCE = 2_000_000
"""So many touches of goals are weighed at once by time_decay, which must look at each of them."""


@dataclass(frozen=True, slots=True)
class Credits:
    """What each channel brought: goals, and their value."""

    goals: Floats
    value: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """What models look at. `goals` all have touches; `direct` says of every touch whether its channel is direct.

    `lost` are the touches of people without a goal, which only markov looks at.
    """

    channels: int
    touches: Touches
    direct: Bools
    goals: Goals
    lost: Touches
    half_life_ms: int

    def times(self) -> Iterator[tuple[int, Ints]]:
        """Of each channel, how often it is among each goal's touches."""
        for number in range(self.channels):
            so_far = np.concatenate([[0], np.cumsum(self.touches.channel == number)])
            yield number, so_far[self.goals.last] - so_far[self.goals.first]


def credits_of(evidence: Evidence, models: Sequence[Model]) -> Mapping[Model, Credits]:
    """The credits of every channel by these models."""
    found: dict[Model, Credits] = {}
    if "markov" in models:
        found["markov"] = _markov(evidence)
    if "time_decay" in models:
        found["time_decay"] = _time_decay(evidence)
    return found | _by_shares(evidence, [model for model in models if model not in found])


def _by_shares(evidence: Evidence, models: Sequence[Model]) -> dict[Model, Credits]:
    """Models that know a channel's share of a goal from a few facts about its touches."""
    goals, channel = evidence.goals, evidence.touches.channel
    found = {model: Credits(np.zeros(evidence.channels), np.zeros(evidence.channels)) for model in models}
    if not models or not len(goals.person):
        return found
    different = _different(evidence) if "shapley" in models else goals.lengths
    takers = {
        "first": channel[goals.first],
        "last": channel[goals.last - 1],
        "last_non_direct": channel[_last_non_direct(evidence)],
    }
    for number, times in evidence.times():
        for model in models:
            if model in takers:
                share = (takers[model] == number).astype(np.float64)
            elif model == "linear":
                share = times / goals.lengths
            elif model == "shapley":
                # A goal is worth the same to every set that has all its channels: an equal part to each of them.
                share = (times > 0) / different
            else:
                share = _position(times, goals.lengths, takers["first"] == number, takers["last"] == number)
            found[model].goals[number] = share.sum()
            found[model].value[number] = share @ goals.worth
    return found


def _different(evidence: Evidence) -> Ints:
    """How many different channels are among each goal's touches."""
    number = np.zeros(len(evidence.goals.person), np.int64)
    for _, times in evidence.times():
        number += times > 0
    return number


def _position(times: Ints, lengths: Ints, is_first: Bools, is_last: Bools) -> Floats:
    """40 % to each end and 20 % to those between; without any between, half to each end."""
    ends = is_first.astype(np.int64) + is_last
    between = (times - ends) * (_BETWEEN / np.maximum(lengths - 2, 1))
    return np.where(lengths > 2, _ENDS * ends + between, ends / 2)


def _last_non_direct(evidence: Evidence) -> Ints:
    """The place of the last touch that is not direct; of the last where all are."""
    goals = evidence.goals
    places = np.where(evidence.direct, -1, np.arange(len(evidence.direct)))
    latest = np.maximum.accumulate(places)[goals.last - 1]
    return np.where(latest >= goals.first, latest, goals.last - 1)


def _time_decay(evidence: Evidence) -> Credits:
    """Half as much for each half-life of age, counted from the newest touch: a short half-life leaves no zeros."""
    found = Credits(np.zeros(evidence.channels), np.zeros(evidence.channels))
    goals, touches = evidence.goals, evidence.touches
    ends = np.cumsum(goals.lengths)
    begin = 0
    while begin < len(ends):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _AT_ONCE, side="right")))
        lengths = goals.lengths[begin:end]
        goal = np.repeat(np.arange(len(lengths)), lengths)
        place = np.arange(len(goal)) - np.repeat(np.cumsum(lengths) - lengths - goals.first[begin:end], lengths)
        age = touches.at[goals.last[begin:end] - 1][goal] - touches.at[place]
        weight = np.exp2(-age / evidence.half_life_ms)
        weight /= np.bincount(goal, weight)[goal]
        found.goals[:] += np.bincount(touches.channel[place], weight, evidence.channels)
        worth = weight * goals.worth[begin:end][goal]
        found.value[:] += np.bincount(touches.channel[place], worth, evidence.channels)
        begin = end
    return found


def _markov(evidence: Evidence) -> Credits:
    """Shares by removal effect: how much rarer goals would be if whoever comes to a channel were lost."""
    goals = evidence.goals
    if not len(goals.person):
        return Credits(np.zeros(evidence.channels), np.zeros(evidence.channels))
    onward = transitions(evidence)
    whole = _chance_of_a_goal(onward, without=None)
    effects = np.array([1 - _chance_of_a_goal(onward, without=number) / whole for number in range(evidence.channels)])
    # Every goal passes some channel, so the effects add up to 1 at least; rounding may leave a nothing just below 0.
    effects = np.maximum(effects, 0)
    shares = effects / effects.sum()
    return Credits(shares * len(goals.person), shares * goals.worth.sum())


def transitions(evidence: Evidence) -> Floats:
    """How often each state is followed by each: rows are the channels and the start; columns those, goal, nothing."""
    size, goals, lost = evidence.channels, evidence.goals, evidence.lost
    start, goal, nothing = size, size + 1, size + 2
    channel = evidence.touches.channel
    found = np.zeros((size + 1, size + 3))
    found[start, :size] = np.bincount(channel[goals.first], minlength=size)
    found[:size, goal] = np.bincount(channel[goals.last - 1], minlength=size)
    found[:size, :size] = _pairs(channel, covering(len(channel), goals.first, goals.last - 1)[:-1], size)
    if len(lost.person):
        same = lost.person[1:] == lost.person[:-1]
        first, last = np.append(True, ~same), np.append(~same, True)
        found[start, :size] += np.bincount(lost.channel[first], minlength=size)
        found[:size, nothing] = np.bincount(lost.channel[last], minlength=size)
        found[:size, :size] += _pairs(lost.channel, same, size)
    return found


def _pairs(channel: Ints, times: Ints | Bools, size: int) -> Floats:
    """How often one channel is followed by another, a neighbourhood counting so many times."""
    pair = channel[:-1] * size + channel[1:]
    counted: Floats = np.bincount(pair, times, size * size).astype(np.float64)
    return counted.reshape(size, size)


def _chance_of_a_goal(onward: Floats, *, without: int | None) -> float:
    """From the start. One linear equation for each state: its chance is that of what follows it."""
    states = [state for state in range(len(onward)) if state != without]
    chances = onward[states] / onward[states].sum(axis=1, keepdims=True)
    goal = len(onward)
    solved = np.linalg.solve(np.eye(len(states)) - chances[:, states], chances[:, goal])
    return float(solved[-1])

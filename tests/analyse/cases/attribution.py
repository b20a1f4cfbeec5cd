"""Attribution by hand: touches are events `T` with a `channel`, goals events `G` worth `v`."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, happened, paid, week, world_of
from analyse.reference.world import Event


def touch(channel: Any, seconds: float, person: int = 1) -> Event:
    """One touch of a channel."""
    return happened("T", seconds, person, source=channel)


def goal(seconds: float, person: int = 1, value: Any = 1) -> Event:
    """One goal."""
    return happened("G", seconds, person, v=value)


def case(name: str, events: list[Event], answer: dict[str, Any], *cells: tuple[Any, set[int]], **more: Any) -> Case:
    """A case with the question that fits the events."""
    question = week(touch={"event": "T", "channel": "source"}, **{"goal": {"event": "G", "value": "v"}, **more})
    return Case(
        name, world_of(*events), "attribution", question, answer, tuple((one, frozenset(who)) for one, who in cells)
    )


def channels(**credits_of: dict[str, float]) -> dict[str, Any]:
    """Rows of channels by their goals."""
    return {"channels": [{"channel": name, "goals": found} for name, found in credits_of.items()]}


THREE = [touch("a", 0), touch("b", 10), touch("c", 20), goal(30, 1, 10)]
TOUCHES = [
    case(
        "one touch takes everything by every model",
        [touch("a", 0), goal(5, 1, 3)],
        {
            "goals": 1,
            "value": 3.0,
            "people": 1,
            "channels": [
                {
                    "channel": "a",
                    "kind": "value",
                    "touches": 1,
                    "goals": dict.fromkeys(
                        ("first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley"),
                        1.0,
                    ),
                    "value": dict.fromkeys(
                        ("first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley"),
                        3.0,
                    ),
                }
            ],
        },
        ({"channel": "a"}, {1}),
    ),
    case(
        "a touch serves every goal after it, and is counted for each",
        [touch("a", 0), goal(5), goal(9)],
        {"goals": 2, "people": 1, "channels": [{"channel": "a", "touches": 2, "goals": {"first": 2.0}}]},
        model="first",
    ),
    case(
        "a touch exactly the window before counts, an earlier one does not",
        [touch("a", 0), goal(30 * DAY), touch("b", -0.001, 2), goal(30 * DAY, 2)],
        {
            "channels": [
                {"channel": "a", "goals": {"last": 1.0}},
                {"channel": "none", "kind": "none", "goals": {"last": 1.0}},
            ]
        },
        date_to="2026-04-30",
        model="last",
    ),
    case(
        "at one instant a touch is before the goal when it was received before",
        [touch("a", 5), goal(5), touch("b", 5)],
        channels(a={"last": 1.0}),
        model="last",
    ),
    case(
        "touches may lie before the range, goals may not",
        [touch("a", -DAY), goal(-5), goal(5)],
        {"goals": 1, **channels(a={"last": 1.0})},
        model="last",
    ),
    case(
        "an empty channel is no touch",
        [touch("", 0), touch(None, 1), touch("a", 2), goal(5), touch("", 0, 2), goal(9, 2)],
        {
            "channels": [
                {"channel": "a"},
                {"channel": "none", "kind": "none", "touches": 0, "goals": {"first": 1.0}, "value": {"first": 1.0}},
            ]
        },
        ({"channel": "none", "kind": "none"}, {2}),
        model="first",
    ),
    case(
        "a goal of nobody is none",
        [touch("a", 0), goal(5), goal(5, 0)],
        {"goals": 1, "people": 1},
        model="first",
    ),
    case(
        "channels beyond the limit are others for every model",
        [touch("b", 0), touch("a", 1), touch("b", 2), touch("c", 3), goal(9)],
        {
            "channels": [
                {"channel": "b", "kind": "value", "touches": 2, "goals": {"linear": 0.5, "last": 0.0, "shapley": 0.5}},
                {
                    "channel": "other",
                    "kind": "other",
                    "touches": 2,
                    "goals": {"linear": 0.5, "last": 1.0, "shapley": 0.5},
                },
            ]
        },
        ({"channel": "other", "kind": "other"}, {1}),
        model=["linear", "last", "shapley"],
        channel_limit=1,
    ),
    case(
        "channels are in the order of their touches, then of their names",
        [touch("c", 0), touch("b", 1), touch("a", 2), touch("c", 3), goal(9)],
        {"channels": [{"channel": "c"}, {"channel": "a"}, {"channel": "b"}]},
    ),
    case(
        "without a value all values are null",
        [touch("a", 0), goal(5)],
        {"value": None, "channels": [{"value": {"first": None}}]},
        goal={"event": "G"},
        model="first",
    ),
    case(
        "a goal without a number is worth nothing",
        [touch("a", 0), goal(5, 1, "much"), goal(6, 1, "2.5")],
        {"goals": 2, "value": 2.5, "channels": [{"goals": {"first": 2.0}, "value": {"first": 2.5}}]},
        model="first",
    ),
    case(
        "amounts are values",
        [touch("a", 0), paid("0.1", 5, name="G"), paid("19.99", 6, name="G")],
        {"value": 20.09},
        goal={"event": "G", "value": "amount"},
    ),
]
MODELS = [
    case(
        "first, last and linear",
        THREE,
        channels(
            a={"first": 1.0, "last": 0.0, "linear": 1 / 3},
            b={"first": 0.0, "last": 0.0, "linear": 1 / 3},
            c={"first": 0.0, "last": 1.0, "linear": 1 / 3},
        ),
        model=["first", "last", "linear"],
    ),
    case(
        "position: 40, 20 shared between, 40",
        THREE,
        channels(a={"position": 0.4}, b={"position": 0.2}, c={"position": 0.4}),
        model="position",
    ),
    case(
        "position: two touches take half each",
        [touch("a", 0), touch("b", 1), goal(2)],
        channels(a={"position": 0.5}, b={"position": 0.5}),
        model="position",
    ),
    case(
        "the last that is not direct takes all",
        [touch("a", 0), touch("b", 1), touch("direct", 2), goal(3)],
        channels(a={"last_non_direct": 0.0}, b={"last_non_direct": 1.0}, direct={"last_non_direct": 0.0}),
        model="last_non_direct",
    ),
    case(
        "where all touches are direct the last takes all",
        [touch("(direct)", 0), touch("$direct", 1), goal(3)],
        {"channels": [{"channel": "$direct", "goals": {"last_non_direct": 1.0}}, {"channel": "(direct)"}]},
        model="last_non_direct",
    ),
    case(
        "direct is known by its own name among the others",
        [touch("a", 0), touch("a", 1), touch("direct", 3), goal(4)],
        {
            "channels": [
                {"channel": "a", "goals": {"last_non_direct": 1.0}},
                {"channel": "other", "goals": {"last_non_direct": 0.0}},
            ]
        },
        model="last_non_direct",
        channel_limit=1,
    ),
    case(
        "time decay halves with every half-life of age",
        [touch("a", 0), touch("b", HOUR), goal(2 * HOUR)],
        channels(a={"time_decay": 1 / 3}, b={"time_decay": 2 / 3}),
        model="time_decay",
        half_life={"amount": 1, "unit": "hour"},
    ),
    case(
        "time decay shares in proportion however short the half-life",
        [touch("a", 0), touch("b", 1), goal(DAY)],
        channels(a={"time_decay": 1 / 3}, b={"time_decay": 2 / 3}),
        model="time_decay",
        half_life={"amount": 1, "unit": "second"},
    ),
    case(
        "shapley shares a goal among its different channels",
        [touch("a", 0), touch("a", 1), touch("b", 2), goal(3, 1, 8), touch("a", 0, 2), goal(3, 2, 1)],
        {
            "channels": [
                {"channel": "a", "goals": {"shapley": 1.5}, "value": {"shapley": 5.0}},
                {"channel": "b", "goals": {"shapley": 0.5}, "value": {"shapley": 4.0}},
            ]
        },
        model="shapley",
    ),
    case(
        "markov shares by what is lost without each channel, values as the goals",
        [touch("a", 0), goal(3, 1, 6), touch("a", 0, 2), touch("b", 1, 2), goal(3, 2, 0)],
        {
            "channels": [
                {"channel": "a", "goals": {"markov": 4 / 3}, "value": {"markov": 4.0}},
                {"channel": "b", "goals": {"markov": 2 / 3}, "value": {"markov": 2.0}},
            ]
        },
        model="markov",
    ),
    case(
        "markov looks at touches that led to no goal, also of channels on no goal's path",
        [touch("a", 0), goal(3), touch("x", 0, 2), touch("a", 1, 2)],
        {
            "channels": [
                {"channel": "a", "touches": 1, "goals": {"markov": 2 / 3, "first": 1.0}},
                {"channel": "x", "touches": 0, "goals": {"markov": 1 / 3, "first": 0.0}},
            ]
        },
        ({"channel": "x"}, set()),
        model=["markov", "first"],
    ),
    case(
        "markov keeps repeats, which leave its shares alone",
        [touch("a", 0), touch("a", 1), touch("b", 2), goal(3), touch("a", 0, 2), goal(9, 2)],
        channels(a={"markov": 4 / 3}, b={"markov": 2 / 3}),
        model="markov",
    ),
    case(
        "touches after the last goal lead to nothing only for those without a goal",
        [touch("a", 0), goal(3), touch("b", 5)],
        channels(a={"markov": 1.0}),
        model="markov",
    ),
]
CASES = [*TOUCHES, *MODELS]

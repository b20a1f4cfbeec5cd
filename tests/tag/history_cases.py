"""Rules about small worlds, and who has which value, worked out by hand. Times: seconds after Monday 2026-03-02."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from analyse.hand import DAY, HOUR, MINUTE, MONDAY, happened, paid, world_of
from analyse.reference.world import ROBOT, Event, World

Document = dict[str, Any]
SERVICE = ("service",)


@dataclass(frozen=True)
class HistoryCase:
    """A rule, the moment it is asked of (in seconds), and the value of everybody who has one."""

    name: str
    events: tuple[Event, ...]
    rule: Document
    at: float
    values: Mapping[int, Any]
    traits: Mapping[int, Mapping[str, Any]] | None = None
    identifiers: Mapping[int, tuple[tuple[str, str], ...]] | None = None
    tags: Mapping[str, Document] | None = None

    @property
    def world(self) -> World:
        """Where it happened."""
        made = world_of(*self.events, traits=self.traits)
        held = self.identifiers or {}
        profiles = {person: replace(one, identifiers=held.get(person, ())) for person, one in made.profiles.items()}
        return replace(made, profiles=profiles)

    @property
    def moment(self) -> int:
        """The moment asked about."""
        return MONDAY + round(self.at * 1000)


def measured(what: str, event: str | None, op: str, value: Any = None, **rest: Any) -> Document:
    """A measure compared."""
    found: Document = {"measure": what, "event": event, "op": op} | rest
    return found if value is None else found | {"value": value}


def value(what: str, event: str | None = None, **rest: Any) -> Document:
    """The value of a measure."""
    return {"value": {"measure": what, "event": event} | rest}


def last(amount: int, unit: str) -> Document:
    """A window of the newest buckets."""
    return {"last": {"amount": amount, "unit": unit}}


def named(*names: str) -> list[Document]:
    """Events by name."""
    return [{"event": name} for name in names]


BOUGHT = tuple(happened("buy", second, 1, n=n) for second, n in ((0, 5), (MINUTE, "7"), (DAY, 0.1), (DAY, 0.2)))
NUMBERS = (
    ("count", {}, 4),
    ("days", {}, 2),
    ("sum", {"property": "n"}, 12.3),
    ("average", {"property": "n"}, 3.075),
    ("minimum", {"property": "n"}, 0.1),
    ("maximum", {"property": "n"}, 7),
    ("distinct", {"property": "n"}, 4),
    ("first", {"property": "n"}, "5"),
    ("last", {"property": "n"}, "0.2"),
    ("top", {"property": "n", "limit": 2}, ["0.1", "0.2"]),
    ("top", {"property": "n"}, "0.1"),
    ("since_first", {"unit": "hour"}, 26),
    ("since_last", {"unit": "day"}, 0),
    ("maximum", {"property": "$hour"}, 0),
    ("sum", {"property": "$weekday"}, 6),
)
CASES = [
    *[
        HistoryCase(f"{what} {rest}", BOUGHT, value(what, "buy", **rest), DAY + 2 * HOUR + 1, {1: found})
        for what, rest, found in NUMBERS
    ],
    HistoryCase(
        "what happens after the moment has not happened",
        (happened("buy", 10), happened("buy", 11), happened("buy", 10, 2), happened("see", 11, 3)),
        value("count", "buy"),
        10,
        {1: 1, 2: 1},
    ),
    HistoryCase(
        "people without such an event have none of it, and nothing passes negative ops",
        (happened("buy", 0, 1, city="x"), happened("see", 0, 2)),
        {"when": measured("last", "buy", "not_equals", "x", property="city")},
        10,
        {2: True},
    ),
    HistoryCase(
        "robots and what analytics may not see make nobody",
        (
            replace(happened("buy", 0, 1), flags=ROBOT),
            replace(happened("buy", 0, 2), purposes=SERVICE),
            happened("see", 0, 3),
        ),
        {"when": {"not": measured("count", "buy", "gte", 1)}},
        10,
        {3: True},
    ),
    HistoryCase(
        "an event leaves an hour with the bucket of its minute",
        (happened("buy", 59.999, 1), happened("buy", MINUTE, 2)),
        {"when": measured("count", "buy", "gte", 1, window=last(1, "hour"))},
        HOUR + 59.999,
        {2: True},
    ),
    HistoryCase(
        "two days are today and yesterday, whatever the hour",
        (happened("buy", DAY - 0.001, 1), happened("buy", DAY, 2)),
        {"when": measured("count", "buy", "gte", 1, window=last(14, "day"))},
        14 * DAY + 1,
        {2: True},
    ),
    HistoryCase(
        "the previous week ended on Sunday",
        (happened("buy", -0.001, 1), happened("buy", 0, 2), happened("buy", -7 * DAY, 3), happened("buy", -8 * DAY, 4)),
        {"when": measured("count", "buy", "equals", 1, window={"previous": "week"})},
        3 * DAY,
        {1: True, 3: True},
    ),
    HistoryCase(
        "of events at one instant the later received is the last",
        (happened("see", 5, 1, page="b"), happened("see", 5, 1, page="a"), happened("see", 5, 1, page="")),
        value("last", "see", property="page"),
        5,
        {1: "a"},
    ),
    HistoryCase(
        "of equally frequent texts the smaller comes first, and the rare are left out",
        tuple(happened("see", n, 1, page=page) for n, page in enumerate(["b", "b", "a", "a", "c", "", "é", "é"])),
        value("top", "see", property="page", limit=20, at_least=2),
        60,
        {1: ["a", "b", "é"]},
    ),
    HistoryCase(
        "sums are exact beyond what a double holds on its way, and what is no number is in none",
        tuple(happened("pay", n, 1, n=n_) for n, n_ in enumerate([0.1, 0.2, "1e3", "x", True, -1e18, "999999999999"])),
        value("sum", "pay", property="n"),
        60,
        {1: 1000000000999.3},
    ),
    HistoryCase(
        "standard fields stand in, and amounts are numbers",
        (paid("19.99", 0, 1), paid("0.01", 1, 1)),
        {"when": measured("sum", "pay", "equals", 20, property="amount")},
        60,
        {1: True},
    ),
    HistoryCase(
        "cases are tried in order",
        (happened("buy", 0, 1), happened("buy", 1, 1), happened("buy", 0, 2), happened("see", 0, 3)),
        {
            "cases": [
                {"value": "often", "when": measured("count", "buy", "gte", 2)},
                {"value": "once", "when": measured("count", "buy", "gte", 1)},
            ],
            "otherwise": "never",
        },
        60,
        {1: "often", 2: "once", 3: "never"},
    ),
    HistoryCase(
        "traits are compared by text and number, and a missing one passes what is negative",
        tuple(happened("see", 0, person) for person in (1, 2, 3)),
        {
            "when": {
                "all": [
                    {"trait": "age", "op": "gte", "value": 18},
                    {"trait": "plan.name", "op": "not_equals", "value": "free"},
                ]
            }
        },
        60,
        {1: True},
        traits={1: {"age": "18"}, 2: {"age": 30, "plan": {"name": "free"}}, 3: {"plan": {"name": "pro"}}},
    ),
    HistoryCase(
        "one identifier that passes is enough, and one that would spoils a negative op",
        tuple(happened("see", 0, person) for person in (1, 2, 3)),
        {"when": {"identifier": "email", "op": "not_contains", "value": "@x."}},
        60,
        {2: True, 3: True},
        identifiers={1: (("email", "a@y.cn"), ("email", "a@X.cn")), 2: (("phone", "@x."),)},
    ),
    HistoryCase(
        "consent is that of the newest event, also of a robot's",
        (
            happened("see", 0, 1),
            replace(happened("see", 1, 1), purposes=("analytics",), flags=ROBOT),
            happened("see", 0, 2),
        ),
        {"when": {"consent": "marketing", "is": "granted"}},
        60,
        {2: True},
    ),
    HistoryCase(
        "every identifier of a person must consent",
        (happened("see", 0, 1), replace(happened("see", 0, 2), person=1, purposes=("analytics",))),
        {"when": {"consent": "marketing", "is": "withheld"}},
        60,
        {1: True},
    ),
    HistoryCase(
        "a named tag is worked out from its own rule, as text, number and list",
        (*(happened("buy", n, 1, kind=kind) for n, kind in enumerate(["a", "b", "b"])), happened("buy", 0, 2)),
        {
            "when": {
                "all": [
                    {"tag": "kinds", "op": "equals", "value": ["a", "z"]},
                    {"tag": "often", "op": "equals", "value": 3},
                    {"tag": "often", "op": "gt", "value": 2.5},
                    {"tag": "buyer", "op": "equals", "value": True},
                    {"tag": "missing", "op": "is_not_set"},
                ]
            }
        },
        60,
        {1: True},
        tags={
            "kinds": value("top", "buy", property="kind", limit=5),
            "often": value("count", "buy"),
            "buyer": {"when": {"tag": "often", "op": "gte", "value": 1}},
            "missing": {"cases": [{"value": "x", "when": {"any": []}}]},
        },
    ),
]
ABC = {"sequence": named("a", "b", "c")}
SPOILT = {"sequence": named("a", "b"), "without": {"event": "x"}}
LEFT = {"sequence": named("a"), "without": {"event": "b"}, "within": {"amount": 1, "unit": "minute"}}


def in_order(names: str, person: int = 1, start: float = 0, step: float = 1) -> tuple[Event, ...]:
    """Events named by one letter each, some seconds apart."""
    return tuple(happened(name, start + step * n, person) for n, name in enumerate(names))


CASES += [
    HistoryCase("a step may wait", in_order("abxc", 1) + in_order("acb", 2), {"when": ABC}, 60, {1: True}),
    HistoryCase(
        "events at one instant are in the order of receipt",
        in_order("ab", 1, step=0) + in_order("ba", 2, step=0),
        {"when": {"sequence": named("a", "b")}},
        60,
        {1: True},
    ),
    HistoryCase(
        "one event is not two steps",
        in_order("a", 1) + in_order("aa", 2),
        {"when": {"sequence": named("a", "a")}},
        60,
        {2: True},
    ),
    HistoryCase(
        "within is counted from the first step and includes its end; a later beginning may save it",
        in_order("ab", 1, step=61) + in_order("ab", 2, step=60) + in_order("aab", 3, step=40),
        {"when": {"sequence": named("a", "b"), "within": {"amount": 1, "unit": "minute"}}},
        600,
        {2: True, 3: True},
    ),
    HistoryCase(
        "what comes between spoils what began before it, and nothing else",
        in_order("axb", 1) + in_order("xab", 2) + in_order("axab", 3) + in_order("abx", 4),
        {"when": SPOILT},
        60,
        {2: True, 3: True, 4: True},
    ),
    HistoryCase(
        "ends do not spoil their own sequence, a step between does",
        in_order("ab", 1) + in_order("aab", 2) + in_order("abc", 3),
        {
            "cases": [
                {"value": "three", "when": ABC | {"without": {"event": "b"}}},
                {"value": "two", "when": {"sequence": named("a", "b"), "without": {"event": None}}},
            ]
        },
        60,
        {1: "two", 2: "two", 3: "two"},
    ),
    HistoryCase(
        "only the first step must lie in the window",
        in_order("ab", 1, start=-1) + in_order("ab", 2, start=0),
        {"when": {"sequence": named("a", "b"), "window": {"this": "day"}}},
        60,
        {2: True},
    ),
    HistoryCase(
        "who did not go on within the time has left once it is over",
        in_order("a", 1) + in_order("ab", 2, step=60) + in_order("ab", 3, step=60.001) + in_order("a", 4, start=1),
        {"when": LEFT},
        60.001,
        {1: True, 3: True},
    ),
    HistoryCase(
        "going on once does not excuse leaving later",
        in_order("aba", 1, step=10) + in_order("ab", 2, step=10),
        {"when": LEFT},
        600,
        {1: True},
    ),
]

"""Random rules about the random worlds of the questions: every condition, measure and window, with edges and ties."""

from __future__ import annotations

from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.reference.world import World
from analyse.worlds import DAY, HOUR, MINUTE

Document = dict[str, Any]
NUMBERS = ["count", "days", "sum", "average", "minimum", "maximum", "distinct", "since_first", "since_last"]
TEXTS = ["first", "last", "top"]
OF_NUMBERS = ["sum", "average", "minimum", "maximum"]
PROPERTIES = ["plan", "plan", "n", "price", "channel", "$browser", "browser", "amount", "category", "$hour", "$weekday"]
LENGTHS = [(1, "minute"), (30, "minute"), (90, "minute"), (1, "hour"), (6, "hour"), (7, "hour"), (24, "hour")]
LENGTHS += [(2, "day"), (7, "day"), (8, "day"), (1, "week"), (2, "week"), (30, "day"), (90, "day"), (400, "day")]
PERIODS = ["day", "week", "month", "quarter", "year"]


def random_moment(rng: Random, world: World) -> int:
    """A moment to ask about: near the events, often at an edge of a bucket."""
    times = [event.at for event in world.events] or [1_772_900_000_000]
    late = max(times) if rng.random() < 0.6 else rng.choice(times)
    steps = [0, 0, 1, -1, MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY]
    return late + rng.choice(steps) + rng.choice([0, 0, 0, MINUTE - 1, -late % MINUTE, -late % HOUR])


def random_rule(rng: Random, world: World, *, named: bool = True) -> Document:
    """A rule; with `named` it may name the tags `t1`, `t2` and the segment `s1`."""
    kind = rng.choice(["when", "when", "cases", "value"])
    if kind == "when":
        return {"when": condition(rng, world, depth=2, named=named)}
    if kind == "value":
        found: Document = {"value": measure(rng, world)}
        return found | ({"when": condition(rng, world, depth=1, named=named)} if rng.random() < 0.3 else {})
    cases = [
        {"value": f"v{number}", "when": condition(rng, world, depth=1, named=named)}
        for number in range(rng.randint(1, 3))
    ]
    return {"cases": cases} | ({"otherwise": "rest"} if rng.random() < 0.4 else {})


def condition(rng: Random, world: World, *, depth: int, named: bool) -> Document:
    """A condition, up to so many levels deep."""
    if depth and rng.random() < 0.35:
        kind = rng.choice(["all", "any", "not"])
        below = [condition(rng, world, depth=depth - 1, named=named) for _ in range(rng.randint(0, 3))]
        return {"not": condition(rng, world, depth=depth - 1, named=named)} if kind == "not" else {kind: below}
    kinds = [measured, measured, measured, measured, sequence, sequence, trait, identifier, consent]
    return rng.choice([*kinds, *([other] if named else [])])(rng, world)


def measured(rng: Random, world: World) -> Document:
    found = measure(rng, world)
    if found["measure"] in NUMBERS:
        op = rng.choice(["gte", "gte", "lt", "gt", "lte", "equals", "not_equals", "between", "is_set", "is_not_set"])
        numbers: list[Any] = [0, 1, 1, 2, 3, 5, 2.5, -3, 10]
        return found | compared(rng, op, numbers)
    op = rng.choice(["equals", "not_equals", "contains", "not_contains", "is_set", "is_not_set"])
    return found | compared(rng, op, ["free", "pro", "5", "o", "Chrome", "shoes", "12", "3", ["free", "5"]])


def measure(rng: Random, world: World) -> Document:
    """A measure with a window, mostly one that the events reach."""
    what = rng.choice([*NUMBERS, *TEXTS, "count", "top"])
    found: Document = {"measure": what} | event(rng, world)
    if what in OF_NUMBERS:
        found["property"] = rng.choice(["n", "price", "amount", "$amount", "x", "$hour", "cart.total"])
    elif what in (*TEXTS, "distinct"):
        found["property"] = rng.choice(PROPERTIES)
    if what == "top":
        parts.maybe(rng, found, "limit", [1, 2, 3], 0.5)
        parts.maybe(rng, found, "at_least", [1, 2, 3], 0.4)
    if what.startswith("since"):
        parts.maybe(rng, found, "unit", ["minute", "hour", "day", "week"], 0.6)
    return found | window(rng, world)


def window(rng: Random, world: World) -> Document:
    kind = rng.choice(["none", "last", "last", "last", "this", "previous", "days"])
    if kind == "last":
        amount, unit = rng.choice(LENGTHS)
        return {"window": {"last": {"amount": amount, "unit": unit}}}
    if kind == "days":
        first, last = sorted(parts.local_day(parts.edge(rng, world), world.timezone) for _ in range(2))
        return {"window": rng.choice([{"from": first, "to": last}, {"from": first}, {"to": last}])}
    return {} if kind == "none" else {"window": {kind: rng.choice(PERIODS)}}


def sequence(rng: Random, world: World) -> Document:
    count = rng.choice([1, 2, 2, 3])
    found: Document = {"sequence": [event(rng, world) for _ in range(count)]} | window(rng, world)
    amount, unit = rng.choice([(1, "minute"), (30, "minute"), (1, "hour"), (1, "day"), (7, "day"), (60, "day")])
    if count == 1 or rng.random() < 0.6:
        found["within"] = {"amount": amount, "unit": unit}
    if count == 1 or rng.random() < 0.4:
        found["without"] = event(rng, world)
    return found


def event(rng: Random, world: World) -> Document:
    """An event as rules name it; its conditions are about the event alone."""
    names = [one.event for one in world.events] or parts.EVENT_NAMES
    found: Document = {"event": rng.choice([None, rng.choice(names), rng.choice(names), rng.choice(parts.EVENT_NAMES)])}
    if rng.random() < 0.2:
        found["where"] = [lasting_leaf(rng, world) for _ in range(rng.randint(1, 2))]
    return found


def lasting_leaf(rng: Random, world: World) -> Document:
    """A comparison of a property of the event that stays as it is while time passes."""
    while True:
        found = parts.leaf(rng, world)
        if found.get("scope", "event") == "event" and found["op"] != "within_last" and found.get("value") != "(":
            return found


def trait(rng: Random, world: World) -> Document:
    found = {"trait": rng.choice(["city", "vip", "age", "plan", "missing"])}
    ops = ["equals", "not_equals", "contains", "gt", "lte", "is_set", "is_not_set"]
    op = rng.choice(ops)
    values: list[Any] = [18, 30] if op in ("gt", "lte") else ["北京", "free", True, 18, "上", ["北京", "上海"]]
    return found | compared(rng, op, values)


def identifier(rng: Random, world: World) -> Document:
    op = rng.choice(["equals", "not_equals", "contains", "is_set", "is_not_set"])
    return {"identifier": rng.choice(["user_id", "phone"])} | compared(rng, op, ["u1", "u2", ["u1", "u3"]])


def consent(rng: Random, world: World) -> Document:
    return {"consent": rng.choice(["analytics", "marketing", "risk"]), "is": rng.choice(["granted", "withheld"])}


def other(rng: Random, world: World) -> Document:
    """A condition on what another rule says."""
    if rng.random() < 0.3:
        return {"segment": "s1"}
    op = rng.choice(["equals", "not_equals", "contains", "is_set", "is_not_set"])
    return {"tag": rng.choice(["t1", "t2"])} | compared(rng, op, ["true", "v0", "v1", "rest", "free", "2", "5"])


def compared(rng: Random, op: str, values: list[Any]) -> Document:
    """The comparison's part of a condition."""
    if op in ("is_set", "is_not_set"):
        return {"op": op}
    if op == "between":
        return {"op": op, "value": sorted([rng.choice([0, 1, 2]), rng.choice([2, 3, 10])])}
    return {"op": op, "value": rng.choice(values)}

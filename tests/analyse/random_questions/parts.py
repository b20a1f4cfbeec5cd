"""Random parts that questions of every kind have: ranges, conditions, events, breakdowns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from analyse.reference.values import EPOCH
from analyse.reference.world import World
from analyse.worlds import DAY, HOUR, PLACES

EVENT_NAMES = ["A", "A", "B", "B", "C", "D", "E", "下单", "浏览商品", "never"]
OWN_PROPERTIES = [
    "plan",
    "n",
    "n",
    "price",
    "cart",
    "cart.total",
    "cart.items.count",
    "$screen_name",
    "when",
    "missing",
]
STANDARD_FIELDS = ["browser", "$browser", "$event", "$type", "$source", "$element", "$url_path", "url_path", "channel"]
STANDARD_FIELDS += ["amount", "$amount", "currency", "$occurred_at"]
BY_TEXT = ["equals", "not_equals", "contains", "not_contains", "regex", "not_regex"]
BY_NUMBER = ["gt", "gte", "lt", "lte", "between"]
Question = dict[str, Any]


def maybe(rng: Random, question: Question, name: str, values: Sequence[Any], chance: float = 0.3) -> None:
    """Give the question this field now and then."""
    if rng.random() < chance:
        question[name] = rng.choice(values)


def written_moment(at: int) -> str:
    return (EPOCH + timedelta(milliseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03}Z"


def edge(rng: Random, world: World) -> int:
    """A moment near the events, often the very instant of one."""
    times = [event.at for event in world.events] or [int(datetime(2026, 3, 8, tzinfo=UTC).timestamp()) * 1000]
    return rng.choice(times) + rng.choice([0, 0, 0, 1, -1, HOUR, -DAY, DAY, 7 * DAY])


def local_day(at: int, zone: str) -> str:
    return (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone)).date().isoformat()


def range_and_defaults(rng: Random, world: World, *, longest_days: int = 100) -> Question:
    """`now`, a range and whatever else every kind understands."""
    zone = rng.choice([world.timezone] * 4 + [place for place, _ in PLACES])
    question: Question = {"timezone": zone} if zone != world.timezone or rng.random() < 0.2 else {}
    first, last = sorted([edge(rng, world), edge(rng, world)])
    if rng.random() < 0.5:
        first, last = (choose(event.at for event in world.events) if world.events else first for choose in (min, max))
    first = max(first, last - longest_days * DAY)
    question["now"] = written_moment(last + rng.choice([0, 1, DAY, HOUR, DAY, -HOUR, 10 * DAY]))
    style = rng.random()
    if style < 0.5:
        question |= {"date_from": local_day(first, zone), "date_to": local_day(last, zone)}
    elif style < 0.75:
        question |= {"date_from": written_moment(first), "date_to": written_moment(last)}
    else:
        question |= relative(rng)
    maybe(rng, question, "week_start", ["monday", "sunday"])
    maybe(rng, question, "robots", ["leave_out", "include"], 0.2)
    maybe(rng, question, "inferred", ["leave_out", "include"], 0.2)
    maybe(rng, question, "purposes", ["analytics", "any"], 0.2)
    maybe(rng, question, "session_gap_minutes", [1, 5, 30, 60, 1440], 0.2)
    maybe(rng, question, "count_by", count_by_others(), 0.2)
    if rng.random() < 0.15:
        question["where"] = where(rng, world)
    return question


def count_by_others() -> list[Any]:
    """Everything to count by; users are the default."""
    return [
        "user",
        "session",
        "event",
        {"property": "plan", "scope": "event"},
        {"property": "n"},
        {"property": "city", "scope": "profile"},
    ]


def relative(rng: Random) -> Question:
    """A range counted back from `now`; the first never lies after the last."""
    pairs = [
        ("-7d", "today"),
        ("-2w", "yesterday"),
        ("-1m", "today"),
        ("-1q", "-1w"),
        ("-3mStart", "mStart"),
        ("wStart", "today"),
        ("-1wStart", "dStart"),
        ("qStart", "today"),
        ("-6h", "today"),
        ("-90min", "-1min"),
        ("-2dStart", "-1h"),
        ("yesterday", "yesterday"),
    ]
    first, last = rng.choice(pairs)
    return {"date_from": first, "date_to": last} if rng.random() < 0.9 else {}


def short_range(rng: Random, world: World, hours: int) -> Question:
    """A range of at most so many hours, for short periods."""
    first = edge(rng, world) - rng.randint(0, hours * HOUR // 2)
    last = first + rng.randint(0, hours * HOUR)
    return {"date_from": written_moment(first), "date_to": written_moment(last)}


def event(rng: Random, world: World) -> Question:
    """An event as questions name it, with conditions now and then."""
    names = [one.event for one in world.events] or EVENT_NAMES
    found: Question = {"event": rng.choice([None, None, rng.choice(names), rng.choice(names), rng.choice(EVENT_NAMES)])}
    if rng.random() < 0.2:
        found["where"] = where(rng, world)
    return found


def where(rng: Random, world: World) -> Any:
    """A node, or a list of nodes."""
    if rng.random() < 0.5:
        return [node(rng, world, depth=1) for _ in range(rng.randint(0, 2))]
    return node(rng, world, depth=2)


def node(rng: Random, world: World, *, depth: int) -> Question:
    """A random condition, up to so many levels deep."""
    if depth == 0 or rng.random() < 0.6:
        return leaf(rng, world)
    kind = rng.choice(["all", "any", "not"])
    if kind == "not":
        return {"not": node(rng, world, depth=depth - 1)}
    return {kind: [node(rng, world, depth=depth - 1) for _ in range(rng.randint(0, 3))]}


def scoped_property(rng: Random) -> Question:
    """A property of an event, a profile or a session."""
    scope = rng.choice(["event", "event", "event", "profile", "session"])
    names = {
        "event": [*OWN_PROPERTIES, *STANDARD_FIELDS],
        "profile": ["city", "vip", "age", "missing"],
        "session": ["duration_seconds", "events", "pages", "entry_page", "exit_page", "bounced"],
    }
    found: Question = {"property": rng.choice(names[scope])}
    if scope != "event" or rng.random() < 0.3:
        found["scope"] = scope
    return found


def leaf(rng: Random, world: World) -> Question:
    """One comparison."""
    op = rng.choice([*BY_TEXT, *BY_TEXT, *BY_NUMBER, "before", "after", "within_last", "is_set", "is_not_set"])
    found: Question = {**scoped_property(rng), "op": op}
    texts = ["free", "PRO", "5", "", "true", "other", "Chrome", "北", "a'b\\c", "/a", "A", "7", 5, 5.0, True, 0]
    if op in BY_TEXT[:4]:
        found["value"] = rng.choice(texts) if rng.random() < 0.7 else rng.sample(texts, rng.randint(1, 3))
    elif op in BY_TEXT:
        found["value"] = rng.choice(["^free$", "r", r"^\d+$", "[aA]", "北|C", ".", "^$", "/b/.*", "("])
    elif op == "between":
        found["value"] = sorted([rng.choice([-3, 0, 2.5, 5, 5.25]), rng.choice([5, 7, 19.99, 1000])])
    elif op in BY_NUMBER:
        found["value"] = rng.choice([-3, 0, 0.1, 1, 2.5, 5, 5.25, 19.99, 1000])
    elif op == "within_last":
        found["value"] = {"amount": rng.choice([1, 2, 30]), "unit": rng.choice(["hour", "day", "week"])}
    elif op in ("before", "after"):
        found["value"] = rng.choice([local_day(edge(rng, world), world.timezone), written_moment(edge(rng, world))])
    return found


def breakdown(rng: Random, *, bins: bool = True) -> Question:
    """A breakdown by one or several properties."""
    if bins and rng.random() < 0.2:
        return {"property": rng.choice(["n", "price", "amount", "plan"]), "bins": rng.choice([1, 2, 3, 4, 10])}
    scope = rng.choice(["event", "event", "event", "profile", "session"])
    names = {
        "event": ["plan", "plan", "n", "$browser", "browser", "cart.total", "channel", "$event", "missing", "amount"],
        "profile": ["city", "vip", "age"],
        "session": ["entry_page", "events", "bounced"],
    }[scope]
    count = rng.choice([1, 1, 1, 2, 3])
    found: Question = {
        "property": names[0] if count == 1 and rng.random() < 0.3 else rng.sample(sorted(set(names)), count)
    }
    if found["property"] != names[0] and count == 1 and rng.random() < 0.5:
        found["property"] = found["property"][0]
    if scope != "event" or rng.random() < 0.3:
        found["scope"] = scope
    maybe(rng, found, "limit", [1, 1, 2, 3, 25])
    return found


def group_cells(rng: Random, answer: Mapping[str, Any], cell: Question) -> Question:
    """The same cell, in one of the answer's groups now and then."""
    groups = answer.get("by_breakdown") or []
    if not groups or rng.random() < 0.4:
        return cell
    group = rng.choice(groups)
    found = {**cell, "group": group["value"]}
    return found if group["kind"] == "value" else {**found, "group_kind": group["kind"]}


def likely(rng: Random, values: Sequence[Any]) -> int:
    """The index of one of these figures, mostly of one that is not 0."""
    filled = [index for index, value in enumerate(values) if value]
    return rng.choice(filled) if filled and rng.random() < 0.8 else rng.randrange(len(values))


def counts_people(question: Mapping[str, Any]) -> bool:
    """Whether there are people behind the figures."""
    return bool(question.get("count_by", "user") == "user")

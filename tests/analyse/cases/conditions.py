"""Values and conditions by hand: of several values of the property `v`, which pass."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from analyse.case import Case
from analyse.hand import MINUTE, happened, visited, week, world_of
from analyse.reference.world import INFERRED, LATE, ROBOT, Event

MISSING = object()
TOTAL = {"event": None, "math": "total"}


def passing(name: str, events: list[Event], where: Any, *who: int, **more: Any) -> Case:
    """The n-th event is the n-th person's; `who` are those whose event passes."""
    own = [replace(event, anchor=number, person=number) for number, event in enumerate(events, start=1)]
    question = week(series=[TOTAL], where=where, **more)
    answer = {"series": [{"total": len(who)}]}
    cell = {"series": 0, "period": None}
    return Case(name, world_of(*own), "trend", question, answer, ((cell, frozenset(who)),))


def of_values(name: str, values: list[Any], op: str, value: Any, *who: int) -> Case:
    """One comparison of the property `v`."""
    events = [happened("A") if one is MISSING else happened("A", v=one) for one in values]
    return passing(name, events, {"property": "v", "op": op, "value": value}, *who)


FIVES = [5, 5.0, "5", "5.0", "05", [5], True, None, MISSING]
MIXED = ["5", 5, 5.25, "4.50", "1e3", "-3", "+5", " 5", "5.", "", True, None, MISSING, [5], "nan", "1e999", "-1e999"]
TEXTS = ["Pro", "pro plan", "", 5, False, None, MISSING]
BY_TEXT = [
    of_values("numbers are compared in their shortest form", FIVES, "equals", 5, 1, 2, 3),
    of_values("a value of the question is a text as well", FIVES, "equals", "5", 1, 2, 3),
    of_values("5.0 in a question is 5", FIVES, "equals", 5.0, 1, 2, 3),
    of_values("1e3 is 1000", [1000, 1e3, "1000", "1e3"], "equals", 1000, 1, 2, 3),
    of_values("integers are written digit by digit", [12345678901234567], "equals", "12345678901234567", 1),
    of_values("small numbers have no exponent down to 1e-6", [0.000001, 1e-7], "equals", "0.000001", 1),
    of_values("smaller numbers have one", [0.000001, 1.5e-7], "equals", "1.5e-7", 2),
    of_values("true is the text true", [True, "true", "True", 1], "equals", True, 1, 2),
    of_values("lists and objects are compact JSON", [[1, "a"], {"k": 1}], "equals", '[1,"a"]', 1),
    of_values("an empty text is a text", ["", None, MISSING, 0], "equals", "", 1),
    of_values("equals with a list is one of them", TEXTS, "equals", ["Pro", 5, False], 1, 4, 5),
    of_values("not_equals passes where there is no text", TEXTS, "not_equals", "Pro", 2, 3, 4, 5, 6, 7),
    of_values("not_equals with a list is none of them", TEXTS, "not_equals", ["Pro", ""], 2, 4, 5, 6, 7),
    of_values("contains ignores case", TEXTS, "contains", "PRO", 1, 2),
    of_values("contains with a list is any of them", TEXTS, "contains", ["PLAN", "als"], 2, 5),
    of_values("every text contains the empty one", TEXTS, "contains", "", 1, 2, 3, 4, 5),
    of_values("not_contains passes where there is no text", TEXTS, "not_contains", "pro", 3, 4, 5, 6, 7),
    of_values("what a pattern means has no meaning in contains", ["50%", "50", "a_b"], "contains", "%", 1),
    of_values("regex finds anywhere and heeds case", TEXTS, "regex", "ro", 1, 2),
    of_values("regex looks at the text of numbers", TEXTS, "regex", r"^\d$", 4),
    of_values("not_regex passes where there is no text", TEXTS, "not_regex", "ro", 3, 4, 5, 6, 7),
    of_values("an invalid pattern matches nothing with regex", TEXTS, "regex", "("),
    of_values("an invalid pattern matches nothing with not_regex", TEXTS, "not_regex", "("),
    of_values("a pattern that RE2 does not know matches nothing", ["aa", "ab"], "regex", r"(a)\1"),
    of_values("is_set passes for an empty text", TEXTS, "is_set", None, 1, 2, 3, 4, 5),
    of_values("is_not_set passes for null and missing", TEXTS, "is_not_set", None, 6, 7),
]
DAYS = ["2026-03-08", "2026-03-08T00:00", "2026-03-08 23:59:59.999", "2026-03-07T23:30Z", "2026-03-09T00:00:00+08:00"]
OTHERS = ["8 March", "2026-3-8", 20260308, "2026-02-30", None, MISSING]
BY_NUMBER_AND_TIME = [
    of_values("gte takes numbers and texts written as one, nothing else", MIXED, "gte", -3, 1, 2, 3, 4, 5, 6),
    of_values("gt leaves out the equal", MIXED, "gt", 5, 3, 5),
    of_values("lte takes in the equal", MIXED, "lte", 5, 1, 2, 4, 6),
    of_values("between takes in both ends", MIXED, "between", [4.5, 5.25], 1, 2, 3, 4),
    of_values("texts are compared as numbers, not letter by letter", ["10", "9"], "gt", 9.5, 1),
    of_values("before a bare day is before its first instant", DAYS + OTHERS, "before", "2026-03-08", 4),
    of_values("after a bare day is after its last instant", [*DAYS, "2026-03-09"], "after", "2026-03-08", 6),
    of_values("a value without a zone is in the question's", DAYS, "before", "2026-03-08T00:00:00.001Z", 1, 2, 4),
    of_values("an offset makes a moment an instant", DAYS, "after", "2026-03-08T16:00:00+00:00", 3),
    of_values("nothing is after itself", DAYS, "after", "2026-03-08T23:59:59.999"),
]
NOW = {"now": "2026-03-05T12:00:00Z"}
RECENT = ["2026-03-05T12:00", "2026-03-05T12:00:00.001", "2026-03-04T12:00", "2026-03-04T11:59:59.999", "2026-03-04"]
WITHIN = [
    passing(
        "within_last takes in both its ends and no future",
        [happened("A", v=value) for value in RECENT],
        {"property": "v", "op": "within_last", "value": {"amount": 1, "unit": "day"}},
        *(1, 3),
        **NOW,
    )
]


def prop(name: str, op: str = "is_set", value: Any = None, **more: Any) -> dict[str, Any]:
    return {"property": name, "op": op, "value": value, **more}


CART = [happened("A", cart=one) for one in ({"total": 7}, {"total": None}, {}, [7], "7", None)]
CART += [
    happened("A", cart={"total": 8}, **{"cart.total": 7}),
    happened("A", cart={"total": 7}, **{"cart.total": None}),
]
BROWSERS = [
    visited("/", browser="Chrome"),
    replace(visited("/", browser="Chrome"), properties={"browser": "Own"}),
    replace(visited("/", browser="Chrome"), properties={"browser": None}),
    replace(visited("/", browser="Chrome"), properties={"browser": ""}),
    visited("/", browser=""),
    happened("A", browser="Chrome"),
]
SCREENS = [happened("A", **{"$screen_name": "home"}), happened("A", screen_name="home")]
PATHS = [
    passing("a dot goes into an object", CART, prop("cart.total", "equals", 7), 1, 7, 8),
    passing(
        "a field stands in where there is no such property", BROWSERS, prop("browser", "equals", "Chrome"), 1, 3, 6
    ),
    passing("with a dollar the field alone counts", BROWSERS, prop("$browser", "equals", "Chrome"), 1, 2, 3, 4),
    passing("an empty field is null", BROWSERS, prop("$browser"), 1, 2, 3, 4),
    passing("an empty property is a value and no field stands in", BROWSERS, prop("browser", "equals", ""), 4),
    passing("a dollar name that is no field is a property", SCREENS, prop("$screen_name"), 1),
    passing("source stands in for nothing", [visited("/", source="web")], prop("source")),
    passing("any field can be named with a dollar", [visited("/", source="web")], prop("$source", "equals", "web"), 1),
    passing("the name of an event is a field", [happened("A"), happened("B")], prop("$event", "equals", "B"), 2),
    passing(
        "the time of an event is a text in UTC",
        [happened("A", 1.25), happened("A", 1)],
        prop("$occurred_at", "equals", "2026-03-02T00:00:01.250Z"),
        1,
        timezone="Asia/Shanghai",
        date_from="2026-03-01",
    ),
    passing(
        "an amount is compared as the number that was written",
        [replace(happened("A"), fields={"amount": Decimal("19.990000")}), happened("A", amount="19.99")],
        {"all": [prop("amount", "gte", 19.99), prop("amount", "lte", 19.99), prop("amount", "equals", "19.99")]},
        *(1, 2),
    ),
]
LETTERS = [happened("A", v="a"), happened("A", v="b"), happened("A")]
IS_A, IS_B = prop("v", "equals", "a"), prop("v", "equals", "b")
NODES = [
    passing("an empty all passes", LETTERS, {"all": []}, 1, 2, 3),
    passing("an empty any does not pass", LETTERS, {"any": []}),
    passing("an empty list passes", LETTERS, [], 1, 2, 3),
    passing("a list means all", LETTERS, [IS_A, IS_B]),
    passing("any takes one of them", LETTERS, {"any": [IS_A, IS_B]}, 1, 2),
    passing("not turns round the result, also where there is no text", LETTERS, {"not": IS_A}, 2, 3),
    passing("not of not_equals is equals", LETTERS, {"not": prop("v", "not_equals", "a")}, 1),
]
HUMAN = happened("A")
FLAGS = [HUMAN, replace(HUMAN, flags=ROBOT), replace(HUMAN, flags=INFERRED), replace(HUMAN, flags=LATE | ROBOT)]
FLAGS += [replace(HUMAN, flags=LATE), replace(HUMAN, purposes=("service", "risk"))]
DEFAULTS = [
    passing("robots are left out, inferred and late events are not", FLAGS, None, 1, 3, 5),
    passing("robots can be let in", FLAGS, None, 1, 2, 3, 4, 5, robots="include"),
    passing("inferred events can be left out", FLAGS, None, 1, 5, inferred="leave_out"),
    passing("events of any purpose can be asked for", FLAGS, None, 1, 3, 5, 6, purposes="any"),
]


def of_sessions(name: str, where: dict[str, Any], *who: int) -> Case:
    """Person 1 views two pages and does something; 2 comes back after exactly the gap, 3 a millisecond later."""
    pages = [visited("/a", 0, 1), visited("/b", 60, 1), visited("/", 0, 2), visited("/", 0, 3)]
    events = [replace(page, type="page") for page in pages]
    events += [happened("A", 90.5, 1), happened("A", 30 * MINUTE, 2), happened("A", 30 * MINUTE + 0.001, 3)]
    question = week(series=[{"event": "A", "math": "unique_users"}], where={**where, "scope": "session"})
    cells = (({"series": 0, "period": None}, frozenset(who)),)
    return Case(name, world_of(*events), "trend", question, {"series": [{"total": len(who)}]}, cells)


SESSIONS = [
    of_sessions("a pause of exactly the gap does not end a session", prop("events", "equals", 2), 2),
    of_sessions("a session lasts from its first to its last event", prop("duration_seconds", "equals", "90.5"), 1),
    of_sessions("pages of a session are its page views", prop("pages", "equals", 2), 1),
    of_sessions("a session is entered at the first path", prop("entry_page", "equals", "/a"), 1),
    of_sessions("a session is left at the last path, whatever comes after", prop("exit_page", "equals", "/b"), 1),
    of_sessions("a session without a path has no exit page", prop("exit_page", "is_not_set"), 3),
    of_sessions("a session of one event is bounced", prop("bounced", "equals", "true"), 3),
]
TRAITS = {1: {"city": "北京", "vip": True}, 2: {"city": None}, 3: {}}
PROFILES = [
    Case(
        name,
        world_of(*(happened("A", 0, person) for person in (1, 2, 3, 0)), traits=TRAITS),
        "trend",
        week(series=[TOTAL], where=prop(trait, op, value, scope="profile")),
        {"series": [{"total": total}]},
    )
    for name, trait, op, value, total in [
        ("a trait is as it is now", "city", "equals", "北京", 1),
        ("nobody has no traits", "city", "is_not_set", None, 3),
        ("a trait is compared by text as well", "vip", "equals", "true", 1),
    ]
]
CASES = [*BY_TEXT, *BY_NUMBER_AND_TIME, *WITHIN, *PATHS, *NODES, *DEFAULTS, *SESSIONS, *PROFILES]

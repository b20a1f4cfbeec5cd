"""Missing steps, rule by rule, and against a slow reference: any division into batches infers the same.

The reference asks of every step, for itself, whom it reaches: it floods forward through what came in between.

STEP_ROUNDS=2000 STEP_SEED=any ./zuji test tests/clean/test_missing_steps.py --timeout=0
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, NamedTuple

import msgspec
import pytest
from clean_builders import DAY, HOUR, NOON_MS, a_message, a_receipt, clean, received, some_facts
from test_rules import Decided, facts_with

from zuji.clean.batch import Facts, Received
from zuji.clean.inferred_rows import IMPLIED_BY, Completed, inferred_id
from zuji.clean.missing_steps import TOLERANCE_MS
from zuji.clean.rule_book import MissingStep, read_rules
from zuji.run.inferring import infer
from zuji.store.hot import HotStore
from zuji.store.rule_memory import RuleMemory, Touch, touched_since
from zuji.terms.error import BadQuestion
from zuji.terms.event import INDEX_BITS, Flag, position_of
from zuji.terms.message import Message

ROUNDS = int(os.environ.get("STEP_ROUNDS", "60"))
SEED = os.environ.get("STEP_SEED", "5")
MINUTE = 60_000
THEN = NOON_MS - 3 * DAY
"""Long enough ago that what happens after it is not in the future."""
ON: dict[str, Any] = {"action": "infer", "after_hours": 0}
CHAIN: dict[str, Any] = {
    **ON,
    "steps": [
        {"step": "Product Added", "before": ["Checkout Started", "Order Completed"], "alike": ["加购"]},
        {"step": "Checkout Started", "before": ["Order Completed"], "sources": ["web"], "within_hours": 2},
    ],
}


def taken(*rows: Received, facts: Facts) -> Completed:
    """One batch through cleaning and inference, committed."""
    cleaned = clean(*rows, facts=facts)
    assert cleaned.rejections == []
    completed = infer(cleaned.frame, cleaned.subjects, rows, facts=facts, now_ms=NOON_MS)
    facts.memory.settle()
    return completed


def did(event: str, *, at: int = THEN, user: str = "u1", **fields: Any) -> Message:
    return a_message(event=event, message_id=f"{event}-{at}-{user}", timestamp=at, user_id=user, **fields)


def inferred(*messages: Message, rule: dict[str, Any] = ON, facts: Facts | None = None) -> list[str]:
    """The names of the steps that these imply, one batch each."""
    facts = facts or facts_with({"missing_step": rule})
    found: list[str] = []
    for number, message in enumerate(messages):
        completed = taken(received(message, position=position_of(number, 0)), facts=facts)
        found += completed.frame[list(completed.inferred)]["event"].to_list()
    return found


@pytest.mark.parametrize(
    ("messages", "steps"),
    [
        ([did("Order Completed")], 1),
        ([did("Product Added"), did("Order Completed")], 0),
        ([did("Product Added", user="u2"), did("Order Completed")], 1),
        ([did("Product Added", at=THEN - DAY), did("Order Completed")], 0),
        ([did("Product Added", at=THEN - DAY - 1), did("Order Completed")], 1),
        ([did("Product Added", at=THEN + TOLERANCE_MS), did("Order Completed")], 0),
        ([did("Product Added", at=THEN + TOLERANCE_MS + 1), did("Order Completed")], 1),
        ([did("Order Completed"), did("Product Added", at=THEN - 1)], 1),
        ([did("Order Completed"), did("Order Completed", at=THEN - 2_000)], 1),
        ([did("Order Completed"), did("Order Completed", at=THEN + DAY)], 2),
        ([did("Viewed"), a_message(type="page", event="Order Completed")], 0),
    ],
)
def test_an_order_of_whom_no_cart_step_is_known_implies_one(messages: list[Message], steps: int) -> None:
    assert inferred(*messages) == ["Product Added"] * steps


def test_steps_of_one_order_are_inferred_in_their_order_and_one_that_was_sent_is_not() -> None:
    assert inferred(did("Order Completed"), rule=CHAIN) == ["Product Added", "Checkout Started"]
    assert inferred(did("加购"), did("Order Completed"), rule=CHAIN) == ["Checkout Started"]
    assert inferred(did("Checkout Started"), did("Order Completed"), rule=CHAIN) == ["Product Added"]


def test_a_source_that_is_not_named_implies_nothing() -> None:
    facts = facts_with({"missing_step": CHAIN})
    till = received(did("Order Completed"), receipt=a_receipt(source="till"))
    completed = taken(till, facts=facts)
    assert completed.frame[list(completed.inferred)]["event"].to_list() == ["Product Added"]


def test_a_cart_of_the_time_before_a_log_in_counts_for_an_order_after_it() -> None:
    cart = a_message(event="Product Added", anonymous_id="d1", message_id="cart", timestamp=THEN)
    log_in = a_message(type="identify", user_id="u1", anonymous_id="d1", message_id="in", timestamp=THEN)
    assert inferred(cart, log_in, did("Order Completed")) == []
    assert inferred(cart, did("Order Completed")) == ["Product Added"]
    assert inferred(cart, did("Order Completed"), log_in) == ["Product Added"]


def test_nothing_is_inferred_before_events_of_the_chain_came_in_for_long_enough() -> None:
    rule = {"action": "infer", "after_hours": 2}
    facts = facts_with({"missing_step": rule})
    assert inferred(did("Order Completed"), facts=facts) == []
    assert inferred(did("Order Completed", at=THEN + 2 * HOUR - 1, user="u2"), facts=facts) == []
    assert inferred(did("Order Completed", at=THEN + 2 * HOUR, user="u3"), facts=facts) == ["Product Added"]


def test_what_a_robot_orders_implies_nothing() -> None:
    robot = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    assert inferred(did("Order Completed", context=robot)) == []


def test_the_rule_is_off_until_it_is_decided() -> None:
    facts = Facts(names=some_facts().names)
    assert inferred(did("Order Completed"), facts=facts) == []
    assert read_rules({}).rules.missing_step == MissingStep(action="off")


def test_an_inferred_row_says_what_the_order_says_but_neither_where_nor_how_much() -> None:
    page = {"page": {"url": "https://shop.example/done", "title": "Done"}, "os": {"name": "iOS"}}
    order = did("Order Completed", context=page, properties={"revenue": 12, "currency": "EUR", "product_id": "p1"})
    completed = taken(received(order, position=position_of(7, 0)), facts=facts_with({"missing_step": ON}))
    step, row = completed.frame.rows(named=True)
    differs = {name for name in row if row[name] != step[name]}
    assert differs == {
        "position", "event_id", "event", "occurred_at", "flags", "flag_reason", "properties", "context",
        "url", "url_host", "url_path", "page_title", "amount", "currency",
    }  # fmt: skip
    assert (step["product_id"], step["os"], step["amount"], step["url"]) == ("p1", "iOS", None, "")
    assert (step["flags"], step["flag_reason"]) == (Flag.INFERRED | Flag.LATE, "inferred:Order Completed")
    assert msgspec.json.decode(step["properties"]) == {IMPLIED_BY: order.message_id}
    assert (row["occurred_at"] - step["occurred_at"]).total_seconds() == 0.001
    assert step["position"] == position_of(7, 1)


def test_inferred_steps_are_counted_and_planning_twice_counts_once(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    facts = facts_with({"missing_step": ON}, hot)
    row = received(did("Order Completed"))
    for _ in range(2):  # the first attempt is not committed
        cleaned = clean(row, facts=facts)
        completed = infer(cleaned.frame, cleaned.subjects, [row], facts=facts, now_ms=NOON_MS)
    with hot.write() as connection:
        facts.memory.save(connection, now_ms=NOON_MS)
    with hot.read() as connection:
        assert touched_since(connection, "shop", NOON_MS) == {Touch("missing_step", "infer", "web"): 1}
    assert completed.inferred == [0]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"action": "flag"}, "missing_step.action"),
        ({"steps": [{"step": "A", "before": ["A"]}]}, "A would come before itself"),
        ({"steps": [{"step": "A"}, {"step": "A"}]}, "the same `step`"),
        ({"steps": []}, "missing_step.steps"),
        ({"steps": [{"step": "A", "before": []}]}, "before"),
        ({"steps": [{"name": "A"}]}, "name"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_reason(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        read_rules({"missing_step": rule})


class Sent(NamedTuple):
    """One message of a story."""

    kind: str
    who: tuple[str, ...]
    at: int
    source: str
    request: int
    id: str


def story_of(rng: Random) -> list[Sent]:
    """Carts, orders and log-ins of a few people and devices from two sources, with times that collide."""
    times = [NOON_MS - ago for ago in (0, 1, 2, MINUTE, HOUR, 2 * HOUR, 2 * HOUR + 1, 23 * HOUR, DAY, 2 * DAY)]
    sent: list[Sent] = []
    for number in range(rng.randrange(25)):
        kind = rng.choice(["Product Added", "加购", "Checkout Started", "Order Completed", "Order Completed", "in"])
        user, device = rng.choice(["", "u1", "u2", "u3"]), rng.choice(["d1", "d2", "d3", ""])
        who = tuple(one for one in (user, device) if one) or ("d1",)
        if kind == "in" and len(who) < 2:
            who = ("u1", "d2")
        request = sent[-1].request + (rng.random() < 0.5) if sent else 0
        source = sent[-1].source if sent and sent[-1].request == request else rng.choice(["web", "till"])
        sent.append(Sent(kind, who, rng.choice(times), source, request, f"m{number}"))
    return sent


def in_batches(story: Sequence[Sent], rng: Random, hot: HotStore) -> list[tuple[Any, ...]]:
    """What the product infers, in batches of whole requests; some are planned twice, and now and then it restarts."""
    facts = facts_with({"missing_step": CHAIN}, hot)
    rows: list[Received] = []
    for sent in story:
        index = sum(1 for other in rows if other.position >> INDEX_BITS == sent.request)
        rows.append(_received(sent, index))
    found: list[tuple[Any, ...]] = []
    while rows:
        until = rows[rng.randrange(len(rows))].position >> INDEX_BITS
        batch = [row for row in rows if row.position >> INDEX_BITS <= until]
        rows = rows[len(batch) :]
        for _ in range(rng.choice([1, 1, 2])):
            cleaned = clean(*batch, facts=facts)
            completed = infer(cleaned.frame, cleaned.subjects, batch, facts=facts, now_ms=NOON_MS)
        with hot.write() as connection:
            facts.memory.save(connection, now_ms=NOON_MS)
        facts.memory.settle()
        if rng.random() < 0.2:
            facts = facts_with({"missing_step": CHAIN}, hot)
        steps = completed.frame[list(completed.inferred)]
        ats = [int(at.timestamp() * 1000 + 0.5) for at in steps["occurred_at"]]
        found += zip(steps["event_id"], steps["event"], ats, steps["position"], strict=True)
    return found


def _received(sent: Sent, index: int) -> Received:
    user = next((one for one in sent.who if one.startswith("u")), "")
    device = next((one for one in sent.who if one.startswith("d")), "")
    kind = {"type": "identify", "event": ""} if sent.kind == "in" else {"event": sent.kind}
    message = a_message(**kind, message_id=sent.id, timestamp=sent.at, user_id=user, anonymous_id=device)
    return received(message, position=position_of(sent.request, index), receipt=a_receipt(source=sent.source))


def enumerated(story: Sequence[Sent]) -> list[tuple[Any, ...]]:
    """The same by plain enumeration: of every step before an order, whether it reaches somebody the order names."""
    found: list[tuple[Any, ...]] = []
    known: dict[str, list[tuple[int, int, tuple[str, ...]]]] = {}  # by step: number of the event, time, who
    for number, sent in enumerate(story):
        missing = []
        for expected in read_rules({"missing_step": CHAIN}).rules.missing_step.steps:
            steps = known.setdefault(expected.step, [])
            chain = {expected.step, *expected.alike, *expected.before, "in"}
            earliest, latest = sent.at - expected.within_hours * HOUR, sent.at + TOLERANCE_MS
            has_it = any(
                earliest <= at <= latest and _reaches(story, chain, who, first, number) for first, at, who in steps
            )
            leads_on = sent.kind in expected.before and sent.source in (expected.sources or ("web", "till"))
            if leads_on and not has_it:
                missing.append(expected.step)
            if sent.kind == expected.step or sent.kind in expected.alike:
                steps.append((number, sent.at, sent.who))
        size = sum(1 for other in story if other.request == sent.request)
        for place, step in enumerate(missing):
            at = sent.at - len(missing) + place
            known[step].append((number, at, sent.who))
            before = sum(1 for _, _, _, position in found if position >> INDEX_BITS == sent.request)
            position = position_of(sent.request, size + before)
            found.append((inferred_id("shop", sent.source, sent.id, step), step, at, position))
    return found


def _reaches(story: Sequence[Sent], chain: set[str], who: tuple[str, ...], first: int, last: int) -> bool:
    reached = set(who)
    for between in story[first:last]:
        if between.kind in chain and reached & set(between.who):
            reached |= set(between.who)
    return bool(reached & set(story[last].who))


def test_in_any_division_into_batches_the_same_is_inferred_as_by_plain_enumeration(tmp_path: Path) -> None:
    rng = Random(SystemRandom().randrange(2**32) if SEED == "any" else int(SEED))
    hot, total = HotStore(tmp_path / "hot.sqlite"), 0
    for _ in range(ROUNDS):
        seed = rng.randrange(2**32)
        story = story_of(Random(seed))
        with hot.write() as connection:
            connection.execute("DELETE FROM rule_memory")
        wanted = enumerated(story)
        assert in_batches(story, Random(seed), hot) == wanted, f"seed {seed}: {story}"
        total += len(wanted)
    assert total > ROUNDS


def test_of_a_deleted_source_no_step_is_known_any_more(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    memory = RuleMemory(hot)
    facts = Facts(names=some_facts().names, policies=Decided({"missing_step": ON}), memory=memory)
    for source, user in (("web", "u1"), ("app", "u1"), ("web", "u2"), ("app", "u3")):
        cleaned = clean(received(did("Product Added", user=user), receipt=a_receipt(source=source)), facts=facts)
        infer(cleaned.frame, cleaned.subjects, [], facts=facts, now_ms=NOON_MS)
        with hot.write() as connection:
            memory.save(connection, now_ms=NOON_MS)
        memory.settle()
    with hot.write() as connection:
        memory.forget_source(connection, "shop", "web")
    orders = [did("Order Completed", user=user) for user in ("u1", "u2", "u3")]
    assert [inferred(order, facts=facts) for order in orders] == [[], ["Product Added"], []]

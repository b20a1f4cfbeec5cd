"""Orders and refunds as they come in: an order that comes twice, a refund that cannot follow its order.

Decided in the stream by order id, exactly: what is remembered of an order is when it happened and the kinds of its
events. A step that was skipped is for `missing_steps`; what needs a whole history of a person is for questions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zuji.clean.context import as_text
from zuji.clean.property_meaning import plain
from zuji.clean.rule_book import RefundBeforeOrder
from zuji.clean.rulings import Rulings
from zuji.clean.sheet import Sheet, Sort
from zuji.store.rule_memory import Key, Note

ORDERS = frozenset(
    {
        "ordercompleted", "orderplaced", "orderpaid", "ordercreated", "ordersubmitted", "submitorder", "payorder",
        "purchase", "purchased", "checkoutcompleted", "paymentcompleted", "提交订单", "支付订单", "下单", "支付成功",
    }
)  # fmt: skip
REFUNDS = frozenset(
    {
        "refund", "refunded", "orderrefunded", "orderreturned", "refundorder", "refundcompleted",
        "returncompleted", "orderchargedback", "退款", "退货", "退款成功",
    }
)  # fmt: skip
ORDER_IDS = frozenset({"orderid", "orderno", "ordernumber", "ordersn", "transactionid", "订单号", "订单编号"})
DAY_MS = 86_400_000
_FIRST = ""
"""Stands for the first order of a workspace: since when orders come in at all."""
MOST_KINDS = 8


def judge_orders(sheet: Sheet, rulings: Rulings) -> None:
    """Each order and refund against what is known of its order, in the order received."""
    sorts, own = sheet.sorts
    roles = np.array([_role(rulings, sort) for sort in sorts], dtype=np.int64)
    if not roles.any():
        return
    for row in np.flatnonzero(roles[own]).tolist():
        sort = sorts[own[row]]
        name = next(name for name in sort.shape if plain(name) in ORDER_IDS)
        order = as_text(sheet.properties[row].get(name))
        if order and len(order) <= 200 and not sheet.is_rejected(row):
            judge = _judge_order if roles[own[row]] == _ORDER else _judge_refund
            judge(sheet, rulings, row, sort, order)


_ORDER, _REFUND = 1, 2


def _role(rulings: Rulings, sort: Sort) -> int:
    """What an event of this sort is: an order, a refund or neither (0)."""
    if not any(plain(name) in ORDER_IDS for name in sort.shape):
        return 0
    kind, rule = plain(sort.kind), rulings.book_of(sort.first).rules.refund_before_order
    if kind in REFUNDS or sort.kind in rule.refunds:
        return _REFUND
    return _ORDER if kind in ORDERS or sort.kind in rule.orders else 0


def _judge_order(sheet: Sheet, rulings: Rulings, row: int, sort: Sort, order: str) -> None:
    at, memory = int(sheet.occurred_at[row]), sheet.facts.memory
    key, first = _key(sort, order), _key(sort, _FIRST)
    found = memory.get(key)
    kinds: list[Any] = [] if found is None else list(found[1])
    if sort.kind in kinds:
        rulings.strike(row, "repeated_order", "order:repeated", f"{sort.kind} came in before with the same order id")
    elif len(kinds) < MOST_KINDS:
        kinds.append(sort.kind)
    earliest = at if found is None else min(at, found[0])
    memory.put(key, Note([earliest, kinds], sort.source.id, sheet.now_ms))
    since = memory.get(first)
    if since is None or at < since:
        memory.put(first, Note(at, sort.source.id, sheet.now_ms))


def _judge_refund(sheet: Sheet, rulings: Rulings, row: int, sort: Sort, order: str) -> None:
    at, memory = int(sheet.occurred_at[row]), sheet.facts.memory
    found = memory.get(_key(sort, order))
    if found is not None:
        if at < found[0]:
            rulings.strike(row, "refund_before_order", "refund:before_order", "it is dated before its order")
    elif _orders_are_known(rulings.book_of(row).rules.refund_before_order, memory.get(_key(sort, _FIRST)), at):
        rulings.strike(row, "refund_before_order", "refund:no_order", "no order with this id has come in")


def _orders_are_known(rule: RefundBeforeOrder, since: int | None, at: int) -> bool:
    """Whether orders have been coming in for long enough to hold a missing one against its refund."""
    return since is not None and at - since >= rule.after_days * DAY_MS


def _key(sort: Sort, order: str) -> Key:
    return Key("order", sort.source.workspace, order)

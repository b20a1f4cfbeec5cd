"""What is done about a row to which a rule applies: the one place where switches act and are counted."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from zuji.clean.commerce import AMOUNTS, millionths_of, telling_of
from zuji.clean.rule_book import Action, RuleBook
from zuji.clean.sheet import Sheet
from zuji.store.rule_memory import Touch
from zuji.terms.event import Flag

ORIGINAL = "$original"
"""The property that holds, by name, what repaired properties were before."""
_FOR_AMOUNT = frozenset({*AMOUNTS, "price", "quantity"})
_encode_sorted = msgspec.json.Encoder(order="deterministic").encode


class Rulings:
    """The rule books that hold for a batch, and what rules do to its rows."""

    def __init__(self, sheet: Sheet) -> None:
        facts = sheet.facts
        self._sheet = sheet
        workspaces = {run.source.workspace for run in sheet.receipts}
        self._books = {workspace: facts.rules.of(facts.policies, workspace) for workspace in workspaces}
        self.books = tuple(self._books.values())
        """Those of the workspaces in the batch: one, mostly."""

    def book_of(self, row: int) -> RuleBook:
        """The rule book of the row's workspace."""
        return self._books[self._sheet.rows[row].source.workspace]

    def is_on(self, rule: str) -> bool:
        """Whether any workspace of the batch has the rule switched on."""
        return any(book.action_of(rule) != "off" for book in self.books)

    def strike(self, row: int, rule: str, reason: str, detail: str, *, flag: Flag = Flag.SUSPECT) -> Action:
        """The rule applies to the row: do what its switch says. Who gets "repair" back has to mend the row.

        What stands already in quarantine needs no second reason.
        """
        sheet = self._sheet
        action = self.book_of(row).action_of(rule)
        if action == "off" or sheet.is_rejected(row):
            return "off"
        if action == "quarantine":
            sheet.reject(row, "against_rule", f"{rule}: {detail}")
        else:
            sheet.flag(row, Flag.REPAIRED if action == "repair" else flag, reason)
        source = sheet.rows[row].source
        sheet.facts.memory.touch(source.workspace, Touch(rule, action, source.id))
        return action


def mend(sheet: Sheet, row: int, changes: dict[str, Any]) -> None:
    """Give properties of a row other values, None taking one away; what they were is kept beside them."""
    before = sheet.properties[row]
    kept = {name: before[name] for name in changes if name in before}
    after = {name: value for name, value in (before | changes).items() if name not in changes or value is not None}
    after[ORIGINAL] = kept | before.get(ORIGINAL, {})
    sheet.properties[row] = after
    cast(list[bytes], sheet.columns["properties"])[row] = _encode_sorted(after)
    if not _FOR_AMOUNT.isdisjoint(changes):
        telling = telling_of(after)
        amount = None if telling is None else millionths_of(after, telling)
        cast(list[int | None], sheet.columns["amount"])[row] = amount

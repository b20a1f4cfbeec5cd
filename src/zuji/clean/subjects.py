"""What each event says about who somebody is, for `identify`: its rule, its sides, the facts it states.

The page `docs/identity.md`, section 1, says what the rules mean.
"""

from __future__ import annotations

from zuji.clean.received import Received
from zuji.clean.sheet import Sheet
from zuji.terms.identifier import Identifier
from zuji.terms.message import Message
from zuji.terms.subject import Rule, Statement, Subject

_EVENT_RULES: dict[str, Rule] = {"$SignUp": "sign_up", "$BindID": "bind"}
"""神策 writes log-ins and bindings as identifies of these names."""
_MAKES_IDENTIFIED: frozenset[Rule] = frozenset({"identify", "sign_up", "alias", "force_merge"})

Side = tuple[Identifier, ...]


def state_subjects(sheet: Sheet) -> None:
    """One subject per row; rows that were rejected get one too, which nobody will read."""
    times = sheet.occurred_at.tolist()
    columns = zip(sheet.rows, times, sheet.known, sheet.anonymous, sheet.claimed, sheet.statements, strict=True)
    sheet.subjects = [
        subject_of(row, at, known, anonymous, claimed, statements)
        for row, at, known, anonymous, claimed, statements in columns
    ]


def subject_of(
    row: Received, at: int, known: Side, anonymous: Side, claimed: bool, statements: tuple[Statement, ...]
) -> Subject:
    """The subject of one event; `claimed`: its known side holds more than traits."""
    message, receipt = row.message, row.receipt
    rule = rule_of(message, len(known) + len(anonymous))
    if rule != "together":
        known, anonymous = sides_of(rule, known, anonymous)
    return Subject(
        receipt.workspace,
        receipt.source,
        receipt.key,
        at,
        message.message_id,
        rule,
        known,
        anonymous,
        claimed and rule in _MAKES_IDENTIFIED,
        statements,
        receipt.protocol,
    )


def rule_of(message: Message, identifiers: int) -> Rule:
    """What a message asserts. One identifier alone asserts nothing unless the message is made to.

    >>> rule_of(Message(type="track"), 1), rule_of(Message(type="track"), 2), rule_of(Message(type="alias"), 2)
    ('sighting', 'together', 'alias')
    """
    kind = message.type
    if kind == "track" or kind == "page":
        return "together" if identifiers > 1 else "sighting"
    if message.force_merge:
        return "force_merge"
    if kind == "identify":
        return _EVENT_RULES.get(message.event, "identify")
    if kind == "alias":
        return "alias"
    if kind == "unbind":
        return "unbind"
    return "together" if identifiers > 1 else "sighting"


def sides_of(rule: Rule, known: Side, anonymous: Side) -> tuple[Side, Side]:
    """The two sides as `identify` takes them. A mere sighting has one. What an unbind names is what leaves, unless it
    says apart who stays.
    """
    if rule == "sighting":
        return known or anonymous, ()
    if rule == "unbind" and not anonymous:
        return (), known
    return known, anonymous

"""Cleaning as it holds for a workspace: the catalogue of rules, their switches, and how many events each touched."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import APIRouter, Depends, Request

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import Out
from zuji.clean.rule_book import MEANINGS, USUAL_RULES, Rules, actions_of, read_rules
from zuji.store.rule_memory import touched_since
from zuji.terms.document import document_of

router = APIRouter(tags=["cleaning"], route_class=GuardedRoute)
DAY_MS = 86_400_000


class RuleMeaning(Out):
    """What a rule says, in both languages."""

    en: str
    zh: str


class CleaningRule(Out):
    """A rule: what it may be switched to, what it is by default, what holds, and how many events it touched."""

    rule: str
    meaning: RuleMeaning
    actions: list[str]
    default: dict[str, Any]
    holds: dict[str, Any]
    touched: dict[str, int]


class CleaningRules(Out):
    """The catalogue. `version` of the policy `rules` that holds (0: none, all rules are as by default)."""

    version: int
    rules: list[CleaningRule]


@router.get("/cleaning/rules", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("policies.read"))
def list_cleaning_rules(request: Request, caller: AnyCaller) -> CleaningRules:
    """Every rule of cleaning. `touched` counts events of the last 24 hours by what was done to them.

    Change them by the policy `rules`: a document with, under the name of a rule, its `action` and its parameters.
    """
    ports = ports_of(request)
    policy = ports.policies.newest(caller.workspace, "rules")
    holding = USUAL_RULES.rules if policy is None else read_rules(policy.document).rules
    with ports.hot.read() as connection:
        touched = touched_since(connection, caller.workspace, ports.now_ms() - DAY_MS)
    counted = Counter[tuple[str, str]]()
    for touch, events in touched.items():
        counted[touch.rule, touch.action] += events
    usual, holds = document_of(USUAL_RULES.rules), document_of(holding)
    return CleaningRules(
        version=0 if policy is None else policy.version,
        rules=[
            CleaningRule(
                rule=rule,
                meaning=RuleMeaning(**MEANINGS[rule]._asdict()),
                actions=list(actions_of(rule)),
                default=usual[rule],
                holds=holds[rule],
                touched={action: events for (name, action), events in counted.items() if name == rule},
            )
            for rule in Rules.__struct_fields__
        ],
    )

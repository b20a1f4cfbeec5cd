"""Alerts as people keep them: made, changed, forgotten. An alert is seen by those who see its question.

Whoever made it may change it, and so may owners of the workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from zuji.analyse.alert_figures import check_figure
from zuji.analyse.alerts import read_rule, read_schedule
from zuji.analyse.saved import Desk, check_personal, may_see, read_document, seen
from zuji.store.saved import Alert, SavedQuestion
from zuji.terms.error import Conflict, NotAllowed, NotFound

MOST_ALERTS = 200
"""Of a workspace: each costs a question at every look."""


def visible_alerts(desk: Desk) -> list[Alert]:
    """The alerts over questions that one may see, oldest first."""
    questions = {one.id: one for one in desk.saved.all_of(SavedQuestion, desk.workspace)}
    return [
        alert
        for alert in desk.saved.all_of(Alert, desk.workspace)
        if alert.question in questions and may_see(questions[alert.question], desk.principal)
    ]


def seen_alert(desk: Desk, id_: str) -> Alert:
    """The alert with this id, if one may see its question. Raises NotFound."""
    alert = desk.saved.get(Alert, desk.workspace, id_)
    try:
        seen(desk, SavedQuestion, alert.question)
    except NotFound as hidden:
        raise NotFound(f"there is no alert {id_!r:.80} in the workspace {desk.workspace}.") from hidden
    return alert


def save_alert(desk: Desk, *, name: str, question: str, rule: Any, schedule: Any) -> Alert:
    """Keep a new alert, once its question is known to have the figure it watches."""
    if len(desk.saved.all_of(Alert, desk.workspace)) >= MOST_ALERTS:
        raise Conflict(f"a workspace has up to {MOST_ALERTS} alerts. Delete one first.")
    now = desk.now_ms
    made = Alert(
        id=desk.new_id(),
        workspace=desk.workspace,
        name=name,
        question=question,
        rule=rule,
        schedule=schedule,
        enabled=True,
        owner=desk.principal.id,
        state="ok",
        fired_at=None,
        checked_at=None,
        created_at=now,
        updated_at=now,
    )
    kept = _checked(desk, made)
    desk.saved.add(kept)
    return kept


def change_alert(desk: Desk, id_: str, changes: Mapping[str, Any]) -> Alert:
    """Change some of name, rule, schedule, enabled. With another rule it stands as a new one does."""
    present = _changeable(desk, id_)
    fresh = {"state": "ok", "fired_at": None} if "rule" in changes else {}
    after = _checked(desk, replace(present, **changes, **fresh, updated_at=desk.now_ms))
    desk.saved.replace(after)
    return after


def delete_alert(desk: Desk, id_: str) -> None:
    """Forget an alert and its checks."""
    desk.saved.delete_alert(desk.workspace, _changeable(desk, id_).id)


def _changeable(desk: Desk, id_: str) -> Alert:
    alert = seen_alert(desk, id_)
    if desk.principal.role != "owner" and alert.owner != desk.principal.id:
        raise NotAllowed(f"the alert {alert.name!r} is somebody else's. Make one of your own, or ask an owner.")
    return alert


def _checked(desk: Desk, alert: Alert) -> Alert:
    """The alert with its rule and schedule read and written out."""
    rule, schedule = read_rule(alert.rule), read_schedule(alert.schedule)
    question = seen(desk, SavedQuestion, alert.question)
    check_personal(desk, read_document(question.kind, question.document))
    check_figure(question.kind, question.document, rule.figure)
    return replace(alert, rule=to_builtins(rule), schedule=to_builtins(schedule))

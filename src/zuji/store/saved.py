"""What people save in a workspace: questions, dashboards with annotations, alerts with their checks.

Frozen values go in and out; every call is one transaction. Who may see and change what is decided by those who call.
Times are milliseconds since 1970.
"""

# ruff: noqa: A002 - an id is called `id` where values are made and found, as it is in the values themselves.
from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec
from sqlalchemy import ColumnElement, delete, func, select, update

from zuji.store.metadata_rows import MetadataRows
from zuji.store.saved_tables import AlertCheckRow, AlertRow, AnnotationRow, DashboardRow, SavedQuestionRow
from zuji.terms.error import Conflict, NotFound

Shared = Literal["private", "workspace"]
AlertState = Literal["ok", "firing"]
CheckState = Literal["ok", "firing", "failed"]
CHECKS_KEPT = 1_000
"""Of each alert: every quarter of an hour for ten days, or daily for years."""


class SavedQuestion(msgspec.Struct, frozen=True):
    """A question somebody keeps. `document` is as it was written: relative dates count anew at every run."""

    id: str
    workspace: str
    name: str
    description: str
    kind: str
    document: dict[str, Any]
    owner: str
    shared: Shared
    created_at: int
    updated_at: int


class Dashboard(msgspec.Struct, frozen=True):
    """Tiles on a page; what a tile says is known to `analyse.dashboards`."""

    id: str
    workspace: str
    name: str
    owner: str
    shared: Shared
    tiles: tuple[dict[str, Any], ...]
    created_at: int
    updated_at: int


class Annotation(msgspec.Struct, frozen=True):
    """What somebody wrote at a moment of a dashboard."""

    id: str
    dashboard: str
    at: int
    text: str
    author: str
    created_at: int


class Alert(msgspec.Struct, frozen=True):
    """A rule over a figure of a saved question, and how it stands. `fired_at`: when it last began to fire."""

    id: str
    workspace: str
    name: str
    question: str
    rule: dict[str, Any]
    schedule: dict[str, Any]
    enabled: bool
    owner: str
    state: AlertState
    fired_at: int | None
    checked_at: int | None
    created_at: int
    updated_at: int


class AlertCheck(msgspec.Struct, frozen=True):
    """One look at an alert's figure. `problem` says why there is no value."""

    at: int
    state: CheckState
    value: float | None = None
    previous: float | None = None
    problem: str = ""


Kept = TypeVar("Kept", SavedQuestion, Dashboard, Alert)
_ROWS: dict[type[Any], Any] = {SavedQuestion: SavedQuestionRow, Dashboard: DashboardRow, Alert: AlertRow}
_NAMES: dict[type[Any], str] = {SavedQuestion: "saved question", Dashboard: "dashboard", Alert: "alert"}


class SavedWork(MetadataRows):
    """The door to what people saved. Nothing is found from another workspace."""

    def add(self, value: SavedQuestion | Dashboard | Alert) -> None:
        """Keep something new."""
        kind = type(value)
        with self._change(taken=f"this {_NAMES[kind]} cannot be kept: what it refers to is gone.") as session:
            session.add(_ROWS[kind](**_columns(value)))

    def get(self, kind: type[Kept], workspace: str, id: str) -> Kept:
        """What has this id. Raises NotFound."""
        found = self._first(select(_ROWS[kind]).where(_is(kind, workspace, id)), kind)
        if found is None:
            raise NotFound(f"there is no {_NAMES[kind]} {id!r:.80} in the workspace {workspace}.")
        return found

    def all_of(self, kind: type[Kept], workspace: str) -> list[Kept]:
        """Everything of this kind, oldest first."""
        row = _ROWS[kind]
        return self._all(select(row).where(row.workspace == workspace).order_by(row.created_at, row.id), kind)

    def replace(self, value: SavedQuestion | Dashboard | Alert) -> None:
        """Put this in place of what has its id. Raises NotFound."""
        kind = type(value)
        with self._change() as session:
            chosen = update(_ROWS[kind]).where(_is(kind, value.workspace, value.id)).values(**_columns(value))
            if session.execute(chosen).rowcount == 0:  # type: ignore[attr-defined]
                raise NotFound(f"there is no {_NAMES[kind]} {value.id!r:.80} in the workspace {value.workspace}.")

    def delete_question(self, workspace: str, id: str) -> None:
        """Forget a question. Raises Conflict while an alert watches it."""
        with self._change(taken="an alert watches this question; delete the alert first.") as session:
            session.execute(delete(SavedQuestionRow).where(_is(SavedQuestion, workspace, id)))

    def delete_dashboard(self, workspace: str, id: str) -> None:
        """Forget a dashboard and what was written on it."""
        mine = select(DashboardRow.id).where(_is(Dashboard, workspace, id))
        with self._change() as session:
            session.execute(delete(AnnotationRow).where(AnnotationRow.dashboard.in_(mine)))
            session.execute(delete(DashboardRow).where(_is(Dashboard, workspace, id)))

    def annotate(self, annotation: Annotation, *, most: int) -> None:
        """Write on a dashboard. Raises NotFound when it is gone, Conflict when it is full."""
        with self._change(taken=f"there is no dashboard {annotation.dashboard!r:.80}.") as session:
            here = select(func.count()).where(AnnotationRow.dashboard == annotation.dashboard)
            if (session.scalar(here) or 0) >= most:
                raise Conflict(f"a dashboard has up to {most} annotations. Delete some first.")
            session.add(AnnotationRow(**msgspec.structs.asdict(annotation)))

    def annotations(self, dashboard: str) -> list[Annotation]:
        """What is written on a dashboard, by the moments it speaks of."""
        chosen = select(AnnotationRow).where(AnnotationRow.dashboard == dashboard)
        return self._all(chosen.order_by(AnnotationRow.at, AnnotationRow.id), Annotation)

    def remove_annotation(self, dashboard: str, id: str) -> None:
        """Take one away. Raises NotFound."""
        with self._change() as session:
            chosen = delete(AnnotationRow).where(AnnotationRow.dashboard == dashboard, AnnotationRow.id == id)
            if session.execute(chosen).rowcount == 0:  # type: ignore[attr-defined]
                raise NotFound(f"there is no annotation {id!r:.80} on this dashboard.")

    def enabled_alerts(self) -> list[Alert]:
        """The alerts of all workspaces that are to be checked, oldest first."""
        return self._all(select(AlertRow).where(AlertRow.enabled).order_by(AlertRow.created_at, AlertRow.id), Alert)

    def record(self, alert: str, check: AlertCheck, *, stands: AlertState, fired_at: int | None) -> None:
        """Keep a check and how the alert stands after it. An alert that is gone meanwhile is left alone."""
        changed = {"state": stands, "fired_at": fired_at, "checked_at": check.at}
        with self._change() as session:
            if session.execute(update(AlertRow).where(AlertRow.id == alert).values(**changed)).rowcount == 0:  # type: ignore[attr-defined]
                return
            session.add(AlertCheckRow(alert=alert, **msgspec.structs.asdict(check)))
            newest = select(AlertCheckRow.id).where(AlertCheckRow.alert == alert).order_by(AlertCheckRow.id.desc())
            last_kept = session.scalar(newest.offset(CHECKS_KEPT - 1).limit(1))
            if last_kept is not None:
                old = (AlertCheckRow.alert == alert) & (AlertCheckRow.id < last_kept)
                session.execute(delete(AlertCheckRow).where(old))

    def checks(self, alert: str, *, limit: int) -> list[AlertCheck]:
        """The last checks of an alert, newest first."""
        chosen = select(AlertCheckRow).where(AlertCheckRow.alert == alert).order_by(AlertCheckRow.id.desc())
        return self._all(chosen.limit(limit), AlertCheck)

    def delete_alert(self, workspace: str, id: str) -> None:
        """Forget an alert and its checks."""
        mine = select(AlertRow.id).where(_is(Alert, workspace, id))
        with self._change() as session:
            session.execute(delete(AlertCheckRow).where(AlertCheckRow.alert.in_(mine)))
            session.execute(delete(AlertRow).where(_is(Alert, workspace, id)))


def _is(kind: type[Any], workspace: str, id: str) -> ColumnElement[bool]:
    """What has this id in this workspace: an id of another one's finds nothing."""
    row = _ROWS[kind]
    found: ColumnElement[bool] = (row.workspace == workspace) & (row.id == id)
    return found


def _columns(value: SavedQuestion | Dashboard | Alert) -> dict[str, Any]:
    columns = msgspec.structs.asdict(value)
    return columns | {"tiles": list(value.tiles)} if isinstance(value, Dashboard) else columns

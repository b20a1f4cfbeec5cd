"""Saved questions, dashboards with their annotations, alerts with their checks, lists of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(64)
MS = sa.BigInteger()
NUMBER = MS.with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; nothing that is there changes."""
    _create_questions_and_dashboards()
    _create_alerts()
    _create_lists()


def _create_questions_and_dashboards() -> None:
    _create_in_workspace(
        "saved_question",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("shared", sa.String(16), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("updated_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_question"),
    )
    _create_in_workspace(
        "dashboard",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("shared", sa.String(16), nullable=False),
        sa.Column("tiles", sa.JSON(), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("updated_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dashboard"),
    )
    op.create_table(
        "dashboard_annotation",
        sa.Column("id", ID, nullable=False),
        sa.Column("dashboard", ID, nullable=False),
        sa.Column("at", MS, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dashboard_annotation"),
        sa.ForeignKeyConstraint(["dashboard"], ["dashboard.id"], name="fk_dashboard_annotation_dashboard"),
    )
    op.create_index("ix_dashboard_annotation_dashboard", "dashboard_annotation", ["dashboard"])


def _create_alerts() -> None:
    _create_in_workspace(
        "alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("question", ID, nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("fired_at", MS),
        sa.Column("checked_at", MS),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("updated_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.ForeignKeyConstraint(["question"], ["saved_question.id"], name="fk_alert_question"),
    )
    op.create_index("ix_alert_question", "alert", ["question"])
    op.create_table(
        "alert_check",
        sa.Column("id", NUMBER, nullable=False, autoincrement=True),
        sa.Column("alert", ID, nullable=False),
        sa.Column("at", MS, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("previous", sa.Double()),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_check"),
        sa.ForeignKeyConstraint(["alert"], ["alert.id"], name="fk_alert_check_alert"),
    )
    op.create_index("ix_alert_check_alert", "alert_check", ["alert", "id"])


def _create_lists() -> None:
    _create_in_workspace(
        "people_list",
        sa.Column("number", NUMBER, nullable=False, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("cell", sa.JSON(), nullable=False),
        sa.Column("saved", MS, nullable=False),
        sa.Column("identity_version", MS, nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_people_list"),
        sa.UniqueConstraint("id", name="uq_people_list_id"),
    )
    op.create_table(
        "list_member",
        sa.Column("list", NUMBER, nullable=False, autoincrement=False),
        sa.Column("person", MS, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("list", "person", name="pk_list_member"),
        sa.ForeignKeyConstraint(["list"], ["people_list.number"], name="fk_list_member_list"),
        sqlite_with_rowid=False,
    )


def _create_in_workspace(name: str, *parts: sa.schema.SchemaItem) -> None:
    """A table whose rows belong to a workspace and are found by it."""
    op.create_table(
        name,
        sa.Column("workspace", ID, nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=f"fk_{name}_workspace"),
    )
    op.create_index(f"ix_{name}_workspace", name, ["workspace"])

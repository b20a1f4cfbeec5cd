"""Receivers of alerts and alarms, the notices there were, and what was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.String(64)
MS = sa.BigInteger()
NUMBER = MS.with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; nothing that is there changes."""
    op.create_table(
        "receiver",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.Column("alarms", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("per_hour", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("position", MS, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", MS, nullable=True),
        sa.Column("next_at", MS, nullable=False),
        sa.Column("delivered_at", MS, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receiver"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_receiver_workspace_workspace"),
    )
    op.create_index("ix_receiver_workspace", "receiver", ["workspace"])
    op.create_table(
        "notice",
        sa.Column("number", NUMBER, nullable=False, autoincrement=True),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", MS, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_notice"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_notice_workspace_workspace"),
    )
    op.create_index("ix_notice_workspace_number", "notice", ["workspace", "number"])
    op.create_table(
        "receiver_delivery",
        sa.Column("id", NUMBER, nullable=False, autoincrement=True),
        sa.Column("receiver", ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("first", MS, nullable=False),
        sa.Column("last", MS, nullable=False),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receiver_delivery"),
        sa.ForeignKeyConstraint(["receiver"], ["receiver.id"], name="fk_receiver_delivery_receiver_receiver"),
    )
    op.create_index("ix_receiver_delivery_receiver", "receiver_delivery", ["receiver"])

"""Subscriptions to changes of tags and segments, and the deliveries that were given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(64)
MS = sa.BigInteger()
NUMBER = MS.with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; nothing that is there changes."""
    op.create_table(
        "subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("position", MS, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", MS, nullable=True),
        sa.Column("next_at", MS, nullable=False),
        sa.Column("delivered_at", MS, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_subscription_workspace_workspace"),
    )
    op.create_index("ix_subscription_workspace", "subscription", ["workspace"])
    op.create_table(
        "dead_letter",
        sa.Column("id", NUMBER, nullable=False, autoincrement=True),
        sa.Column("subscription", ID, nullable=False),
        sa.Column("first", MS, nullable=False),
        sa.Column("last", MS, nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("given_up_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letter"),
        sa.ForeignKeyConstraint(["subscription"], ["subscription.id"], name="fk_dead_letter_subscription_subscription"),
    )
    op.create_index("ix_dead_letter_subscription", "dead_letter", ["subscription"])

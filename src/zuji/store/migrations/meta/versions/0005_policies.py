"""Policies: what workspaces decided about their data, in versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; nothing that is there changes."""
    op.create_table(
        "policy",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "part", "version", name="pk_policy"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_policy_workspace"),
    )

"""Definitions of tags and segments, and their published versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.String(64)
MS = sa.BigInteger()
NAME = (("workspace", ID), ("kind", sa.String(16)), ("key", ID))
KEY = tuple(name for name, _ in NAME)


def upgrade() -> None:
    """Make the tables; nothing that is there changes."""
    op.create_table(
        "definition",
        *(sa.Column(name, kind, nullable=False) for name, kind in NAME),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("updated_at", MS, nullable=False),
        sa.Column("updated_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name="pk_definition"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_definition_workspace"),
    )
    op.create_table(
        "definition_version",
        *(sa.Column(name, kind, nullable=False) for name, kind in NAME),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("document", sa.JSON()),
        sa.Column("at", MS, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, "version", name="pk_definition_version"),
        sa.ForeignKeyConstraint(KEY, [f"definition.{name}" for name in KEY], name="fk_definition_version_workspace"),
    )

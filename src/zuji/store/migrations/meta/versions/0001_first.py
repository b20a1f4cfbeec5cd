"""Workspaces, sources, write keys, tokens, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(64)
MS = sa.BigInteger()


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "workspace",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
    )
    op.create_table(
        "source",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_source_workspace"),
        sa.UniqueConstraint("workspace", "name", name="uq_source_workspace"),
    )
    _create_keys_and_tokens()
    op.create_table(
        "audit_entry",
        sa.Column("id", MS.with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=True),
        sa.Column("at", MS, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )


def _create_keys_and_tokens() -> None:
    op.create_table(
        "write_key",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("source", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key_sha256", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(16), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("revoked_at", MS),
        sa.PrimaryKeyConstraint("id", name="pk_write_key"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_write_key_workspace"),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name="fk_write_key_source"),
        sa.UniqueConstraint("key_sha256", name="uq_write_key_key_sha256"),
    )
    op.create_index("ix_write_key_source", "write_key", ["source"])
    op.create_table(
        "token",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace", ID),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("expires_at", MS),
        sa.Column("revoked_at", MS),
        sa.Column("last_used_at", MS),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name="fk_token_workspace"),
        sa.UniqueConstraint("token_sha256", name="uq_token_token_sha256"),
    )

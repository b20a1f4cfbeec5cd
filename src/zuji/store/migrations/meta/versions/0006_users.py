"""Users: who may sign in, their roles, sessions and one-time links; whose a token is; the audit log by subject."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.String(64)
MS = sa.BigInteger()


def upgrade() -> None:
    """Make the tables; tokens that are there belong to nobody."""
    op.create_table(
        "user_account",
        sa.Column("id", ID, nullable=False),
        sa.Column("login", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("password", sa.String(300), nullable=False),
        sa.Column("role", sa.String(32)),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("disabled_at", MS),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("login", name="uq_user_account_login"),
    )
    op.create_table(
        "user_role",
        sa.Column("user", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("user", "workspace", name="pk_user_role"),
        _refers("user_role", "user", "user_account.id"),
        _refers("user_role", "workspace", "workspace.id"),
    )
    _make_sessions()
    _make_links()
    op.add_column("token", sa.Column("user", ID))
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject"])


def _make_sessions() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("user", ID, nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("seen_at", MS, nullable=False),
        sa.Column("address", sa.String(100), nullable=False),
        sa.Column("agent", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("secret_sha256", name="uq_user_session_secret_sha256"),
        _refers("user_session", "user", "user_account.id"),
    )
    op.create_index("ix_user_session_user", "user_session", ["user"])


def _make_links() -> None:
    op.create_table(
        "user_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        sa.Column("user", ID),
        sa.Column("role", sa.String(32)),
        sa.Column("workspace", ID),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", MS, nullable=False),
        sa.Column("expires_at", MS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_link"),
        sa.UniqueConstraint("code_sha256", name="uq_user_link_code_sha256"),
        _refers("user_link", "user", "user_account.id"),
        _refers("user_link", "workspace", "workspace.id"),
    )


def _refers(table: str, column: str, other: str) -> Any:
    return sa.ForeignKeyConstraint([column], [other], name=f"fk_{table}_{column}")

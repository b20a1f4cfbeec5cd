"""Of every verdict, whether rules held the event wrong too: where they agree a verdict corrects nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was said before is taken to agree with the rules, since nobody wrote down what they said."""
    op.add_column("quality_verdict", sa.Column("held_wrong", sa.Boolean(), nullable=False, server_default=sa.false()))
    verdict = sa.table("quality_verdict", sa.column("verdict", sa.String), sa.column("held_wrong", sa.Boolean))
    op.execute(verdict.update().where(verdict.c.verdict == "wrong").values(held_wrong=True))

"""Of every subscription, where the delivery that is being sent ends, so that it is the same when it is sent again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is being tried already is frozen with its next try."""
    op.add_column("subscription", sa.Column("under_way", sa.BigInteger(), nullable=True))

"""Run by Alembic for each upgrade, on the connection that `zuji.store.metadata_migrations` hands in."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

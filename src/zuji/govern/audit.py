"""The audit log as people read it: who made, changed and revoked workspaces, sources, keys and tokens.

Decisions about people and quarantined events are not here: each is an entry of identity's own log.
"""

from __future__ import annotations

from zuji.store.metadata import AuditEntry, Metadata


class AuditLog:
    """Reads what the rooms wrote down, newest first."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata

    def page(self, *, before: int | None, limit: int) -> tuple[list[AuditEntry], int | None]:
        """Up to `limit` entries older than `before`, and where the next page starts, or None."""
        found = self._metadata.list_audit(before=before, limit=limit + 1)
        page = found[:limit]
        return page, page[-1].id if len(found) > limit else None

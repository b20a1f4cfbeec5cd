"""The audit log as people read it: who made, changed and revoked workspaces, sources, keys, tokens and users, signed
in, asked what in SQL, took what out as a file, made or deleted a list of people, looked at whose profile.

Decisions about people and quarantined events are not here: each is an entry of identity's own log.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from zuji.store.metadata import AuditEntry, Metadata


class AuditLog:
    """Reads what the rooms wrote down, newest first, and takes down what has no room of its own to do so."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata

    def page(
        self, *, before: int | None, limit: int, subject: str | None = None
    ) -> tuple[list[AuditEntry], int | None]:
        """Up to `limit` entries older than `before` (about one subject), and where the next page starts, or None."""
        found = self._metadata.list_audit(before=before, limit=limit + 1, subject=subject)
        page = found[:limit]
        return page, page[-1].id if len(found) > limit else None

    def together(self) -> AbstractContextManager[None]:
        """Make a change of the metadata and what is noted about it one transaction."""
        return self._metadata.together()

    def note(self, *, at: int, actor: str, action: str, subject: str, detail: str) -> None:
        """Write down who did what to what; `at` is in milliseconds since 1970."""
        self._metadata.note(at=at, actor=actor, action=action, subject=subject, detail=detail)

"""Workspaces: one company's data each, kept apart from every other's."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from zuji.store.metadata import Metadata, Workspace
from zuji.terms.error import BadRequest, Conflict
from zuji.terms.source import DEFAULT_WORKSPACE

LONGEST_ID = 40


class Workspaces:
    """Make, list and find workspaces. An id is made from the name once and never changes."""

    def __init__(
        self, metadata: Metadata, *, timezone: str, now_ms: Callable[[], int], new_id: Callable[[], str]
    ) -> None:
        self._metadata = metadata
        self._timezone = timezone
        self._now_ms = now_ms
        self._new_id = new_id
        self._known: set[str] = set()

    def exists(self, workspace: str) -> bool:
        """Whether there is such a workspace. Workspaces are never deleted, so a yes is remembered."""
        if workspace not in self._known and self._metadata.get_workspace(workspace) is not None:
            self._known.add(workspace)
        return workspace in self._known

    def is_known(self, workspace: str) -> bool:
        """Whether a yes is remembered, without a look at the metadata."""
        return workspace in self._known

    def timezone_of(self, workspace: str) -> str:
        """The zone that dates of this workspace are in."""
        known = self._metadata.get_workspace(workspace)
        return self._timezone if known is None else known.timezone

    def list(self) -> list[Workspace]:
        """All workspaces, oldest first."""
        return self._metadata.list_workspaces()

    def create(self, name: str, *, timezone: str | None, actor: str) -> Workspace:
        """A new workspace. Its id is readable where the name allows."""
        zone = timezone or self._timezone
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, LookupError) as unknown:
            raise BadRequest(f"{zone!r} is no time zone. Name one such as Asia/Shanghai or Europe/Berlin.") from unknown
        now = self._now_ms()
        with self._metadata.together():
            made = self._metadata.create_workspace(id=self._free_id(name), name=name, timezone=zone, created_at=now)
            self._metadata.note(at=now, actor=actor, action="workspace.create", subject=made.id)
        return made

    def ensure_default(self) -> bool:
        """Make the default workspace unless there is one. Says whether it was made now."""
        if self.exists(DEFAULT_WORKSPACE):
            return False
        self._metadata.create_workspace(
            id=DEFAULT_WORKSPACE, name=DEFAULT_WORKSPACE, timezone=self._timezone, created_at=self._now_ms()
        )
        return True

    def _free_id(self, name: str) -> str:
        plain = slug(name)
        for candidate in (plain, f"{plain}-{self._new_id()[:6]}".strip("-"), self._new_id()[:LONGEST_ID]):
            if candidate and not self.exists(candidate):
                return candidate
        raise Conflict(f"no free id for a workspace named {name!r}; try once more.")


def slug(name: str) -> str:
    """A name as an id: lower case, hyphens, ASCII only; empty when nothing is left.

    >>> slug("Shop  Shanghai #2"), slug("上海店")
    ('shop-shanghai-2', '')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_ID].strip("-")

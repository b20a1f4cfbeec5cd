"""Who looked at whose profile: people who are signed in leave an entry in the audit log, once an hour for each profile.

Programs with a token are no people: what they read is theirs to account for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable

from zuji.govern.principal import Principal
from zuji.store.metadata import Metadata

ONCE_EVERY_MS = 3_600_000
MOST_KEPT = 100_000
ACTION = "profile.view"


class ProfileViews:
    """Takes the views down. After a restart one that was taken down within the hour is taken down again."""

    def __init__(self, metadata: Metadata, *, now_ms: Callable[[], int]) -> None:
        self._metadata = metadata
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._noted: OrderedDict[tuple[str, str], int] = OrderedDict()

    def saw(self, principal: Principal, workspace: str, profiles: Iterable[int]) -> None:
        """Somebody was shown these profiles."""
        if principal.session is None or principal.user is None:
            return
        now = self._now_ms()
        for profile in profiles:
            subject = subject_of(workspace, profile)
            if self._is_due(principal.user, subject, now):
                self._metadata.note(at=now, actor=principal.user, action=ACTION, subject=subject)

    def _is_due(self, user: str, subject: str, now: int) -> bool:
        key = (user, subject)
        with self._lock:
            before = self._noted.get(key)
            if before is not None and now - before < ONCE_EVERY_MS:
                return False
            self._noted[key] = now
            self._noted.move_to_end(key)
            if len(self._noted) > MOST_KEPT:
                self._noted.popitem(last=False)
            return True


def subject_of(workspace: str, profile: int) -> str:
    """How a profile is named in the audit log.

    >>> subject_of("default", 17)
    'default/profile:17'
    """
    return f"{workspace}/profile:{profile}"

"""Notices what needs a person, once when it begins and once when it is over, and writes both down.

What stands is read from what was written, so a crash between noticing and telling neither loses nor repeats anything.
Receivers are told by `run.notifying`, as far as they have got.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from zuji.store.receivers import Notices
from zuji.store.saved import Alert, SavedWork
from zuji.terms.alarm import Alarm
from zuji.terms.notice import Notice, notice_of_alarm

log = logging.getLogger(__name__)

EVERY_S = 5.0
CALM_MS = 120_000
"""So long an alarm must be absent to be over: what comes and goes within it is one matter. Alerts have cool-downs of
their own, and after a start the alarms need some seconds until they have looked.
"""

Key = tuple[str, str]


class NoticeLoop:
    """One thread that looks. `look` is all it does; tests and the thread call the same."""

    def __init__(
        self,
        *,
        notices: Notices,
        saved: SavedWork,
        alarms: Callable[[], Sequence[Alarm]],
        now_ms: Callable[[], int],
    ) -> None:
        self._notices = notices
        self._saved = saved
        self._alarms = alarms
        self._now_ms = now_ms
        self._stands: dict[Key, Notice] | None = None
        self._absent_since: dict[Key, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices")

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. What stands now is still known at the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self, now: int) -> list[Notice]:
        """Write down what began and what is over since the last look; gives that."""
        if self._stands is None:
            self._stands = {_key(one): one for one in self._notices.standing()}
        seen = {_key(one): one for one in [*self._of_alarms(now), *self._of_alerts(now)]}
        self._absent_since = {key: self._absent_since.get(key, now) for key in self._stands.keys() - seen.keys()}
        found = what_changed(self._stands, seen, self._absent_since, now)
        if found:
            self._notices.record(found, now=now)
            for one in found:
                if one.state == "raised":
                    self._stands[_key(one)] = one
                else:
                    del self._stands[_key(one)]
        return found

    def _of_alarms(self, now: int) -> list[Notice]:
        return [notice_of_alarm(one, at=now) for one in self._alarms()]

    def _of_alerts(self, now: int) -> list[Notice]:
        firing = [one for one in self._saved.enabled_alerts() if one.state == "firing"]
        stands = self._stands or {}
        # One that is told of already needs no look at its figures: only that it still fires.
        return [stands.get((one.workspace, f"alert:{one.id}")) or self._of_alert(one, now) for one in firing]

    def _of_alert(self, alert: Alert, now: int) -> Notice:
        checks = self._saved.checks(alert.id, limit=20)
        measured = next((one for one in checks if one.state == "firing"), None)
        facts = {
            "name": alert.name,
            "question": alert.question,
            "rule": alert.rule,
            "value": measured.value if measured else None,
            "previous": measured.previous if measured else None,
            "fired_at": alert.fired_at,
        }
        said = f"the alert {alert.name} fires: {_said(alert.rule, facts)}"
        return Notice(
            workspace=alert.workspace, key=f"alert:{alert.id}", kind="alert", code=alert.id, said=said, facts=facts,
            at=now,
        )  # fmt: skip

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self.look(self._now_ms())
            except Exception as failure:
                self._stands = None  # read again what was written
                log.error("notices wait: %s; retrying in %s s", failure, EVERY_S)


def what_changed(
    stands: Mapping[Key, Notice], seen: Mapping[Key, Notice], absent_since: Mapping[Key, int], now: int
) -> list[Notice]:
    """What began, and what is over: an alert at once, an alarm when it has been absent for a while."""
    began = [one for key, one in seen.items() if key not in stands]
    over = [
        replace(stands[key], number=0, state="over", at=now)
        for key, since in absent_since.items()
        if stands[key].kind == "alert" or now - since >= CALM_MS
    ]
    return [*began, *sorted(over, key=lambda one: one.key)]


def _said(rule: Mapping[str, object], facts: Mapping[str, object]) -> str:
    figure = rule.get("figure")
    name = figure.get("figure") if isinstance(figure, dict) else "its figure"
    condition = str(rule.get("condition", "")).replace("_", " ")
    return f"{name} is {facts['value']} ({condition} {rule.get('threshold')})".replace("_", " ")


def _key(notice: Notice) -> Key:
    return notice.workspace, notice.key

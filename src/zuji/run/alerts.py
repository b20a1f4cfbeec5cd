"""The alert loop: looks at the figure of each alert when it is time, and keeps what it saw.

One alert after the other, so that alerts together take one of the places for questions. A question that fails is a
check that says why; the alert stands as it stood. That one fires is noticed by `run.noticing`, and told to receivers.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from zuji.analyse.alert_figures import look
from zuji.analyse.alerts import Stand, decide, is_due, read_rule, read_schedule
from zuji.analyse.ask import Asked, Asker, Asking
from zuji.govern.workspaces import Workspaces
from zuji.store.failure import Cancelled
from zuji.store.saved import Alert, AlertCheck, SavedQuestion, SavedWork
from zuji.terms.error import ZujiError
from zuji.terms.period import Calendar

log = logging.getLogger(__name__)

EVERY_S = 10.0
"""How late a look may be."""
TICKET = "a1e27000"
"""Of every question that is asked here: there is one at a time."""


class AlertLoop:
    """One thread that looks at alerts. `check_due` is all it does; tests and the thread call the same."""

    def __init__(
        self,
        *,
        saved: SavedWork,
        asker: Asker,
        workspaces: Workspaces,
        cancel: Callable[[str], bool],
        now_ms: Callable[[], int],
    ) -> None:
        self._saved = saved
        self._asker = asker
        self._workspaces = workspaces
        self._cancel = cancel
        self._now_ms = now_ms
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts")

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the question under way; its alert is looked at again at the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._cancel(TICKET)
        self._thread.join()

    def check_due(self, now: int) -> int:
        """Look at every alert whose time has come by `now`. Gives how many those were."""
        due = [alert for alert in self._saved.enabled_alerts() if self._is_due(alert, now)]
        looked = 0
        for alert in due:
            if self._stopping.is_set():
                break
            self._check(alert, now)
            looked += 1
        return looked

    def _is_due(self, alert: Alert, now: int) -> bool:
        calendar = Calendar(ZoneInfo(self._workspaces.timezone_of(alert.workspace)))
        schedule = read_schedule(alert.schedule)
        return is_due(schedule, checked_at=alert.checked_at, made_at=alert.created_at, now=now, calendar=calendar)

    def _check(self, alert: Alert, now: int) -> None:
        before = Stand(alert.state, alert.fired_at)
        try:
            question = self._saved.get(SavedQuestion, alert.workspace, alert.question)
            rule = read_rule(alert.rule)
            found = look(question.kind, question.document, rule, self._ask_in(alert.workspace))
        except Cancelled:
            log.info("the alert %r of %s was not checked: the engine ends", alert.name, alert.workspace)
        except ZujiError as failure:
            self._fail(alert, now, str(failure))
        except Exception:
            log.exception("the alert %r of %s could not be checked", alert.name, alert.workspace)
            self._fail(alert, now, "something broke inside zuji; the log of the engine says what.")
        else:
            after = decide(rule, found, before, at=now)
            check = AlertCheck(now, after.state, found.value, found.previous)
            self._saved.record(alert.id, check, stands=after.state, fired_at=after.fired_at)
            if after.state != before.state:
                log.warning(
                    "the alert %r of %s is %s: %s is %s", alert.name, alert.workspace, after.state,
                    rule.figure.figure, found.value,
                )  # fmt: skip

    def _fail(self, alert: Alert, now: int, why: str) -> None:
        log.warning("the alert %r of %s could not be checked: %s", alert.name, alert.workspace, why)
        check = AlertCheck(now, "failed", problem=why)
        self._saved.record(alert.id, check, stands=alert.state, fired_at=alert.fired_at)

    def _ask_in(self, workspace: str) -> Callable[[str, Mapping[str, Any]], Asked]:
        asking = Asking(workspace, self._workspaces.timezone_of(workspace), TICKET)
        return lambda kind, document: self._asker.ask(kind, document, asking)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self.check_due(self._now_ms())
            except Exception as failure:
                log.error("alerts wait: %s; retrying in %s s", failure, EVERY_S)

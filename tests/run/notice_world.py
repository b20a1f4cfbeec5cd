"""Receivers and notices over real metadata, with a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hooks import Hook
from zuji.govern.outbound import Outbound
from zuji.govern.posting import MailServer
from zuji.run.noticing import NoticeLoop
from zuji.run.notifying import NoticeLine
from zuji.store.metadata import Metadata
from zuji.store.receivers import Notices, Receiver, Receivers
from zuji.store.saved import Alert, AlertCheck, AlertState, SavedQuestion, SavedWork
from zuji.terms.alarm import Alarm

START = 1_800_000_000_000
SILENT = Alarm(code="source_silent", said="the source till is silent", workspace="shop", source="till", count=9)
SECRET = "zs_of_this_receiver"
WAY = "hooks/a-path-that-is-a-secret"


@dataclass
class NoticeWorld:
    """One workspace named shop. `alarms` stand while they are in the list."""

    metadata: Metadata
    outbound: Outbound
    mail: MailServer
    alarms: list[Alarm] = field(default_factory=list)
    now: int = START

    def __post_init__(self) -> None:
        self.receivers = Receivers.beside(self.metadata)
        self.notices = Notices.beside(self.metadata)
        self.saved = SavedWork.beside(self.metadata)
        self.restart()

    def restart(self) -> None:
        """Forget all that is only in memory, as a crash does."""
        self.loop = NoticeLoop(
            notices=self.notices, saved=self.saved, alarms=lambda: tuple(self.alarms), now_ms=lambda: self.now
        )
        self.line = NoticeLine(
            receivers=self.receivers, notices=self.notices, outbound=self.outbound, mail=self.mail,
            now_ms=lambda: self.now, spread=lambda: 0.5,
        )  # fmt: skip

    def add(self, address: str, **columns: Any) -> Receiver:
        """A receiver of everything, from now on."""
        made = Receiver(
            **{
                "id": "r1", "workspace": "shop", "name": "crew", "address": address, "secret": SECRET,
                "alerts": None, "alarms": None, "sources": None, "per_hour": 3_600, "state": "active",
                "position": self.notices.newest(), "attempts": 0, "failing_since": None, "next_at": 0,
                "delivered_at": None, "problem": "", "created_by": "tests", "created_at": START,
            }
            | columns
        )  # fmt: skip
        self.receivers.add(made)
        return made

    def add_hook(self, hook: Hook, **columns: Any) -> Receiver:
        """A webhook of everything."""
        return self.add(f"http://127.0.0.1:{hook.port}/{WAY}", **columns)

    def add_alert(self, name: str) -> Alert:
        """An alert over a saved question, that does not fire yet."""
        self.saved.add(SavedQuestion("q", "shop", "q", "", "trend", {}, "o", "workspace", START, START))
        rule = {"figure": {"figure": "total", "series": 0}, "condition": "below", "threshold": 10}
        alert = Alert("a", "shop", name, "q", rule, {"unit": "minute"}, True, "o", "ok", None, None, START, START)
        self.saved.add(alert)
        return alert

    def judge(self, alert: Alert, state: AlertState, value: float) -> None:
        """As the alert loop does after a look."""
        self.saved.record(alert.id, AlertCheck(self.now, state, value), stands=state, fired_at=self.now)

    def run(self, seconds: float, *, step_s: float = 5) -> None:
        """Let everything work through so much time."""
        for _ in range(int(seconds / step_s)):
            self.now += int(step_s * 1_000)
            self.loop.look(self.now)
            self.tell()

    def tell(self) -> None:
        """Serve whoever is due."""
        for due in self.line.due(self.now):
            self.line.serve(due, self.now)

    def stands(self) -> Receiver:
        """How the receiver stands."""
        return self.receivers.get("shop", "r1")


@contextmanager
def notice_world(folder: Path, *, mail: MailServer | None = None) -> Iterator[NoticeWorld]:
    """A world over an empty folder; or over what is in one."""
    metadata = Metadata.open(folder / "meta.sqlite")
    there = {one.id for one in metadata.list_workspaces()}
    for name in {"default", "shop"} - there:
        metadata.create_workspace(id=name, name=name, timezone="UTC", created_at=START)
    outbound = Outbound(allowed=["127.0.0.0/8"], timeout_s=5)
    yield NoticeWorld(metadata, outbound, mail or MailServer())
    outbound.close()
    metadata.close()

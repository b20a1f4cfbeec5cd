"""What sources lose on the way: counted from the numbers of their pages, in the transaction of the batch."""

from __future__ import annotations

from collections.abc import Mapping

from zuji.clean.page_numbers import Numbers, after
from zuji.run.batch import SourceOf
from zuji.run.lookout import Lookout
from zuji.store import losses
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.losses import OPEN_MS, Arrived, Loss, NumberedPage, SourceDay
from zuji.terms.alarm import Alarm
from zuji.terms.source import Source

DAY_MS = 86_400_000
KEPT_MS = 30 * DAY_MS
MOST_PAGES = 1_000_000
"""About 100 bytes each, on disk."""
FORGET_EVERY_MS = 5 * 60_000
FORGET_AT_ONCE = 20_000
LOOK_EVERY_MS = 30_000
TOO_MUCH = 0.05
ENOUGH = 200
"""Of fewer messages than these a twentieth is an accident of one page."""


class LossWatch:
    """Keeps which numbers of each page arrived; knows which sources lose too much. One thread takes, any may ask."""

    def __init__(self, *, hot: HotStore, source_of: SourceOf, most_pages: int = MOST_PAGES) -> None:
        self._hot = hot
        self._source_of = source_of
        self._most_pages = most_pages
        self._forgot_at = 0
        self._lookout = Lookout(self._look, every_ms=LOOK_EVERY_MS)

    def take(self, connection: HotTransaction, pages: Mapping[NumberedPage, Numbers], now_ms: int) -> None:
        """Count what a batch brought, in its transaction. Where no client numbers anything, that is one look."""
        if not pages:
            return
        if now_ms - self._forgot_at >= FORGET_EVERY_MS:
            self._forgot_at = now_ms
            losses.forget(connection, before_ms=now_ms - KEPT_MS, most_kept=self._most_pages, at_once=FORGET_AT_ONCE)
        forgotten_until = losses.forgotten_until_ms(connection)
        changed: dict[NumberedPage, Arrived] = {}
        sums: dict[SourceDay, list[int]] = {}
        for page, brought in pages.items():
            known = losses.find(connection, page)
            if known is None and brought.said_at < forgotten_until:
                continue  # its page may be one of those forgotten: who knows what had arrived of it
            # Once pages were forgotten, one that begins late may be one of them: it counts from where it is.
            before = known or Arrived(brought.day, min(brought.numbers) - 1 if forgotten_until else 0)
            now = after(before, brought.numbers)
            changed[page] = now
            held = sums.setdefault(SourceDay(page.workspace, page.source, now.day), [0, 0, 0])
            held[0] += known is None
            held[1] += now.highest - before.highest
            held[2] += now.received - before.received
        losses.save(connection, changed, now_ms)
        losses.add(connection, {key: Loss(*held) for key, held in sums.items()})

    def alarms(self, at_ms: int) -> tuple[Alarm, ...]:
        """The sources that lose more than a twentieth of what they sent, yesterday and today."""
        return self._lookout.alarms(at_ms)

    def _look(self, at_ms: int) -> list[Alarm]:
        with self._hot.read() as connection:
            days = losses.load(connection, from_day=at_ms // DAY_MS - 1, open_since_ms=at_ms - OPEN_MS)
        by_source: dict[tuple[str, str], Loss] = {}
        for key, one in days.items():
            source = key.workspace, key.source
            by_source[source] = by_source.get(source, Loss()).with_(one)
        return [
            loss_alarm(self._source_of(workspace, source), one)
            for (workspace, source), one in by_source.items()
            if one.sent >= ENOUGH and (one.share or 0) > TOO_MUCH
        ]


def loss_alarm(source: Source, loss: Loss) -> Alarm:
    """The alarm that a source loses too much."""
    said = (
        f"the source {source.name} lost {loss.lost:,} of {loss.sent:,} messages ({loss.share:.1%}) on their way since"
        " yesterday: its pages numbered them, and they never came"
    )
    return Alarm(code="events_lost", said=said, workspace=source.workspace, source=source.name, count=loss.lost)

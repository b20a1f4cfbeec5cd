"""What people said of stored events: right, wrong, or that nobody can say. One verdict an event: the newest holds."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec
from sqlalchemy import delete, select

from zuji.store.metadata_rows import MetadataRows
from zuji.store.verdict_tables import VerdictRow

Judgement = Literal["right", "wrong", "unsure"]
Stratum = Literal["risk", "value", "rest"]
"""What an event was drawn as: one that cleaning doubts, one worth most, any other."""
STRATA: tuple[Stratum, ...] = get_args(Stratum)
MOST_VERDICTS = 100_000
"""Of which figures are made; nobody labels more in a year."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of one event. `stratum`: from which it was drawn; `held_wrong`: whether rules count it as
    wrong under accuracy; `received_at`: when the event came.
    """

    workspace: str
    source: str
    event_id: str
    verdict: Judgement
    fields: tuple[str, ...] = ()
    note: str = ""
    stratum: Stratum
    held_wrong: bool
    received_at: int
    at: int
    by: str


class Verdicts(MetadataRows):
    """The door to the verdicts. Any thread may call it."""

    def keep(self, verdict: Verdict) -> None:
        """Keep what was said; what was said of the event before gives way to it."""
        values = {name: getattr(verdict, name) for name in Verdict.__struct_fields__}
        with self._change() as session:
            session.merge(VerdictRow(**values | {"fields": list(verdict.fields)}))

    def take_back(self, workspace: str, source: str, event_id: str) -> bool:
        """Nothing was said of this event; False when nothing had been."""
        said = (VerdictRow.workspace == workspace, VerdictRow.source == source, VerdictRow.event_id == event_id)
        with self._change() as session:
            gone = session.scalars(delete(VerdictRow).where(*said).returning(VerdictRow.event_id)).all()
        return bool(gone)

    def forget_source(self, workspace: str, source: str) -> None:
        """The data of a source is deleted: nothing was said of it."""
        with self._change() as session:
            session.execute(delete(VerdictRow).where(VerdictRow.workspace == workspace, VerdictRow.source == source))

    def received(self, workspace: str, *, source: str | None, from_ms: int, to_ms: int) -> list[Verdict]:
        """The verdicts on events that came from `from_ms` up to `to_ms` (excluded), newest verdict first."""
        chosen = select(VerdictRow).where(
            VerdictRow.workspace == workspace, VerdictRow.received_at >= from_ms, VerdictRow.received_at < to_ms
        )
        if source is not None:
            chosen = chosen.where(VerdictRow.source == source)
        newest = chosen.order_by(VerdictRow.at.desc(), VerdictRow.source, VerdictRow.event_id)
        return self._all(newest.limit(MOST_VERDICTS), Verdict)

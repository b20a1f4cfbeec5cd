"""An import on its way: chunk by chunk from the file into the spool, noting how far it has come.

A chunk is in the spool before it is noted, so after a kill the last one may be sent twice; its ids are the same, and
the engine drops what it has. Rows before the note are read again, since ids count occurrences, but not sent.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from zuji.collect.importing.chunk import Bad, Chunk, Reader
from zuji.collect.importing.files import MOST_INFLATED, fingerprint
from zuji.collect.importing.ids import RowIds
from zuji.collect.importing.mapping import Mapping, document_of_mapping
from zuji.collect.importing.messages import Written
from zuji.collect.importing.opening import Writes, open_composer, open_reader
from zuji.collect.importing.presets import completed
from zuji.collect.importing.record import Import, ImportLedger, import_id
from zuji.collect.importing.rejects import RejectsWriter
from zuji.collect.spool import SpoolWriter
from zuji.terms.error import Busy, ZujiError
from zuji.terms.message import Receipt
from zuji.terms.source import Source

PER_REQUEST = 5_000
"""Messages of one row of the spool: half of what the engine takes at once in a flood."""
SHOWN = 10
"""Messages and rejects that a dry run shows."""
PATIENCE_S = 120.0
WAIT_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to import: a file, by a mapping, into a source. `name` is the file's for people."""

    path: Path
    name: str
    mapping: Mapping
    source: Source
    own_source: bool
    cap: int = MOST_INFLATED


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What an import acts with. `told` hears of every chunk; raising there interrupts the import, to be resumed."""

    spool: SpoolWriter
    ledger: ImportLedger
    now_ms: Callable[[], int]
    told: Callable[[Import], None] = field(default=lambda _: None)
    sleep: Callable[[float], None] = time.sleep


class Tried(NamedTuple):
    """What a dry run found: how many rows, how many would be rejected and why, and the first of both kinds."""

    rows: int
    sent: int
    rejected: int
    reasons: dict[str, int]
    messages: list[dict[str, object]]
    rejects: list[Bad]
    whole: bool = True
    """Whether the file was read to its end."""


def id_of(order: Order) -> str:
    """The id that an import has or will have. Reads the whole file."""
    return _id_of(order, fingerprint(order.path))


def _id_of(order: Order, content: str) -> str:
    """The same for a file whose content is known by its fingerprint."""
    return import_id(
        workspace=order.source.workspace, source=order.source.id, fingerprint=content, mapping=order.mapping
    )


def try_import(
    order: Order, heard: Callable[[Written], None] = lambda _: None, *, most_rows: int | None = None
) -> Tried:
    """Do all but send: nothing is written anywhere. `heard` is told what every chunk became, its messages as JSON.

    With `most_rows` it ends after the chunk that reaches so many rows.
    """
    reader = open_reader(order.path, order.mapping, cap=order.cap)
    composer, ids = _composer(order, reader), RowIds(completed(order.mapping))
    reasons: Counter[str] = Counter()
    messages: list[dict[str, object]] = []
    rejects: list[Bad] = []
    sent, whole = 0, True
    try:
        for chunk in reader.chunks():
            if most_rows is not None and sent + reasons.total() >= most_rows:
                whole = False
                break
            written = composer.write(chunk, ids.of(chunk))
            heard(written)
            sent += len(written.lines)
            reasons.update(bad.reason for bad in written.bad)
            messages += [msgspec.json.decode(line) for line in written.lines[: SHOWN - len(messages)]]
            rejects += written.bad[: SHOWN - len(rejects)]
    finally:
        ids.close()
    rejected = reasons.total()
    return Tried(sent + rejected, sent, rejected, dict(reasons), messages, rejects, whole)


def begin_import(order: Order, ledger: ImportLedger, *, now_ms: int) -> Import:
    """Note an import that another process will run, once its file and mapping are known to fit each other."""
    content = fingerprint(order.path)
    with ledger.working_on(_id_of(order, content)):
        _composer(order, open_reader(order.path, order.mapping, cap=order.cap))
        return _started(order, content, ledger, now_ms)


def run_import(order: Order, effects: Effects) -> Import:
    """Import a file, or what is left of it after an interruption. Gives the record as it was saved last."""
    ledger = effects.ledger
    content = fingerprint(order.path)
    name = _id_of(order, content)
    with ledger.working_on(name):
        one = _started(order, content, ledger, effects.now_ms())
        try:
            return _carried_through(order, effects, one)
        except ZujiError as failure:
            if not failure.retry:
                latest = ledger.find(order.source.workspace, name) or one
                ledger.save(latest.changed(state="failed", problem=str(failure), ended_at=effects.now_ms()))
            raise


def _started(order: Order, content: str, ledger: ImportLedger, now_ms: int) -> Import:
    before = ledger.find(order.source.workspace, _id_of(order, content))
    one = before if before is not None and _resumable(before, ledger) else _begun(order, content, now_ms)
    one = one.changed(state="running", problem="", ended_at=None)
    ledger.save(one)
    return one


def _resumable(before: Import, ledger: ImportLedger) -> bool:
    """Only an interrupted one, whose rejects are all there: any other begins anew, which its ids make harmless."""
    path = ledger.rejects(before.id)
    return (
        before.state in ("running", "failed", "cancelled")
        and (path.stat().st_size if path.exists() else 0) >= before.rejects_bytes
    )


def _begun(order: Order, content: str, now_ms: int) -> Import:
    return Import(
        id=_id_of(order, content),
        workspace=order.source.workspace,
        source=order.source.id,
        source_name=order.source.name,
        file=order.name,
        fingerprint=content,
        mapping=document_of_mapping(order.mapping),
        own_source=order.own_source,
        started_at=now_ms,
    )


def _carried_through(order: Order, effects: Effects, one: Import) -> Import:
    reader = open_reader(order.path, order.mapping, cap=order.cap)
    composer, ids = _composer(order, reader), RowIds(completed(order.mapping))
    rejects = RejectsWriter(effects.ledger.rejects(one.id), reader.columns, import_id=one.id, size=one.rejects_bytes)
    sender = _Sender(order.source, effects)
    try:
        for chunk in reader.chunks():
            named = ids.of(chunk)
            if _last(chunk) <= one.through:
                continue
            written = _left(composer.write(chunk, named), one.through)
            sender.send(written.lines)
            rejects.add(written.bad)
            one = _advanced(one, written, through=_last(chunk), rejects_bytes=rejects.size)
            effects.ledger.save(one)
            effects.told(one)
    finally:
        ids.close()
        rejects.close()
        sender.close()
    if not one.rejected:
        effects.ledger.rejects(one.id).unlink(missing_ok=True)
    one = one.changed(state="done", ended_at=effects.now_ms())
    effects.ledger.save(one)
    return one


class _Sender:
    """Appends messages to the spool, and waits while that is full."""

    def __init__(self, source: Source, effects: Effects) -> None:
        self._source, self._effects = source, effects
        self._runner = asyncio.Runner()

    def send(self, lines: Sequence[str]) -> None:
        """All of these are in the spool when this returns. Raises Busy when it stays full."""
        for start in range(0, len(lines), PER_REQUEST):
            some = lines[start : start + PER_REQUEST]
            body = f"[{','.join(some)}]".encode()
            self._append(body, len(some))

    def close(self) -> None:
        """Let go of the event loop."""
        self._runner.close()

    def _append(self, body: bytes, count: int) -> None:
        receipt = Receipt(
            workspace=self._source.workspace,
            source=self._source.id,
            key="secret",
            protocol="segment",
            received_at=self._effects.now_ms(),
        )
        waited = 0.0
        while True:
            try:
                self._runner.run(self._effects.spool.append(receipt, body, count))
            except Busy as failure:
                if waited >= PATIENCE_S:
                    raise type(failure)(f"{failure} The import stopped here; the same command goes on.") from failure
                self._effects.sleep(WAIT_S)
                waited += WAIT_S
            else:
                return


def _composer(order: Order, reader: Reader) -> Writes:
    return open_composer(order.mapping, reader.columns, order.source.settings)


def _last(chunk: Chunk) -> int:
    """The last row of the file that a chunk speaks of."""
    return max([*chunk.numbers[-1:], *(bad.number for bad in chunk.broken)], default=0)


def _left(written: Written, through: int) -> Written:
    """What is behind a row."""
    if not through or (written.numbers and written.numbers[0] > through):
        return written
    kept = [place for place, number in enumerate(written.numbers) if number > through]
    return Written(
        [written.lines[place] for place in kept],
        [written.numbers[place] for place in kept],
        [bad for bad in written.bad if bad.number > through],
    )


def _advanced(one: Import, written: Written, *, through: int, rejects_bytes: int) -> Import:
    reasons = Counter(one.reasons) + Counter(bad.reason for bad in written.bad)
    return one.changed(
        through=through,
        rows=one.rows + len(written.lines) + len(written.bad),
        sent=one.sent + len(written.lines),
        rejected=one.rejected + len(written.bad),
        reasons=dict(reasons),
        rejects_bytes=rejects_bytes,
    )

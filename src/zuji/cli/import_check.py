"""A file that was uploaded, checked before it is imported: the first rows through the real stages, in a process apart.

So whatever a file holds, it neither holds the engine's interpreter nor ends it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from zuji.clean.quality_summary import summary
from zuji.collect.importing.messages import Written
from zuji.collect.importing.run import Order, Tried, try_import
from zuji.run.trial import Trial, trial
from zuji.store.quality import CauseFound
from zuji.terms.error import Busy, ZujiError
from zuji.terms.message import decode_messages

CHECKED_ROWS = 20_000
"""About two seconds of work; the quality of more rows is hardly another."""
WITHIN_S = 120.0
MOST_CAUSES = 50


def apart(work: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
    """What a function of a module finds, in a process of its own. Raises what that raised; Busy when it takes long."""
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(
        target=_tell, args=(there, work, given), name="import check", daemon=True
    )
    process.start()
    there.close()  # so that the end of the process ends the wait
    try:
        told = here.recv() if here.poll(WITHIN_S) else Busy("the check takes too long. Try again, or import a part.")
    except EOFError:
        told = Busy("the check ended before it was through; the log of the engine says why.")
    finally:
        process.kill()
        process.join()
        here.close()
    if isinstance(told, ZujiError):
        raise told
    found: dict[str, Any] = told
    return found


def check(order: Order, now_ms: int, *, most_rows: int = CHECKED_ROWS) -> dict[str, Any]:
    """What an import would bring: how many rows pass, how good they are, what is wrong, each with an example row."""
    rows = _Rows()
    with trial(order.source, now_ms=now_ms) as judging:
        tried = try_import(order, lambda written: rows.take(written, judging), most_rows=most_rows)
        figures, causes = judging.figures()
        counts = judging.counts()
    overall = summary(figures).overall
    return {
        **_counted(tried),
        **{term: counts[term] for term in ("stored", "quarantined", "duplicate", "refused")},
        "index": overall.index,
        "dimensions": {name: score._asdict() for name, score in overall.dimensions.items()},
        "causes": rows.with_examples(causes[:MOST_CAUSES]),
        "rejects": [{name: getattr(bad, name) for name in ("number", *_OF_A_REJECT)} for bad in tried.rejects],
    }


_OF_A_REJECT = ("reason", "detail", "cells")


class _Named(msgspec.Struct, rename="camel"):
    """Of a message, what tells it from others."""

    message_id: str = ""


class _Rows:
    """Remembers which row became which message."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._numbers: list[int] = []

    def take(self, written: Written, judging: Trial) -> None:
        """Hand the messages of a chunk on to the stages."""
        self._lines += written.lines
        self._numbers += written.numbers
        judging.take(decode_messages(f"[{','.join(written.lines)}]".encode()))

    def with_examples(self, causes: Sequence[CauseFound]) -> list[dict[str, Any]]:
        """The causes, each with the row and the message that it was found in last."""
        wanted = {one.example for one in causes}
        found: dict[str, tuple[int, Any]] = {}
        decoder = msgspec.json.Decoder(_Named)
        for number, line in zip(self._numbers, self._lines, strict=True):
            name = decoder.decode(line).message_id
            if name in wanted:
                found[name] = (number, msgspec.json.decode(line))
        named = ("dimension", "cause", "event", "property", "found")
        return [
            {**{name: getattr(one, name) for name in named}, "row": row, "message": message}
            for one in causes
            for row, message in [found.get(one.example, (None, None))]
        ]


def _counted(tried: Tried) -> dict[str, Any]:
    return {name: getattr(tried, name) for name in ("rows", "sent", "rejected", "reasons", "whole")}


def _tell(there: Connection, work: Callable[..., dict[str, Any]], given: tuple[Any, ...]) -> None:
    """What that process runs."""
    try:
        there.send(work(*given))
    except ZujiError as failure:
        there.send(failure)

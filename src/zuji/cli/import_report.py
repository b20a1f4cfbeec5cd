"""The report of an import: before it, what a dry run finds and how good the data would be; after it, how good it was.

As JSON or as a page of its own, by the name of the file it is written to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from zuji.cli.report_page import report_page
from zuji.terms.error import BadRequest

if TYPE_CHECKING:
    from zuji.clean.quality_summary import Quality
    from zuji.collect.importing.messages import Written
    from zuji.collect.importing.record import Import
    from zuji.collect.importing.run import Order, Tried
    from zuji.store.quality import CauseFound

Moment = Literal["before", "after"]
SUFFIXES = (".html", ".json")
MOST_CAUSES = 100
BY_DEFAULT = "Judged by the rules as they are by default; what the workspace decided about its data is not known here."
NOT_YET = "No server was running: what waits in the spool is not judged yet. Ask again when it has been taken in."
SHARED = "The source takes other events in too: its figures hold for all that came on the days of the import."


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file. `quality` as the API tells it. `import_id`: of which import; none before it.

    `contents`: what no single row gives away (`clean.file_profile`), and the robots among the rows. Only before it.
    """

    moment: Moment
    file: str
    fingerprint: str
    source: str
    rows: int
    sent: int
    rejected: int
    reasons: dict[str, int]
    quality: dict[str, Any]
    contents: dict[str, Any] = {}
    import_id: str | None = None
    state: str = ""
    rejects: list[dict[str, Any]] = []
    notes: list[str] = []


def report_path(path: Path | None) -> Path | None:
    """Where a report goes. Refused early, not after an hour of importing."""
    if path is not None and path.suffix not in SUFFIXES:
        raise BadRequest(f"a report is written as {' or '.join(SUFFIXES)}, not {path.suffix or path.name!r:.40}.")
    return path


def tried_with_report(order: Order, *, now_ms: int) -> tuple[Tried, ImportReport]:
    """A dry run whose messages also go through cleaning, for trial."""
    from zuji.clean.file_profile import FileProfile
    from zuji.clean.quality_summary import summary
    from zuji.collect.importing.files import fingerprint
    from zuji.collect.importing.run import try_import
    from zuji.run.trial import trial
    from zuji.terms.message import decode_messages

    profile = FileProfile(ZoneInfo(order.mapping.zone))
    with trial(order.source, now_ms=now_ms) as judging:

        def hear(written: Written) -> None:
            messages = decode_messages(f"[{','.join(written.lines)}]".encode())
            judging.take(messages)
            profile.take(messages)

        tried = try_import(order, hear)
        figures, causes = judging.figures()
        robots = judging.robots()
    return tried, ImportReport(
        moment="before",
        file=order.name,
        fingerprint=fingerprint(order.path),
        source=order.source.name,
        rows=tried.rows,
        sent=tried.sent,
        rejected=tried.rejected,
        reasons=tried.reasons,
        quality=_told(summary(figures).overall, causes),
        contents={**profile.told(), "robots": robots},
        rejects=[bad._asdict() for bad in tried.rejects],
        notes=[BY_DEFAULT],
    )


def report_after(one: Import, quality: dict[str, Any], *, notes: Sequence[str]) -> ImportReport:
    """What became of an import; `quality` as the API tells it of the import's source and days."""
    return ImportReport(
        moment="after",
        import_id=one.id,
        state=one.state,
        file=one.file,
        fingerprint=one.fingerprint,
        source=one.source_name,
        rows=one.rows,
        sent=one.sent,
        rejected=one.rejected,
        reasons=one.reasons,
        quality={name: quality[name] for name in ("index", "dimensions", "causes")},
        notes=[*notes, *([] if one.own_source else [SHARED])],
    )


def write_report(report: ImportReport, path: Path) -> None:
    """As a page or as JSON."""
    document = msgspec.to_builtins(report)
    text = report_page(document) if path.suffix == ".html" else json.dumps(document, ensure_ascii=False, indent=2)
    path.write_text(text, encoding="utf-8")


def _told(quality: Quality, causes: Sequence[CauseFound]) -> dict[str, Any]:
    """As the API tells it."""
    names = ("dimension", "cause", "event", "property", "found", "example")
    return {
        "index": quality.index,
        "dimensions": {name: score._asdict() for name, score in quality.dimensions.items()},
        "causes": [{name: getattr(one, name) for name in names} for one in causes[:MOST_CAUSES]],
    }

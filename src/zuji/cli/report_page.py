"""The report of an import as one page of HTML that needs nothing else. Every value on it is text, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

_TITLES = {"before": "Before the import", "after": "After the import"}
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem;width:100%}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8dee6;overflow-wrap:anywhere}"
    "td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".index{font-size:2.5rem;font-weight:600}.note{color:#5a6675}"
)
_PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<title>{title}</title><style>{style}</style></head><body><h1>{title}</h1>{parts}</body></html>\n"
)
_NUMBERS = frozenset({"rows", "found", "checked", "wrong", "score", "row", "empty", "zero"})
_MOST_FIELDS = 40


def report_page(report: Mapping[str, Any]) -> str:
    """The page of a report, given as plain values."""
    quality = report["quality"]
    facts = [
        (name, report[key])
        for name, key in (
            ("source", "source"), ("import", "import_id"), ("state", "state"), ("fingerprint", "fingerprint"),
            ("rows", "rows"), ("messages", "sent"), ("rejected", "rejected"),
        )
        if report[key] not in (None, "")
    ]  # fmt: skip
    scores = [(name, one["checked"], one["wrong"], _score(one["score"])) for name, one in quality["dimensions"].items()]
    columns = ("found", "dimension", "cause", "event", "property", "example")
    parts = [
        *(f'<p class="note">{escape(note)}</p>' for note in report["notes"]),
        _table("File", ("", ""), facts),
        f'<h2>Quality</h2><p class="index">{_score(quality["index"])}</p>',
        _table("", ("dimension", "checked", "wrong", "score"), scores),
        _table("What is wrong", columns, ([one[name] for name in columns] for one in quality["causes"])),
        *_contents(report["contents"]),
        _table("Rejected rows", ("reason", "rows"), sorted(report["reasons"].items())),
        _table(
            "The first of them",
            ("row", "reason", "detail"),
            ([one["number"], one["reason"], one["detail"]] for one in report["rejects"]),
        ),
    ]
    title = f"{_TITLES[report['moment']]}: {report['file']}"
    return _PAGE.format(title=escape(title), style=_STYLE, parts="".join(parts))


def _contents(contents: Mapping[str, Any]) -> Iterator[str]:
    """What stands in the file as a whole; nothing where nobody looked."""
    if not contents:
        return
    days = contents["stray_days"]
    between = f" ({days[0]} to {days[-1]})" if days else ""
    facts = (
        ("first", contents["first"] or "–"),
        ("last", contents["last"] or "–"),
        ("rows on days that hardly any other row lies on", f"{contents['stray']}{between}"),
        ("rows that are alike in everything", contents["alike"]),
        ("rows of one person and kind on one moment", contents["same_moment"]),
        *((f"events of robots, {sign}", events) for sign, events in contents["robots"].items()),
    )
    columns = ("event", "field", "rows", "empty", "zero")
    telling = [one for one in contents["fields"] if one["empty"] or one["zero"]]
    yield _table("What stands in the file", ("", ""), facts)
    yield _table("Rows by event", ("event", "rows"), contents["events"].items())
    yield _table(
        "Fields left empty or zero", columns, ([one[name] for name in columns] for one in telling[:_MOST_FIELDS])
    )


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}"


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with its title; nothing at all where there are no rows."""
    kinds = [' class="number"' if column in _NUMBERS else "" for column in columns]
    body = [
        "".join(f"<td{kind}>{escape(str(cell))}</td>" for kind, cell in zip(kinds, row, strict=True)) for row in rows
    ]
    if not body:
        return ""
    heads = "".join(f"<th{kind}>{escape(column)}</th>" for kind, column in zip(kinds, columns, strict=True))
    lines = "".join(f"<tr>{line}</tr>" for line in body)
    head = f"<thead><tr>{heads}</tr></thead>" if any(columns) else ""
    return (f"<h2>{escape(title)}</h2>" if title else "") + f"<table>{head}<tbody>{lines}</tbody></table>"

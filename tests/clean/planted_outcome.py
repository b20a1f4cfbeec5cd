"""What becomes of traffic with planted defects: rates by kind, as a table that says where a rate is missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from clean_builders import a_receipt
from planted import Row

from zuji.clean.batch import Cleaned, Facts, Received, clean_batch
from zuji.clean.deduplicate import deduplicate, id_hash
from zuji.collect.decode.request import Request
from zuji.collect.decode.segment import decode
from zuji.run.inferring import infer
from zuji.terms.event import Flag
from zuji.terms.source import Source, SourceSettings

AT_ONCE = 1_000
NONE = "(no defect)"
"""The line of the table about rows in which nothing was planted."""
HEAD = "| kind | caught | values true as sent | values true as stored |\n|---|---|---|---|"
Cells = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """How to read of a schema what was sent and what is stored, under the names of the truth."""

    sent: Callable[[Row], Cells]
    stored: Callable[[Row, Cells], Cells]


@dataclass
class Outcome:
    """What became of planted traffic. Counters go by kind of defect."""

    planted: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    true_before: Counter[str] = field(default_factory=Counter)
    true_after: Counter[str] = field(default_factory=Counter)
    clean_rows: int = 0
    touched: list[tuple[Row, str]] = field(default_factory=list)
    said_of_bursts: dict[str, set[str]] = field(default_factory=dict)
    said_instead: Counter[str] = field(default_factory=Counter)

    @property
    def caught_share(self) -> float:
        """Of the planted defects, which share got the right reason."""
        return self.caught.total() / self.planted.total()

    @property
    def touched_share(self) -> float:
        """Of the rows without defect, which share was flagged, set aside or changed."""
        return len(self.touched) / self.clean_rows

    @property
    def true_share(self) -> float:
        """Of the values that are stored, which share is the truth."""
        return self.true_after.total() / self.values.total()

    @property
    def sent_true_share(self) -> float:
        """Of the same values, which share was the truth as they were sent."""
        return self.true_before.total() / self.values.total()

    @property
    def worst_share(self) -> float:
        """How many are caught of the kind that is caught least."""
        return min(self.caught[kind] / many for kind, many in self.planted.items())

    def note(self, row: Row, words: set[str], stored: Cells | None, reader: Reader) -> None:
        """Count one row: what cleaning said of it, and which of its values are true."""
        if row.burst:
            self.said_of_bursts.setdefault(row.burst, set()).update(words)
            return
        if row.defect and row.expected:
            is_caught = any(word.startswith(row.expected) for word in words)
            self.planted[row.defect] += 1
            self.caught[row.defect] += is_caught
            if not is_caught:
                self.said_instead[f"{row.defect}: {','.join(sorted(words)) or 'nothing'}"] += 1
        elif not row.defect:
            self.clean_rows += 1
            if words:
                self.touched.append((row, ",".join(sorted(words))))
        if stored is None:
            return
        before, after, kind = reader.sent(row), reader.stored(row, stored), row.defect or NONE
        for name, true in row.truth.items():
            self.values[kind] += 1
            self.true_before[kind] += is_same(before.get(name), true)
            self.true_after[kind] += is_same(after.get(name), true)

    def end(self) -> None:
        """A burst is one defect: it is caught when any of its rows is known for what it is."""
        for words in self.said_of_bursts.values():
            self.planted["pages in a flood"] += 1
            self.caught["pages in a flood"] += "robot:rate" in words

    def table(self) -> str:
        """The rates by kind and in all, in Markdown; below it what was said instead of the right reason."""
        lines = [self._line(kind) for kind in [NONE, *sorted(self.planted)]]
        caught = f"{self.caught.total()} of {self.planted.total()}, {self.caught_share:.2%}"
        shares = f"{self.sent_true_share:.2%} | {self.true_share:.2%}"
        lines.append(f"| **{len(self.planted)} kinds** | {caught} | {shares} |")
        said = [f"  instead {words}: {many}" for words, many in self.said_instead.most_common(20)]
        said += [f"  touched: {words} {row.item}"[:300] for row, words in self.touched[:5]]
        clean = f"{self.clean_rows} clean rows, {len(self.touched)} touched, {self.touched_share:.3%}"
        return "\n".join([HEAD, *lines, "", clean, *said])

    def _line(self, kind: str) -> str:
        many, values = self.planted[kind], self.values[kind]
        caught = f"{self.caught[kind]} of {many}" if many else ""
        before, after = ("", "") if not values else (self.true_before[kind] / values, self.true_after[kind] / values)
        shares = " | ".join(f"{share:.1%}" if share != "" else "" for share in (before, after))
        return f"| {kind} | {caught} | {shares} |"


def outcome_of(rows: Sequence[Row], facts: Facts, reader: Reader) -> Outcome:
    """Send rows through the decoder, deduplication, cleaning and inference, and compare with what is known of them."""
    outcome = Outcome()
    seen: set[bytes] = set()
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        items = received_of(batch, start)
        hashes = id_hash("shop", "web", 0, [item.message.message_id for item in items])
        known = np.array([word.tobytes() in seen for word in hashes], dtype=np.bool_)
        fresh = np.flatnonzero(deduplicate(hashes, known)).tolist()
        seen.update(word.tobytes() for word in hashes)
        said, cells = told([items[index] for index in fresh], facts, ms(batch[-1].at) + 1_000)
        places = {index: place for place, index in enumerate(fresh)}
        for index, row in enumerate(batch):
            place = places.get(index)
            words = {"duplicate"} if place is None else said[place]
            outcome.note(row, words, None if place is None else cells.get(place), reader)
    outcome.end()
    return outcome


def received_of(batch: Sequence[Row], start: int) -> list[Received]:
    """Each message as the gateway takes it, in a request of its own, received as it was sent."""
    source = Source("web", "shop", "the site", settings=SourceSettings())
    found = []
    for index, row in enumerate(batch):
        body = msgspec.json.encode({"batch": [row.item]})
        request = Request("POST", "/v1/batch", {}, {}, body, ms(row.at))
        [message] = decode(request, source.settings).messages
        receipt = a_receipt(received_at=ms(row.at), ip="", from_browser=False)
        found.append(Received(start + index, receipt, message, source))
    return found


def told(items: Sequence[Received], facts: Facts, now_ms: int) -> tuple[dict[int, set[str]], dict[int, Cells]]:
    """By number of the item: the words cleaning has for it, and the row that is stored."""
    cleaned: Cleaned = clean_batch(items, facts=facts, now_ms=now_ms)
    completed = infer(cleaned.frame, cleaned.subjects, items, facts=facts, now_ms=now_ms)
    facts.memory.settle()
    words: dict[int, set[str]] = {one.index: {one.reason} for one in cleaned.rejections}
    cells: dict[int, Cells] = {}
    for place, stored in zip(cleaned.kept, cleaned.frame.iter_rows(named=True), strict=True):
        flags = {flag.name or "" for flag in Flag if stored["flags"] & flag}
        words[place] = flags | set(filter(None, stored["flag_reason"].split(",")))
        cells[place] = stored
    for row in completed.inferred:
        words[cleaned.kept[completed.origins[row]]].add(completed.frame["flag_reason"][row])
    return words, cells


def is_same(found: Any, true: Any) -> bool:
    """Whether a value is the true one; times to the second, as requests take their time."""
    if isinstance(true, datetime):
        return isinstance(found, datetime) and abs(found - true) < timedelta(seconds=1)
    if isinstance(true, float):
        return isinstance(found, int | float) and abs(found - true) < 1e-6
    return bool(found == true)


def ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)

"""The numbers that pages give their messages: which of them a batch brings, and what that makes of what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zuji.clean.sheet import Sheet
from zuji.store.losses import Arrived, Gap, NumberedPage
from zuji.terms.source import Source

DAY_MS = 86_400_000
HIGHEST = 100_000
"""More no page sends. A number beyond it is a mistake, and would make everything else look lost."""
LONGEST = 64
"""Characters in the name of a page."""
MOST_GAPS = 50
"""Of a page with more holes than these, the oldest are given up: what is lost there stays lost."""


class Numbers(NamedTuple):
    """What a batch brings of a page: its numbers, the day of the first of them, and when the latest was said."""

    numbers: list[int]
    day: int
    said_at: int


def numbers_in(sheet: Sheet) -> dict[NumberedPage, Numbers]:
    """The numbers of all rows, by page. What is set aside or refused arrived too: it was not lost on the way."""
    if not any(context.sequence for context in sheet.distinct_contexts):
        return {}
    found: dict[NumberedPage, Numbers] = {}
    for source, pages in _rows_by_page(sheet):
        for page, (row, *said) in pages.items():
            numbers = said if min(said) > 0 and max(said) <= HIGHEST else [n for n in said if 0 < n <= HIGHEST]
            if numbers and len(page) <= LONGEST:
                day = sheet.rows[row].receipt.received_at // DAY_MS
                found[NumberedPage(source.workspace, source.id, page)] = Numbers(
                    numbers, day, int(sheet.occurred_at[row])
                )
    return found


def _rows_by_page(sheet: Sheet) -> Iterable[tuple[Source, dict[str, list[int]]]]:
    """Of each source its pages; of each page the first row and then its numbers. All that is done for every event."""
    by_source: dict[tuple[str, str], tuple[Source, dict[str, list[int]]]] = {}
    source: Source | None = None
    for row, (received, context) in enumerate(zip(sheet.rows, sheet.contexts, strict=True)):
        said = context.sequence
        if said is None or said.page is None or said.n is None:
            continue
        if received.source is not source:
            source = received.source
            pages = by_source.setdefault((source.workspace, source.id), (source, {}))[1]
        held = pages.get(said.page)
        if held is None:
            pages[said.page] = [row, said.n]
        else:
            held.append(said.n)
    return by_source.values()


def after(before: Arrived, numbers: list[int]) -> Arrived:
    """What arrived of a page once these numbers have come too, in whichever order and however often.

    >>> after(Arrived(day=0, highest=2), [6, 3, 2])
    Arrived(day=0, highest=6, missing=2, gaps=((4, 5),))
    """
    if numbers == list(range(before.highest + 1, before.highest + 1 + len(numbers))):
        return Arrived(before.day, before.highest + len(numbers), before.missing, before.gaps)
    highest, missing, gaps = before.highest, before.missing, list(before.gaps)
    for number in sorted(numbers):
        if number > highest:
            if number > highest + 1:
                gaps.append((highest + 1, number - 1))
                missing += number - 1 - highest
            highest = number
        elif gaps:
            place = next((place for place, (first, last) in enumerate(gaps) if first <= number <= last), None)
            if place is not None:
                gaps[place : place + 1] = _without(gaps[place], number)
                missing -= 1
    return Arrived(before.day, highest, missing, tuple(gaps[-MOST_GAPS:]))


def _without(gap: Gap, number: int) -> Iterator[Gap]:
    first, last = gap
    if first < number:
        yield first, number - 1
    if number < last:
        yield number + 1, last

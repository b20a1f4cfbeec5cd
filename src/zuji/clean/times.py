"""When an event happened: the client's time, corrected for its clock, within bounds.

The rules, in this order (all times in milliseconds since 1970; `sent` is the client's clock at the sending):

1. No usable time of the event: the time of receipt, flagged as guessed.
2. No usable `sent`: as given. This is how history is imported.
3. `sent` before the event: a clock that jumped; the time of receipt, flagged as clamped.
4. The clock is right to a second: as given.
5. Else `received - (sent - event)`, flagged as corrected. Some clients keep the `sent` of their first try when they
   try again, which looks like a clock that is behind: theirs is believed only beyond an hour.

Then: up to a day after the receipt becomes the time of receipt, more is rejected, and so is what lies before the
earliest year of the source.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from zuji.clean.coded import Codes
from zuji.clean.sheet import Sheet
from zuji.terms.event import Flag
from zuji.terms.message import Scalar

Times = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Flags = npt.NDArray[np.uint32]

SECOND_MS = 1_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NO_TIME = -(2**62)
"""Stands for "none" in a column of times."""
FURTHEST_MS = 8_640_000_000_000_000  # JavaScript's last moment; beyond it a number is no time
SECONDS_BELOW = 100_000_000_000  # as milliseconds this is March 1973, as seconds the year 5138

KEEPS_FIRST_SENT_AT = frozenset(
    {"rudder-sdk-node", "@rudderstack/rudder-sdk-node", "analytics-node", "posthog-node", "posthog-python"}
)
"""Libraries seen to send the time of their first try again with later ones."""

_USUAL = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]\.[0-9]{3}Z$"
_AS_BROWSERS_WRITE = "%Y-%m-%dT%H:%M:%S%.3fZ"
"""What JavaScript's `toISOString` gives, so most clients: reading these together takes a tenth of the time."""
_EXAMPLE = np.frombuffer(b"2026-11-21T08:00:00.500Z", dtype=np.uint8)
_DIGITS = (ord("0") <= _EXAMPLE) & (ord("9") >= _EXAMPLE)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def correct_times(sheet: Sheet) -> None:
    """Settle `occurred_at` of every row, and reject what lies too far ahead or too far back."""
    given, sent = _as_given(sheet)
    received = np.array([row.receipt.received_at for row in sheet.receipts], dtype=np.int64)[sheet.receipt_codes]
    occurred, flags = corrected(given, sent, received, keeps_first_sent=_sent_by_forgetful(sheet))
    years = [earliest_ms(row.source.settings.earliest_year) for row in sheet.receipts]
    earliest = np.array(years, dtype=np.int64)[sheet.receipt_codes]
    for number in np.flatnonzero(occurred > received).tolist():
        ahead = timedelta(milliseconds=int(occurred[number] - received[number]))
        sheet.reject(number, "future_time", f"dated {ahead} after its receipt")
    for number in np.flatnonzero(occurred < earliest).tolist():
        year = sheet.rows[number].source.settings.earliest_year
        sheet.reject(number, "too_old", f"dated before {year}, the earliest year of its source")
    sheet.occurred_at = occurred
    sheet.flags |= flags


def _sent_by_forgetful(sheet: Sheet) -> Mask:
    """Rows of libraries that send the time of their first try again: Segment's name themselves in the context."""
    named = [message.library in KEEPS_FIRST_SENT_AT for message in sheet.messages]
    libraries = [context.library for context in sheet.distinct_contexts]
    in_context = [library is not None and library.name in KEEPS_FIRST_SENT_AT for library in libraries]
    return np.array(named, dtype=np.bool_) | np.array(in_context, dtype=np.bool_)[sheet.context_codes]


def corrected(given: Times, sent: Times, received: Times, *, keeps_first_sent: Mask) -> tuple[Times, Flags]:
    """The rules above, on columns. What is still more than a day ahead is left there, to be rejected."""
    has_time, has_sent = given != NO_TIME, sent != NO_TIME
    skew = np.where(has_sent, received - sent, 0)
    jumped = has_time & has_sent & (sent < given)
    retried = keeps_first_sent & (skew > 0) & (skew <= HOUR_MS)
    wrong_clock = has_time & has_sent & ~jumped & (np.abs(skew) >= SECOND_MS) & ~retried
    occurred = np.where(has_time & ~jumped, given, received)
    occurred = np.where(wrong_clock, given + skew, occurred)
    ahead = (occurred > received) & (occurred - received <= DAY_MS)
    occurred = np.where(ahead, received, occurred)
    flags = np.zeros(len(given), dtype=np.uint32)
    flags[~has_time] |= np.uint32(Flag.TIME_GUESSED)
    flags[wrong_clock] |= np.uint32(Flag.TIME_CORRECTED)
    flags[ahead | jumped] |= np.uint32(Flag.TIME_CLAMPED)
    flags[received - occurred > DAY_MS] |= np.uint32(Flag.LATE)
    return occurred, flags


def milliseconds(value: Scalar, zone: tzinfo) -> int | None:
    """A time as clients write it. A text without an offset is a wall clock in `zone`; small numbers are seconds.

    >>> milliseconds("2026-11-21T08:00:00.5+08:00", UTC), milliseconds("1763683200", UTC), milliseconds("soon", UTC)
    (1795219200500, 1763683200000, None)
    """
    if isinstance(value, str):
        if value[4:5] == "-":  # the usual shape; C code reads it in 0.2 µs
            try:
                return _of_datetime(datetime.fromisoformat(value), zone)
            except (ValueError, OverflowError):
                pass
        return _of_odd_text(value.strip(), zone)
    return None if value is None else _of_number(value)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """A time zone by name; UTC when nobody knows it."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return UTC


@lru_cache(maxsize=1024)
def earliest_ms(year: int) -> int:
    """The beginning of a year. The event store's own first year is 1900."""
    return (datetime(min(max(year, 1900), 9999), 1, 1, tzinfo=UTC) - _EPOCH) // _MS


def _as_given(sheet: Sheet) -> tuple[Times, Times]:
    """The columns of the events' own times and of the sendings, by the clients' clocks."""
    zones = [zone_of(row.source.settings.timezone) for row in sheet.receipts]
    of_batches = [
        _or_none(milliseconds(row.receipt.sent_at, zone)) for row, zone in zip(sheet.receipts, zones, strict=True)
    ]
    sent = np.array(of_batches, dtype=np.int64)[sheet.receipt_codes]
    own = [message.sent_at for message in sheet.messages]
    if any(value is not None for value in own):  # the batch's time of sending wins over the message's own
        sent = np.where(sent == NO_TIME, times_of(own, zones, sheet.receipt_codes), sent)
    return times_of([message.timestamp for message in sheet.messages], zones, sheet.receipt_codes), sent


def times_of(values: Sequence[Scalar], zones: Sequence[tzinfo], codes: Codes | Sequence[int]) -> Times:
    """A column of times as clients wrote them: those of the usual form together, the others one by one."""
    if (read := _all_usual(values)) is not None:
        return read
    texts = pl.Series([value if type(value) is str else None for value in values], dtype=pl.String)
    usual = texts.set(~texts.str.contains(_USUAL), None).str.to_datetime(
        _AS_BROWSERS_WRITE, time_unit="ms", strict=False
    )
    times = usual.to_physical().fill_null(NO_TIME).to_numpy(writable=True)
    for number in np.flatnonzero(times == NO_TIME).tolist():
        times[number] = _or_none(milliseconds(values[number], zones[codes[number]]))
    return times


def _all_usual(values: Sequence[Scalar]) -> Times | None:
    """Times that all have the usual form, as one table of letters: a tenth of the time again. None: some have not."""
    texts = [value for value in values if type(value) is str and len(value) == len(_EXAMPLE)]
    letters = np.frombuffer("".join(texts).encode(), dtype=np.uint8)
    if not texts or len(texts) < len(values) or len(letters) != len(texts) * len(_EXAMPLE):
        return None
    table = letters.reshape(-1, len(_EXAMPLE))
    digits = table[:, _DIGITS] - ord("0")  # below "0" they wrap around to large ones
    if (digits > 9).any() or (table[:, ~_DIGITS] != _EXAMPLE[~_DIGITS]).any() or (digits[:, 0] - 1 > 1).any():
        return None
    try:
        moments = np.ascontiguousarray(table[:, :-1]).view(f"S{len(_EXAMPLE) - 1}").ravel().astype("datetime64[ms]")
    except ValueError:  # a 30th of February, a second 60
        return None
    times: Times = moments.astype(np.int64)
    return times


def _or_none(at: int | None) -> int:
    return NO_TIME if at is None else at


def _of_datetime(moment: datetime, zone: tzinfo) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - _EPOCH) // _MS


def _of_number(number: float) -> int | None:
    if isinstance(number, float) and not math.isfinite(number):
        return None
    found = math.floor(number * 1000 if abs(number) < SECONDS_BELOW else number)
    return found if abs(found) <= FURTHEST_MS else None


def _of_odd_text(text: str, zone: tzinfo) -> int | None:
    """Numbers as text, slashes for dashes, a zone's name at the end, the dates of mail headers; None for all else."""
    for read in (_read_number, _read_loose_iso, _read_mail_date):
        try:
            return read(text, zone)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _read_number(text: str, zone: tzinfo) -> int | None:
    return _of_number(int(text) if text.isdecimal() else float(text))


def _read_loose_iso(text: str, zone: tzinfo) -> int:
    usual = text.upper().replace("/", "-")
    for name in (" UTC", " GMT"):
        if usual.endswith(name):
            return _of_datetime(datetime.fromisoformat(usual.removesuffix(name)), UTC)
    return _of_datetime(datetime.fromisoformat(usual), zone)


def _read_mail_date(text: str, zone: tzinfo) -> int:
    return _of_datetime(parsedate_to_datetime(text), zone)

"""Times as files write them, column by column: naive ones are wall clocks in the mapping's zone."""

from __future__ import annotations

import polars as pl

from zuji.collect.importing.mapping import EPOCHS

AS_SENT = "%Y-%m-%dT%H:%M:%S%.3fZ"
"""The form that most clients send, and that the engine reads fastest."""

_TEXT = pl.col("text")
_EARLIEST_MS, _LATEST_MS = -62_135_596_800_000, 253_402_300_799_999
"""The years 1 to 9999, which ISO 8601 can write."""
_OFFSET = r"(?i)(:\d{2}(?:\.\d+)?) ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})$"
_ISO = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y%m%d%H%M%S", "%Y%m%d")
_USUAL = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%d %H:%M:%S UTC")
"""The same in a tenth of the time, tried first."""
_ISO_WITH_OFFSET = "%Y-%m-%d %H:%M:%S%.f%z"


def time_of(text: pl.Expr, formats: tuple[str, ...], zone: str) -> pl.Expr:
    """The moment as clients send it; null when it can be read in none of the ways.

    >>> frame = pl.DataFrame({"at": ["2026-11-21 08:00:00", "2026/11/21 08:00:00.5 UTC", "soon"]})
    >>> frame.select(time_of(pl.col("at"), (), "Asia/Shanghai"))["at"].to_list()
    ['2026-11-21T00:00:00.000Z', '2026-11-21T08:00:00.500Z', None]
    """
    ways = [_written(_TEXT, format_, zone) for format_ in formats] or _iso(_TEXT, zone)

    def read(texts: pl.Series) -> pl.Series:
        """One way after the other, as long as any text is left: most files write all times in one way."""
        frame = texts.alias("text").to_frame().with_columns(at=pl.lit(None, pl.Datetime("ms", "UTC")))
        for way in ways:
            frame = frame.with_columns(at=pl.coalesce("at", way))
            if frame["at"].null_count() == texts.null_count():
                break
        return frame["at"].dt.strftime(AS_SENT)

    return text.map_batches(read, return_dtype=pl.String, is_elementwise=True)


def _written(text: pl.Expr, format_: str, zone: str) -> pl.Expr:
    if format_ in EPOCHS:
        number = text.str.strip_chars().cast(pl.Float64, strict=False)
        # Rounded, since a fraction of a second is never quite the decimal that was written.
        at = (number * (1000 if format_ == "seconds" else 1)).round()
        usable = pl.when(at.is_between(_EARLIEST_MS, _LATEST_MS)).then(at)
        return usable.cast(pl.Int64, strict=False).cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")
    if format_.endswith(("Z", " UTC")) and not format_.endswith("%Z"):
        return text.str.strip_chars().str.to_datetime(format_, time_unit="ms", strict=False).dt.replace_time_zone("UTC")
    if "%z" in format_ or "%:z" in format_ or "%#z" in format_:
        return text.str.strip_chars().str.to_datetime(format_, time_unit="ms", strict=False)
    if not any(sign in format_ for sign in ("%H", "%I", "%T", "%R", "%s")):
        day = text.str.strip_chars().str.to_date(format_, strict=False).cast(pl.Datetime("ms"))
        return _in_zone(day, zone)
    return _in_zone(text.str.strip_chars().str.to_datetime(format_, time_unit="ms", strict=False), zone)


def _iso(text: pl.Expr, zone: str) -> list[pl.Expr]:
    """ISO 8601 and what looks like it: blanks for the T, slashes for dashes, the name of UTC for its offset."""
    plain = text.str.strip_chars().str.replace_all("/", "-", literal=True).str.replace(r"(\d)T(\d)", "${1} ${2}")
    offset = plain.str.extract(_OFFSET, 2).str.replace(r"(?i)^(Z|UTC|GMT)$", "+0000")
    bare = plain.str.replace(_OFFSET, "${1}")
    aware = pl.concat_str(bare, offset).str.to_datetime(_ISO_WITH_OFFSET, time_unit="ms", strict=False)
    usual = [_written(text, format_, zone) for format_ in _USUAL]
    return [*usual, aware, *(_written(pl.when(offset.is_null()).then(bare), format_, zone) for format_ in _ISO)]


def _in_zone(naive: pl.Expr, zone: str) -> pl.Expr:
    """A wall clock's reading as a moment. Of two the earlier one; of an hour that the clock skipped, none."""
    return naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")

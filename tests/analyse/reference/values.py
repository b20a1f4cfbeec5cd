"""What a value says: as text, as a number, as a moment; and where a property's value is found."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from analyse.reference.world import Event

STAND_IN = frozenset(
    [
        "url",
        "url_host",
        "url_path",
        "page_title",
        "referrer",
        "referrer_host",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_term",
        "utm_content",
        "device_type",
        "device_model",
        "os",
        "os_version",
        "browser",
        "browser_version",
        "app_name",
        "app_version",
        "locale",
        "region_code",
        "channel",
        "amount",
        "currency",
        "product_id",
        "category",
    ]
)
"""Standard fields that a property's name reaches where the event has no such property."""
FIELDS = STAND_IN | frozenset(
    [
        "event_id",
        "type",
        "event",
        "occurred_at",
        "received_at",
        "source",
        "key",
        "group_id",
        "library",
        "library_version",
        "user_agent",
        "ip",
        "element",
        "text_ref",
        "flag_reason",
    ]
)
"""Every standard field, reached by its name with `$` before it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)


def text_of(value: Any) -> str | None:
    """The text of a value; None where it has none."""
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Decimal):
        return number_text(float(value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def number_text(number: float) -> str:
    """The fewest digits that mean this number, without an exponent from 1e-6 to below 1e21."""
    if number == 0:
        return "0"
    written = Decimal(repr(number))
    if 1e-6 <= abs(number) < 1e21:
        plain = format(written, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    digits = "".join(str(digit) for digit in written.as_tuple().digits).rstrip("0")
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{'-' if number < 0 else ''}{digits[0]}{rest}e{written.adjusted()}"


def number_of(value: Any) -> float | None:
    """The number that a value is, or that a text is written as."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    if not isinstance(value, str | int | float | Decimal):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def local_moment(day: date, hour: int, minute: int, milliseconds: int, zone: ZoneInfo) -> int:
    """The instant when the local clock shows this: skipped, on by the gap; twice, the first."""
    shown = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)  # fold=0 does both
    return to_ms(shown) + milliseconds


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, exact."""
    return (moment.astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)


def day_of(text: str) -> date | None:
    """The day that a text `YYYY-MM-DD` names."""
    parts = _DAY.fullmatch(text)
    if not parts:
        return None
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        return None


def moment_of(text: str, zone: ZoneInfo) -> int | None:
    """The moment that a text `YYYY-MM-DDTHH:MM[:SS[.fff]][Z|+HH:MM]` names, in the zone where it says none."""
    parts = _MOMENT.fullmatch(text)
    day = day_of(text[:10])
    if not parts or day is None:
        return None
    hour, minute, second = int(parts[2]), int(parts[3]), int(parts[4] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    milliseconds = second * 1000 + int((parts[5] or "0").ljust(3, "0"))
    if parts[6] is None:
        return local_moment(day, hour, minute, milliseconds, zone)
    plain = local_moment(day, hour, minute, milliseconds, ZoneInfo("UTC"))
    if parts[6] == "Z":
        return plain
    away = (int(parts[6][1:3]) * 60 + int(parts[6][4:6])) * 60_000
    return plain - away if parts[6][0] == "+" else plain + away


def time_of(value: Any, zone: ZoneInfo) -> int | None:
    """The moment that a value is written as; a day is its first instant."""
    if not isinstance(value, str):
        return None
    day = day_of(value)
    return moment_of(value, zone) if day is None else local_moment(day, 0, 0, 0, zone)


def time_text(at: int) -> str:
    """How a standard field that is a time reads as text."""
    moment = EPOCH + timedelta(milliseconds=at)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03}Z"


def field_of(event: Event, name: str) -> Any:
    """A standard field; an empty one is None."""
    if name == "occurred_at":
        return time_text(event.at)
    if name in ("event", "type", "event_id"):
        return getattr(event, name) or None
    value = event.fields.get(name)
    return None if value == "" else value


def inside(values: Mapping[str, Any], name: str) -> Any:
    """The value of this name; else, where the name has dots, what lies at that path. Null is as if absent."""
    if values.get(name) is not None:
        return values[name]
    found: Any = values
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def property_of(event: Event, name: str) -> Any:
    """An event's property, or the standard field of that name."""
    if name.startswith("$") and name[1:] in FIELDS:
        return field_of(event, name[1:])
    own = inside(event.properties, name)
    return field_of(event, name) if own is None and name in STAND_IN else own

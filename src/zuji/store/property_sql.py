"""Properties as SQL: the text, the number, the time of a value, as docs/questions.md says (`Properties`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zuji.store.schema import EVENT_COLUMNS
from zuji.store.statement import Statement
from zuji.terms.error import BadQuestion

FieldKind = Literal["text", "amount", "time"]

_NO_FIELDS = frozenset(
    {"workspace", "anchor", "position", "identifiers", "ip", "properties", "context", "flags", "purposes", "text_ref"}
)
_KINDS: dict[str, FieldKind] = {"amount": "amount", "occurred_at": "time", "received_at": "time"}
FIELDS: dict[str, FieldKind] = {name: _KINDS.get(name, "text") for name in EVENT_COLUMNS if name not in _NO_FIELDS}
"""The standard fields of an event that questions may name, with `$` before them. An address or identifier is none."""

STAND_INS = frozenset(
    {
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
    }
)
"""The fields that stand in for a property of the same name where the event has none."""

SESSION_TEXTS = {"entry_page": "session_entry_page", "exit_page": "session_exit_page"}
SESSION_NUMBERS = {
    "duration_seconds": "session_ms / 1000",
    "events": "session_events",
    "pages": "session_pages",
}

_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"


@dataclass(frozen=True, slots=True)
class Value:
    """The SQL of one property: `text` is Nullable(String), `number` Nullable(Float64), `ms` Nullable(Int64)."""

    text: str
    number: str
    ms: str


def event_value(statement: Statement, name: str, *, zone: str) -> Value:
    """A property of an event, or one of its standard fields."""
    if name.startswith("$") and name[1:] in FIELDS:
        return _field(statement, name[1:], zone)
    own = _json(statement, "properties", name, zone)
    if name not in STAND_INS:
        return own
    field = _field(statement, name, zone)
    # The field stands in for a property that is missing, not for one that is no number or no time.
    return Value(
        f"coalesce({own.text}, {field.text})",
        f"if(isNull({own.text}), {field.number}, {own.number})",
        f"if(isNull({own.text}), {field.ms}, {own.ms})",
    )


def moment_value(statement: Statement, name: str, *, zone: str) -> Value | None:
    """The hour or the day of the week of an event where a rule asks for it; None for every other name."""
    found = {"$hour": "toHour(occurred_at, {})", "$weekday": "toDayOfWeek(occurred_at, 0, {})"}.get(name)
    if found is None:
        return None
    number = found.format(statement.text(zone))
    return Value(f"toString({number})", f"toFloat64({number})", _NEITHER[1])


def text_value(statement: Statement, text: str, *, zone: str) -> Value:
    """What a Nullable(String) says, whatever it comes from."""
    return _of_text(statement, text, zone)


def number_value(number: str) -> Value:
    """What a Nullable number says; 0 has no sign."""
    return Value(f"toString({number} + 0)", f"toFloat64({number})", _NEITHER[1])


def trait_value(statement: Statement, name: str, *, zone: str) -> Value:
    """A trait of a person, as it is now, over the column `traits`."""
    return _json(statement, "traits", name, zone)


def tagged_value(statement: Statement, name: str, *, zone: str) -> Value:
    """A tag or segment of a person, as it is now, over the column `tagged`: the texts of their values by key."""
    key = statement.text(name)
    return _of_text(statement, f"if(mapContains(tagged, {key}), tagged[{key}], NULL)", zone)


def session_value(statement: Statement, name: str, *, zone: str) -> Value:
    """What is known about an event's session, over the columns that `seen` adds for it; null where it has none."""
    if name in SESSION_TEXTS:
        return _of_text(statement, f"if(session_id = 0, NULL, nullIf({SESSION_TEXTS[name]}, ''))", zone)
    if name in SESSION_NUMBERS:
        number = f"if(session_id = 0, NULL, {SESSION_NUMBERS[name]})"
        return Value(f"toString({number})", f"toFloat64({number})", _NEITHER[1])
    if name == "bounced":
        return Value("if(session_id = 0, NULL, if(session_events = 1, 'true', 'false'))", *_NEITHER)
    known = ", ".join((*SESSION_NUMBERS, *SESSION_TEXTS, "bounced"))
    raise BadQuestion(f"a session has no property {name!r:.80}. There are: {known}.")


_NEITHER = ("CAST(NULL, 'Nullable(Float64)')", "CAST(NULL, 'Nullable(Int64)')")


def _field(statement: Statement, name: str, zone: str) -> Value:
    if FIELDS[name] == "time":
        text = f"toNullable(concat(replaceOne(toString({name}), ' ', 'T'), 'Z'))"
        return Value(text, _NEITHER[0], f"toNullable(toUnixTimestamp64Milli({name}))")
    if FIELDS[name] == "amount":
        return Value(f"toString({name})", f"toFloat64({name})", _NEITHER[1])
    return _of_text(statement, f"nullIf({name}, '')", zone)


def _json(statement: Statement, column: str, name: str, zone: str) -> Value:
    """A dot goes into an object where there is no property with that very name."""
    text = f"JSONExtract({column}, {statement.text(name)}, 'Nullable(String)')"
    if "." in name:
        path = ", ".join(statement.text(part) for part in name.split("."))
        text = f"coalesce({text}, JSONExtract({column}, {path}, 'Nullable(String)'))"
    return _of_text(statement, text, zone)


def _of_text(statement: Statement, text: str, zone: str) -> Value:
    return Value(
        text,
        # What is written as a number beyond all doubles (1e999) would be infinite: it is none.
        f"nullIf(nullIf(toFloat64OrNull(if(match({text}, {statement.text(_NUMBER)}), {text}, NULL)), inf), -inf)",
        f"toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull("
        f"if(match({text}, {statement.text(_TIME)}), {text}, NULL), 3, {statement.text(zone)}))",
    )

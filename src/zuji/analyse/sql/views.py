"""The views that analysts may read: their columns, what these mean, and the SQL each stands for.

A view holds one workspace, bound when the statement runs. Its columns are those of the store, with personal values
masked for roles that may not read them, and with `person` as it is now: merges and splits move it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from zuji.analyse.sql.masks import masked_identifiers, masked_ip, masked_json, masked_text
from zuji.store.people import PersonOfEvent
from zuji.store.profiles import CURRENT_PROFILES

Kept = Literal["as it is", "text", "json", "ip", "identifiers"]
"""How a value is told to a role that may not read personal values."""

_MASKS: dict[Kept, Callable[[str], str]] = {
    "as it is": str,
    "text": masked_text,
    "json": masked_json,
    "ip": masked_ip,
    "identifiers": masked_identifiers,
}


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column: its type in ClickHouse's words, and what it means."""

    name: str
    type: str
    meaning: str
    kept: Kept = "as it is"


@dataclass(frozen=True, slots=True)
class View:
    """What analysts read as if it were a table."""

    name: str
    meaning: str
    columns: tuple[ViewColumn, ...]


_PAIRS = "Array(Tuple(type String, value String))"
_WORD = "String"
_TIME = "DateTime64(3, 'UTC')"

EVENTS = View(
    "events",
    "One row per event: what happened, when, where and to whom.",
    (
        ViewColumn("person", "UInt64", "Whose it is now, after all merges and splits; 0 is nobody."),
        ViewColumn("event", _WORD, "The name of the event."),
        ViewColumn("type", _WORD, "track, identify, page, screen, group, alias or profile (a change of traits)."),
        ViewColumn("occurred_at", _TIME, "When it happened."),
        ViewColumn("received_at", _TIME, "When it was received."),
        ViewColumn("anchor", "UInt64", "The number of the identifier that brought it; it never changes."),
        ViewColumn("position", "UInt64", "Its place in the order of everything received; no two events share one."),
        ViewColumn("event_id", "String", "The message id as sent."),
        ViewColumn("source", _WORD, "The id of the source."),
        ViewColumn("channel", _WORD, "web, app, server, ..."),
        ViewColumn("key", _WORD, "The kind of write key it came with: public or secret."),
        ViewColumn("identifiers", _PAIRS, "Every identifier on it.", "identifiers"),
        ViewColumn("group_id", "String", "The company or household of a group event.", "text"),
        ViewColumn("url", "String", "The page.", "text"),
        ViewColumn("url_host", _WORD, "The page's host.", "text"),
        ViewColumn("url_path", "String", "The page's path.", "text"),
        ViewColumn("page_title", "String", "The page's title.", "text"),
        ViewColumn("referrer", "String", "The page before.", "text"),
        ViewColumn("referrer_host", _WORD, "The host of the page before.", "text"),
        ViewColumn("utm_source", _WORD, "Who sent the visitor.", "text"),
        ViewColumn("utm_medium", _WORD, "By what kind of link.", "text"),
        ViewColumn("utm_campaign", _WORD, "In which campaign.", "text"),
        ViewColumn("utm_term", _WORD, "For which search.", "text"),
        ViewColumn("utm_content", _WORD, "With which of several links.", "text"),
        ViewColumn("device_type", _WORD, "mobile, desktop, tablet, ...", "text"),
        ViewColumn("device_model", _WORD, "The model.", "text"),
        ViewColumn("os", _WORD, "The operating system.", "text"),
        ViewColumn("os_version", _WORD, "Its version.", "text"),
        ViewColumn("browser", _WORD, "The browser.", "text"),
        ViewColumn("browser_version", _WORD, "Its version.", "text"),
        ViewColumn("app_name", _WORD, "The app.", "text"),
        ViewColumn("app_version", _WORD, "Its version.", "text"),
        ViewColumn("library", _WORD, "The SDK that sent it.", "text"),
        ViewColumn("library_version", _WORD, "Its version.", "text"),
        ViewColumn("locale", _WORD, "The language and region set on the device.", "text"),
        ViewColumn("user_agent", _WORD, "What the client says it is.", "text"),
        ViewColumn("region_code", _WORD, "The region it came from.", "text"),
        ViewColumn("ip", "String", "The address it came from.", "ip"),
        ViewColumn("amount", "Nullable(Decimal(18, 6))", "The amount of money, exact; NULL where there is none."),
        ViewColumn("currency", _WORD, "The currency of the amount."),
        ViewColumn("product_id", "String", "The product.", "text"),
        ViewColumn("category", _WORD, "The product's category.", "text"),
        ViewColumn("element", "String", "What was clicked.", "text"),
        ViewColumn("text_ref", "String", "Where the free text that belongs to it is kept.", "text"),
        ViewColumn("properties", "String", "All properties, as JSON: JSONExtractString(properties, 'plan').", "json"),
        ViewColumn("context", "String", "The context as sent, as JSON.", "json"),
        ViewColumn(
            "flags",
            "UInt32",
            "What cleaning noticed, as bits: 1 inferred, 2 robot, 4 late, 8 repaired, 16 time corrected, "
            "32 time clamped, 64 time guessed, 128 blocked identifier, 512 suspect by a rule, 1024 against the plan. "
            "Without robots: bitAnd(flags, 2) = 0.",
        ),
        ViewColumn("flag_reason", _WORD, "Why a flag is set."),
        ViewColumn("purposes", f"Array({_WORD})", "What it may be used for."),
    ),
)

PEOPLE = View(
    "people",
    "One row per person with traits or several identifiers, as they are now. People who were never more than one "
    "identifier have events and no row here.",
    (
        ViewColumn("person", "UInt64", "The person, as in the view events."),
        ViewColumn("identified", "UInt8", "1 when more than a device or cookie is known, else 0."),
        ViewColumn("identifiers", _PAIRS, "Every identifier of the person.", "identifiers"),
        ViewColumn("traits", "String", "The traits, as JSON: JSONExtractString(traits, 'city').", "json"),
    ),
)

VIEWS: dict[str, View] = {view.name: view for view in (EVENTS, PEOPLE)}

Sight = Literal["everything", "masked"]
"""Whether personal values are shown as they are."""


def relation(view: View, *, whose: PersonOfEvent, sight: Sight) -> str:
    """The SELECT a view stands for, with a place for the workspace. Names of ours begin with `zuji_`."""
    columns = ", ".join(_column(view, column, whose, sight) for column in view.columns)
    if view is EVENTS:
        return f"SELECT {columns} FROM zuji.events AS zuji_row WHERE zuji_row.workspace = {{workspace:String}}"
    return f"SELECT {columns} FROM ({CURRENT_PROFILES}) AS zuji_row"


def _column(view: View, column: ViewColumn, whose: PersonOfEvent, sight: Sight) -> str:
    if view is EVENTS and column.name == "person":
        return f"{whose.sql} AS person"
    stored = f"zuji_row.{column.name}"
    return f"{stored if sight == 'everything' else _MASKS[column.kept](stored)} AS {column.name}"

"""One event of a Snowplow tracker as a message.

Names and meanings are those of the imported export of a Snowplow pipeline (`importing/presets.py`): an event of a
tracker and its row in the export tell the same. Fields without a place of their own are kept in the context.
"""

from __future__ import annotations

import re

from zuji.collect.decode.item import BadItem, Item, checked_id, text, time, written
from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.numbers import number_of
from zuji.collect.decode.wrapping import from_base64
from zuji.collect.refusal import BadBody
from zuji.terms.message import Message, MessageType, Scalar

_SCHEMA = re.compile(r"iglu:([^/]{1,200})/([^/]{1,200})/[^/]{1,50}/[0-9-]{1,30}")
_CLIENT_SESSION = "iglu:com.snowplowanalytics.snowplow/client_session/"

_NAMES = {"pv": "page_view", "pp": "page_ping", "tr": "transaction", "ti": "transaction_item"}
_KINDS = (*_NAMES, "se", "ue")
_TYPES: dict[str, MessageType] = {"page_view": "page", "screen_view": "screen"}

_TEXTS = {
    "aid": "app_id", "p": "platform", "sid": "session_id", "se_ca": "category", "se_ac": "action", "se_la": "label",
    "se_pr": "property", "tr_id": "order_id", "tr_af": "affiliation", "tr_ci": "city", "tr_st": "state",
    "tr_co": "country", "tr_cu": "currency", "ti_id": "order_id", "ti_sk": "sku", "ti_nm": "name",
    "ti_ca": "category", "ti_cu": "currency",
}  # fmt: skip
_NUMBERS = {
    "se_va": "value", "tr_tt": "total", "tr_tx": "tax", "tr_sh": "shipping", "ti_pr": "price", "ti_qu": "quantity",
}  # fmt: skip
_PAGE = {"url": "url", "page": "title", "refr": "referrer"}
_SURROUNDINGS = {"ua": "userAgent", "lang": "locale", "ip": "ip", "tz": "timezone"}
_ELSEWHERE = frozenset(
    {"e", "eid", "uid", "duid", "nuid", "tnuid", "dtm", "stm", "ttm", "tv", "ue_px", "ue_pr", "cx", "co"}
)
"""Fields that have a place of their own in a message."""
_PLACED = frozenset(_TEXTS) | frozenset(_NUMBERS) | frozenset(_PAGE) | frozenset(_SURROUNDINGS) | _ELSEWHERE


def translate(item: Item, *, key: str | None) -> Message:
    """The event as a message. Raises BadItem for what makes it unusable.

    `key` is the write key of the address, if it stood there: then the application id is really one.
    """
    kind = text(item, "e")
    if kind not in _KINDS:
        raise BadItem("unknown_type", f"e is {kind[:100]!r}, known are {', '.join(_KINDS)}")
    vendor, name, data = _self_described(item) if kind == "ue" else ("", _NAMES.get(kind) or text(item, "se_ac"), {})
    if not name:
        raise BadItem("no_event_name", "a structured event needs `se_ac`, a self-describing one a schema")
    contexts = _unpacked(item, "cx", "co")
    device_id, session_id = _client_session(contexts)
    user_id, anonymous_id = text(item, "uid"), text(item, "duid") or device_id
    cookie_id = text(item, "nuid") or text(item, "tnuid")
    if not (user_id or anonymous_id or cookie_id):
        raise BadItem("no_identifier", "the event names neither `uid` nor `duid` nor `nuid`")
    properties = {**_own(item, key), **({"contexts": contexts} if contexts else {}), **data}
    for added, value in (("event_vendor", vendor), ("session_id", session_id)):
        if value:
            properties.setdefault(added, value)
    library, version = _library(text(item, "tv"))
    true_time = time(item, "ttm")
    return Message(
        type=_TYPES.get(name, "track"),
        message_id=checked_id(text(item, "eid")),
        event=name,
        user_id=user_id,
        anonymous_id=anonymous_id,
        anonymous_identifiers=(("cookie_id", cookie_id),) if cookie_id else (),
        timestamp=true_time or time(item, "dtm"),
        sent_at=None if true_time else _sent(item),
        context=written(_context(item)),
        properties=written(properties),
        library=library,
        library_version=version,
    )


def id_of(item: Item) -> str:
    """The event's id if it can be read at all; for events that are rejected."""
    value = item.get("eid")
    return value if isinstance(value, str) else ""


def _sent(item: Item) -> Scalar:
    """When it was sent, by the device's clock. The Python tracker cuts it to whole seconds, so that it seems to lie
    before the event: then it says nothing about the clock.
    """
    sent, created = time(item, "stm"), time(item, "dtm")
    try:
        return None if 0 < int(created or 0) - int(sent or 0) < 1000 else sent
    except (ValueError, OverflowError):
        return sent


def _self_described(item: Item) -> tuple[str, str, Item]:
    """Vendor, name and data of a self-describing event."""
    outer = _unpacked(item, "ue_px", "ue_pr")
    inner = outer.get("data")
    if not isinstance(inner, dict):
        raise BadItem("wrong_field_type", "a self-describing event needs `ue_px` or `ue_pr` with a schema and data")
    schema, data = inner.get("schema"), inner.get("data")
    found = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if found is None:
        raise BadItem("no_event_name", f"{schema!r:.120} is no schema: iglu:vendor/name/jsonschema/1-0-0")
    if not isinstance(data, dict):
        raise BadItem("wrong_field_type", "the data of a self-describing event must be an object")
    return found[1], found[2], data


def _unpacked(item: Item, packed: str, plain: str) -> Item:
    """The JSON object of a field, in base64 or not; none is an empty one."""
    name = packed if text(item, packed) else plain
    value = text(item, name)
    if not value:
        return {}
    try:
        raw = value.encode("utf-8", "replace")
        found = read_json(from_base64(raw) if name == packed else raw)
    except BadBody as problem:
        raise BadItem("wrong_field_type", f"`{name}` cannot be read: {problem.message}") from None
    if not isinstance(found, dict):
        raise BadItem("wrong_field_type", f"`{name}` must hold an object")
    return found


def _client_session(contexts: Item) -> tuple[str, str]:
    """Apps name their installation and session in a context of their own, where pages have cookies."""
    listed = contexts.get("data")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and str(one.get("schema", "")).startswith(_CLIENT_SESSION):
            data = one.get("data")
            return (text(data, "userId"), text(data, "sessionId")) if isinstance(data, dict) else ("", "")
    return "", ""


def _own(item: Item, key: str | None) -> Item:
    """The properties that are fields of the protocol. The write key has no place among them."""
    texts = {name: text(item, field) for field, name in _TEXTS.items() if field in item}
    if key is None:
        texts.pop("app_id", None)
    numbers = {name: number_of(item[field]) for field, name in _NUMBERS.items() if field in item}
    return {name: value for name, value in {**texts, **numbers}.items() if value not in ("", None)}


def _context(item: Item) -> Item:
    """Page, device and language; and what has no place of its own, as sent."""
    page = {name: text(item, field) for field, name in _PAGE.items() if text(item, field)}
    context: Item = {name: text(item, field) for field, name in _SURROUNDINGS.items() if text(item, field)}
    if page:
        context["page"] = page
    if item.get("p") == "web":
        context["direct"] = True  # a page sends for its visitor: the address it comes from is theirs
    if rest := {name: value for name, value in item.items() if name not in _PLACED}:
        context["snowplow"] = rest
    return context


def _library(version: str) -> tuple[str, str]:
    """Tracker and version: `js-4.10.1` is version 4.10.1 of the one for JavaScript.

    >>> _library("js-4.10.1")
    ('snowplow-js', '4.10.1')
    """
    name, dash, number = version.partition("-")
    return (f"snowplow-{name}", number) if dash else ("", "")

"""One tracking request of Matomo as a message: what it reports is told by which parameters it has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from zuji.collect.decode.ids import new_message_id
from zuji.collect.decode.item import BadItem, Item, text, written
from zuji.collect.decode.json_text import read_json, write_json
from zuji.collect.decode.numbers import number_of
from zuji.collect.refusal import BadBody
from zuji.terms.message import Message, MessageType, Scalar

_PAGE = {"url": "url", "action_name": "title", "urlref": "referrer"}
_SURROUNDINGS = {"ua": "userAgent", "lang": "locale", "cip": "ip"}
_CAMPAIGN = {"_rcn": "name", "_rck": "term"}
_WHO_AND_WHEN = frozenset({"uid", "_id", "cid", "cdt", "cdo", "idsite", "rec", "rand", "apiv", "send_image"})
_DIMENSION = re.compile(r"dimension[0-9]{1,3}")
_UTC_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}")
_LONGEST_DELAY_S = 366 * 24 * 3600


_NONE: Mapping[str, str] = MappingProxyType({})


class _Kind(NamedTuple):
    """What a request with certain parameters reports: its name, and which parameters are which properties."""

    applies: Callable[[Item], bool]
    event: str
    texts: Mapping[str, str] = _NONE
    numbers: Mapping[str, str] = _NONE
    type: MessageType = "track"


_ORDER = {"revenue": "total", "ec_st": "subtotal", "ec_tx": "tax", "ec_sh": "shipping", "ec_dt": "discount"}
_CONTENT = {"c_n": "content", "c_p": "piece", "c_t": "target"}
_KINDS = (
    _Kind(lambda i: "e_c" in i or "e_a" in i, "", {"e_c": "category", "e_a": "action", "e_n": "label"},
          {"e_v": "value"}),
    _Kind(lambda i: _is_shop(i) and bool(i.get("ec_id")), "Order Completed", {"ec_id": "order_id"}, _ORDER),
    _Kind(lambda i: _is_shop(i), "Cart Updated", numbers=_ORDER),
    _Kind(lambda i: bool(i.get("idgoal")), "Goal Converted", {"idgoal": "goal_id"}, {"revenue": "revenue"}),
    _Kind(lambda i: "search" in i, "Products Searched", {"search": "query", "search_cat": "category"},
          {"search_count": "results"}),
    _Kind(lambda i: "download" in i, "File Downloaded", {"download": "url"}),
    _Kind(lambda i: "link" in i, "Link Clicked", {"link": "url"}),
    _Kind(lambda i: "c_n" in i and "c_i" in i, "Content Clicked", {**_CONTENT, "c_i": "interaction"}),
    _Kind(lambda i: "c_n" in i, "Content Viewed", _CONTENT),
    _Kind(lambda i: "_pks" in i or "_pkn" in i, "Product Viewed",
          {"_pks": "product_id", "_pkn": "name", "_pkc": "category"}, {"_pkp": "price"}),
    _Kind(lambda i: i.get("ping") == "1", "page_ping"),
    _Kind(lambda i: True, "page_view", type="page"),
)  # fmt: skip
"""The first that applies counts. Names that other trackers have too are the same here."""


def translate(item: Item, *, received_at: int) -> Message:
    """The request as a message. Raises BadItem for what makes it unusable."""
    kind = next(each for each in _KINDS if each.applies(item))
    event = kind.event or text(item, "e_a")
    if not event:
        raise BadItem("no_event_name", "an event needs `e_a`")
    user_id, visitor_id = text(item, "uid"), text(item, "cid") or text(item, "_id")
    if not (user_id or visitor_id):
        raise BadItem("no_identifier", "the request names neither `uid` nor `_id` nor `cid`")
    return Message(
        type=kind.type,
        message_id=id_of(item) or new_message_id(),
        event=event,
        user_id=user_id,
        anonymous_id=visitor_id,
        timestamp=_time_of(item, received_at),
        context=written(_context(item, kind)),
        properties=written(_properties(item, kind)),
        library="matomo",
    )


def id_of(item: Item) -> str:
    """Matomo has no ids. A request with a random number or a time of its own is the same in all it says when it is
    sent again; of others nobody can tell.
    """
    if not (item.get("rand") or item.get("cdt")):
        return ""
    return "matomo-" + hashlib.blake2b(write_json(sorted(item.items(), key=str)), digest_size=16).hexdigest()


def _is_shop(item: Item) -> bool:
    return str(item.get("idgoal", "")) == "0"


def _time_of(item: Item, received_at: int) -> Scalar:
    """When it happened: as told (clocks without a zone are UTC), so many seconds ago, or now, which is the rule."""
    told, ago = text(item, "cdt"), number_of(item.get("cdo"))
    if told:
        return f"{told[:10]}T{told[11:]}Z" if _UTC_CLOCK.fullmatch(told) else told
    if isinstance(ago, int | float) and 0 <= ago <= _LONGEST_DELAY_S:
        return received_at - int(ago * 1000)
    return received_at


def _properties(item: Item, kind: _Kind) -> Item:
    found: Item = {name: said for field, name in kind.texts.items() if (said := text(item, field))}
    for field, name in kind.numbers.items():
        if (number := number_of(item.get(field))) not in (None, ""):
            found[name] = number
    if _is_shop(item) and (products := _products(text(item, "ec_items"))):
        found["products"] = products
    return found | {name: value for name, value in item.items() if _DIMENSION.fullmatch(name)}


def _products(listed: str) -> list[Item]:
    """`ec_items`: an array of [sku, name, category or categories, price, quantity], each but the first optional."""
    if not listed:
        return []
    try:
        lines = read_json(listed.encode("utf-8", "replace"))
    except BadBody as problem:
        raise BadItem("wrong_field_type", f"`ec_items` cannot be read: {problem.message}") from None
    if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
        raise BadItem("wrong_field_type", "`ec_items` must be an array of arrays")
    return [_product(line) for line in lines]


def _product(line: list[object]) -> Item:
    names = ("product_id", "name", "category", "price", "quantity")
    product: Item = {name: value for name, value in zip(names, line, strict=False) if value not in (None, "", [])}
    if isinstance(categories := product.get("category"), list):
        product["category"] = categories[0]
        product["categories"] = categories
    return product


def _context(item: Item, kind: _Kind) -> Item:
    """Page, agent and language; and what has no place of its own, as sent."""
    context: Item = {name: said for field, name in _SURROUNDINGS.items() if (said := text(item, field))}
    for part, fields in (("page", _PAGE), ("campaign", _CAMPAIGN)):
        if told := {name: said for field, name in fields.items() if (said := text(item, field))}:
            context[part] = told
    if "cookie" in item:
        context["direct"] = True  # only Matomo's own script in a page says whether there are cookies
    placed = {*_PAGE, *_SURROUNDINGS, *_CAMPAIGN, *_WHO_AND_WHEN, *kind.texts, *kind.numbers, "ec_items"}
    if rest := {name: value for name, value in item.items() if name not in placed and not _DIMENSION.fullmatch(name)}:
        context["matomo"] = rest
    return context

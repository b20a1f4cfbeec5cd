"""One event of the Measurement Protocol as a message."""

from __future__ import annotations

import hashlib

import msgspec

from zuji.collect.decode.ga4_commerce import standard_name, standard_properties
from zuji.collect.decode.ids import new_message_id
from zuji.collect.decode.item import BadItem, Item, parts, text, written
from zuji.collect.decode.json_text import write_json
from zuji.collect.decode.request import Request
from zuji.terms.message import Message, MessageType

_TYPES: dict[str, MessageType] = {"page_view": "page", "screen_view": "screen"}
_PAGE = {"page_location": "url", "page_title": "title", "page_referrer": "referrer"}
_LONGEST_MICROS = 18
_FURTHEST_MICROS = 10**18


class Frame(msgspec.Struct, frozen=True):
    """What the events of a body share: whom they are about, when they were, how their surroundings are."""

    user_id: str
    anonymous_id: str
    at: int | None
    user_properties: Item
    context: Item
    ga4: Item
    """What of the protocol's own is kept with each event."""

    @classmethod
    def of(cls, beside: Item, request: Request) -> Frame:
        """Read what stands beside the events. Raises BadItem where a field has a type that makes the body useless."""
        kept = ("consent", "non_personalized_ads", "user_location", "device")
        ours: Item = {"measurement_id": request.first("measurement_id") or request.first("firebase_app_id")}
        ours |= {name: beside[name] for name in kept if name in beside}
        context: Item = {}
        if address := text(beside, "ip_override"):
            context["ip"] = address
        if agent := text(beside, "user_agent"):
            context["userAgent"] = agent
        return cls(
            user_id=text(beside, "user_id"),
            anonymous_id=text(beside, "client_id") or text(beside, "app_instance_id"),
            at=_milliseconds(beside.get("timestamp_micros")),
            user_properties=parts(beside, "user_properties"),
            context=context,
            ga4={name: value for name, value in ours.items() if value is not None},
        )


def translate(item: Item, *, frame: Frame, place: int) -> Message:
    """The event as a message. Raises BadItem for what makes it unusable."""
    name = text(item, "name")
    if not name:
        raise BadItem("no_event_name", "an event needs `name`")
    if not (frame.user_id or frame.anonymous_id):
        raise BadItem("no_identifier", "the body names neither `client_id` nor `user_id`")
    params = parts(item, "params")
    at = _milliseconds(item.get("timestamp_micros"))
    return Message(
        type=_TYPES.get(name, "track"),
        message_id=_message_id(item, name, params, frame, place),
        event=standard_name(name),
        user_id=frame.user_id,
        anonymous_id=frame.anonymous_id,
        timestamp=frame.at if at is None else at,
        context=written(_context(name, params, frame)),
        properties=written(standard_properties(name, {n: v for n, v in params.items() if n not in _PAGE})),
        library="ga4-measurement-protocol",
    )


def traits_of(frame: Frame) -> msgspec.Raw:
    """User properties come as `{"tier": {"value": "gold"}}`."""
    properties = frame.user_properties.items()
    values = ((name, told.get("value") if isinstance(told, dict) else told) for name, told in properties)
    try:
        return written({name: value for name, value in values if value is not None})
    except BadItem:  # nested too deeply: no property that Google would take either
        return written({})


def profile_of(frame: Frame, traits: msgspec.Raw) -> Message:
    """A body with user properties and no event."""
    return Message(
        type="profile",
        message_id=new_message_id(),
        event="user_properties",
        user_id=frame.user_id,
        anonymous_id=frame.anonymous_id,
        timestamp=frame.at,
        traits=traits,
        library="ga4-measurement-protocol",
    )


def _message_id(item: Item, name: str, params: Item, frame: Frame, place: int) -> str:
    """The protocol has no ids. An event that says when it was is the same when it is sent again; a purchase counts
    once for its transaction, as it does at Google. All others are new each time: two equal ones may be two.
    """
    transaction = params.get("transaction_id")
    if name == "purchase" and isinstance(transaction, str | int) and transaction:
        same: object = ["purchase", str(transaction)]
    elif frame.at is not None or item.get("timestamp_micros") is not None:
        same = [frame.user_id, frame.anonymous_id, frame.at, place, item]
    else:
        return new_message_id()
    return "ga4-" + hashlib.blake2b(write_json(same), digest_size=16).hexdigest()


def _context(name: str, params: Item, frame: Frame) -> Item:
    page = {field: said for param, field in _PAGE.items() if isinstance(said := params.get(param), str) and said}
    context = {**frame.context, "ga4": {**frame.ga4, "event": name}}
    if page:
        context["page"] = page
    if isinstance(language := params.get("language"), str):
        context["locale"] = language
    return context


def _milliseconds(micros: object) -> int | None:
    """Microseconds since 1970, as a number or as a text of digits.

    >>> _milliseconds("1795345750624000")
    1795345750624
    """
    if micros is None:
        return None
    if isinstance(micros, str) and micros.isascii() and micros.isdigit() and len(micros) <= _LONGEST_MICROS:
        return int(micros) // 1000
    if isinstance(micros, int | float) and not isinstance(micros, bool) and abs(micros) < _FURTHEST_MICROS:
        return int(micros // 1000)
    raise BadItem("wrong_field_type", f"`timestamp_micros` must be microseconds since 1970, got {micros!r:.60}")

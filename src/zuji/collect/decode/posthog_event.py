"""One PostHog event as a message.

Distinct ids are of one untyped kind: every one of them is a `distinct_id`, and only a source that says so makes the
identified ones user ids. `$set` and its sisters are traits, wherever a client puts them.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from zuji.collect.decode.item import BadItem, Item, checked_id, parts, text, time, written
from zuji.collect.decode.posthog_body import KEY_NAMES
from zuji.terms.message import Message, MessageType, Scalar

_TYPES: dict[str, MessageType] = {
    "$identify": "identify",
    "$create_alias": "alias",
    "$merge_dangerously": "alias",
    "$groupidentify": "group",
    "$pageview": "page",
    "$screen": "screen",
    "$set": "profile",
    "$set_once": "profile",
    "$unset": "profile",
}
_OTHER_SIDE = {"$identify": "$anon_distinct_id", "$create_alias": "alias", "$merge_dangerously": "alias"}
"""The property that names the anonymous side: who is absorbed by the distinct id."""

_MOVED = frozenset({"$set", "$set_once", "$unset", "distinct_id", "$distinct_id", "$group_set", *KEY_NAMES})
"""Properties that have a place of their own in a message. The write key has none."""
_OPTIONS = {
    "cookieless_mode": "$cookieless_mode",
    "process_person_profile": "$process_person_profile",
    "product_tour_id": "$product_tour_id",
    "session_id": "$session_id",
    "window_id": "$window_id",
}
"""What the v1 endpoint lifts out of the properties, and the names it had there."""
_LONGEST_OFFSET_MS = 366 * 24 * 3600 * 1000


class Frame(msgspec.Struct, frozen=True):
    """What an event inherits from its request: when it was sent and received, and how its source reads distinct ids."""

    sent_at: Scalar
    received_at: int
    identified_is_user: bool
    library: tuple[str, str] = ("", "")


def translate(item: Item, frame: Frame) -> Message:
    """The event as a message. Raises BadItem for what makes it unusable."""
    properties = parts(item, "properties")
    event = text(item, "event")
    if not event:
        raise BadItem("no_event_name", "an event needs `event`")
    distinct_id = _distinct_id(item, properties)
    if not distinct_id:
        raise BadItem("no_identifier", "an event needs `distinct_id`")
    other_id = text(properties, _OTHER_SIDE[event]) if event in _OTHER_SIDE else ""
    name, version = properties.get("$lib"), properties.get("$lib_version")
    return Message(
        type=_TYPES.get(event, "track"),
        message_id=_checked_uuid(item, properties),
        event=event,
        user_id=distinct_id if frame.identified_is_user and _is_identified(event, properties) else "",
        identifiers=(("distinct_id", distinct_id),),
        anonymous_identifiers=(("distinct_id", other_id),) if other_id and other_id != distinct_id else (),
        group_id=_group_of(event, properties),
        timestamp=_timestamp_of(item, properties, frame),
        properties=written(_own_properties(item, properties)),
        traits=written(_traits(item, properties, event)),
        traits_once=written(_without_nulls(_both_places(item, properties, "$set_once"))),
        traits_unset=_names(item, properties),
        force_merge=event == "$merge_dangerously",
        library=name if isinstance(name, str) else frame.library[0],
        library_version=version if isinstance(version, str) else frame.library[1],
    )


def id_of(item: Item) -> str:
    """The event's id if it can be read at all; for events that are rejected."""
    value = item.get("uuid")
    return value if isinstance(value, str) else ""


def _distinct_id(item: Item, properties: Item) -> str:
    """Who the event is about: a field of the event, or one of its properties."""
    return (
        text(item, "distinct_id")
        or text(item, "$distinct_id")
        or text(properties, "distinct_id")
        or text(properties, "$distinct_id")
    )


def _checked_uuid(item: Item, properties: Item) -> str:
    return checked_id(text(item, "uuid") or text(properties, "$insert_id"))


def _is_identified(event: str, properties: Item) -> bool:
    return event == "$identify" or properties.get("$is_identified") is True


def _group_of(event: str, properties: Item) -> str:
    """The group as `type:key`: keys are unique within a type only. Of several groups of an event the first counts."""
    if event == "$groupidentify":
        kind, key = text(properties, "$group_type"), text(properties, "$group_key")
        return f"{kind}:{key}" if kind and key else ""
    groups = properties.get("$groups")
    if not isinstance(groups, dict):
        return ""
    return next((f"{kind}:{key}" for kind, key in groups.items() if isinstance(key, str | int)), "")


def _timestamp_of(item: Item, properties: Item, frame: Frame) -> Scalar:
    """When it happened, by the client's clock. Some clients say only how long before the sending (`offset`, ms)."""
    at = time(item, "timestamp")
    if at is not None:
        return at
    offset = item.get("offset")
    if isinstance(offset, int | float) and not isinstance(offset, bool) and 0 <= offset <= _LONGEST_OFFSET_MS:
        return (_milliseconds(frame.sent_at) or frame.received_at) - int(offset)
    return time(properties, "$time")


def _milliseconds(sent_at: Scalar) -> int | None:
    """A time of sending as milliseconds since 1970, or None when it is none."""
    try:
        if isinstance(sent_at, str) and not sent_at.isdigit():
            moment = datetime.fromisoformat(sent_at)
            return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
        return int(sent_at) if sent_at is not None else None
    except (ValueError, OverflowError):
        return None


def _own_properties(item: Item, properties: Item) -> Item:
    kept = {name: value for name, value in properties.items() if name not in _MOVED}
    options = item.get("options")
    lifted = {**(options if isinstance(options, dict) else {}), **item}
    for name, former in _OPTIONS.items():
        if name in lifted:
            kept.setdefault(former, lifted[name])
    return kept


def _traits(item: Item, properties: Item, event: str) -> Item:
    return parts(properties, "$group_set") if event == "$groupidentify" else _both_places(item, properties, "$set")


def _both_places(item: Item, properties: Item, name: str) -> Item:
    """`$set` beside the event beats `$set` in its properties, key by key."""
    return {**parts(properties, name), **parts(item, name)}


def _without_nulls(traits: Item) -> Item:
    """The browser client sends some fifty first-touch traits, mostly null: nothing was seen, nothing is to be kept."""
    return {name: value for name, value in traits.items() if value is not None}


def _names(item: Item, properties: Item) -> tuple[str, ...]:
    """`$unset` is a list of names, or an object whose keys are the names."""
    names: list[object] = []
    for place in (properties, item):
        told = place.get("$unset")
        if isinstance(told, list | dict):
            names.extend(told)
        elif told is not None:
            raise BadItem("wrong_field_type", "`$unset` must be a list of names")
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str)))

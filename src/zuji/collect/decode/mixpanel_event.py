"""One event of Mixpanel as a message, and whom such messages are about.

`$user_id` is a user, `$device_id` a device. A `distinct_id` is a device when it repeats it or says so (`$device:...`);
otherwise it is of a kind of its own, unless the source says that its distinct ids are user ids. One that repeats the
user is named all the same: servers send only that, and there their events meet the others.
"""

from __future__ import annotations

from typing import NamedTuple

from zuji.collect.decode.item import BadItem, Item, checked_id, parts, text, text_of, time, written
from zuji.terms.message import Message, MessageType

Pair = tuple[str, str]

_TYPES: dict[str, MessageType] = {
    "$identify": "identify",
    "$create_alias": "alias",
    "$merge": "alias",
    "$mp_web_page_view": "page",
}
_DEVICE = "$device:"
_PLACED = frozenset({"token", "distinct_id", "$insert_id", "time", "$user_id", "$device_id", "mp_lib", "$lib_version"})
"""Properties that have a place of their own in a message. The token has none."""


class Frame(NamedTuple):
    """What an event inherits from its request and its source."""

    distinct_is_user: bool = False
    direct: bool = False


class Who(NamedTuple):
    """The identifiers of one message, as its fields."""

    user_id: str = ""
    anonymous_id: str = ""
    identifiers: tuple[Pair, ...] = ()
    anonymous_identifiers: tuple[Pair, ...] = ()


def translate_event(item: Item, *, frame: Frame) -> Message:
    """The event as a message. Raises BadItem for what makes it unusable."""
    event, properties = text(item, "event"), parts(item, "properties")
    if not event:
        raise BadItem("no_event_name", "an event needs `event`")
    who = _sides(event, properties, frame)
    library, version = text(properties, "mp_lib"), text(properties, "$lib_version")
    return Message(
        type=_TYPES.get(event, "track"),
        message_id=checked_id(id_of(item)),
        event=event,
        user_id=who.user_id,
        anonymous_id=who.anonymous_id,
        identifiers=who.identifiers,
        anonymous_identifiers=who.anonymous_identifiers,
        timestamp=time(properties, "time"),
        context=written({"direct": True} if frame.direct else {}),
        properties=written({name: value for name, value in properties.items() if name not in _PLACED}),
        library=f"mixpanel-{library}" if library else "mixpanel",
        library_version=version,
    )


def id_of(item: Item) -> str:
    """The event's id if it can be read at all; for events that are rejected, too."""
    properties = item.get("properties")
    value = properties.get("$insert_id") if isinstance(properties, dict) else None
    return value if isinstance(value, str) else ""


def who_is(told: Item, distinct_id: str, frame: Frame) -> Who:
    """Whom a message names. Raises BadItem when that is nobody.

    >>> who_is({"$device_id": "d"}, "$device:d", Frame())
    Who(user_id='', anonymous_id='d', identifiers=(), anonymous_identifiers=())
    """
    user_id, device_id = text(told, "$user_id"), text(told, "$device_id")
    if distinct_id.startswith(_DEVICE):
        device_id = device_id or distinct_id.removeprefix(_DEVICE)
    elif frame.distinct_is_user:
        user_id = user_id or distinct_id
    is_user = frame.distinct_is_user and distinct_id == user_id
    is_told = not distinct_id or is_user or distinct_id == device_id or distinct_id.startswith(_DEVICE)
    if not (user_id or device_id or distinct_id):
        raise BadItem("no_identifier", "the message names neither a distinct id nor a user nor a device")
    return Who(user_id, device_id, () if is_told else (("distinct_id", distinct_id),))


def _sides(event: str, properties: Item, frame: Frame) -> Who:
    """The two sides of an event: who it is about, and who that was before."""
    if event == "$merge":
        return _merged(properties)
    distinct_id = text(properties, "distinct_id")
    if event == "$identify":
        distinct_id = text(properties, "$identified_id") or distinct_id
        before = text(properties, "$anon_id") or text(properties, "$anon_distinct_id")
    else:
        before = text(properties, "alias") if event == "$create_alias" else ""
    who = who_is(properties, distinct_id, frame)
    if not before or before in (who.user_id, distinct_id):
        return who
    if before.startswith(_DEVICE):
        return who._replace(anonymous_identifiers=(("anonymous_id", before.removeprefix(_DEVICE)),))
    # Before the log-in it may have been sent as a device's id or as a bare distinct id: it is both.
    kinds = ("anonymous_id", "distinct_id") if event == "$identify" else ("distinct_id",)
    return who._replace(anonymous_identifiers=tuple((kind, before) for kind in kinds))


def _merged(properties: Item) -> Who:
    """`$merge` names two distinct ids, of which neither is the older."""
    named = properties.get("$distinct_ids")
    if not isinstance(named, list) or len(named) != 2:
        raise BadItem("no_identifier", "a `$merge` needs two `$distinct_ids`")
    one, other = (text_of(value, "$distinct_ids") for value in named)
    if not (one and other):
        raise BadItem("no_identifier", "a `$merge` needs two `$distinct_ids`")
    return Who(identifiers=(("distinct_id", one),), anonymous_identifiers=(("distinct_id", other),))

"""One update of a person (`/engage`) or a group (`/groups`) as a message."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from zuji.collect.decode.ids import new_message_id
from zuji.collect.decode.item import BadItem, Item, parts, text, time, written
from zuji.collect.decode.json_text import write_json
from zuji.collect.decode.mixpanel_event import Frame, Who, who_is
from zuji.terms.message import Message

GROUPS_PATH = "/groups"
_OPERATIONS = ("$set", "$set_once", "$add", "$append", "$union", "$unset", "$delete")
_REFUSED = ("$remove",)
"""An append collects each value once for ever; one that takes values out again has no like here."""


def translate_update(item: Item, *, path: str, frame: Frame) -> Message:
    """The update as a message. Raises BadItem for what makes it unusable."""
    if refused := [name for name in _REFUSED if name in item]:
        raise BadItem("unknown_type", f"{refused[0]} is not known; known are {', '.join(_OPERATIONS)}")
    done = [name for name in _OPERATIONS if name in item]
    if not done:
        raise BadItem("unknown_type", f"an update needs one of {', '.join(_OPERATIONS)}")
    group = _group_of(item) if path == GROUPS_PATH else ""
    who = Who() if group else who_is(item, text(item, "$distinct_id"), frame)
    message = Message(
        type="group" if group else "profile",
        message_id=update_id(item) or new_message_id(),
        event=f"{'group' if group else 'profile'}_{done[0].removeprefix('$')}",
        user_id=who.user_id,
        anonymous_id=who.anonymous_id,
        identifiers=who.identifiers,
        group_id=group,
        timestamp=time(item, "$time"),
        library="mixpanel",
    )
    return msgspec.structs.replace(message, **_content(item))


def update_id(item: Item) -> str:
    """Updates have no ids. A time finer than a second tells them apart, so one that has it is the same when it is sent
    again; of others two equal ones may be two, and each counts.
    """
    at = item.get("$time")
    if not isinstance(at, float) or at.is_integer():
        return ""
    return "mp-" + hashlib.blake2b(write_json(item), digest_size=16).hexdigest()


def _content(item: Item) -> dict[str, Any]:
    """What is to be done with which traits."""
    content: dict[str, Any] = {
        "traits": written(parts(item, "$set")),
        "traits_once": written(parts(item, "$set_once")),
        "traits_add": written(parts(item, "$add")),
        "traits_append": written({**parts(item, "$append"), **parts(item, "$union")}),
        "delete_traits": "$delete" in item,
    }
    if "$unset" in item:
        content["traits_unset"] = _names(item["$unset"])
    return content


def _names(told: object) -> tuple[str, ...]:
    """`$unset` is a list of names."""
    if isinstance(told, str):
        return (told,)
    if not isinstance(told, list):
        raise BadItem("wrong_field_type", "`$unset` must be a list of names")
    return tuple(dict.fromkeys(name for name in told if isinstance(name, str)))


def _group_of(item: Item) -> str:
    """A group's id is unique within its key only."""
    key, value = text(item, "$group_key"), text(item, "$group_id")
    if not key or not value:
        raise BadItem("no_identifier", "a group needs `$group_key` and `$group_id`")
    return f"{key}:{value}"

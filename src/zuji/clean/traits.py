"""What a message states about its person: read from the places where clients put it."""

from __future__ import annotations

from typing import Any

import msgspec

from zuji.clean.context import Context
from zuji.terms.message import EMPTY_OBJECT, Message
from zuji.terms.subject import Statement

Object = dict[str, Any]

PROFILE_TYPES = frozenset({"identify", "group", "profile"})
"""Messages whose traits take the place of properties."""

_decode_object = msgspec.json.Decoder(dict[str, Any] | None).decode


def object_of(raw: msgspec.Raw) -> Object:
    """A free-form part as a dictionary; null is empty. Raises msgspec.DecodeError when it is anything else."""
    if raw is EMPTY_OBJECT:
        return {}
    return _decode_object(raw) or {}


def stated_traits(message: Message, context: Context) -> Object:
    """The traits a message states: its own over `context.traits`, which clients repeat with every later event, so that
    they count in an identify alone.
    """
    traits = object_of(message.traits)
    if message.type == "identify" and context.traits is not EMPTY_OBJECT:
        try:
            return object_of(context.traits) | traits
        except msgspec.DecodeError:
            return traits
    return traits


def profile_content(message: Message, properties: Object, traits: Object) -> Object:
    """What a row about a profile shows for properties: the traits it sets; what else it does to them has `$` names."""
    others: tuple[tuple[str, object], ...] = (
        ("$set_once", object_of(message.traits_once)),
        ("$add", object_of(message.traits_add)),
        ("$append", object_of(message.traits_append)),
        ("$unset", message.traits_unset),
        ("$delete", message.delete_traits),
    )
    return properties | traits | {name: value for name, value in others if value}


def statements_of(message: Message, traits: Object) -> tuple[Statement, ...]:
    """The facts a message states about a profile. A group's traits are about the group."""
    if message.type == "group" or not (traits or states_something(message)):
        return ()
    found = [Statement("delete")] if message.delete_traits else []
    found += [Statement("set", name, value) for name, value in traits.items()]
    found += [Statement("set_once", name, value) for name, value in object_of(message.traits_once).items()]
    found += [Statement("add", name, value) for name, value in object_of(message.traits_add).items()]
    found += [Statement("append", name, value) for name, value in object_of(message.traits_append).items()]
    found += [Statement("unset", name) for name in message.traits_unset]
    return tuple(found)


def states_something(message: Message) -> bool:
    """Whether a message itself says anything about its person's traits."""
    return (
        message.traits is not EMPTY_OBJECT
        or message.delete_traits
        or bool(message.traits_unset)
        or message.traits_once is not EMPTY_OBJECT
        or message.traits_add is not EMPTY_OBJECT
        or message.traits_append is not EMPTY_OBJECT
    )

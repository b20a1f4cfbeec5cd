"""神策 (Sensors Analytics): `/sa`, `/sa.gif` and `/debug`, as its web, mini-program, mobile and server clients speak.

An event that breaks a rule of the protocol waits in quarantine and the client is told 200 all the same, as 神策 does;
only `/debug` says what is wrong, because a developer is reading.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

import msgspec

from zuji.collect.decode.answers import PIXEL_GIF, retry_headers
from zuji.collect.decode.item import BadItem, Dialect, Item, first_problem, parts, text, time, translate_all, written
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.collect.decode.sensors_body import read_items
from zuji.collect.decode.sensors_identity import Who, who_signs_up, who_tracks, who_unbinds
from zuji.terms.message import Message, MessageType
from zuji.terms.source import SourceSettings

DEFAULT_PROJECT = "default"
NAME_RULE = re.compile(r"[A-Za-z_$][\w$]{0,99}", re.ASCII)

_DEBUG_PATH = "/debug"
_TEXT = ("content-type", "text/plain; charset=utf-8")
_GIF = (("content-type", "image/gif"), ("cache-control", "no-store"))

_MARKS = frozenset({"$is_login_id", "$project", "$token", "$lib", "$lib_version"})
"""What clients mix into `properties` for the server's eyes. On a profile update it is no trait."""
_READ = frozenset({"type", "event", "time", "distinct_id", "properties", "identities", "_flush_time", "token"})
"""Fields that have a place of their own in a message. The write key has none. All others go to the context."""
_SAME = ("_track_id", "time", "distinct_id", "event")


class Kind(NamedTuple):
    """What a 神策 type means: the type of our message, whose identifiers it names, and where its properties go."""

    type: MessageType
    who: Callable[[Item, Item], Who]
    traits: str = ""
    event: str = ""


KINDS: dict[str, Kind] = {
    "track": Kind("track", who_tracks),
    "track_signup": Kind("identify", who_signs_up, event="$SignUp"),
    "track_id_bind": Kind("identify", who_tracks, event="$BindID"),
    "track_id_unbind": Kind("unbind", who_unbinds, event="$UnbindID"),
    "profile_set": Kind("profile", who_tracks, "traits", "profile_set"),
    "profile_set_once": Kind("profile", who_tracks, "traits_once", "profile_set_once"),
    "profile_increment": Kind("profile", who_tracks, "traits_add", "profile_increment"),
    "profile_append": Kind("profile", who_tracks, "traits_append", "profile_append"),
    "profile_unset": Kind("profile", who_tracks, "traits_unset", "profile_unset"),
    "profile_delete": Kind("profile", who_tracks, "delete_traits", "profile_delete"),
    "item_set": Kind("group", who_tracks, "traits", "item_set"),
    "item_delete": Kind("group", who_tracks, event="item_delete"),
}


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The messages of a request. `/debug` refuses the first bad one, and keeps nothing when `Dry-Run` asks for that."""
    items = read_items(request, limits.max_body_bytes)
    messages = translate_all(items, _DIALECT, limits)
    if request.path == _DEBUG_PATH:
        if (bad := first_problem(messages)) is not None:
            raise BadBody(400, bad.problem, bad.detail)
        if request.headers.get("dry-run", "").strip().lower() == "true":
            return Decoded.of(())
    return Decoded.of(messages)


def write_key(request: Request) -> str | None:
    """The `token` of the query; a client that was given none has only its project to show."""
    return request.first("token") or request.first("project")


def answer(request: Request, outcome: Outcome) -> Response:
    """An image for who asked for one. Never 429: only 200 counts for these clients, and 503 says it plainly."""
    if isinstance(outcome, Decoded):
        said = Response(200, (_TEXT,))
    elif isinstance(outcome, BadBody):
        said = Response(outcome.status, (_TEXT,), f"{outcome.code}: {outcome.message}".encode())
    else:
        said = Response(503, (_TEXT, *retry_headers(outcome.retry_after_s)), outcome.message.encode())
    if request.method == "GET" and request.path != _DEBUG_PATH:
        return Response(said.status, (*_GIF, *said.headers[1:]), PIXEL_GIF)
    return said


def _translate(item: Item) -> Message:
    name = text(item, "type")
    kind = KINDS.get(name)
    if kind is None:
        raise BadItem("unknown_type", f"type is {name[:100]!r}, known are {', '.join(KINDS)}")
    properties = parts(item, "properties")
    event = text(item, "event") or kind.event
    if not event:
        raise BadItem("no_event_name", "a track needs `event`")
    _check_names([event, *properties, *parts(item, "identities")])
    who = kind.who(item, properties)
    library = _library_of(item, properties)
    message = Message(
        type=_type_of(kind, event),
        message_id=message_id_of(item),
        event=event,
        user_id=who.user_id,
        anonymous_id=who.anonymous_id,
        identifiers=who.identifiers,
        anonymous_identifiers=who.anonymous_identifiers,
        group_id=_group_of(item) if kind.type == "group" else "",
        timestamp=time(item, "time"),
        sent_at=time(item, "_flush_time"),
        context=_context_of(item),
        library=library[0],
        library_version=library[1],
    )
    return msgspec.structs.replace(message, **_content(kind, properties))


def _type_of(kind: Kind, event: str) -> str:
    """Page and screen views are tracks in this protocol; the name tells them apart."""
    if kind.type != "track":
        return kind.type
    if event == "$AppViewScreen":
        return "screen"
    if event == "$pageview" or (event.startswith("$") and event.endswith("ViewScreen")):
        return "page"
    return "track"


def _content(kind: Kind, properties: Item) -> dict[str, object]:
    """Where the properties belong: to the event, or in one of several ways to a profile."""
    if not kind.traits:
        return {"properties": written({name: value for name, value in properties.items() if name != "$token"})}
    traits = {name: value for name, value in properties.items() if name not in _MARKS}
    if kind.traits == "delete_traits":
        return {"delete_traits": True}
    if kind.traits == "traits_unset":
        return {"traits_unset": tuple(traits)}
    return {kind.traits: written(traits)}


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if not _is_name(name):
            raise BadItem("bad_name", f"{name[:120]!r} is no name: letters, digits, _ and $, at most 100")


@lru_cache(maxsize=8192)
def _is_name(name: str) -> bool:
    """Sites use the same few hundred names again and again."""
    return NAME_RULE.fullmatch(name) is not None


def message_id_of(item: Item) -> str:
    """These clients send no ids. A re-sent event is the same in `_track_id`, time, person and name; one without a
    `_track_id` (the Python client) is the same in everything but the time of sending.

    >>> message_id_of({"event": "E", "time": 1}) == message_id_of({"event": "E", "time": 1, "_flush_time": 2})
    True
    """
    if item.get("_track_id") is not None:
        same = {name: item.get(name) for name in _SAME}
    else:
        same = {name: value for name, value in item.items() if name != "_flush_time"}
    return "sa-" + hashlib.blake2b(msgspec.json.encode(same, order="sorted"), digest_size=16).hexdigest()


def _library_of(item: Item, properties: Item) -> tuple[str, str]:
    """The client's name and version; whatever else stands there instead is not worth a rejection."""
    library = item.get("lib")
    told = library if isinstance(library, dict) else properties
    name, version = told.get("$lib"), told.get("$lib_version")
    return (name if isinstance(name, str) else "", version if isinstance(version, str) else "")


def _group_of(item: Item) -> str:
    """An item as a group: its type and id. `item_id` is unique within `item_type` only."""
    item_type, item_id = text(item, "item_type"), text(item, "item_id")
    if not item_type or not item_id:
        raise BadItem("no_identifier", "an item needs `item_type` and `item_id`")
    return f"{item_type}:{item_id}"


def _context_of(item: Item) -> msgspec.Raw:
    """What has no place of its own: `lib`, `project`, `time_free`, ... The default project goes without saying."""
    context = {name: value for name, value in item.items() if name not in _READ}
    if context.get("project") == DEFAULT_PROJECT:
        del context["project"]
    return written(context)


_DIALECT = Dialect(_translate, message_id_of)

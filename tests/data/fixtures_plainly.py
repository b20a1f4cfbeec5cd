"""What must become of a list of Segment messages, worked out one message at a time from the written rules.

Slow and simple on purpose: it shares no code with the pipeline. Only the fold of evidence into people is borrowed, from
the reference that was written from `docs/identity.md` alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import phonenumbers
from reference import People, people_of

from zuji.terms.identifier import Identifier
from zuji.terms.subject import Rule, Subject

DAY_MS = 86_400_000
BIGGEST = 32 * 1024
SHANGHAI = timezone(timedelta(hours=8))
TYPES = {"track", "identify", "page", "screen", "group", "alias"}
NOBODY = (
    "", "empty", "null", "nil", "none", "undefined", "nan", "unknown", "anonymous", "guest", "true", "false", "0", "-1",
    "[object object]", "13800138000", "+8613800138000", "10086", "test@test.com",
)  # fmt: skip
PRIORITY = ["user_id", "phone", "email", "device_id", "anonymous_id"]
Json = dict[str, Any]


@dataclass
class Outcome:
    """What became of each message; stored ones by message id."""

    quarantined: list[tuple[str, str]] = field(default_factory=list)
    duplicates: int = 0
    stored: dict[str, Subject] = field(default_factory=dict)
    names: list[tuple[str, str]] = field(default_factory=list)
    """(type, event name) of the stored ones."""

    @property
    def people(self) -> People:
        return people_of(list(self.stored.values()))


def outcome_of(messages: list[Json], *, received_at: int, source: str) -> Outcome:
    """Take the messages in their order, all received at one moment with a secret key."""
    outcome, seen = Outcome(), set()
    for number, message in enumerate(messages):
        message_id = message.get("messageId") or f"none of its own {number}"
        if message_id in seen:
            outcome.duplicates += 1
            continue
        seen.add(message_id)
        kind = str(message.get("type", "")).lower()
        problem = problem_of(message, kind)
        at = time_of(message, received_at)
        if not problem and at - received_at > 0:
            problem = "future_time"
        if problem:
            outcome.quarantined.append((message_id, problem))
            continue
        outcome.stored[message_id] = subject_of(message, kind, at, message_id, source)
        outcome.names.append((kind, message.get("event") or message.get("name") or kind))
    return outcome


def problem_of(message: Json, kind: str) -> str:
    """Why a message is set aside; empty when it is not."""
    if len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()) > BIGGEST:
        return "event_too_big"
    for name in ("event", "name"):
        if not isinstance(message.get(name), str | None):
            return "wrong_field_type"
    if kind not in TYPES:
        return "unknown_type"
    if not text_of(message.get("userId")) and not text_of(message.get("anonymousId")):
        return "no_identifier"
    if kind == "track" and not (message.get("event") or message.get("name")):
        return "no_event_name"
    for name in ("properties", "traits", "context"):
        if not isinstance(message.get(name), dict | None):
            return "wrong_field_type"
    return ""


def time_of(message: Json, received_at: int) -> int:
    """The time of the event by the server's clock; later than the receipt only when it is hopeless."""
    original = message.get("originalTimestamp")
    given = moment(message.get("timestamp") if original is None else original)
    sent = moment(message.get("sentAt"))
    if given is None:
        return received_at
    if sent is not None:
        if sent < given:
            return received_at
        if abs(received_at - sent) >= 1000:
            given = received_at - (sent - given)
    return received_at if received_at < given <= received_at + DAY_MS else given


def moment(value: object) -> int | None:
    """Milliseconds since 1970 of a time as a client writes it, None for what is no time."""
    if isinstance(value, int | float):
        return int(value * 1000 if abs(value) < 1e11 else value)
    if not isinstance(value, str):
        return None
    if value.isdigit():
        return moment(int(value))
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    read = read if read.tzinfo else read.replace(tzinfo=SHANGHAI)
    return (read - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def subject_of(message: Json, kind: str, at: int, message_id: str, source: str) -> Subject:
    """Who the message is about and what it asserts."""
    claimed = list(usable("user_id", message.get("userId")))
    known, told = ordered(claimed), from_traits(message, kind)
    anonymous = [
        *usable("anonymous_id", message.get("anonymousId")),
        *usable("anonymous_id", message.get("previousId")),
        *from_device(message),
    ]
    if not known and told:  # what traits tell leads only where the message names nobody
        known, anonymous = (ordered(anonymous), []) if anonymous else (ordered(told), [])
    anonymous = [one for one in ordered([*anonymous, *told]) if one not in known]
    rule: Rule = "together" if len(known) + len(anonymous) > 1 else "sighting"
    if kind == "identify":
        rule = "identify"
    elif kind == "alias":
        rule = "alias"
    if rule == "sighting":
        known, anonymous = known or anonymous, []
    identified = bool(claimed) and rule in ("identify", "alias")
    return Subject("default", source, "secret", at, message_id, rule, tuple(known), tuple(anonymous), identified)


def from_traits(message: Json, kind: str) -> Iterator[Identifier]:
    """Traits that are named like identifiers; those of a group are about the group."""
    if kind == "group":
        return
    context = message.get("context") or {}
    traits = {**((context.get("traits") or {}) if kind == "identify" else {}), **(message.get("traits") or {})}
    for name, value in traits.items():
        plain = name.removeprefix("$").lower()
        if plain == "email":
            yield from usable("email", value)
        elif plain in ("phone", "mobile", "phonenumber"):
            yield from usable("phone", value)


def from_device(message: Json) -> Iterator[Identifier]:
    device = (message.get("context") or {}).get("device")
    if isinstance(device, dict):
        yield from usable("device_id", device.get("id"))
        yield from usable("device_id", device.get("advertisingId"))


def usable(kind: str, value: object) -> Iterator[Identifier]:
    """The identifier in its normal form, unless it stands for nobody or breaks the rule of its type."""
    text = text_of(value).strip()
    if not text or text.lower() in NOBODY or (set(text) <= set("0-:") and kind in ("device_id", "anonymous_id")):
        return
    if kind == "email":
        text = text.lower()
        domain = text.rpartition("@")[2]
        example = re.search(r"(^|\.)(example\.(com|org|net|cn)|example|test|invalid|localhost)$", domain)
        if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", text) or example:
            return
    if kind == "phone":
        try:
            number = phonenumbers.parse(text, "CN")
        except phonenumbers.NumberParseException:
            return
        if not phonenumbers.is_valid_number(number):
            return
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    yield Identifier(kind, text)


def text_of(value: object) -> str:
    """An id as text; numbers in their shortest form, blanks are nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if str(value).strip() else ""


def ordered(identifiers: list[Identifier]) -> list[Identifier]:
    """Each once, strongest first."""
    return sorted(set(identifiers), key=lambda one: (PRIORITY.index(one.type), one.value))

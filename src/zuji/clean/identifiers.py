"""Who an event names, each value brought into the one form in which it can be recognised.

A value that stands for nobody (blocked) or breaks the rule of its type (unusable) links nothing. An event all of whose
identifiers are such is kept without a person; one that names none at all is rejected.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec

from zuji.clean.context import Device, as_text
from zuji.clean.sheet import Sheet
from zuji.clean.standards.contacts import EMAIL, email_text, phone_of
from zuji.clean.traits import Object
from zuji.terms.event import Flag
from zuji.terms.identifier import BLOCKED_VALUES, Identifier, type_of
from zuji.terms.message import KeyKind, Message
from zuji.terms.subject import Statement

MAX_LENGTH = 256
REMEMBERED = 65_536  # about 25 MB when full; a look-up is 0.1 µs, normalising a phone number 20 µs

TYPE_OF_TRAIT = {
    "email": "email",
    "phone": "phone",
    "mobile": "phone",
    "unionid": "unionid",
    "openid": "openid",
    "member_card": "member_card",
    "memberCard": "member_card",
    "card_no": "member_card",
    "national_id_hash": "national_id_hash",
}
"""Traits that name their person. Written with or without capitals and a leading `$`, they mean the same."""
_SPELLINGS = {
    spelling: kind
    for name, kind in (TYPE_OF_TRAIT | {"phoneNumber": "phone", "unionId": "unionid", "openId": "openid"}).items()
    for spelling in (name, name.capitalize(), f"${name}", name.upper())
}

_EXAMPLE_DOMAIN = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net|cn)|example|test|invalid|localhost)$")
_ZEROS = frozenset("0-:")

Pair = tuple[str, str]
Pairs = tuple[Pair, ...]
Side = tuple[Identifier, ...]


class Named(msgspec.Struct, frozen=True, gc=False):
    """Whom a message names: the usable identifiers by side, strongest first; `every` one, those that are refused at
    the end; and the problems of the latter.

    `claimed`: the known side holds an identifier that the message itself names, not only its traits.
    """

    known: Side = ()
    anonymous: Side = ()
    claimed: bool = False
    every: Side = ()
    problems: tuple[str, ...] = ()


def name_identifiers(sheet: Sheet) -> None:
    """Fill the known and the anonymous side of every row, and the column of all identifiers named."""
    columns: list[Side] = [()] * len(sheet.rows)
    known, anonymous, claimed = sheet.known, sheet.anonymous, sheet.claimed
    of_runs = [(run.source.settings.default_phone_region, run.receipt.key) for run in sheet.receipts]
    runs, contexts, traits_of = sheet.receipt_codes.tolist(), sheet.contexts, sheet.traits
    for number, row in sheet.standing():
        message, device, traits = row.message, contexts[number].device, traits_of[number]
        region, key = of_runs[runs[number]]
        if device is None and not traits and _names_by_ids_alone(message):
            named = named_by_ids(message.user_id, message.anonymous_id, region, key)
        else:
            own, other = _pairs_of(message)
            of_device = () if device is None else _pairs_of_device(device)
            named = named_by(own, _pairs_of_traits(message, traits), other, of_device, region, key)
        known[number], anonymous[number], claimed[number] = named.known, named.anonymous, named.claimed
        columns[number] = named.every
        if not named.every:
            if not (message.type == "group" and message.group_id):  # a group may be described on its own
                sheet.reject(number, "no_identifier", "the message names nobody")
        elif named.problems:
            for problem in named.problems:
                sheet.flag(number, Flag.BLOCKED_IDENTIFIER, problem)
            sheet.statements[number] = without_blocked(sheet.statements[number], region)
    sheet.columns["identifiers"] = columns


def without_blocked(statements: tuple[Statement, ...], region: str) -> tuple[Statement, ...]:
    """A number that stands for nobody is nobody's phone: it must not take the place of the real one.

    >>> without_blocked((Statement("set", "phone", "13800138000"), Statement("set", "city", "杭州")), "CN")
    (Statement(operation='set', name='city', value='杭州'),)
    """
    return tuple(one for one in statements if not _is_blocked(one, region))


def _is_blocked(said: Statement, region: str) -> bool:
    kind, value = _SPELLINGS.get(said.name), as_text(said.value)
    if kind is None or not value:
        return False
    return normalised(kind, value, region)[1].startswith("blocked:")


def _names_by_ids_alone(message: Message) -> bool:
    """Most messages have a user id, an anonymous id or both, and nothing else that names anybody."""
    return not (message.identifiers or message.anonymous_identifiers or message.previous_id)


def _pairs_of(message: Message) -> tuple[Pairs, Pairs]:
    """What the message itself names, by side."""
    claimed, anonymous = message.identifiers, message.anonymous_identifiers
    if message.user_id:
        claimed = (("user_id", message.user_id), *claimed)
    if message.previous_id:
        anonymous = (("anonymous_id", message.previous_id), *anonymous)
    if message.anonymous_id:
        anonymous = (("anonymous_id", message.anonymous_id), *anonymous)
    return claimed, anonymous


def _pairs_of_traits(message: Message, traits: Object) -> Pairs:
    """Traits of a group are about the group."""
    if not traits or message.type == "group" or _SPELLINGS.keys().isdisjoint(traits):
        return ()
    return pairs_of_traits(traits)


def _pairs_of_device(device: Device) -> Pairs:
    return tuple(("device_id", value) for value in (device.id, device.advertising_id) if value)


def pairs_of_traits(traits: Object) -> tuple[Pair, ...]:
    """Traits that are named like identifiers.

    >>> pairs_of_traits({"phone": 13912345678, "city": "杭州"})
    (('phone', '13912345678'),)
    """
    found = ((kind, as_text(traits[name])) for name, kind in _SPELLINGS.items() if name in traits)
    return tuple((kind, value) for kind, value in found if value)


@lru_cache(maxsize=REMEMBERED)
def named_by(claimed: Pairs, stated: Pairs, anonymous: Pairs, device: Pairs, region: str, key: KeyKind) -> Named:
    """Judge all pairs of a message. What the device says of itself in the context counts when it is usable and is no
    loss when it is not: clients write zeros there when their user forbids tracking.

    >>> named_by((("user_id", " u1 "),), (), (("anonymous_id", "null"),), (), "CN", "public").problems
    ('blocked:anonymous_id',)
    """
    own, refused = _judged(claimed, region, key)
    told, refused_told = _judged(stated, region, key)
    other, refused_other = _judged(anonymous, region, key)
    other += _judged(device, region, key)[0]
    known, unknown = _sides(own, told, other)
    refused += refused_told + refused_other
    if not refused:
        return Named(known, unknown, bool(own), known + unknown)
    linked = bool(known or unknown)
    problems = dict.fromkeys(problem for _, problem in refused if problem.startswith("blocked:") or not linked)
    every = known + unknown + tuple(identifier for identifier, _ in refused)
    return Named(known, unknown, bool(own), every, tuple(problems))


@lru_cache(maxsize=REMEMBERED)
def named_by_ids(user_id: str, anonymous_id: str, region: str, key: KeyKind) -> Named:
    """The same for the usual message, with less to compare, and for usual values with nothing to judge."""
    if (stands_as_sent(user_id) or not user_id) and (stands_as_sent(anonymous_id) or not anonymous_id):
        known = (Identifier("user_id", user_id),) if user_id else ()
        anonymous = (Identifier("anonymous_id", anonymous_id),) if anonymous_id else ()
        return Named(known, anonymous, bool(known), known + anonymous)
    claimed = (("user_id", user_id),) if user_id else ()
    other = (("anonymous_id", anonymous_id),) if anonymous_id else ()
    return named_by.__wrapped__(claimed, (), other, (), region, key)


def stands_as_sent(value: str) -> bool:
    """Whether a value of a type without a form of its own is plainly usable and normalised: no blanks around it, no
    letters to compose, nothing that is blocked.
    """
    return _PLAIN(value) is not None and value.lower() not in BLOCKED_VALUES


_PLAIN = re.compile(r"[!-/1-~](?:[ -~]{0,254}[!-~])?").fullmatch  # a leading zero may be the first of many


def _sides(own: Side, told: Side, other: Side) -> tuple[Side, Side]:
    """The known and the anonymous side. What traits tell never leads while the message names somebody itself: an e-mail
    that its key may not link would otherwise keep a log-in from reaching the device it happened on.
    """
    if not own and told:
        own, other, told = (other, told, ()) if other else (told, (), ())
    known = in_order(own)
    rest = other + told
    return known, in_order(tuple(each for each in rest if each not in known) if known else rest)


def in_order(identifiers: Side) -> Side:
    """Each once, strongest first: by the priority of the type, then by value."""
    if len(identifiers) < 2:
        return identifiers
    return tuple(sorted(set(identifiers), key=_strength))


def normalised(kind: str, value: str, region: str) -> tuple[Identifier, str]:
    """One value by the rule of its type, and what is wrong with it, if anything.

    >>> normalised("email", " Li.Lei@Mail.cn ", "CN")
    (Identifier(type='email', value='li.lei@mail.cn'), '')
    >>> normalised("user_id", "null", "CN")[1]
    'blocked:user_id'
    """
    text = value.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    plain = text.lower()
    if plain in BLOCKED_VALUES or (text.startswith("0") and _all_zero(kind, text)):
        return Identifier(kind, text), f"blocked:{kind}"
    if len(text) > MAX_LENGTH:
        return Identifier(kind, text[:MAX_LENGTH]), f"too_long:{kind}"
    if kind == "email":
        written = email_text(text)
        return Identifier(kind, written), _email_problem(written)
    if kind == "phone":
        written = phone_of(text, region)
        blocked = "blocked:phone" if written in BLOCKED_VALUES else ""
        return (Identifier(kind, written), blocked) if written else (Identifier(kind, text), "unusable:phone")
    return Identifier(kind, text), ""


def _judged(pairs: Pairs, region: str, key: KeyKind) -> tuple[Side, tuple[tuple[Identifier, str], ...]]:
    """The usable ones, and the others with what is wrong with them."""
    usable: Side = ()
    refused: tuple[tuple[Identifier, str], ...] = ()
    for kind, value in pairs:
        identifier, problem = normalised(kind, value, region)
        if key == "public" and not problem and type_of(kind).secret_key_only:
            problem = f"secret_key_only:{kind}"
        if problem:
            refused += ((identifier, problem),)
        else:
            usable += (identifier,)
    return usable, refused


def _strength(identifier: Identifier) -> tuple[int, str, str]:
    return type_of(identifier.type).priority, identifier.value, identifier.type


def _all_zero(kind: str, text: str) -> bool:
    """All-zero device ids, and the all-zero UUID whatever it is used for."""
    return set(text) <= _ZEROS and (type_of(kind).device or len(text) in (32, 36))


def _email_problem(text: str) -> str:
    if not EMAIL.fullmatch(text):
        return "unusable:email"
    return "blocked:email" if _EXAMPLE_DOMAIN.search(text.rpartition("@")[2]) else ""

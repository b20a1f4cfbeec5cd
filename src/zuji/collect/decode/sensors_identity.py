"""Who a 神策 event is about: its `identities`, `distinct_id`, `login_id`, `anonymous_id` and `original_id`.

One person's events before and after the log-in must meet, and an anonymous id must never become a user id. So:

- A log-in id is a `user_id`: `$identity_login_id`, `login_id`, a `distinct_id` marked `$is_login_id`, and the
  `distinct_id` of a sign-up.
- `anonymous_id` and `cookie_id` are what they are called, on the anonymous side with all ids of devices. On a
  sign-up, the `original_id` joins them.
- A `distinct_id` that none of these explains may be either; it stays a `distinct_id`. Server clients send only that,
  so a sign-up names both of its ids as distinct ids too: that is where such events meet the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zuji.collect.decode.item import BadItem, Item, parts, text, text_of

Pair = tuple[str, str]

LOGIN = "$identity_login_id"
MAX_IDENTITIES = 50

_TYPE_OF_IDENTITY = {
    LOGIN: "user_id",
    "$identity_anonymous_id": "anonymous_id",
    "$identity_cookie_id": "cookie_id",
    "$identity_distinct_id": "distinct_id",
    "$identity_mobile": "phone",
    "$identity_email": "email",
    "$identity_mp_openid": "openid",
    "$identity_mp_unionid": "unionid",
    "$identity_android_id": "device_id",
    "$identity_android_uuid": "device_id",
    "$identity_idfv": "device_id",
    "$identity_ios_id": "device_id",
    "$identity_ios_uuid": "device_id",
    "$identity_harmony_uuid": "device_id",
}
_PREFIX = "$identity_"
_DEVICE_TYPES = frozenset({"cookie_id", "device_id"})


@dataclass(frozen=True, slots=True)
class Who:
    """The identifiers of one event, as the fields of a message."""

    user_id: str = ""
    anonymous_id: str = ""
    identifiers: tuple[Pair, ...] = ()
    anonymous_identifiers: tuple[Pair, ...] = ()


def type_of_identity(name: str) -> str:
    """The identifier type that an identity key stands for; a key of the customer's own is a type of its own.

    >>> type_of_identity("$identity_mobile"), type_of_identity("$identity_alipay_openid"), type_of_identity("shop_card")
    ('phone', 'openid', 'shop_card')
    """
    known = _TYPE_OF_IDENTITY.get(name)
    if known is not None:
        return known
    if name.endswith("_openid"):
        return "openid"
    if name.endswith("_unionid"):
        return "unionid"
    return name.removeprefix(_PREFIX) or name


def who_tracks(item: Item, properties: Item) -> Who:
    """Of an event, a profile update or a bind: everything it names is one person, seen together."""
    pairs = _identity_pairs(item)
    login = _login_of(item, properties, pairs)
    anonymous_id = text(item, "anonymous_id")
    distinct = _distinct_pair(text(item, "distinct_id"), login, anonymous_id, pairs)
    return _assemble(login, anonymous_id, [*pairs, *distinct])


def who_signs_up(item: Item, properties: Item) -> Who:
    """Of `track_signup`: the known side is who the person turned out to be, the anonymous side who it was till then."""
    pairs = _identity_pairs(item)
    distinct_id, original_id = text(item, "distinct_id"), text(item, "original_id")
    composed = _composed(distinct_id)
    login = _login_of(item, properties, pairs) or ("" if composed else distinct_id)
    if distinct_id:
        pairs.append(composed or ("distinct_id", distinct_id))
    before: list[Pair] = []
    if original_id and original_id not in (login, distinct_id):
        before = [("anonymous_id", original_id), ("distinct_id", original_id)]
    return _assemble(login, text(item, "anonymous_id"), pairs, before)


def who_unbinds(item: Item, properties: Item) -> Who:
    """Of `track_id_unbind`: the identities named are the ones that leave; the others tell whom they leave."""
    leaving = dict.fromkeys(_identity_pairs(item))
    distinct_id = text(item, "distinct_id")
    if not leaving and (composed := _composed(distinct_id)):
        leaving = {composed: None}
    login = _login_of(item, properties, [])
    staying = "" if ("user_id", login) in leaving else login
    return Who(user_id=staying, anonymous_identifiers=tuple(leaving))


def _identity_pairs(item: Item) -> list[Pair]:
    """`identities` as (type, value) pairs; a value may be a list of several."""
    pairs: list[Pair] = []
    for name, value in parts(item, "identities").items():
        values = value if isinstance(value, list) else [value]
        pairs.extend((type_of_identity(name), found) for each in values if (found := text_of(each, name)))
        if len(pairs) > MAX_IDENTITIES:
            raise BadItem("wrong_field_type", f"`identities` may name {MAX_IDENTITIES} identifiers")
    return pairs


def _login_of(item: Item, properties: Item, pairs: list[Pair]) -> str:
    """The log-in id, or nothing. A site may log in by another key; then `login_id` reads `<key>+<value>`."""
    for kind, value in pairs:
        if kind == "user_id":
            return value
    login_id = text(item, "login_id")
    if login_id and not _composed(login_id):
        return login_id
    if properties.get("$is_login_id") is True and not _composed(distinct_id := text(item, "distinct_id")):
        return distinct_id
    return ""


def _distinct_pair(distinct_id: str, login: str, anonymous_id: str, pairs: list[Pair]) -> list[Pair]:
    """What a distinct id adds to what is known already: usually nothing, since it repeats one of them."""
    if not distinct_id or distinct_id in (login, anonymous_id) or any(value == distinct_id for _, value in pairs):
        return []
    return [_composed(distinct_id) or ("distinct_id", distinct_id)]


def _composed(value: str) -> Pair | None:
    """A distinct id that clients compose of an identity: `$identity_mobile+13912345678`.

    >>> _composed("$identity_mobile+13912345678"), _composed("user+tag")
    (('phone', '13912345678'), None)
    """
    name, plus, rest = value.partition("+")
    return (type_of_identity(name), rest) if plus and rest and name.startswith(_PREFIX) else None


def _assemble(login: str, anonymous_id: str, pairs: list[Pair], before: Sequence[Pair] = ()) -> Who:
    """Pairs that a message has fields of its own for go there; of the others, devices and cookies are on the anonymous
    side with what is told of `before`: they are the person's only for now.
    """
    if not anonymous_id:
        anonymous_id = next((value for kind, value in pairs if kind == "anonymous_id"), "")
    told = {("user_id", login), ("anonymous_id", anonymous_id)}
    others = [pair for pair in dict.fromkeys(pairs) if pair not in told]
    anonymous = [pair for pair in others if pair[0] in _DEVICE_TYPES]
    return Who(
        user_id=login,
        anonymous_id=anonymous_id,
        identifiers=tuple(pair for pair in others if pair[0] not in _DEVICE_TYPES),
        anonymous_identifiers=tuple(dict.fromkeys(pair for pair in [*anonymous, *before] if pair not in told)),
    )

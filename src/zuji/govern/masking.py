"""Personal values made harmless: for logs, always; for answers, where a role may not read them.

Masking keeps just enough to recognise a value one already knows (138****8000, a***@x.cn, 203.0.113.0) and is
idempotent: masked text stays as it is. Keys and tokens are masked as well, since a log is the usual place to lose one.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from functools import lru_cache
from typing import Any

from zuji.terms.identifier import IDENTIFIER_TYPES, type_of

_SECRET = re.compile(r"\b(z[pstuc]_)[\w-]{8,}")
_EMAIL = re.compile(r"([^\W_])[\w.+%-]* ?@ ?([\w-]+(?:\.[\w-]+)+)")
_NATIONAL_ID = re.compile(r"(?<!\d)(\d{3})\d{3}(?:19|20)\d{2}[01]\d[0-3]\d\d{2}(\d[\dXx])(?![\dXx])")
_CHINESE_MOBILE = re.compile(r"(?<![\d+])((?:\+?86[-. ]?)?1[3-9]\d)(?:[- ]?\d{4}[- ]?|\.\d{4}\.)(\d{4})(?!\d)")
_FOREIGN_PHONE = re.compile(r"(\+\d{3})\d{3,9}(\d{2})(?!\d)")
_IPV4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?![\d.])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4}){1,7}(?![\w:])")
WIDE, NARROW = "０１２３４５６７８９＋－．＠", "0123456789+-.@"
"""What Chinese keyboards write for the characters that phones and addresses are made of."""
_NARROWED = str.maketrans(WIDE, NARROW)
_LOCAL = ("127.0.0", "0.0.0")
"""Addresses of the machine itself are nobody's and are needed to read a log."""


def mask_text(text: str) -> str:
    """The text with every phone, e-mail, address, national id, key and token in it masked.

    >>> mask_text("13812348000 wrote from 203.0.113.77 as alice@example.cn")
    '138****8000 wrote from 203.0.113.0 as a***@example.cn'
    """
    if text.isascii():
        return _masked(text)
    narrowed = text.translate(_NARROWED)
    masked = _masked(narrowed)
    return text if masked == narrowed else masked


def _masked(text: str) -> str:
    text = _SECRET.sub(lambda found: f"{found[1]}***", text)
    text = _EMAIL.sub(lambda found: f"{found[1]}***@{found[2]}", text)
    text = _NATIONAL_ID.sub(lambda found: f"{found[1]}*************{found[2]}", text)
    text = _CHINESE_MOBILE.sub(lambda found: f"{found[1]}****{found[2]}", text)
    text = _FOREIGN_PHONE.sub(lambda found: f"{found[1]}****{found[2]}", text)
    text = _IPV4.sub(lambda found: found[0] if found[1] in _LOCAL else f"{found[1]}.0", text)
    return _IPV6.sub(lambda found: _masked_if_address(found[0]), text)


def mask_ip(address: str) -> str:
    """The network an address lies in: /24 for IPv4, /48 for IPv6. What is no address is hidden whole.

    >>> mask_ip("2001:db8:aa:bb::7")
    '2001:db8:aa::'
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "***" if address else ""
    prefix = 24 if known.version == 4 else 48
    return str(ipaddress.ip_network((known, prefix), strict=False).network_address)


def _masked_if_address(text: str) -> str:
    """A time of day looks much like an IPv6 address and stays as it is."""
    masked = mask_ip(text)
    return text if masked == "***" else masked


def mask_identifier(type_name: str, value: str) -> str:
    """An identifier's value as a role without `personal.read` may see it: unchanged unless its type is sensitive.

    >>> mask_identifier("phone", "+8613812348000"), mask_identifier("user_id", "u1")
    ('+86138****8000', 'u1')
    """
    if type_of(type_name).sensitivity == "none":
        return mask_text(value)
    masked = mask_text(value)
    if masked != value or "***" in value:
        return masked
    return f"{value[:2]}***{value[-2:]}" if len(value) > 8 else "***"


PERSONAL_NAMES = frozenset(
    {
        "name", "first_name", "firstname", "last_name", "lastname", "full_name", "fullname", "nickname", "real_name",
        "address", "street", "birthday", "birth_date", "id_card", "wechat", "qq",
        "姓名", "昵称", "地址", "生日", "微信",
    }
)  # fmt: skip
"""Names of traits and properties whose values are personal though no pattern shows it, compared in lower case."""


SENSITIVE_TYPES = tuple(kind.name for kind in IDENTIFIER_TYPES if kind.sensitivity != "none")
PERSONAL_PART = rf"\$?({'|'.join(sorted({*PERSONAL_NAMES, *SENSITIVE_TYPES}))})(?:_original)*"
"""A part of a personal property's name: cleaning keeps what came as `name_original`, and may do so again."""
_PART = re.compile(PERSONAL_PART)


def is_personal(name: str) -> bool:
    """Whether values of the property of this name are personal however they look: any part of its path may say so.

    >>> [is_personal(name) for name in ("Name", "contact.name", "$phone_original", "product", "names")]
    [True, True, True, False, False]
    """
    return bool(_personal_part(name))


@lru_cache(maxsize=4096)
def _personal_part(name: str) -> str:
    """The first part of a path that is personal, bare; empty where none is."""
    found = (_PART.fullmatch(part) for part in name.lower().split("."))
    return next((match[1] for match in found if match), "")


def mask_value(value: Any, *, name: str = "") -> Any:
    """A JSON value with every text in it masked; values under a personal name are hidden whole, however deep."""
    if isinstance(value, dict):
        return {key: mask_value(inner, name=f"{name}.{key}" if name else str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [mask_value(inner, name=name) for inner in value]
    personal = _personal_part(name)
    if personal in PERSONAL_NAMES and value not in (None, ""):
        return "***"
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    masked = mask_identifier(personal, text) if personal else mask_text(text)
    return value if masked == text else masked


class MaskingFormatter(logging.Formatter):
    """Formats a log record and masks the finished text, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        """The masked line."""
        return mask_text(super().format(record))

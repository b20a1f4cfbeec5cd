"""Phone numbers and e-mail addresses in the one form in which they can be compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers

REMEMBERED = 65_536  # about 25 MB when full; a look-up is 0.1 µs, normalising a phone number 20 µs
_IN_BRACKETS = re.compile(r".*<([^<>]*)>\s*")
EMAIL = re.compile(r"[^@\s,;<>]{1,64}@(?:[^@\s,;<>.]+\.)+[^@\s,;<>.]{2,63}")


@lru_cache(maxsize=REMEMBERED)
def phone_of(text: str, region: str) -> str:
    """A phone number as E.164; empty when it is none.

    >>> phone_of("139 1234 5678", "CN"), phone_of("+44 20 7946 0958", "CN"), phone_of("12", "CN")
    ('+8613912345678', '+442079460958', '')
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_text(text: str) -> str:
    """An address as it is compared: small letters, usual characters for full-width ones, no dot behind it.

    >>> email_text("Li.Lei＠Mail.cn．")
    'li.lei@mail.cn'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("。", ".")
    return text.strip().lower().rstrip(".")


def email_of(text: str) -> str:
    """An address out of what people write around it; empty when it is none.

    >>> email_of("Li Lei <mailto:Li.Lei@mail.cn>"), email_of("li lei at mail.cn")
    ('li.lei@mail.cn', '')
    """
    found = _IN_BRACKETS.fullmatch(text)
    written = email_text(found[1] if found else text).removeprefix("mailto:")
    return written if EMAIL.fullmatch(written) else ""

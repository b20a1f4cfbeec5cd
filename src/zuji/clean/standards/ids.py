"""Ids that others give to devices and to users of WeChat: the form that each kind has, and what stands for nobody."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

IdKind = Literal["idfa", "gaid", "oaid", "openid", "unionid"]

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_OAID = re.compile(r"[0-9a-f]{16,64}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_OPENID = re.compile(r"o[\w-]{27}", re.ASCII)
_UNIONID = re.compile(r"o[\w-]{27,28}", re.ASCII)
_WECHAT = {"openid": _OPENID, "unionid": _UNIONID}
_NOBODY = frozenset("0-")


def id_of(text: str, kind: IdKind) -> str:
    """An id in the form of its kind; empty when it has another form or is all zeros, as phones give out where their
    owner forbids tracking.

    >>> id_of("6d92078a-8246-4ba4-ae5b-76104861e7dc", "idfa"), id_of("00000000-0000-0000-0000-000000000000", "idfa")
    ('6D92078A-8246-4BA4-AE5B-76104861E7DC', '')
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if pattern := _WECHAT.get(kind):
        return written if pattern.fullmatch(written) else ""
    plain = written.lower()
    if set(plain) <= _NOBODY or not (_OAID if kind == "oaid" else _UUID).fullmatch(plain):
        return ""
    if kind == "oaid":
        return plain
    digits = plain.replace("-", "")
    dashed = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return dashed.upper() if kind == "idfa" else dashed

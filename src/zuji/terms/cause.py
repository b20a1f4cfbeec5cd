"""The cause behind the details of rejections: what is left of a detail when its numbers and ids are taken out."""

from __future__ import annotations

import re

LONGEST_CAUSE = 200

_LENGTH_OF_TIME = re.compile(r"(?:-?\d+ days?, )?\d+:\d\d:\d\d(?:\.\d+)?")
_ID = re.compile(r"\b(?=[0-9a-f-]*\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def cause_of(detail: str) -> str:
    """The same text for all events that failed in the same way, whatever their own numbers are.

    >>> cause_of("dated 2 days, 0:00:00 after its receipt"), cause_of("dated 1:02:03.5 after its receipt")
    ('dated # after its receipt', 'dated # after its receipt')
    >>> cause_of("type is 'trak', known are track"), cause_of("33000 bytes, this source allows 32768")
    ("type is 'trak', known are track", '# bytes, this source allows #')
    """
    text = _LENGTH_OF_TIME.sub("#", detail)
    text = _ID.sub("#", text)
    return _NUMBER.sub("#", text)[:LONGEST_CAUSE]

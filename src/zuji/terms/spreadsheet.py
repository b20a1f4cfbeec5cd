"""Texts in CSV files: a spreadsheet that opens one must not run what somebody sent us as a formula."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula begins with in a spreadsheet; the wide ones too, which some take for the narrow ones."""


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> harmless("=HYPERLINK(1)"), harmless("a=b"), harmless("-5")
    ("'=HYPERLINK(1)", 'a=b', "'-5")
    """
    return f"'{text}" if text.startswith(DANGEROUS) else text

"""How a browser proves whose page it shows: the site's own server signs the identifier with the source's secret key.

A write key stands in every page, so it proves nothing. The proof is HMAC-SHA256, in hexadecimal, of
`<type>:<value>.<until>` (`until`: seconds since 1970, at most 30 days ahead), keyed with the SHA-256 of the secret key
in hexadecimal: that hash is all of the key that is kept here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Literal

ProvenType = Literal["user_id", "anonymous_id"]
LONGEST_S = 30 * 86_400


def page_proof(secret_key_sha256: str, type_: ProvenType, value: str, until: int) -> str:
    """The proof that an identifier may be read until a moment.

    >>> page_proof("00" * 32, "user_id", "u-1", 1_800_000_000)[:16]
    'ec1bbbb3a9d3c7b4'
    """
    return hmac.new(secret_key_sha256.encode(), f"{type_}:{value}.{until}".encode(), hashlib.sha256).hexdigest()


def is_proven(
    proof: str, secret_hashes: Iterable[str], type_: ProvenType, value: str, until: int, *, now_s: float
) -> bool:
    """Whether one of the source's secret keys made this proof, and it still holds."""
    if not now_s <= until <= now_s + LONGEST_S:
        return False
    made = (page_proof(one, type_, value, until) for one in secret_hashes)
    return any(hmac.compare_digest(one.encode(), proof.encode()) for one in made)

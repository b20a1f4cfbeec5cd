"""How keys and tokens are written and hashed. The prefix says what a key is, so that logs and people can tell."""

from __future__ import annotations

import hashlib

PUBLIC_KEY_PREFIX = "zp_"
SECRET_KEY_PREFIX = "zs_"  # noqa: S105 - a prefix, not a secret
TOKEN_PREFIX = "zt_"  # noqa: S105 - a prefix, not a secret
SESSION_PREFIX = "zu_"
CODE_PREFIX = "zc_"


def sha256_hex(secret: str) -> str:
    """The only form in which a key or token is stored. They are long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()

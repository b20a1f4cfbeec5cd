"""Passwords: which ones are good enough, and how they are kept: as scrypt hashes whose cost stands beside them.

Length is what makes a password strong, so nothing is asked of its characters; only what everybody tries is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import unicodedata
from base64 import b64decode, b64encode

from zuji.terms.error import BadRequest, Busy

SHORTEST, LONGEST = 10, 200
COMMON = frozenset(
    {
        "1234567890", "0123456789", "0987654321", "9876543210", "1234567891", "12345678910", "123456789a",
        "a123456789", "a1234567890", "1111111111", "0000000000", "1122334455", "1212121212", "1q2w3e4r5t",
        "1qaz2wsx3edc", "q1w2e3r4t5", "qwertyuiop", "qwerty12345", "qwertyuiop123", "asdfghjkl1", "zxcvbnm123",
        "abcdefghij", "abcd123456", "abc1234567", "password12", "password123", "password1234", "passw0rd123",
        "p@ssw0rd123", "iloveyou123", "iloveyou1314", "woaini1314", "woaini5201314", "5201314520", "1314520520",
        "13145201314", "adminadmin", "admin12345", "admin123456", "administrator", "welcome123", "changeme123",
        "letmein123", "football123", "superman123", "zujizujizuji",
    }
)  # fmt: skip
"""Of ten characters and more, compared in lower case: shorter ones are refused for their length."""

LOG2_N, BLOCK, LANES = 15, 8, 3
"""32 MB and about a quarter of a second of one processor: one of the settings that OWASP holds equal to Argon2id."""
MAX_MEMORY = 64 * 1024 * 1024
SALT_BYTES, HASH_BYTES = 16, 32
WAIT_S = 10.0

_one_at_a_time = threading.Lock()
"""A flood of sign-ins may keep one processor busy, never all of them, nor more memory than one hash takes."""


def require_good(password: str, *, login: str) -> None:
    """Raise BadRequest with what would help unless the password is good enough."""
    plain = _plain(password).casefold()
    if not SHORTEST <= len(_plain(password)) <= LONGEST:
        raise BadRequest(
            f"a password has {SHORTEST} to {LONGEST} characters; a few words in a row are easy to remember."
        )
    if plain == login.casefold():
        raise BadRequest("the password is the login. Choose one that nobody could guess from it.")
    if plain in COMMON or len(set(plain)) == 1:
        raise BadRequest("this password is one of the first that anybody would try. Choose another one.")


def hashed(password: str) -> str:
    """The only form in which a password is kept; the same password gives another text each time."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = _scrypt(password, salt, LOG2_N, BLOCK, LANES)
    return f"scrypt${LOG2_N}${BLOCK}${LANES}${b64encode(salt).decode()}${b64encode(digest).decode()}"


NOBODYS = (
    f"scrypt${LOG2_N}${BLOCK}${LANES}${b64encode(bytes(SALT_BYTES)).decode()}${b64encode(bytes(HASH_BYTES)).decode()}"
)
"""A hash that no password has: checked for a login that nobody has, so that the answer takes as long."""


def is_right(password: str, kept: str) -> bool:
    """Whether this is the password that was kept."""
    _, log2_n, block, lanes, salt, digest = kept.split("$")
    found = _scrypt(password, b64decode(salt), int(log2_n), int(block), int(lanes))
    return hmac.compare_digest(found, b64decode(digest))


def _scrypt(password: str, salt: bytes, log2_n: int, block: int, lanes: int) -> bytes:
    if not _one_at_a_time.acquire(timeout=WAIT_S):
        raise Busy("too many people sign in at this moment. Try again in a few seconds.")
    try:
        return hashlib.scrypt(
            _plain(password).encode(), salt=salt, n=1 << log2_n, r=block, p=lanes, maxmem=MAX_MEMORY, dklen=HASH_BYTES
        )
    finally:
        _one_at_a_time.release()


def _plain(password: str) -> str:
    """One keyboard sends é as one character, another as two."""
    return unicodedata.normalize("NFKC", password)

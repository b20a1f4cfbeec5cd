"""The first stage: every message id once, per workspace and source, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

HASH_BYTES = 16  # by the birthday bound two of 2**40 ids collide with a probability of about 2**-49


def id_hash(workspace: str, source: str, epoch: int, message_ids: Sequence[str]) -> Hashes:
    """The 128-bit hashes of message ids within a source and its epoch, as n × 2 words.

    A raised epoch gives the same ids other hashes: that is how deleting a source's data frees them.

    >>> id_hash("shop", "web", 0, ["a", "b"]).shape
    (2, 2)
    """
    start = blake2b(f"{workspace}\0{source}\0{epoch}\0".encode(), digest_size=HASH_BYTES)
    digests = bytearray()
    for message_id in message_ids:
        hasher = start.copy()
        hasher.update(message_id.encode(errors="surrogatepass"))
        digests += hasher.digest()
    return np.frombuffer(bytes(digests), dtype=np.uint64).reshape(-1, 2)


def deduplicate(hashes: Hashes, already: Mask) -> Mask:
    """Which messages to keep: those not stored or quarantined `already`, and of equal ones in the batch the first."""
    keep: Mask = ~already
    first = np.zeros(len(hashes), dtype=np.bool_)
    first[_first_of_equals(hashes)] = True
    return keep & first


def _first_of_equals(hashes: Hashes) -> npt.NDArray[np.intp]:
    """The index of the first row of every distinct id. A stable sort keeps equal rows in the order they came."""
    order = np.lexsort((hashes[:, 1], hashes[:, 0]))
    ordered = hashes[order]
    starts = np.ones(len(order), dtype=np.bool_)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return order[starts]

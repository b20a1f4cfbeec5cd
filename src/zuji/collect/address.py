"""Who really called, and under which name we were reached, when proxies stand in between.

Forwarded headers count only from networks that the configuration trusts; anybody can write them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


class Caller(msgspec.Struct, frozen=True):
    """The client's address (empty when unknown), and scheme and host by which it reached us."""

    address: str
    scheme: str
    host: str


def find_caller(peer: str, scheme: str, headers: Mapping[str, str], proxies: Sequence[Network]) -> Caller:
    """The caller behind any trusted proxies."""
    if not proxies:
        return _direct_caller(peer, scheme, headers.get("host", ""))
    host = headers.get("host", "")
    peer = _without_mapping(peer)
    if _is_trusted(peer, proxies):
        peer = _first_untrusted(headers.get("x-forwarded-for", ""), proxies) or peer
        scheme = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip().lower()
        host = headers.get("x-forwarded-host", host).partition(",")[0].strip()
    return _plain_caller(peer, scheme, host)


@lru_cache(maxsize=4096)
def _direct_caller(peer: str, scheme: str, host: str) -> Caller:
    """Nobody stands in between. Remembered, because the same few call again and again."""
    return _plain_caller(_without_mapping(peer), scheme, host)


def _plain_caller(peer: str, scheme: str, host: str) -> Caller:
    return Caller(peer, scheme if scheme in ("http", "https") else "http", host if _HOST.fullmatch(host) else "")


def _first_untrusted(forwarded: str, proxies: Sequence[Network]) -> str:
    """The chain is read from our end: the first hop that is no proxy of ours is as far as it can be believed."""
    last = ""
    for hop in reversed(forwarded.split(",")):
        address = _bare(hop.strip())
        if not address:
            break
        last = address
        if not _is_trusted(address, proxies):
            break
    return last


def _is_trusted(address: str, proxies: Sequence[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies)


def _without_mapping(address: str) -> str:
    """A socket for both families names IPv4 callers in IPv6; they are not all of one network.

    >>> _without_mapping("::ffff:203.0.113.9"), _without_mapping("2001:db8::1")
    ('203.0.113.9', '2001:db8::1')
    """
    return address[7:] if address.startswith("::ffff:") and "." in address else address


def _bare(hop: str) -> str:
    """An address without its port, or nothing when it is none.

    >>> _bare("203.0.113.9:4711"), _bare("[2001:db8::1]:80"), _bare("2001:db8::1"), _bare("unknown")
    ('203.0.113.9', '2001:db8::1', '2001:db8::1', '')
    """
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        return str(ipaddress.ip_address(_without_mapping(hop)))
    except ValueError:
        return ""

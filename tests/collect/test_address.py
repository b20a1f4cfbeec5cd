"""The caller behind proxies, and behind a socket for both families of addresses."""

from __future__ import annotations

import ipaddress

import pytest

from zuji.collect.address import Caller, find_caller

PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("::ffff:203.0.113.9", "6.6.6.6", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "203.0.113.9", "203.0.113.9"),
        ("2001:db9::1", "203.0.113.9", "2001:db9::1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_an_address_is_the_callers_however_it_is_written(peer: str, forwarded: str, address: str) -> None:
    assert find_caller(peer, "http", {"x-forwarded-for": forwarded}, PROXIES).address == address


@pytest.mark.parametrize("host", ["evil/path", 'a"b', "a b", "x" * 300, "host:port"])
def test_a_host_that_is_none_is_not_repeated(host: str) -> None:
    assert find_caller("10.0.0.1", "http", {"host": host}, ()) == Caller("10.0.0.1", "http", "")


def test_a_scheme_that_is_none_is_http() -> None:
    assert find_caller("10.0.0.1", "http", {"x-forwarded-proto": "javascript"}, PROXIES).scheme == "http"

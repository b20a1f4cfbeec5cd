"""A tiny writer of MMDB files, by the published format (version 2.0): enough for a handful of IPv4 networks."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

_MARKER = b"\xab\xcd\xefMaxMind.com"
_STRING, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11
_WIDER = {"node_count": _UINT32, "build_epoch": _UINT64}
"""Numbers about the file that readers expect in another type than 16 bits."""
_SEPARATOR = 16


def write_mmdb(file: Path, records: Mapping[str, Mapping[str, Any]]) -> Path:
    """A file that knows these networks, which must not overlap."""
    data, offsets = b"", {}
    for network, record in records.items():
        offsets[network] = len(data)
        data += _encoded(record)
    nodes: list[list[int | str | None]] = [[None, None]]
    for network in records:
        _add(nodes, IPv4Network(network), network)
    count = len(nodes)

    def pointer(side: int | str | None) -> bytes:
        place = count if side is None else count + _SEPARATOR + offsets[side] if isinstance(side, str) else side
        return place.to_bytes(3, "big")

    tree = b"".join(pointer(side) for node in nodes for side in node)
    about = {
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1_780_000_000,
        "database_type": "Tests", "description": {"en": "made by a test"}, "ip_version": 4, "languages": ["en"],
        "node_count": count, "record_size": 24,
    }  # fmt: skip
    file.write_bytes(tree + bytes(_SEPARATOR) + data + _MARKER + _encoded(about))
    return file


def _add(nodes: list[list[int | str | None]], network: IPv4Network, record: str) -> None:
    """Walk down the bits of the network, making nodes where there are none."""
    bits = f"{int(network.network_address):032b}"[: network.prefixlen]
    node = 0
    for bit in map(int, bits[:-1]):
        below = nodes[node][bit]
        if below is None:
            nodes.append([None, None])
            below = nodes[node][bit] = len(nodes) - 1
        assert isinstance(below, int), "networks must not overlap"
        node = below
    nodes[node][int(bits[-1])] = record


def _encoded(value: Any, kind: int = _UINT16) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _control(_STRING, len(raw)) + raw
    if isinstance(value, int):
        raw = value.to_bytes(8, "big").lstrip(b"\0")
        return _control(kind, len(raw)) + raw
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(map(_encoded, value))
    pairs = (_encoded(name) + _encoded(inner, _WIDER.get(name, _UINT16)) for name, inner in value.items())
    return _control(_MAP, len(value)) + b"".join(pairs)


def _control(kind: int, size: int) -> bytes:
    """The byte before a value: its type above, its size below; types beyond seven stand in a byte of their own."""
    assert size < 29 + 256, "texts of these tests are short"
    below, more = (size, b"") if size < 29 else (29, bytes([size - 29]))
    return (bytes([below, kind - 7]) if kind > 7 else bytes([kind << 5 | below])) + more

"""Limits per type: how many identifiers of one type a profile may take on, and which link yields beyond that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from zuji.identify.evidence import Node
from zuji.identify.people import Edge, Profile, Put
from zuji.terms.identifier import IdentifierType, type_of

WINDOW_MS: Final = 90 * 24 * 3600 * 1000


class OverLimit(NamedTuple):
    """A limit stands in the way. `yields`: the earlier edge that must give way, None when it is the present one."""

    yields: Edge | None
    windowed: bool
    """The same link may be within the limit later, when older ones have left the window."""


def over_limit(host: Profile, newcomers: Iterable[int], present: Put, nodes: Mapping[int, Node]) -> OverLimit | None:
    """Whether these identifiers would be too many for the profile, and which link yields then."""
    by_type: dict[str, list[int]] = {}
    for anchor in newcomers:
        by_type.setdefault(nodes[anchor].type, []).append(anchor)
    for kind in sorted(map(type_of_named, by_type), key=lambda pair: (pair[1].priority, pair[0])):
        name, rules = kind
        if rules.limit is None:
            continue
        verdict = _verdict(host, by_type[name], present, nodes, name, rules.limit)
        if verdict is not None:
            return verdict
    return None


def type_of_named(name: str) -> tuple[str, IdentifierType]:
    """A type's rules beside its name: a type nobody defined has rules that do not carry it."""
    return name, type_of(name)


def _verdict(
    host: Profile, newcomers: list[int], present: Put, nodes: Mapping[int, Node], name: str, limit: int
) -> OverLimit | None:
    ever = limit == 1
    since = present.at - WINDOW_MS
    counted = [put for anchor, put in host.members.items() if nodes[anchor].type == name and (ever or put.at > since)]
    arriving = sum(1 for anchor in newcomers if ever or host.past.get(anchor, present).at > since)
    if len(counted) + arriving <= limit:
        return None
    last = max((put for put in counted if put.k), key=lambda put: put.weakness, default=present)
    yields = last.edge if last.weakness > present.weakness else None
    return OverLimit(yields, windowed=not ever)

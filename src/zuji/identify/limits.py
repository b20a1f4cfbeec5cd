"""Limits per type: how many identifiers of one type a profile may take on, and which link yields beyond that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from zuji.identify.evidence import Node
from zuji.identify.people import Edge, Put
from zuji.terms.identifier import type_of

WINDOW_MS: Final = 90 * 24 * 3600 * 1000


class OverLimit(NamedTuple):
    """A limit stands in the way. `yields`: the earlier edge that must give way, None when it is the present one."""

    yields: Edge | None
    windowed: bool
    """The same link may be within the limit later, when older ones have left the window."""


def over_limit(
    members: Mapping[int, Put], names: Collection[str], arriving: int, present: Put, nodes: Mapping[int, Node]
) -> OverLimit | None:
    """Whether one of these types has too many members, `arriving` ones besides, and which link yields then.

    The strongest type comes first; the first that is exceeded is dealt with.
    """
    for name in names if len(names) == 1 else sorted(names, key=lambda name: (type_of(name).priority, name)):
        limit = type_of(name).limit
        if limit is None or len(members) + arriving <= limit:
            continue
        ever = limit == 1
        since = present.at - WINDOW_MS
        counted = [put for anchor, put in members.items() if nodes[anchor].type == name and (ever or put.at > since)]
        if len(counted) + arriving > limit:
            last = max((put for put in counted if put.k), key=lambda put: put.weakness, default=present)
            return OverLimit(last.edge if last.weakness > present.weakness else None, windowed=not ever)
    return None

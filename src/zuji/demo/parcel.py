"""Messages packed for the road: what one request will carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from zuji.demo.scribe import Door, Said

PARCEL_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class Parcel:
    """The messages of one request. `clock_error_ms` is the error of the sending clock, 0 = it is right."""

    door: Door
    clock_error_ms: int
    bodies: tuple[bytes, ...]


def parcels(said: Iterable[Said]) -> list[Parcel]:
    """Pack messages into requests in the order of arrival; devices with a wrong clock do not mix with others.

    >>> [len(parcel.bodies) for parcel in parcels(Said(n, "web", 0, b"{}") for n in range(150))]
    [100, 50]
    """
    groups: dict[tuple[Door, int], list[list[Said]]] = defaultdict(list)
    for one in sorted(said, key=lambda one: one.arrives):
        group = groups[one.door, one.clock_error_ms]
        if not group or len(group[-1]) == PARCEL_MESSAGES:
            group.append([])
        group[-1].append(one)
    packed = [(chunk[0].arrives, key, chunk) for key, chunks in groups.items() for chunk in chunks]
    packed.sort(key=lambda parcel: parcel[:2])
    return [Parcel(door, error, tuple(one.body for one in chunk)) for _, (door, error), chunk in packed]

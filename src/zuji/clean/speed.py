"""How fast each device turns pages: nobody reads five a second for a minute.

A leaky bucket per device, over the time of the events: every page adds one, two leak out each second. Twenty pages
opened at once are a person restoring a browser; a bucket that runs over is a machine, and stays one for an hour after
its last page. A page that arrives long after later ones tells nothing about speed and is not counted.

The state of one device is four numbers and depends on its own pages in their order alone, so a replay gives the same
verdicts whatever the batches were. It is lost at a restart: a robot is then noticed anew within seconds of its time.
"""

from __future__ import annotations

from collections import OrderedDict

import msgspec

LEAK_PER_S = 2.0
ROOM = 30.0  # at five pages a second full after ten seconds
REMAINS_MS = 3_600_000
OUT_OF_ORDER_MS = 10_000  # requests of one page overtake each other by seconds; queues kept offline by more
MOST_DEVICES = 50_000  # about 20 MB; who has been quiet longest is forgotten first

Device = tuple[str, str, str, str]
"""Workspace, source, type and value of the strongest identifier."""


class Pace(msgspec.Struct, frozen=True, gc=False):
    """One device: how full its bucket was at its latest page, and from when until when it counts as a machine.

    One is made for every page, so it is a struct: a frozen dataclass takes 1 µs to make.
    """

    level: float
    at: int
    machine_from: int = 0
    machine_until: int = -1

    def after_page(self, at: int) -> Pace:
        """One more page.

        >>> Pace(0.5, 1000).after_page(2000)
        Pace(level=1.0, at=2000, machine_from=0, machine_until=-1)
        """
        if at < self.at - OUT_OF_ORDER_MS:
            return self
        leaked = max(at - self.at, 0) / 1000 * LEAK_PER_S
        level = min(max(self.level - leaked, 0.0) + 1.0, ROOM + 1.0)
        latest = max(at, self.at)
        if level <= ROOM:
            return Pace(level, latest, self.machine_from, self.machine_until)
        since = self.machine_from if at <= self.machine_until else at
        return Pace(level, latest, since, latest + REMAINS_MS)

    def is_machine(self, at: int) -> bool:
        """Whether what was done at this time was done by a machine."""
        return self.machine_from <= at <= self.machine_until


class Speedometer:
    """The paces of the devices seen lately. Counts a position once, so a batch that is tried again changes nothing."""

    def __init__(self, most_devices: int = MOST_DEVICES) -> None:
        self._paces: OrderedDict[Device, Pace] = OrderedDict()
        self._most = most_devices
        self._counted_to = -1
        self.met_machines = False
        """Whether any device was ever too fast: until then nothing but pages needs a look."""

    def page(self, device: Device, at: int, position: int) -> bool:
        """Note a page; says whether a machine turned it."""
        pace = self._paces.get(device)
        if position > self._counted_to:
            pace = Pace(1.0, at) if pace is None else pace.after_page(at)
            self._paces[device] = pace
            self._paces.move_to_end(device)
            self.met_machines |= pace.is_machine(at)
            if len(self._paces) > self._most:
                self._paces.popitem(last=False)
        return pace is not None and pace.is_machine(at)

    def other(self, device: Device, at: int) -> bool:
        """Whether something else than a page was done by what counts as a machine."""
        pace = self._paces.get(device)
        return pace is not None and pace.is_machine(at)

    def counted(self, position: int) -> None:
        """Everything up to this position has been counted."""
        self._counted_to = max(self._counted_to, position)

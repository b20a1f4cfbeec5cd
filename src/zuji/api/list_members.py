"""The members of a list as the people they are now, remembered as long as nobody merges or splits."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
import numpy.typing as npt

from zuji.api.ports import Ports
from zuji.identify.members import people_of_ids
from zuji.store.people_lists import PeopleList

REMEMBERED = 8
"""Lists: 8 MB each at the largest."""

People = npt.NDArray[np.int64]


class ListMembers:
    """Resolves lists through identity. Any thread may ask."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], People] = OrderedDict()

    def of(self, found: PeopleList) -> People:
        """The people on a list, ascending, each once; those whom identity no longer knows are left out."""
        key = (found.id, self._ports.events.person_of_event().version)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        kept = self._ports.lists.members(found)
        people = np.array(people_of_ids(self._ports.hot, found.workspace, kept), dtype=np.int64)
        with self._lock:
            self._known[key] = people
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return people

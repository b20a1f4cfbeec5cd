"""Where the log of changes stands."""

from __future__ import annotations

from zuji.api.ports import Ports
from zuji.store import tag_values


def newest_change(ports: Ports) -> int:
    """The number of the newest change, 0 before the first."""
    with ports.hot.read() as connection:
        return tag_values.newest_change(connection)

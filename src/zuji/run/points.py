"""Collection points: what a batch brings to them is counted in its transaction; those that fall silent are alarms."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from zuji.clean.point_document import NO_POINTS, read_points
from zuji.clean.points import Points, seen_in
from zuji.clean.points_told import PointTold, told
from zuji.clean.policies import Compiled, PolicySource
from zuji.run.lookout import Lookout
from zuji.store import points as store
from zuji.store.hot import HotStore, HotTransaction
from zuji.terms.alarm import Alarm

LOOK_EVERY_MS = 5_000
MOST_TOLD = 10


class PointWatch:
    """Counts what arrives at declared points and knows which are silent. One thread takes; any may ask."""

    def __init__(self, *, hot: HotStore, policies: PolicySource) -> None:
        self._hot = hot
        self._policies = policies
        self._points: Compiled[Points] = Compiled(
            "points", lambda document: Points(read_points(document)), usual=Points(NO_POINTS)
        )
        self._tidied: dict[str, Points] = {}
        """Of each workspace, the register by which what is not declared any more was forgotten."""
        self._lookout = Lookout(self._look, every_ms=LOOK_EVERY_MS)

    def take(self, connection: HotTransaction, stored: pa.Table) -> None:
        """Count what a batch stores, in its transaction. Where nothing is declared, that is a look into memory."""
        if not stored.num_rows:
            return
        for workspace in pc.unique(stored["workspace"]).to_pylist():
            points = self._points.of(self._policies, workspace)
            if not points.declared:
                continue
            if self._tidied.get(workspace) is not points:
                store.keep_only(connection, workspace, set(points.matchers.items()))
                self._tidied[workspace] = points
            store.add(connection, seen_in(stored, workspace, points))

    def alarms(self, at_ms: int) -> tuple[Alarm, ...]:
        """What to say about the points that are silent at this moment; of a point that never spoke, nothing."""
        return self._lookout.alarms(at_ms)

    def _look(self, at_ms: int) -> list[Alarm]:
        silent: list[tuple[str, PointTold]] = []
        with self._hot.read() as connection:
            for workspace in store.workspaces(connection):
                points = self._points.of(self._policies, workspace)
                register = told(points, store.load(connection, workspace), at_ms)
                silent += [(workspace, one) for one in register if one.status == "silent"]
        found = [replace(silence(one, at_ms), workspace=workspace) for workspace, one in silent[:MOST_TOLD]]
        more = len(silent) - MOST_TOLD
        if more > 0:
            found.append(Alarm(code="more_points_silent", said=f"{more} more collection points are silent", count=more))
        return found


def silence(told_of: PointTold, at_ms: int) -> Alarm:
    """The alarm that a point is silent."""
    since = told_of.seen.last_at if told_of.seen else at_ms
    minutes = (at_ms - since) // 60_000
    allowed = told_of.point.silent_after
    said = (
        f"the collection point {told_of.name} of channel {told_of.point.channel} has been silent for {minutes} minutes;"
        f" it may be for {allowed.amount} {allowed.unit}{'s' if allowed.amount > 1 else ''}"
    )
    return Alarm(code="point_silent", said=said, point=told_of.name, count=minutes)

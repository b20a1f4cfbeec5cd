"""Which identifiers brought events since a moment."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from zuji.store import arrivals
from zuji.store.arrivals import Arrivals


def events(workspace: str, *anchors: int) -> pa.Table:
    return pa.table({"workspace": [workspace] * len(anchors), "anchor": pa.array(anchors, pa.uint64())})


def since(seen: Arrivals, workspace: str, mark: int) -> list[int] | None:
    found = seen.since(workspace, mark)
    return None if found is None else found.tolist()


def test_each_mark_sees_what_came_after_it_in_its_own_workspace() -> None:
    seen = Arrivals()
    first, other = seen.mark("shop"), seen.mark("other")
    seen.came(events("shop", 9, 2, 9))
    second = seen.mark("shop")
    seen.came(events("shop", 2, 4))
    seen.came(events("other", 7))
    assert (since(seen, "shop", first), since(seen, "shop", second)) == ([2, 4, 9], [2, 4])
    assert (since(seen, "other", other), since(seen, "shop", seen.mark("shop"))) == ([7], [])


def test_nobody_knows_what_came_to_a_workspace_that_was_not_watched() -> None:
    seen = Arrivals()
    shop = seen.mark("shop")
    seen.came(events("shop", 1))
    late = seen.mark("late")
    assert (since(seen, "late", shop), since(seen, "late", late), since(seen, "never", late)) == (None, [], None)


def test_what_is_too_much_to_keep_is_not_known_any_more() -> None:
    seen = Arrivals()
    before = seen.mark("shop")
    seen.came(events("shop", 1))
    after = seen.mark("shop")
    many = arrivals.MOST - arrivals.PIECE
    shop = pa.array(["shop"]).take(pa.array(np.zeros(many, np.int32)))
    seen.came(pa.table({"workspace": shop, "anchor": pa.array(np.arange(many, dtype=np.uint64))}))
    assert since(seen, "shop", before) is None
    assert len(since(seen, "shop", after) or ()) == many

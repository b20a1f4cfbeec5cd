"""The same device clicking the same thing again within a minute: a broken button, an impatient thumb, a script."""

from __future__ import annotations

import numpy as np

from zuji.clean.property_meaning import is_click
from zuji.clean.rulings import Rulings
from zuji.clean.sheet import Sheet
from zuji.store.rule_memory import Key, Note


def judge_clicks(sheet: Sheet, rulings: Rulings) -> None:
    """Each click against the one before it, over the time of the events. Where it is unknown what was clicked, or by
    whom, nothing can be said.
    """
    sorts, own = sheet.sorts
    clicks = np.array([is_click(sort.kind) for sort in sorts], dtype=np.bool_)
    if not clicks.any() or not rulings.is_on("repeated_click"):
        return
    memory = sheet.facts.memory
    paths = sheet.coded["url_path"]
    for row in np.flatnonzero(clicks[own]).tolist():
        side = sheet.anonymous[row] or sheet.known[row]
        target = sheet.columns["element"][row] or sheet.columns["product_id"][row]
        path = paths.values[paths.codes[row]]
        if sheet.is_rejected(row) or not side or not (target or path):
            continue
        sort, at = sorts[own[row]], int(sheet.occurred_at[row])
        words = (sort.source.id, side[0].type, side[0].value, sort.kind, path, target)
        key = Key("click", sort.source.workspace, "\0".join(words))
        before = memory.get(key)
        within_s = rulings.book_of(row).rules.repeated_click.within_s
        if before is not None and abs(at - before) < within_s * 1_000:
            detail = f"the same click came {abs(at - before) / 1000:g} s away"
            rulings.strike(row, "repeated_click", "click:repeated", detail)
        memory.put(key, Note(at if before is None else max(at, before), sort.source.id, sheet.now_ms))

"""Who is in a segment now, by the bulk: pages, counts, everybody, and who came and went since a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zuji.store.hot import HotTransaction

People = npt.NDArray[np.uint64]
_HELD = "FROM tag_value WHERE workspace = ? AND kind = 'segment' AND key = ?"


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody came into a segment, or (`came` false) left it."""

    key: str
    person: int
    came: bool


def page(connection: HotTransaction, workspace: str, key: str, *, after: int, limit: int) -> list[int]:
    """The next members behind this person, ascending."""
    # Members hold the value true, so the index by value has them in the order of the person.
    sql = f"SELECT person {_HELD} AND value = 'true' AND person > ? ORDER BY person LIMIT ?"
    return [person for (person,) in connection.execute(sql, (workspace, key, after, limit))]


def count(connection: HotTransaction, workspace: str, key: str) -> int:
    """How many there are."""
    [(people,)] = connection.execute(f"SELECT count(*) {_HELD}", (workspace, key)).fetchall()
    return int(people)


def everybody(connection: HotTransaction, workspace: str, key: str) -> People:
    """All members. Handed over as one text, because a million rows are dear to make objects of Python one by one."""
    [(text,)] = connection.execute(f"SELECT group_concat(person) {_HELD}", (workspace, key)).fetchall()
    return np.fromstring(text, dtype=np.uint64, sep=",") if text else np.zeros(0, dtype=np.uint64)


def moves_after(connection: HotTransaction, workspace: str, number: int) -> list[Move]:
    """Who came and went after this change, in order."""
    rows = connection.execute(
        "SELECT key, person, new IS NOT NULL FROM tag_change"
        " WHERE number > ? AND workspace = ? AND kind = 'segment' ORDER BY number",
        (number, workspace),
    )
    return [Move(key, person, bool(came)) for key, person, came in rows]

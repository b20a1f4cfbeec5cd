"""Flag what robots did, with the reason. Nothing is dropped: questions decide whether to count robots.

By the user agent's own words, else by the network the address lies in, by a trap that only machines find, or by an
impossible speed. The first of these that applies is the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zuji.clean.received import Received
from zuji.clean.rule_book import RuleBook
from zuji.clean.rulings import Rulings
from zuji.clean.sheet import Sheet
from zuji.clean.user_agents import user_agent_of
from zuji.terms.event import Flag

_PAGES = frozenset({"page", "screen"})


class Sign(NamedTuple):
    """What gave a robot away: the rule, the reason that is kept, and the same in words."""

    rule: str
    reason: str
    detail: str


_TOO_FAST = Sign("robot_speed", "robot:rate", "pages faster than anybody reads")
_IN_NETWORK = Sign("robot_network", "robot:network", "the address lies in a network of data centres")
_IN_TRAP = Sign("robot_honeypot", "robot:honeypot", "it reached what no person finds")


def flag_robots(sheet: Sheet) -> None:
    """Look at the rows that may give a robot away, each once."""
    if not sheet.rows:
        return
    agents = sheet.coded["user_agent"]
    said, codes = [user_agent_of(agent).robot for agent in agents.values], agents.codes
    rulings = Rulings(sheet)
    trapped = _trapped(sheet, rulings)
    telling = np.array([message.type in _PAGES for message in sheet.messages], dtype=np.bool_)
    telling |= np.array([bool(word) for word in said], dtype=np.bool_)[codes]
    telling[list(trapped)] = True
    for number in _looked_at(sheet, telling):
        word = said[codes[number]]
        sign = Sign("robot_agent", word, "the user agent says so") if word else trapped.get(number)
        if sign is None and _too_fast(sheet, number, sheet.rows[number], int(sheet.occurred_at[number])):
            sign = _TOO_FAST
        if sign is not None:
            rulings.strike(number, sign.rule, sign.reason, sign.detail, flag=Flag.ROBOT)
    sheet.facts.speeds.counted(sheet.rows[-1].position)


def _looked_at(sheet: Sheet, telling: npt.NDArray[np.bool_]) -> Iterator[int]:
    """The rows that stand and tell something by themselves; from the first device on that was too fast, all of them."""
    speeds = sheet.facts.speeds
    following = 0
    for number in np.flatnonzero(telling).tolist():
        if speeds.met_machines:
            break
        if not sheet.is_rejected(number):
            yield number
        following = number + 1
    if speeds.met_machines:
        yield from (number for number in range(following, len(sheet.rows)) if not sheet.is_rejected(number))


def _trapped(sheet: Sheet, rulings: Rulings) -> dict[int, Sign]:
    """The rows that a network or a honeypot gives away."""
    found: dict[int, Sign] = {}
    for book in rulings.books:
        if book.networks.firsts and book.action_of("robot_network") != "off":
            inside = frozenset(ip for ip in sheet.coded["ip"].values if ip and book.networks.hold(ip))
            found |= dict.fromkeys(_rows_of(sheet, rulings, book, "ip", inside), _IN_NETWORK)
        if book.action_of("robot_honeypot") == "off":
            continue
        found |= dict.fromkeys(_rows_of(sheet, rulings, book, "url_path", book.paths), _IN_TRAP)
        if book.events:
            named = (number for number, message in enumerate(sheet.messages) if message.event in book.events)
            found |= {number: _IN_TRAP for number in named if rulings.book_of(number) is book}
    return found


def _rows_of(sheet: Sheet, rulings: Rulings, book: RuleBook, name: str, values: frozenset[str]) -> list[int]:
    """The rows of a book's workspace that have one of these values; each distinct value is looked at once."""
    column = sheet.coded[name]
    codes = [code for code, value in enumerate(column.values) if value in values] if values else []
    rows = np.flatnonzero(np.isin(column.codes, codes)).tolist() if codes else []
    return [row for row in rows if rulings.book_of(row) is book]


def _too_fast(sheet: Sheet, number: int, row: Received, at: int) -> bool:
    speeds = sheet.facts.speeds
    is_page = row.message.type in _PAGES
    if not is_page and not speeds.met_machines:
        return False
    side = sheet.known[number] or sheet.anonymous[number]
    if not side:
        return False
    device = (row.source.workspace, row.source.id, side[0].type, side[0].value)
    return speeds.page(device, at, row.position) if is_page else speeds.other(device, at)

"""Flag what robots did, with the reason. Nothing is dropped: questions decide whether to count robots."""

from __future__ import annotations

from zuji.clean.received import Received
from zuji.clean.sheet import Sheet
from zuji.clean.user_agents import user_agent_of
from zuji.terms.event import Flag

_PAGES = frozenset({"page", "screen"})


def flag_robots(sheet: Sheet) -> None:
    """By the user agent's own words, else by an impossible speed."""
    agents = sheet.coded["user_agent"]
    said, codes = [user_agent_of(agent).robot for agent in agents.values], agents.codes.tolist()
    if any(said) or sheet.facts.speeds.met_machines or any(message.type in _PAGES for message in sheet.messages):
        times = sheet.occurred_at.tolist()
        for number, row in sheet.standing():
            reason = said[codes[number]]
            if not reason and _too_fast(sheet, number, row, times[number]):
                reason = "robot:rate"
            if reason:
                sheet.flag(number, Flag.ROBOT, reason)
    if sheet.rows:
        sheet.facts.speeds.counted(sheet.rows[-1].position)


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

"""One behaviour, one name: events get the name that their workspace decided on; the one they came with is noted."""

from __future__ import annotations

import msgspec

from zuji.clean.policies import Compiled
from zuji.clean.sheet import Sheet
from zuji.clean.standards.event_names import NO_NAMES, Names, read_names
from zuji.terms.event import Flag

LONGEST_NOTED = 200

_NAMES: Compiled[Names] = Compiled("names", read_names, usual=NO_NAMES)


def rename_events(sheet: Sheet) -> None:
    """Give track events the names of the policy. Every later step and every table knows them by these."""
    policies = sheet.facts.policies
    of_runs = [_NAMES.of(policies, row.receipt.workspace) for row in sheet.receipts]
    if not any(names.of_source for names in of_runs):
        return
    runs = sheet.receipt_codes.tolist()
    met: dict[tuple[int, str], str] = {}
    for number, row in sheet.standing():
        message, run = row.message, runs[number]
        if message.type != "track":
            continue
        key = (run, message.event)
        name = met.get(key)
        if name is None:
            name = met[key] = of_runs[run].name_of(message.event, row.receipt.source)
        if name != message.event:
            sheet.replace_message(number, msgspec.structs.replace(message, event=name))
            sheet.flag(number, Flag.REPAIRED, f"renamed:{message.event[:LONGEST_NOTED]}")

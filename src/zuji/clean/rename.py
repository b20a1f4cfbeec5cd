"""One behaviour, one name: events get the name that their workspace decided on; the one they came with is noted."""

from __future__ import annotations

import msgspec

from zuji.clean.sheet import Sheet
from zuji.terms.event import Flag

LONGEST_NOTED = 200


def rename_events(sheet: Sheet) -> None:
    """Give track events the names of the policy. Every later step and every table knows them by these."""
    facts = sheet.facts
    decided = {workspace: facts.event_names.of(facts.policies, workspace) for workspace in sheet.workspaces}
    if not any(names.of_source for names in decided.values()):
        return
    of_runs = [decided[row.receipt.workspace] for row in sheet.receipts]
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

"""The region of an event that says none, by the address it came from."""

from __future__ import annotations

from zuji.clean.sheet import Sheet


def place_by_address(sheet: Sheet) -> None:
    """Fill the regions that are empty. What an event says of its region beats where its address lies."""
    addresses = sheet.facts.addresses
    if not addresses.known or not sheet.rows:
        return
    told, regions = sheet.coded["ip"], sheet.facts.regions.now()
    codes = [addresses.code_of(address, regions) if address else "" for address in told.values]
    if not any(codes):
        return
    held = sheet.column("region_code")
    for number, code in enumerate(told.codes.tolist()):
        held[number] = held[number] or codes[code]

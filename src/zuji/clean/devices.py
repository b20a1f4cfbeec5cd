"""With what an event happened: device, system, browser, app, library, and the address it came from.

What a client says of itself beats what its user agent gives away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from zuji.clean.coded import Codes, codes_of
from zuji.clean.context import NO_CONTEXT, Context, Device, Versioned
from zuji.clean.received import Received
from zuji.clean.sheet import Sheet
from zuji.clean.user_agents import user_agent_of

REMEMBERED = 32_768
LONGEST_AGENT = 1_000  # real ones have at most a few hundred characters; what is remembered must stay bounded
LONGEST_WORD = 200
DEVICE_COLUMNS = ("device_type", "device_model", "os", "os_version", "browser", "browser_version")
OTHER_COLUMNS = ("app_name", "app_version", "library", "library_version", "locale", "user_agent", "ip")

TYPE_OF_WORD = {
    "desktop": "desktop",
    "pc": "desktop",
    "mobile": "mobile",
    "phone": "mobile",
    "smartphone": "mobile",
    "ios": "mobile",
    "android": "mobile",
    "tablet": "tablet",
    "ipad": "tablet",
    "tv": "tv",
    "smarttv": "tv",
    "console": "console",
    "bot": "bot",
}
"""What clients write for a kind of device -> ours. Segment's mobile clients write the system's name there."""

_TELLING = attrgetter("user_agent", "locale", "ip", "direct", "device", "os", "browser", "app", "library")
_NO_DEVICE = Device()
_NO_VERSION = Versioned()


class Said(NamedTuple):
    """What a client says of its device; empty where it says nothing."""

    device_type: str
    device_model: str
    os: str
    os_version: str
    browser: str
    browser_version: str


_SAID_NOTHING = Said("", "", "", "", "", "")


def describe_devices(sheet: Sheet) -> None:
    """Fill the columns of device, app, library and address, once for all rows that say the same of themselves."""
    _, firsts, codes = np.unique(_tellers(sheet), return_index=True, return_inverse=True)
    tellers = firsts.tolist()
    described = [_described(sheet.rows[first], sheet.contexts[first], sheet.reports[first]) for first in tellers]
    sheet.fill_coded(DEVICE_COLUMNS + OTHER_COLUMNS, described, codes.astype(np.uint32))


@lru_cache(maxsize=REMEMBERED)
def device_of(agent: str, said: Said) -> tuple[str, ...]:
    """The device columns, from what was said and, for the rest, from the user agent.

    A version belongs to the system or browser that is named beside it: one from another place would mislead.
    """
    read = user_agent_of(agent)
    own_os, own_browser = bool(said.os), bool(said.browser)
    return (
        TYPE_OF_WORD.get(said.device_type.lower(), "") or read.device_type or ("other" if said.device_type else ""),
        said.device_model or read.device_model,
        said.os or read.os,
        said.os_version or ("" if own_os else read.os_version),
        said.browser or read.browser,
        said.browser_version or ("" if own_browser else read.browser_version),
    )


def _said(context: Context, report: Mapping[str, str]) -> Said:
    if context.device is None and context.os is None and context.browser is None and not report:
        return _SAID_NOTHING
    device, system, browser = context.device or _NO_DEVICE, context.os or _NO_VERSION, context.browser or _NO_VERSION
    return Said(
        (device.type or report.get("device_type", ""))[:LONGEST_WORD],
        (device.model or report.get("device_model", ""))[:LONGEST_WORD],
        (system.name or report.get("os", ""))[:LONGEST_WORD],
        (system.version or report.get("os_version", ""))[:LONGEST_WORD],
        (browser.name or report.get("browser", ""))[:LONGEST_WORD],
        (browser.version or report.get("browser_version", ""))[:LONGEST_WORD],
    )


def _tellers(sheet: Sheet) -> Codes:
    """Per row a number that it shares with the rows that say the same of themselves.

    Mostly the context says it all: Segment's clients name their library there, few report devices in properties.
    """
    runs = _runs_that_tell(sheet)
    libraries = [(message.library, message.library_version) for message in sheet.messages]
    reporting = [number if report else -1 for number, report in enumerate(sheet.reports)]
    parts: tuple[Sequence[object], ...] = (runs, libraries, reporting)
    told = [part for part in parts if part.count(part[0]) < len(part)] if runs else []
    contexts = _contexts_that_tell(sheet.distinct_contexts)[sheet.context_codes]
    if not told:
        return contexts
    met: dict[tuple[object, ...], int] = {}
    return codes_of([met.setdefault(row, len(met)) for row in zip(contexts.tolist(), *told, strict=True)])


def _contexts_that_tell(contexts: Sequence[Context]) -> Codes:
    """Per context a number that it shares with those that tell the same of device, app and library: pages differ."""
    met: dict[tuple[object, ...], int] = {}
    return codes_of([met.setdefault(told, len(met)) for told in map(_TELLING, contexts)])


def _runs_that_tell(sheet: Sheet) -> list[int]:
    """Per row the number of its request, or -1 where the request itself tells nothing about the person."""
    direct = any(context.direct for context in sheet.distinct_contexts)
    tells = [direct or row.receipt.from_browser for row in sheet.receipts]
    return [run if tells[run] else -1 for run in sheet.receipt_codes.tolist()]


def _described(row: Received, context: Context, report: Mapping[str, str]) -> tuple[str, ...]:
    agent = context.user_agent or report.get("user_agent", "")
    if not agent and row.receipt.from_browser:
        agent = row.receipt.user_agent
    agent = agent[:LONGEST_AGENT]
    return device_of(agent, _said(context, report)) + _others(row, context, report, agent)


def _others(row: Received, context: Context, report: Mapping[str, str], agent: str) -> tuple[str, ...]:
    message = row.message
    if context is NO_CONTEXT and not report:
        address = row.receipt.ip if row.receipt.from_browser else ""
        return "", "", message.library, message.library_version, "", agent, address
    app, library = context.app or _NO_VERSION, context.library or _NO_VERSION
    return (
        app.name or report.get("app_name", ""),
        app.version or report.get("app_version", ""),
        message.library or library.name or "",
        message.library_version or library.version or "",
        context.locale or report.get("locale", ""),
        agent,
        _address(row, context, report),
    )


def _address(row: Received, context: Context, report: Mapping[str, str]) -> str:
    """The person's address. A server's own address says nothing about the person, unless the message says it does."""
    told = context.ip or report.get("ip", "")
    if told or not (row.receipt.from_browser or context.direct):
        return told
    return row.receipt.ip

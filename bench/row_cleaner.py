"""The cleaner that one would write first: one message after the other, read with the standard library.

It is the yardstick of `cleaning_by_rows.py`, so it does what a batch does where nobody has decided a policy: it sets
aside what cannot be used, reads context, properties and traits, settles time, identifiers, page, device, amount and
purposes, asks every rule, holds back floods of names and says who is who. What rules remember is in `row_rules.py`.
What one value means (a phone number, a time, the name of a property) it asks of the same functions as the product.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from row_rules import RowRules

from zuji.clean.batch import Received
from zuji.clean.click_chains import CHAIN, CHAIN_TEXT, PATHS, chain_of
from zuji.clean.commerce import AMOUNTS, CATEGORIES, ELEMENTS, LARGEST, PRODUCTS, decimal_of
from zuji.clean.context import as_text
from zuji.clean.devices import TYPE_OF_WORD
from zuji.clean.identifiers import Named, named_by, pairs_of_traits, without_blocked
from zuji.clean.messages import STORED_AS
from zuji.clean.reported import reported
from zuji.clean.sheet import NAMED_BY_TYPE
from zuji.clean.subjects import subject_of
from zuji.clean.times import DAY_MS, HOUR_MS, KEEPS_FIRST_SENT_AT, SECOND_MS, earliest_ms, milliseconds, zone_of
from zuji.clean.user_agents import NO_USER_AGENT, UserAgent
from zuji.store.losses import NumberedPage
from zuji.terms.event import EVENT_TYPES, PURPOSES, Flag
from zuji.terms.message import EMPTY_OBJECT, Message
from zuji.terms.rejection import REASONS
from zuji.terms.subject import Statement, Subject

Object = dict[str, Any]
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
PROFILES = ("identify", "group", "profile")
NO_REFERRER = ("$direct", "null", "undefined", "取值异常")


class SetAside(Exception):
    """A message that cannot be stored: the reason, and what exactly was wrong."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


class Told(NamedTuple):
    """What a message says, read; `stored`: what goes into the column of properties."""

    context: Object
    properties: Object
    traits: Object
    statements: tuple[Statement, ...]
    stored: Object


@dataclass
class RowCleaner:
    """Cleans one message at a time."""

    read_agent: Callable[[str], UserAgent]
    now_ms: int
    rules: RowRules = field(default_factory=RowRules)
    pages: dict[NumberedPage, list[int]] = field(default_factory=dict)
    """The numbers that pages gave their messages, of which the missing ones were lost."""

    def clean(self, item: Received) -> tuple[Object, Subject]:
        """The row of one message and what it says of its person. Raises SetAside."""
        self._refuse_unusable(item.message)
        told = self._told(item.message)
        at, flags = self._time(item, told.context)
        self._note_number(item, told.context)
        named = self._named(item, told.context, told.traits)
        statements = told.statements
        if named.problems:
            flags |= Flag.BLOCKED_IDENTIFIER
            statements = without_blocked(statements, item.source.settings.default_phone_region)
        report = reported(item.message, told.properties, protocol=item.receipt.protocol)
        agent = agent_of(item, told.context, report)
        read = self.read_agent(agent) if agent else NO_USER_AGENT
        row = self._row(item, told, at, named)
        row |= self._page(told.context, report)
        row |= self._device(item, told.context, report, read)
        self._judge(item, told, row, named, flags, read.robot)
        return row, subject_of(item, at, named.known, named.anonymous, named.claimed, statements)

    def _row(self, item: Received, told: Told, at: int, named: Named) -> Object:
        message, receipt = item.message, item.receipt
        return {
            "position": item.position, "workspace": receipt.workspace, "event_id": message.message_id,
            "type": STORED_AS[message.type], "event": message.event or message.type, "occurred_at": at,
            "received_at": receipt.received_at, "source": receipt.source, "channel": item.source.channel,
            "key": receipt.key, "identifiers": [{"type": one.type, "value": one.value} for one in named.every],
            "group_id": message.group_id or text(told.context, "groupId"), "region_code": "", "text_ref": "",
            **commerce_of(told.properties), "purposes": purposes_of(told.context, told.properties),
            "properties": canonical(told.stored), "context": bytes(message.context).decode(errors="replace"),
        }  # fmt: skip

    def _judge(self, item: Received, told: Told, row: Object, named: Named, flags: Flag, robot: str) -> None:
        """Ask the rules; what they say stands on the row."""
        message, side = item.message, named.known or named.anonymous
        kind = message.type if message.type in NAMED_BY_TYPE else message.event
        said, mended = self.rules.judged(row, kind, told.properties, told.traits, side, self.now_ms)
        if mended is not None:
            row["properties"] = canonical(mended)
        if over := self.rules.flood_of_names(item, kind, told.traits or told.properties, self.now_ms):
            raise SetAside("too_many_new_properties", over)
        if robot := robot or self.rules.robot_by_speed(row, side):
            said.strike(robot, Flag.ROBOT)
        row["flags"] = int(flags) | said.flags
        row["flag_reason"] = ",".join([*named.problems, *said.reasons])
        self.rules.learn(item, kind, told.properties, row)

    def _refuse_unusable(self, message: Message) -> None:
        if message.problem:
            known = message.problem in REASONS
            raise SetAside(message.problem if known else "wrong_field_type", message.detail)
        if message.type not in STORED_AS:
            allowed = ", ".join(EVENT_TYPES)
            raise SetAside("unknown_type", f"type is {message.type!r:.100}, known are {allowed}")
        if message.type == "track" and not message.event.strip():
            raise SetAside("no_event_name", "a track message needs the name of its event")

    def _told(self, message: Message) -> Told:
        """The free-form parts; each trait as a statement; of a profile the traits are stored for properties."""
        wrong = "properties and traits must be objects"
        context = object_of(message.context, "`context` must be an object")
        properties = object_of(message.properties, wrong)
        traits, once = object_of(message.traits, wrong), object_of(message.traits_once, wrong)
        add, append = object_of(message.traits_add, wrong), object_of(message.traits_append, wrong)
        if message.type == "identify":
            traits = part(context, "traits") | traits
        statements = [Statement("delete")] if message.delete_traits else []
        statements += [Statement("set", name, value) for name, value in traits.items()]
        statements += [Statement("set_once", name, value) for name, value in once.items()]
        statements += [Statement("add", name, value) for name, value in add.items()]
        statements += [Statement("append", name, value) for name, value in append.items()]
        statements += [Statement("unset", name) for name in message.traits_unset]
        if message.type == "group":  # its traits are about the group
            statements = []
        stored = properties
        if message.type in PROFILES:
            others = {"$set_once": once, "$add": add, "$append": append, "$unset": list(message.traits_unset),
                      "$delete": message.delete_traits}  # fmt: skip
            stored = properties | traits | {name: value for name, value in others.items() if value}
        tells_chain = CHAIN not in properties and any(name in properties for name in (CHAIN_TEXT, *PATHS))
        if message.type == "track" and tells_chain and (chain := chain_of(properties)):
            properties = stored = {**properties, CHAIN: chain}
        return Told(context, properties, traits, tuple(statements), stored)

    def _time(self, item: Received, context: Object) -> tuple[int, Flag]:
        message, receipt, settings = item.message, item.receipt, item.source.settings
        zone, received = zone_of(settings.timezone), receipt.received_at
        given = milliseconds(message.timestamp, zone)
        sent = milliseconds(receipt.sent_at, zone)
        if sent is None:
            sent = milliseconds(message.sent_at, zone)
        at, flags = (received, Flag.TIME_GUESSED) if given is None else (given, Flag(0))
        library = message.library or part(context, "library").get("name")
        if given is not None and sent is not None:
            skew = received - sent
            retried = library in KEEPS_FIRST_SENT_AT and 0 < skew <= HOUR_MS
            if sent < given:
                at, flags = received, flags | Flag.TIME_CLAMPED
            elif abs(skew) >= SECOND_MS and not retried:
                at, flags = given + skew, flags | Flag.TIME_CORRECTED
        if received < at <= received + DAY_MS:
            at, flags = received, flags | Flag.TIME_CLAMPED
        if at > received:
            raise SetAside("future_time", f"dated {timedelta(milliseconds=at - received)} after its receipt")
        if at < earliest_ms(settings.earliest_year):
            raise SetAside("too_old", f"dated before {settings.earliest_year}, the earliest year of its source")
        return at, flags | Flag.LATE if received - at > DAY_MS else flags

    def _named(self, item: Received, context: Object, traits: Object) -> Named:
        message, device = item.message, part(context, "device")
        own, other = list(message.identifiers), list(message.anonymous_identifiers)
        if message.user_id:
            own.insert(0, ("user_id", message.user_id))
        if message.previous_id:
            other.insert(0, ("anonymous_id", message.previous_id))
        if message.anonymous_id:
            other.insert(0, ("anonymous_id", message.anonymous_id))
        stated = pairs_of_traits(traits) if message.type != "group" else ()
        ids = (as_text(device.get("id")), as_text(device.get("advertisingId")))
        of_device = tuple(("device_id", text) for text in ids if text)
        region, key = item.source.settings.default_phone_region, item.receipt.key
        named = named_by.__wrapped__(tuple(own), stated, tuple(other), of_device, region, key)
        if not named.every and not (message.type == "group" and message.group_id):
            raise SetAside("no_identifier", "the message names nobody")
        return named

    def _note_number(self, item: Received, context: Object) -> None:
        sequence = part(context, "sequence")
        page, number = sequence.get("page"), sequence.get("n")
        if isinstance(page, str) and isinstance(number, int) and 0 < number <= 100_000 and len(page) <= 64:
            key = NumberedPage(item.source.workspace, item.source.id, page)
            self.pages.setdefault(key, []).append(number)

    def _page(self, context: Object, report: Object) -> Object:
        page, campaign = part(context, "page"), part(context, "campaign")
        url = text(page, "url") or report.get("url", "")
        host, path, found = address_of(url)
        referrer = text(page, "referrer") or report.get("referrer", "")
        if referrer in NO_REFERRER:
            referrer = ""
        row = {
            "url": url, "url_host": host or report.get("url_host", "").lower(),
            "url_path": path or text(page, "path") or report.get("url_path", ""),
            "page_title": text(page, "title") or report.get("page_title", ""),
            "referrer": referrer, "referrer_host": address_of(referrer)[0],
        }  # fmt: skip
        for name, word in zip(UTM, ("source", "medium", "name", "term", "content"), strict=True):
            row[name] = text(campaign, word) or report.get(name, "") or found.get(name, [""])[0]
        return row

    def _device(self, item: Received, context: Object, report: Object, read: UserAgent) -> Object:
        device, system, browser = part(context, "device"), part(context, "os"), part(context, "browser")
        app, library, message = part(context, "app"), part(context, "library"), item.message
        word = (text(device, "type") or report.get("device_type", ""))[:200]
        os = (text(system, "name") or report.get("os", ""))[:200]
        os_version = (text(system, "version") or report.get("os_version", ""))[:200]
        own_browser = (text(browser, "name") or report.get("browser", ""))[:200]
        browser_version = (text(browser, "version") or report.get("browser_version", ""))[:200]
        address = text(context, "ip") or report.get("ip", "")
        if not address and (item.receipt.from_browser or context.get("direct")):
            address = item.receipt.ip
        return {
            "device_type": TYPE_OF_WORD.get(word.lower(), "") or read.device_type or ("other" if word else ""),
            "device_model": (text(device, "model") or report.get("device_model", ""))[:200] or read.device_model,
            "os": os or read.os, "os_version": os_version or ("" if os else read.os_version),
            "browser": own_browser or read.browser,
            "browser_version": browser_version or ("" if own_browser else read.browser_version),
            "app_name": text(app, "name") or report.get("app_name", ""),
            "app_version": text(app, "version") or report.get("app_version", ""),
            "library": message.library or text(library, "name"),
            "library_version": message.library_version or text(library, "version"),
            "locale": text(context, "locale") or report.get("locale", ""),
            "user_agent": agent_of(item, context, report), "ip": address,
        }  # fmt: skip


def canonical(values: Object) -> str:
    """The one text of some values: keys sorted, no blanks."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def object_of(raw: bytes, wrong: str) -> Object:
    """A free-form part as a dictionary; null is empty."""
    if raw is EMPTY_OBJECT:
        return {}
    try:
        found = json.loads(bytes(raw).decode())
    except ValueError as error:
        raise SetAside("wrong_field_type", wrong) from error
    if found is not None and not isinstance(found, dict):
        raise SetAside("wrong_field_type", wrong)
    return found or {}


def part(values: Object, name: str) -> Object:
    """An object within an object; empty when there is none."""
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def text(values: Object, name: str) -> str:
    """A text, or a number as one; empty when it is neither."""
    value = values.get(name)
    return "" if value is None else as_text(value) or ""


def agent_of(item: Received, context: Object, report: Object) -> str:
    """The user agent that a message tells, or its request."""
    agent = text(context, "userAgent") or report.get("user_agent", "")
    if not agent and item.receipt.from_browser:
        agent = item.receipt.user_agent
    return agent[:1_000]


def address_of(url: str) -> tuple[str, str, dict[str, list[str]]]:
    """Host, path and query of a URL."""
    if not url:
        return "", "", {}
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        query = parse_qs(parts.query, max_num_fields=1_000)
    except ValueError:
        return "", "", {}
    if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme):
        host = f"{host}:{port}"
    return host, parts.path or ("/" if host else ""), query


def commerce_of(properties: Object) -> Object:
    """Amount, currency, product, category and element."""
    element = first_of(properties, ELEMENTS).partition(";")[0][:256]
    return {
        "amount": amount_of(properties), "currency": first_of(properties, ("currency",)).strip().upper()[:16],
        "product_id": first_of(properties, PRODUCTS), "category": first_of(properties, CATEGORIES), "element": element,
    }  # fmt: skip


def first_of(properties: Object, names: tuple[str, ...]) -> str:
    """The first of these properties that is a text or a number, as text."""
    for name in names:
        if found := text(properties, name):
            return found
    return ""


def amount_of(properties: Object) -> Decimal | None:
    """What was paid, else price times quantity."""
    for name in AMOUNTS:
        if name in properties:
            amount = decimal_of(properties[name])
            if amount is not None:
                return amount if abs(amount) < LARGEST else None
    price, quantity = decimal_of(properties.get("price")), decimal_of(properties.get("quantity", 1))
    if price is None:
        return None
    amount = price if quantity is None else price * quantity
    return amount if abs(amount) < LARGEST else None


def purposes_of(context: Object, properties: Object) -> list[str]:
    """What the client says that the event may be used for; everything when it says nothing."""
    told = context.get("purposes")
    if isinstance(told, list) and all(isinstance(one, str) for one in told):
        return told
    sent = properties.get("$purposes")
    if isinstance(sent, list):
        return [one for one in sent if isinstance(one, str)]
    allowed = part(context, "consent").get("categoryPreferences")
    if isinstance(allowed, dict) and all(isinstance(one, bool) for one in allowed.values()):
        return [name for name, is_allowed in allowed.items() if is_allowed]
    return list(PURPOSES)

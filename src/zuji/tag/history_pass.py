"""One pass over history: which columns, figures and facts the conditions of rules need of everybody, and the SQL of it.

What is asked for is gathered first, each thing once; `steps` then adds

- `happened`: a row per event that rules look at, with what its conditions and properties say,
- `figures`: a row per person with an aggregate per figure,
- `known`: the same with traits, identifiers and consents, as far as anybody asked for them,
- `told_1`, `told_2` ...: the same with the values of other tags and segments that rules name.
"""

# ruff: noqa: S608 - SQL is put together here from names of our own; every value is bound
from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from zuji.store.condition_sql import condition_sql
from zuji.store.people import PersonOfEvent
from zuji.store.profiles import CURRENT_PROFILES
from zuji.store.property_sql import Value, event_value, moment_value
from zuji.store.statement import Statement
from zuji.store.tag_rows import TAG_NOW
from zuji.tag.definition import Published
from zuji.tag.rule import Window
from zuji.tag.windows import BEGINNING, range_of
from zuji.terms.document import EventMatch
from zuji.terms.event import Flag
from zuji.terms.period import Calendar

UNWANTED = int(Flag.ROBOT | Flag.NO_ANALYTICS)
"""Rules look at no event with one of these flags."""


NOTHING_PUBLISHED = Published()


@dataclass(frozen=True, slots=True)
class Among:
    """Only these people. `anchors` are all that ever brought an event of theirs: the table is ordered by them."""

    people: tuple[int, ...]
    anchors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Every `of`-th of all people, so that what they need fits into memory."""

    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Where and as of when rules are asked of history: `now_ms` is that moment.

    `published` holds what a rule may name; `members` are the people, as they are now, of its segments that were saved
    behind a figure.
    """

    workspace: str
    whose: PersonOfEvent
    calendar: Calendar
    now_ms: int
    published: Published = NOTHING_PUBLISHED
    members: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    among: Among | None = None
    part: Part | None = None
    bad_patterns: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Column:
    name: str
    sql: str
    level: int = 0


class HistoryPass:
    """Gathers what is needed, then writes the steps."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.statement = Statement(asked)
        self._events: dict[Hashable, _Column] = {}
        self._figures: dict[Hashable, _Column] = {}
        self._consents: dict[Hashable, _Column] = {}
        self._named: dict[Hashable, _Column] = {}
        self._stored: dict[str, None] = {}
        self._levels = [0]
        self._wants_profiles = False
        self._wants_identifiers = False

    @property
    def zone(self) -> str:
        """Where days are counted."""
        return self.asked.calendar.zone.key

    def event(self, key: Hashable, sql: Callable[[], str]) -> str:
        """A column over an event, written once however often it is asked for."""
        return _once(self._events, "e", key, sql)

    def figure(self, key: Hashable, sql: Callable[[], str]) -> str:
        """An aggregate over a person's events, written once."""
        return _once(self._figures, "f", key, sql)

    def match(self, match: EventMatch) -> str:
        """The column that says whether an event has the name and passes the conditions."""
        return self.event(("match", match), lambda: self._match_sql(match))

    def text(self, match: EventMatch, name: str) -> str:
        """The column of the text of a property on the events that match; null on all others, so that nobody pays."""
        return self.event(("text", match, name), lambda: f"if({self.match(match)}, {self._value(name).text}, NULL)")

    def number(self, match: EventMatch, name: str) -> str:
        """The same of its number."""
        return self.event(("number", match, name), lambda: f"if({self.match(match)}, {self._value(name).number}, NULL)")

    def _value(self, name: str) -> Value:
        moment = moment_value(self.statement, name, zone=self.zone)
        return moment or event_value(self.statement, name, zone=self.zone)

    def counted(self, match: EventMatch, window: Window) -> str:
        """The condition over `happened` that an event matches inside the window."""
        return f"{self.match(match)}{self.inside(window)}"

    def inside(self, window: Window) -> str:
        """` AND ...`: that an event lies in the window. Nothing lies behind the moment asked about anyway."""
        span = range_of(window, self.asked.now_ms, self.asked.calendar)
        first = "" if span.from_ms <= BEGINNING else f" AND ms >= {self.statement.integer(span.from_ms)}"
        ends = span.to_ms <= self.asked.now_ms
        return first + (f" AND ms < {self.statement.integer(span.to_ms)}" if ends else "")

    def traits(self) -> None:
        """The column `traits` will be there."""
        self._wants_profiles = True

    def identifiers(self) -> str:
        """The column of a person's identifiers: pairs of type and value."""
        self._wants_profiles = self._wants_identifiers = True
        return "held"

    def stored(self, key: str) -> str:
        """The texts that a tag without a rule has, as it is now: nobody can work out what was given by others."""
        self._stored[key] = None
        return f"stored[{self.statement.text(key)}]"

    def consent(self, purpose: str) -> str:
        """The column that says whether a person consents to a purpose."""
        return _once(self._consents, "consent_", purpose, lambda: f"has(purposes, {self.statement.text(purpose)})")

    def named(self, key: Hashable, sql: Callable[[], str]) -> str:
        """The column of the value of another tag or segment. Those that its rule names come a level before it."""
        if key not in self._named:
            self._levels.append(0)
            text = sql()
            level = self._levels.pop() + 1
            self._named[key] = _Column(f"named_{len(self._named) + 1}", text, level)
        found = self._named[key]
        self._levels[-1] = max(self._levels[-1], found.level)
        return found.name

    def steps(self) -> str:
        """Add the steps; gives the name of the last: a row for everybody whom rules are asked of."""
        self.statement.step("happened", self._happened())
        figures = [f"{one.sql} AS {one.name}" for one in self._figures.values()]
        last = self.statement.step(
            "figures", f"SELECT {_listed(['person', *figures])}\nFROM happened\nWHERE person != 0\nGROUP BY person"
        )
        if self._wants_profiles or self._consents or self._stored:
            last = self.statement.step("known", self._known())
        for level in range(1, max((one.level for one in self._named.values()), default=0) + 1):
            values = [f"{one.sql} AS {one.name}" for one in self._named.values() if one.level == level]
            last = self.statement.step(f"told_{level}", f"SELECT {_listed(['*', *values])}\nFROM {last}")
        return last

    def _match_sql(self, match: EventMatch) -> str:
        named = "1" if match.event is None else f"event = {self.statement.text(match.event)}"
        if not match.where:
            return f"toUInt8({named})"
        return f"{named} AND {condition_sql(self.statement, self.asked, match.where.node)}"

    def _happened(self) -> str:
        person = f"{self.asked.whose.sql} AS person"
        columns = [f"{one.sql} AS {one.name}" for one in self._events.values()]
        shown = [person, "toUnixTimestamp64Milli(occurred_at) AS ms", "position", "event_id", "event", *columns]
        return f"""
SELECT {_listed(shown)}
FROM zuji.events
WHERE {self._by_now()} AND bitAnd(flags, {UNWANTED}) = 0"""

    def _by_now(self) -> str:
        """The condition of the events of those asked about, up to the moment asked about."""
        moment = self.statement.integer(self.asked.now_ms)
        whole = f"workspace = {{workspace:String}} AND occurred_at <= fromUnixTimestamp64Milli({moment})"
        if self.asked.part is not None:
            number, of = self.statement.integer(self.asked.part.number), self.statement.integer(self.asked.part.of)
            whole += f" AND intHash32({self.asked.whose.sql}) % {of} = {number}"
        if self.asked.among is not None:
            anchors = self.statement.bind(list(self.asked.among.anchors), "Array(UInt64)")
            people = self.statement.bind(list(self.asked.among.people), "Array(UInt64)")
            whole += f" AND anchor IN {anchors} AND {self.asked.whose.sql} IN {people}"
        return whole

    def _known(self) -> str:
        shown = ["person", *[one.name for one in self._figures.values()]]
        joins = ""
        if self._wants_profiles:
            shown.append("profiles.traits AS traits")
            joins += f"\nLEFT ANY JOIN ({CURRENT_PROFILES}) AS profiles USING person"
        if self._wants_identifiers:
            self.statement.step("plain", self._plain())
            shown.append("if(empty(profiles.identifiers), plain.identifiers, profiles.identifiers) AS held")
            joins += "\nLEFT ANY JOIN plain USING person"
        if self._consents:
            self.statement.step("consents", self._consenting())
            shown += [f"consents.{one.name} AS {one.name}" for one in self._consents.values()]
            joins += "\nLEFT ANY JOIN consents USING person"
        if self._stored:
            self.statement.step("given", self._given())
            shown.append("given.stored AS stored")
            joins += "\nLEFT ANY JOIN given USING person"
        return f"SELECT {_listed(shown)}\nFROM figures{joins}"

    def _given(self) -> str:
        return f"""
SELECT person, CAST(groupArray((toString(key), texts)), 'Map(String, Array(String))') AS stored
FROM {TAG_NOW}
WHERE workspace = {{workspace:String}} AND kind = 'tag' AND gone = 0 AND key IN {self.statement.texts([*self._stored])}
GROUP BY person"""

    def _plain(self) -> str:
        """The identifier of those without a row: the one whose anchor is theirs by number, and still theirs.

        It leads every event of the anchor; the event with the fewest names beside it says it most surely.
        """
        return f"""
SELECT {self.asked.whose.sql} AS person, [leading] AS identifiers
FROM (
    SELECT anchor, argMin(identifiers[1], length(identifiers)) AS leading, {_LAST_MOMENT} AS occurred_at
    FROM zuji.events
    WHERE workspace = {{workspace:String}} AND notEmpty(identifiers){self._of_anchors()}
    GROUP BY anchor
)
WHERE person = anchor"""

    def _of_anchors(self) -> str:
        if self.asked.among is None:
            return ""
        return f" AND anchor IN {self.statement.bind(list(self.asked.among.anchors), 'Array(UInt64)')}"

    def _consenting(self) -> str:
        """Of every anchor the newest event, whatever its flags; all of a person's must agree."""
        newest = [f"argMax({one.sql}, (occurred_at, position)) AS newest_{one.name}" for one in self._consents.values()]
        agreed = [f"min(newest_{one.name}) AS {one.name}" for one in self._consents.values()]
        return f"""
SELECT {_listed(["person", *agreed])}
FROM (
    SELECT {_listed([f"{self.asked.whose.sql} AS person", "anchor", *newest], "    ")}
    FROM zuji.events
    WHERE {self._by_now()}
    GROUP BY person, anchor
)
GROUP BY person"""


_LAST_MOMENT = "toDateTime64('2299-12-31 23:59:59', 3, 'UTC')"
"""The last one the engine knows: whose an anchor is then is whose it is now."""


def _once(columns: dict[Hashable, _Column], prefix: str, key: Hashable, sql: Callable[[], str]) -> str:
    if key not in columns:
        text = sql()  # may ask for other columns, which come before this one
        columns[key] = _Column(f"{prefix}{len(columns) + 1}", text)
    return columns[key].name


def _listed(columns: list[str], indent: str = "") -> str:
    return f",\n{indent}    ".join(columns)

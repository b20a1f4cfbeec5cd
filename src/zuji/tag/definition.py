"""Definitions of tags and segments: a rule with its names, and what else people need to know and to decide about it.

People write a definition as a document; `read_definition` refuses what makes no sense. A draft has version 0; it is
given the next number and made to hold by a decision in the spool, so that a replay publishes it at the same place among
the events: `Message(type="decision", event="publish", properties=...)` with the properties
`{"decision": "publish", "kind": "tag" or "segment", "key", "version", "definition": document, "by": id of who did it,
"announce": whether subscribers are told of what it changes}`. A definition of null ends what holds under that key.
`decision_body` makes the properties, `read_published` reads what they carry; the engine answers with `published` (true
or false) and `backfill`, or refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, cast

import msgspec
from msgspec import Meta

from zuji.tag.read_rule import read_rule
from zuji.tag.rule import Cases, Rule, ValueOf, When
from zuji.terms.document import Document, Name, document_of, read_document
from zuji.terms.error import BadQuestion, NotFound

Kind = Literal["tag", "segment"]
Family = Literal["basic_attribute", "behaviour_preference", "demand_intent", "value_tier"]
Origin = Literal["rule", "statistic", "score", "imported", "manual"]
"""Where values come from: a rule, a question over the whole base, a model, another system, somebody's hand."""
ValueType = Literal["boolean", "text", "number", "list"]
Freshness = Literal["live", "batch"]
Visibility = Literal["internal", "public"]
"""Public values may be read by the person's own browser."""
Told = Literal["silent", "told"]
"""Whether subscribers hear of the changes that a publishing makes."""

Key = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
LONGEST_VALIDITY = 3_660
MOST_LISTED = 10_000


class Words(Document, frozen=True, kw_only=True):
    """A text in both languages."""

    en: Annotated[str, Meta(max_length=2_000)] = ""
    zh: Annotated[str, Meta(max_length=2_000)] = ""


NO_WORDS = Words()


class Names(Document, frozen=True, kw_only=True):
    """A name in both languages; neither may be missing."""

    en: Title
    zh: Title


class Statistic(Document, frozen=True, kw_only=True):
    """A question whose answer says something about everybody: its kind, its document, and which of its figures."""

    kind: Literal["rfm", "engagement"]
    question: dict[str, Any]
    gives: Name


class ListedIdentifier(Document, frozen=True, kw_only=True):
    """Somebody, by an identifier."""

    type: Name
    value: Name


@dataclass(frozen=True, slots=True)
class ListOf:
    """A segment of those who have one of these identifiers, (type, value)."""

    identifiers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SavedPeople:
    """A segment of the people that somebody saved behind a figure: `list_id` of `store.people_lists`."""

    list_id: str


class _Written(Document, frozen=True, kw_only=True):
    """What every definition may say."""

    key: Key
    name: Names
    description: Words = msgspec.field(default_factory=Words)
    owner: Annotated[str, Meta(max_length=200)] = ""
    freshness: Freshness = "live"
    rule: dict[str, Any] | None = None
    visibility: Visibility = "internal"


class TagDocument(_Written, frozen=True, kw_only=True):
    """A tag as it is written."""

    family: Family
    origin: Origin = "rule"
    value_type: ValueType | None = None
    statistic: Statistic | None = None
    label: Names | None = None
    validity_days: Annotated[int, Meta(ge=1, le=LONGEST_VALIDITY)] | None = None
    group: Key | None = None
    priority: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)] = 0


class SegmentDocument(_Written, frozen=True, kw_only=True):
    """A segment as it is written: a rule, a list of identifiers, or the id of a saved list of people."""

    identifiers: Annotated[list[ListedIdentifier], Meta(min_length=1, max_length=MOST_LISTED)] | None = None
    saved_people: Name | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A tag or a segment.

    `label` says how a value is shown, `{value}` standing for it ("high intent to buy {value}"). A value that nothing
    confirms ends after `validity_days` (None: never). Of the tags of one `group` at most one has a value: the one of
    the highest priority, of equal ones the one whose key comes first.
    """

    key: str
    kind: Kind
    version: int
    rule: Rule | None
    name: Names
    freshness: Freshness = "live"
    family: Family | None = None
    origin: Origin = "rule"
    value_type: ValueType = "boolean"
    description: Words = NO_WORDS
    owner: str = ""
    visibility: Visibility = "internal"
    statistic: Statistic | None = field(default=None, hash=False)
    members: ListOf | SavedPeople | None = None
    label: Names | None = None
    validity_days: int | None = None
    group: str | None = None
    priority: int = 0
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """As it was written, every default filled in."""

    @property
    def is_live(self) -> bool:
        """Whether the stream keeps it up to date from a rule."""
        return self.rule is not None and self.freshness == "live"

    @property
    def is_batch(self) -> bool:
        """Whether its values are worked out for everybody now and then: neither by the stream nor by somebody else."""
        return self.statistic is not None or self.members is not None or (self.rule is not None and not self.is_live)


@dataclass(frozen=True)
class Published:
    """What holds in a workspace, each definition after those that it names. `graph.in_force` makes it."""

    definitions: tuple[Definition, ...] = ()

    def by_key(self, kind: Kind, key: str) -> Definition:
        """The definition that holds under this key. Raises NotFound."""
        for one in self.definitions:
            if one.kind == kind and one.key == key:
                return one
        raise NotFound(f"no {kind} {key!r:.80} is published.")

    def live(self) -> Iterator[Definition]:
        """Those that the stream keeps, in order."""
        return (one for one in self.definitions if one.is_live)


def read_definition(kind: Kind, document: Any, *, version: int = 0) -> Definition:
    """The definition of a document. Raises BadQuestion saying what is wrong, where, and what is allowed.

    >>> city = {"trait": "city", "op": "equals", "value": "Shanghai"}
    >>> read_definition("segment", {"key": "local", "name": {"en": "Local", "zh": "本地"}, "rule": {"when": city}}).rule
    When(when=Trait(name='city', comparison=Comparison(op='equals', value='Shanghai')))
    """
    if kind == "segment":
        return _segment(read_document(SegmentDocument, document), version)
    return _tag(read_document(TagDocument, document), version)


def _segment(written: SegmentDocument, version: int) -> Definition:
    ways = [name for name in ("rule", "identifiers", "saved_people") if getattr(written, name) is not None]
    if len(ways) != 1:
        raise BadQuestion(
            f"segment {written.key}: one of rule, identifiers and saved_people says who is in it; "
            f"got {' and '.join(ways) or 'none'}."
        )
    rule = None if written.rule is None else read_rule(written.rule)
    if rule is not None and not isinstance(rule, When):
        raise BadQuestion(f'segment {written.key}: the rule of a segment is {{"when": condition}}; it has no values.')
    return Definition(kind="segment", rule=rule, members=_members(written), **_said(written, version))


def _members(written: SegmentDocument) -> ListOf | SavedPeople | None:
    if written.identifiers is not None:
        return ListOf(tuple((one.type, one.value) for one in written.identifiers))
    return None if written.saved_people is None else SavedPeople(written.saved_people)


def _tag(written: TagDocument, version: int) -> Definition:
    for origin in ("rule", "statistic"):
        if (getattr(written, origin) is not None) != (written.origin == origin):
            raise BadQuestion(
                f"tag {written.key}: {origin} and origin {origin!r} belong together; the origin is {written.origin!r}."
            )
    if written.group is not None and written.origin != "rule":
        raise BadQuestion(f"tag {written.key}: only tags made by rules exclude one another; leave out group.")
    rule = None if written.rule is None else read_rule(written.rule)
    if isinstance(rule, ValueOf) and rule.measure.what.startswith("since") and written.freshness == "live":
        raise BadQuestion(
            f"tag {written.key}: the time since an event changes by itself all the time. "
            'Say "freshness": "batch", or make cases of it.'
        )
    return Definition(
        kind="tag",
        rule=rule,
        family=written.family,
        origin=written.origin,
        value_type=_value_type(written, rule),
        statistic=written.statistic,
        label=written.label,
        validity_days=written.validity_days,
        group=written.group,
        priority=written.priority,
        **_said(written, version),
    )


def _said(written: _Written, version: int) -> dict[str, Any]:
    shared = ("key", "name", "description", "owner", "freshness", "visibility")
    return {name: getattr(written, name) for name in shared} | {"version": version, "document": document_of(written)}


def _value_type(written: TagDocument, rule: Rule | None) -> ValueType:
    """What a rule gives is known from the rule; of other origins it is said."""
    known = "number" if written.origin == "score" else type_of(rule) if rule is not None else None
    if known is None and written.value_type is None:
        raise BadQuestion(f"tag {written.key}: value_type is needed: boolean, text, number or list.")
    if known is not None and written.value_type not in (None, known):
        raise BadQuestion(f"tag {written.key}: value_type is {known} here, not {written.value_type}; leave it out.")
    return cast(ValueType, known or written.value_type)


def type_of(rule: Rule) -> ValueType:
    """What kind of values a rule gives."""
    match rule:
        case When():
            return "boolean"
        case Cases():
            return "text"
        case ValueOf(measure):
            if measure.what == "top":
                return "list" if measure.limit > 1 else "text"
            return "text" if measure.what in ("first", "last") else "number"


def decision_body(definition: Definition, *, by: str, subscribers: Told = "silent") -> dict[str, Any]:
    """The properties of the decision that publishes this."""
    body = _body(definition.kind, definition.key, definition.version, by, subscribers)
    return body | {"definition": dict(definition.document)}


def ending_body(kind: Kind, key: str, *, version: int, by: str, subscribers: Told = "silent") -> dict[str, Any]:
    """The properties of the decision that ends what holds under a key; the end is a version, too."""
    return _body(kind, key, version, by, subscribers) | {"definition": None}


def _body(kind: Kind, key: str, version: int, by: str, subscribers: Told) -> dict[str, Any]:
    announce = subscribers == "told"
    return {"decision": "publish", "kind": kind, "key": key, "version": version, "by": by, "announce": announce}


def read_published(body: Mapping[str, Any]) -> Definition | None:
    """The definition that a decision publishes; None when it ends the one of its `kind` and `key`."""
    kind, document = body.get("kind"), body.get("definition")
    if kind not in ("tag", "segment"):
        raise BadQuestion(f"kind: tag or segment, got {kind!r:.80}.")
    return None if document is None else read_definition(kind, document, version=int(body["version"]))

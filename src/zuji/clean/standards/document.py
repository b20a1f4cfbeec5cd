"""The policy `standards`: how fields are standardised, what catalogues there are, how personal fields are treated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from zuji.clean.standards.catalogue import Catalogue, Entry, catalogue_of
from zuji.clean.standards.personal import Treatment
from zuji.clean.standards.rules import Answers, FieldRule, RegionRule, Rule
from zuji.terms.document import Document, Name, read_document
from zuji.terms.error import BadQuestion

ORIGINAL = "_original"
"""What a field's name gets behind it where its value as sent is kept beside the standard one."""


class PersonalField(Document, frozen=True, kw_only=True):
    """A field about a person, named by where it stands: `traits.phone`, `properties.note`, `context.device.id`."""

    field: Annotated[str, Meta(pattern=r"^(properties|traits|context)\..+$", max_length=300)]
    treatment: Treatment


class StandardsDocument(Document, frozen=True, kw_only=True):
    """What a workspace decides."""

    fields: Annotated[tuple[Rule, ...], Meta(max_length=500)] = ()
    catalogues: dict[Name, tuple[Entry, ...]] = msgspec.field(default_factory=dict)
    personal: Annotated[tuple[PersonalField, ...], Meta(max_length=500)] = ()


@dataclass(frozen=True)
class Standards:
    """The same, ready for use: rules and treatments by the place and the name of their field."""

    properties: Mapping[str, tuple[FieldRule, ...]] = field(default_factory=dict)
    traits: Mapping[str, tuple[FieldRule, ...]] = field(default_factory=dict)
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    personal_properties: Mapping[str, Treatment] = field(default_factory=dict)
    personal_traits: Mapping[str, Treatment] = field(default_factory=dict)
    personal_context: tuple[tuple[tuple[str, ...], Treatment], ...] = ()

    @cached_property
    def dropped_properties(self) -> frozenset[str]:
        """Those that nothing may read."""
        return frozenset(name for name, treatment in self.personal_properties.items() if treatment == "drop")

    @cached_property
    def dropped_traits(self) -> frozenset[str]:
        """The same of traits."""
        return frozenset(name for name, treatment in self.personal_traits.items() if treatment == "drop")

    @cached_property
    def place_events(self) -> bool:
        """Whether properties tell a region, which then is the event's."""
        return any(isinstance(rule, RegionRule) for rules in self.properties.values() for rule in rules)

    @property
    def rules(self) -> bool:
        """Whether anything is standardised."""
        return bool(self.properties or self.traits)

    @property
    def treats(self) -> bool:
        """Whether anything is hashed, masked or dropped."""
        return bool(self.personal_properties or self.personal_traits or self.personal_context)


NO_STANDARDS = Standards()


def read_standards(document: Mapping[str, Any]) -> Standards:
    """The value of a document. Raises BadQuestion saying what is wrong and where."""
    read = read_document(StandardsDocument, document)
    try:
        catalogues = {name: catalogue_of(entries) for name, entries in read.catalogues.items()}
        for rule in read.fields:
            rule.refuse_nonsense(catalogues)
    except ValueError as error:
        raise BadQuestion(f"{error}.") from error
    personal = [each for each in read.personal if each.treatment != "keep"]
    return Standards(
        _by_name(read.fields, "properties"),
        _by_name(read.fields, "traits"),
        catalogues,
        personal_properties=_treatments(personal, "properties"),
        personal_traits=_treatments(personal, "traits"),
        personal_context=tuple(
            (tuple(each.field.split(".")[1:]), each.treatment)
            for each in personal
            if _place(each.field)[0] == "context"
        ),
    )


def _by_name(rules: tuple[FieldRule, ...], place: str) -> dict[str, tuple[FieldRule, ...]]:
    """Several rules for one field all read the value as it was sent."""
    found: dict[str, tuple[FieldRule, ...]] = {}
    for rule in rules:
        stands_in, name = _place(rule.field)
        if stands_in == place:
            found[name] = (*found.get(name, ()), rule)
    return found


def _treatments(personal: list[PersonalField], place: str) -> dict[str, Treatment]:
    """The value as sent is treated like the standard one, wherever it is kept: a client may have an original itself."""
    found: dict[str, Treatment] = {}
    for each in personal:
        stands_in, name = _place(each.field)
        if stands_in == place:
            found |= {name + ORIGINAL * times: each.treatment for times in range(3)}
    return found


def _place(path: str) -> tuple[str, str]:
    place, _, name = path.partition(".")
    return place, name

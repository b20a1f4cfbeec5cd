"""Values of properties and traits in standard form, as the workspace's policy `standards` says.

The standard value takes the field's name; where it differs from what was sent, that is kept as `<name>_original`. A
value that cannot be read stays as it is, and the event says so. Fields that the policy drops go here, before anybody
reads an identifier from them; what it hashes or masks is done by `protect`, after everybody has read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zuji.clean.messages import rewrite
from zuji.clean.sheet import Sheet
from zuji.clean.standards.document import ORIGINAL, Standards
from zuji.clean.standards.rules import Answers, FieldRule, World, readable_text
from zuji.clean.traits import Object
from zuji.terms.event import Flag
from zuji.terms.subject import Statement

_NUMBERS = {int, float}
"""JSON has one kind of number: 3.0, as Python's clients write it, is 3 and needs no repair. `true` is no number."""


def standardise_values(sheet: Sheet) -> None:
    """Bring the fields that policies name into standard form, and drop those that they drop."""
    decided = standards_of(sheet)
    if not any(standards.rules or standards.treats for standards in decided.values()):
        return
    of_runs = [decided[row.receipt.workspace] for row in sheet.receipts]
    regions = sheet.facts.regions.now()
    worlds = [World(regions, standards.catalogues) for standards in of_runs]
    runs, shapes = sheet.receipt_codes.tolist(), sheet.shape_codes
    concerned: dict[tuple[int, int], bool] = {}
    for number, _ in sheet.standing():
        key = (runs[number], shapes[number])
        standards = of_runs[key[0]]
        if key not in concerned:
            concerned[key] = _concerns(standards, sheet.distinct_shapes[key[1]])
        if concerned[key]:
            _standardise_properties(sheet, number, standards, worlds[key[0]])
        if (sheet.traits[number] or sheet.statements[number]) and (standards.traits or standards.personal_traits):
            _standardise_traits(sheet, number, standards, worlds[key[0]])


def standards_of(sheet: Sheet) -> dict[str, Standards]:
    """What each workspace of the batch decided."""
    facts = sheet.facts
    return {workspace: facts.standards.of(facts.policies, workspace) for workspace in sheet.workspaces}


def _concerns(standards: Standards, shape: tuple[str, ...]) -> bool:
    named = standards.properties.keys() | standards.personal_properties.keys()
    return not named.isdisjoint(shape)


def _standardise_properties(sheet: Sheet, number: int, standards: Standards, world: World) -> None:
    properties, dropped = sheet.properties[number], standards.dropped_properties
    changed, notes = standardised(properties, standards.properties, standards.answers, world)
    if dropped:
        changed = {name: value for name, value in changed.items() if name not in dropped}
    if changed or not dropped.isdisjoint(properties):
        kept = {name: value for name, value in properties.items() if name not in dropped} if dropped else properties
        sheet.properties[number] = kept | changed
        rewrite(sheet, number)
    if standards.place_events:
        code = sheet.properties[number].get("region_code")
        if isinstance(code, str) and code in world.regions.table:
            sheet.column("region_code")[number] = code
    _note(sheet, number, "properties", changed, notes)


def _standardise_traits(sheet: Sheet, number: int, standards: Standards, world: World) -> None:
    """What is stated once, or taken away, is left as it is unless it is dropped."""
    traits, dropped = sheet.traits[number], standards.dropped_traits
    changed, notes = standardised(traits, standards.traits, standards.answers, world)
    changed = {name: value for name, value in changed.items() if name not in dropped}
    statements = tuple(each for each in sheet.statements[number] if each.name not in dropped)
    if changed or len(statements) < len(sheet.statements[number]) or not dropped.isdisjoint(traits):
        sheet.traits[number] = {name: value for name, value in traits.items() if name not in dropped} | changed
        sheet.statements[number] = _restated(statements, changed) if statements else ()
        rewrite(sheet, number)
    _note(sheet, number, "traits", changed, notes)


def standardised(
    values: Object, rules: Mapping[str, tuple[FieldRule, ...]], answers: Answers, world: World
) -> tuple[dict[str, Any], list[str]]:
    """What changes among some values, and what to note. Of what stands beside a value, the first to say it counts, and
    what a client said itself gives way but is kept.
    """
    changed: dict[str, Any] = {}
    notes: list[str] = []
    for name, of_name in rules.items():
        value = values.get(name)
        text = readable_text(value)
        if text is None:
            continue
        for rule in of_name:
            made = answers.of(rule, text if isinstance(value, str) else rule.written(text), world)
            if made.note:
                what, _, candidates = made.note.partition("=")
                notes.append(f"{what}:{name}={candidates}" if candidates else f"{what}:{name}")
            if made.value is not None:
                _state(changed, values, name, made.value)
            for each, value in made.beside.items():
                _state(changed, values, each, value)
    return changed, notes


def _state(changed: dict[str, Any], values: Object, name: str, value: Any) -> None:
    if name in changed:
        return
    was = values.get(name)
    if was == value and (type(was) is type(value) or {type(was), type(value)} == _NUMBERS):
        return
    changed[name] = value
    if was is not None and was != "":
        changed[name + (ORIGINAL if name + ORIGINAL not in values else ORIGINAL * 2)] = was


def _restated(statements: tuple[Statement, ...], changed: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements with new values, and those that are new."""
    again = tuple(
        Statement("set", each.name, changed[each.name]) if each.operation == "set" and each.name in changed else each
        for each in statements
    )
    named = {each.name for each in again if each.operation == "set"}
    return (*again, *(Statement("set", name, value) for name, value in changed.items() if name not in named))


def _note(sheet: Sheet, number: int, place: str, changed: Mapping[str, Any], notes: list[str]) -> None:
    repaired = [name for name in changed if not changed.keys().isdisjoint((name + ORIGINAL, name + ORIGINAL * 2))]
    if repaired:
        sheet.flag(number, Flag.REPAIRED, "standardised:" + "|".join(f"{place}.{name}" for name in repaired))
    for note in notes:
        sheet.flag(number, Flag(0), note)

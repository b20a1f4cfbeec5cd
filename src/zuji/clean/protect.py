"""Personal fields hashed, masked or left out of what is stored, as the workspace's policy `standards` says.

It runs late: who the event is about has been read from the values as they were sent, so people are recognised all the
same. What is stored of the event and of the person's traits is treated; identifiers are `identify`'s, and stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from zuji.clean.coded import Coded, codes_of
from zuji.clean.messages import canonical, rewrite
from zuji.clean.sheet import Sheet
from zuji.clean.standardise import standards_of
from zuji.clean.standards.document import Standards
from zuji.clean.standards.personal import Treatment, treated
from zuji.clean.traits import PROFILE_TYPES, Object
from zuji.terms.subject import Statement

Treatments = Mapping[str, Treatment]
_COLUMNS: dict[str, tuple[str, ...]] = {"ip": ("ip",), "user_agent": ("userAgent",)}
"""Columns that hold what contexts say of a person, and also what the request told."""
_OF_TRAITS = ("$set_once", "$add", "$append")
_decode = msgspec.json.Decoder(dict[str, Any] | None).decode


def protect_personal_fields(sheet: Sheet) -> None:
    """Treat what policies name, in properties, traits and contexts."""
    decided = standards_of(sheet)
    if not any(standards.treats for standards in decided.values()):
        return
    of_runs = [decided[row.receipt.workspace] for row in sheet.receipts]
    treating = (workspace for workspace, standards in decided.items() if standards.treats)
    secrets = {workspace: sheet.facts.policies.secret(workspace) for workspace in treating}
    runs = sheet.receipt_codes.tolist()
    contexts = _Contexts(sheet)
    for number, row in sheet.standing():
        standards = of_runs[runs[number]]
        if not standards.treats:
            continue
        secret = secrets[row.receipt.workspace]
        _protect_content(sheet, number, standards, secret)
        contexts.protect(number, runs[number], standards, secret)
    contexts.write()
    for name, path in _COLUMNS.items():
        treatments = [dict(standards.personal_context).get(path, "keep") for standards in of_runs]
        if any(treatment != "keep" for treatment in treatments):
            sheet.coded[name] = _treated_column(sheet, name, treatments, secrets)


def _protect_content(sheet: Sheet, number: int, standards: Standards, secret: bytes) -> None:
    of_properties, of_traits = standards.personal_properties, standards.personal_traits
    touched = not of_properties.keys().isdisjoint(sheet.properties[number])
    if touched:
        sheet.properties[number] = protected(sheet.properties[number], of_properties, secret)
    statements = sheet.statements[number]
    if of_traits:
        sheet.traits[number] = protected(sheet.traits[number], of_traits, secret)
        sheet.statements[number] = tuple(
            Statement(each.operation, each.name, treated(each.value, of_traits[each.name], secret))
            if each.name in of_traits
            else each
            for each in statements
        )
    if touched or (of_traits and sheet.rows[number].message.type in PROFILE_TYPES):
        rewrite(sheet, number, lambda content: _protected_operations(content, of_traits, secret))


def _protected_operations(content: Object, treatments: Treatments, secret: bytes) -> Object:
    """Of a row about a profile: what is done to traits otherwise than by setting them."""
    inner = {name: protected(content[name], treatments, secret) for name in _OF_TRAITS if name in content}
    return {name: value for name, value in {**content, **inner}.items() if name not in inner or value}


def protected(values: Object, treatments: Treatments, secret: bytes) -> Object:
    """Some values with the named ones treated.

    >>> protected({"phone": "13812348000", "city": "杭州"}, {"phone": "mask"}, b"")
    {'phone': '138****8000', 'city': '杭州'}
    """
    return {
        name: treated(value, treatments[name], secret) if name in treatments else value
        for name, value in values.items()
        if treatments.get(name) != "drop"
    }


def _treated_column(sheet: Sheet, name: str, treatments: list[Treatment], secrets: Mapping[str, bytes]) -> Coded:
    """What has a column of its own beside the context it came in."""
    column = sheet.coded[name]
    values, runs = list(column.values), sheet.receipt_codes.tolist()
    made: dict[tuple[int, int], int] = {}
    codes = []
    for run, code in zip(runs, column.codes.tolist(), strict=True):
        if treatments[run] == "keep" or not values[code]:
            codes.append(code)
            continue
        if (run, code) not in made:
            made[run, code] = len(values)
            secret = secrets[sheet.receipts[run].receipt.workspace]
            values.append("" if treatments[run] == "drop" else treated(values[code], treatments[run], secret))
        codes.append(made[run, code])
    return Coded(values, codes_of(codes))


class _Contexts:
    """The contexts of a batch: those of policies that say something about them are written anew, each once."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._texts: list[bytes] = list(sheet.coded["context"].values)
        self._codes: list[int] = sheet.coded["context"].codes.tolist()
        self._made: dict[tuple[int, int], int] = {}

    def protect(self, number: int, run: int, standards: Standards, secret: bytes) -> None:
        """The context of a row. Traits are repeated there by clients, so what holds for traits holds there too."""
        of_traits = ((("traits", name), treatment) for name, treatment in standards.personal_traits.items())
        paths = (*standards.personal_context, *of_traits)
        if not paths:
            return
        key = (run, self._codes[number])
        if key not in self._made:
            text = self._texts[key[1]]
            context = _decode(text) or {}
            for path, treatment in paths:
                context = _treated_at(context, path, treatment, secret)
            self._made[key] = len(self._texts)
            self._texts.append(canonical(context))
        self._codes[number] = self._made[key]

    def write(self) -> None:
        """Put the texts in their column."""
        if self._made:
            self._sheet.coded["context"] = Coded(self._texts, codes_of(self._codes))


def _treated_at(values: Object, path: tuple[str, ...], treatment: Treatment, secret: bytes) -> Object:
    name, *rest = path
    if name not in values:
        return values
    if not rest:
        return protected(values, {name: treatment}, secret)
    inner = values[name]
    if not isinstance(inner, dict):
        return values
    return {**values, name: _treated_at(inner, tuple(rest), treatment, secret)}

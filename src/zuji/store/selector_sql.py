"""Selectors as SQL over the chain of a stored click: `terms/selector.py` in the engine. A property test asks both.

A path is followed as there: for every element of the chain a 1 where the path may have come. Each compound is one more
`arrayMap` over the one before, which occurs in it once, so that the SQL grows with the selector and not faster.
"""

from __future__ import annotations

from itertools import pairwise

from zuji.store.statement import Statement
from zuji.terms.selector import CLICKABLE_ROLES, CLICKABLE_TAGS, Attribute, Compound, Path, Selector


def selector_sql(statement: Statement, selector: Selector, chain: str) -> str:
    """The condition that a click with this chain (SQL of a Nullable(String)) is on what the selector names."""
    paths = " OR ".join(_leads(statement, path) for path in selector.paths)
    # Over an array of one: this gives the chain, and where its first clickable element stands, a name.
    clickable = f"arrayFirstIndex(link -> {_is_clickable(statement)}, links)"
    inner = f"arrayExists(first_clickable -> ({paths}), [{clickable}])"
    return f"arrayExists(links -> {inner}, [JSONExtractArrayRaw(ifNull({chain}, ''))])"


def _leads(statement: Statement, path: Path) -> str:
    reached = (
        f"arrayMap((link, place) -> {_fits(statement, path[0])}"
        " AND (first_clickable = 0 OR place <= first_clickable), links, arrayEnumerate(links))"
    )
    for before, compound in pairwise(path):
        inner = reached if before.step == "child" else f"arrayCumSum({reached})"
        # Moved by one: whether the path came to the element just inside of this one, or to any inside of it.
        inner = f"arrayPopBack(arrayPushFront({inner}, 0))"
        reached = (
            f"arrayMap((link, inner_reached) -> {_fits(statement, compound)} AND inner_reached > 0, links, {inner})"
        )
    return f"arrayExists(arrived -> arrived, {reached})"


def _is_clickable(statement: Statement) -> str:
    tags, roles = (statement.texts(names) for names in (CLICKABLE_TAGS, CLICKABLE_ROLES))
    return (
        f"(JSONType(link, 'tag_name') = 'String' AND has({tags}, JSONExtractString(link, 'tag_name')))"
        f" OR (JSONType(link, 'attr__role') = 'String' AND has({roles}, JSONExtractString(link, 'attr__role')))"
    )


def _fits(statement: Statement, compound: Compound) -> str:
    parts = []
    if compound.tag:
        parts.append(_text_is(f"= {statement.text(compound.tag)}", statement.text("tag_name")))
    for name in compound.classes:
        same = f"JSONType(one) = 'String' AND JSONExtractString(one) = {statement.text(name)}"
        parts.append(f"arrayExists(one -> {same}, JSONExtractArrayRaw(link, 'classes'))")
    parts += [_has(statement, attribute) for attribute in compound.attributes]
    for name, number in compound.places:
        key = statement.text(name)
        whole = f"JSONType(link, {key}) IN ('Int64', 'UInt64')"
        parts.append(f"({whole} AND JSONExtractInt(link, {key}) = {statement.integer(number)})")
    return f"({' AND '.join(parts)})" if parts else "1"


def _has(statement: Statement, attribute: Attribute) -> str:
    value = statement.text(attribute.value) if attribute.op != "is_set" else ""
    said = {
        "is_set": "{text} IS NOT NULL",
        "equals": "{text} = {value}",
        "begins": "startsWith({text}, {value})",
        "ends": "endsWith({text}, {value})",
        "contains": "position({text}, {value}) > 0",
    }[attribute.op]
    found = []
    for name in attribute.keys:
        key = statement.text(name)
        passes = said.replace("{text}", f"JSONExtractString(link, {key})").replace("{value}", value)
        found.append(f"(JSONType(link, {key}) = 'String' AND {passes})")
    return f"({' OR '.join(found)})"


def _text_is(compared: str, key: str) -> str:
    return f"(JSONType(link, {key}) = 'String' AND JSONExtractString(link, {key}) {compared})"

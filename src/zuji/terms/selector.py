"""Selectors over clicks: a part of CSS, asked of the chain of elements that a click brought, from its target outwards.

A chain is a JSON list of elements as PostHog and our own script tell them: `{"tag_name", "classes": [...], "attr__id",
"attr__data-sku", "href", "nth_child", "nth_of_type"}`. A click is on what a selector names when that is its target or
holds the target, as `target.closest(selector)` says in a page, but not beyond the first thing that is clickable by
itself: a click on a button in a card is one on the button and not on the card. docs/visual-events.md is normative;
`store/selector_sql.py` asks the same of stored clicks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import msgspec

from zuji.terms.error import BadRequest

Comparison = Literal["is_set", "equals", "begins", "ends", "contains"]
Place = Literal["nth_child", "nth_of_type"]
Step = Literal["inside", "child"]

LONGEST_SELECTOR = 2_000
MOST_COMPOUNDS = 20
LONGEST_REMEMBERED = 4_096
"""Chains come from anybody: what is remembered of them is bounded in size, not in number alone."""
CLICKABLE_TAGS = ("a", "button", "input", "label", "option", "select", "summary", "textarea")
CLICKABLE_ROLES = ("button", "checkbox", "link", "menuitem", "option", "radio", "switch", "tab")

# An escape ends in one place only: could it end in several, a selector that breaks off would be tried in all of them.
_CODE = r"\\(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{1,5}(?![0-9a-fA-F])) ?"
_IDENT = r"(?:[\w\-\u0080-\U0010ffff]|" + _CODE + r"|\\[^0-9a-fA-F\n])+"
_TAG = re.compile(r"\*|" + _IDENT)
_NAMED = re.compile(r"([#.])(" + _IDENT + ")")
_ATTRIBUTE = re.compile(
    r"\[\s*("
    + _IDENT
    + r")\s*(?:([~^$*|]?=)\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|("
    + _IDENT
    + r"))\s*)?\]",
    re.DOTALL,
)
_NTH = re.compile(r":(nth-child|nth-of-type)\(\s*([1-9][0-9]{0,5})\s*\)")
_BETWEEN = re.compile(r"\s*([>,])\s*|\s+")
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6}) ?|(.))", re.DOTALL)
_COMPARISONS: dict[str, Comparison] = {"=": "equals", "^=": "begins", "$=": "ends", "*=": "contains"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """What one attribute must be."""

    name: str
    op: Comparison
    value: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Where elements tell it: a link's address has a place of its own."""
        return ("href", "attr__href") if self.name == "href" else (f"attr__{self.name}",)


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be. `step`: where it stands in what the compound left of it names."""

    tag: str = ""
    classes: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    places: tuple[tuple[Place, int], ...] = ()
    step: Step = "inside"


Path = tuple[Compound, ...]
"""Compounds from the one that names the target outwards."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Several paths, of which one is enough."""

    paths: tuple[Path, ...]


@lru_cache(maxsize=1_000)
def read_selector(text: str) -> Selector:
    """Read a selector; raises BadRequest saying where it stops making sense, and what there may be.

    >>> [compound.tag for compound in read_selector("form > button#buy").paths[0]]
    ['button', 'form']
    """
    if len(text) > LONGEST_SELECTOR:
        raise BadRequest(f"selector: {len(text)} characters are more than {LONGEST_SELECTOR}. Name something nearer.")
    rest, at = text.strip(), 0
    paths: list[list[Compound]] = [[]]
    step: Step = "inside"
    while True:
        compound, at = _compound(rest, at, step)
        paths[-1].append(compound)
        if at == len(rest):
            break
        between = _BETWEEN.match(rest, at)
        if between is None:
            raise _senseless(rest, at)
        at = between.end()
        step = "child" if between[1] == ">" else "inside"
        if between[1] == ",":
            paths.append([])
    if sum(map(len, paths)) > MOST_COMPOUNDS:
        raise BadRequest(f"selector: more than {MOST_COMPOUNDS} elements. Leave out those that tell nothing apart.")
    return Selector(tuple(tuple(reversed(path)) for path in paths))


def is_on(selector: Selector, chain: str) -> bool:
    """Whether a click with this chain, as JSON, is on what the selector names."""
    elements = elements_of(chain)
    return any(_leads(path, elements) for path in selector.paths)


def elements_of(chain: str) -> tuple[Mapping[str, Any], ...]:
    """The elements of a chain from its target outwards; of what is no chain, none. Pages repeat their chains."""
    return _remembered(chain) if len(chain) <= LONGEST_REMEMBERED else _elements(chain)


def _elements(chain: str) -> tuple[Mapping[str, Any], ...]:
    try:
        read = msgspec.json.decode(chain)
    except (msgspec.DecodeError, RecursionError):
        return ()
    return tuple(one if isinstance(one, dict) else {} for one in read) if isinstance(read, list) else ()


_remembered = lru_cache(maxsize=2_000)(_elements)


def is_clickable(element: Mapping[str, Any]) -> bool:
    """Whether clicks on what is inside of it are clicks on it."""
    return element.get("tag_name") in CLICKABLE_TAGS or element.get("attr__role") in CLICKABLE_ROLES


def fits(compound: Compound, element: Mapping[str, Any]) -> bool:
    """Whether an element is what a compound says."""
    classes = element.get("classes")
    own = classes if isinstance(classes, list) else []
    return (
        (not compound.tag or element.get("tag_name") == compound.tag)
        and all(name in own for name in compound.classes)
        and all(_has(element, attribute) for attribute in compound.attributes)
        and all(type(element.get(name)) is int and element[name] == number for name, number in compound.places)
    )


def _leads(path: Path, elements: tuple[Mapping[str, Any], ...]) -> bool:
    """Keeps, compound by compound, every element at which the path may have come."""
    first = next((place for place, element in enumerate(elements) if is_clickable(element)), len(elements))
    reached = [place <= first and fits(path[0], element) for place, element in enumerate(elements)]
    for before, compound in pairwise(path):
        further = False
        came: list[bool] = []
        for place, element in enumerate(elements):
            inner = place > 0 and reached[place - 1]
            further = further or inner
            came.append((inner if before.step == "child" else further) and fits(compound, element))
        reached = came
    return any(reached)


def _has(element: Mapping[str, Any], attribute: Attribute) -> bool:
    values = [value for key in attribute.keys if isinstance(value := element.get(key), str)]
    match attribute.op:
        case "is_set":
            return bool(values)
        case "equals":
            return attribute.value in values
        case "begins":
            return any(value.startswith(attribute.value) for value in values)
        case "ends":
            return any(value.endswith(attribute.value) for value in values)
        case "contains":
            return any(attribute.value in value for value in values)


def _compound(text: str, at: int, step: Step) -> tuple[Compound, int]:
    start, tag = at, ""
    classes: list[str] = []
    attributes: list[Attribute] = []
    places: list[tuple[Place, int]] = []
    if found := _TAG.match(text, at):
        tag, at = "" if found[0] == "*" else _plain(found[0]).lower(), found.end()
    while at < len(text):
        if found := _NAMED.match(text, at):
            name = _plain(found[2])
            if found[1] == "#":
                attributes.append(Attribute("id", "equals", name))
            else:
                classes.append(name)
        elif found := _ATTRIBUTE.match(text, at):
            attributes.append(_attribute(found, text))
        elif found := _NTH.match(text, at):
            places.append(("nth_child" if found[1] == "nth-child" else "nth_of_type", int(found[2])))
        else:
            break
        at = found.end()
    if at == start:
        raise _senseless(text, at)
    return Compound(tag, tuple(classes), tuple(attributes), tuple(places), step), at


def _attribute(found: re.Match[str], text: str) -> Attribute:
    name, sign = _plain(found[1]).lower(), found[2]
    if sign is None:
        return Attribute(name, "is_set")
    if sign not in _COMPARISONS:
        raise _senseless(text, found.start())
    value = _plain(next(one for one in found.groups()[2:] if one is not None))
    if not value and sign != "=":
        raise BadRequest(f"selector: {found[0]:.80} fits nothing. Write a value, or [{name}] for any.")
    return Attribute(name, _COMPARISONS[sign], value)


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _character(found[1]) if found[1] else found[2], text)


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _senseless(text: str, at: int) -> BadRequest:
    there = f"{text[at : at + 40]!r} at character {at + 1}" if at < len(text) else "an end too early"
    return BadRequest(
        f"selector: {there} is not understood. There are: tag, *, #id, .class, [name], [name=value], [name^=value], "
        "[name$=value], [name*=value], :nth-child(2), :nth-of-type(2), a blank (inside), > (child) and , (or)."
    )

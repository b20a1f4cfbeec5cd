"""The chain of elements of a click, in one form: visual events look at `$elements` (docs/visual-events.md).

Our own script and PostHog send it so. PostHog's older clients and its exports have it as one text, `$elements_chain`;
神策 tells a selector and a path, and more of the target alone. What was sent stays as it is beside it.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from zuji.clean.messages import rewrite
from zuji.clean.sheet import Shape, Sheet
from zuji.clean.traits import Object
from zuji.terms.error import BadRequest
from zuji.terms.selector import Compound, Path, read_selector

CHAIN = "$elements"
CHAIN_TEXT = "$elements_chain"
PATHS = ("$element_selector", "$element_path")
MOST_ELEMENTS = 50
LONGEST_CHAIN = 65_536

_ELEMENT = re.compile(r'((?:(?!:[\w\-]+=")[^;"])*)(?::((?:[\w\-]+="(?:[^"\\]|\\.)*")*))?(?:;|$)', re.DOTALL)
_TOLD = re.compile(r'([\w\-]+)="((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLACES = {"nth-child": "nth_child", "nth-of-type": "nth_of_type"}

Element = dict[str, Any]


def read_chains(sheet: Sheet) -> None:
    """Add the chain to clicks that tell it in another form. Of the shapes of a batch few have one."""
    lacking = np.array([_tells_otherwise(shape) for shape in sheet.distinct_shapes], dtype=np.bool_)
    if not lacking.any():
        return
    for row in np.flatnonzero(lacking[np.array(sheet.shape_codes, dtype=np.int64)]).tolist():
        properties = sheet.properties[row]
        if sheet.messages[row].type == "track" and (chain := chain_of(properties)):
            sheet.properties[row] = {**properties, CHAIN: chain}
            rewrite(sheet, row)


def chain_of(properties: Object) -> list[Element]:
    """The chain that properties tell, from the target outwards; empty where they tell none.

    >>> chain_of({"$elements_chain": 'button.btn:attr__id="buy"nth-child="2"text="Buy";body:'})
    [{'tag_name': 'button', 'classes': ['btn'], 'attr__id': 'buy', 'nth_child': 2, '$el_text': 'Buy'}, \
{'tag_name': 'body'}]
    >>> chain_of({"$element_path": "body > button#buy", "$element_class_name": "btn"})
    [{'tag_name': 'button', 'attr__id': 'buy', 'classes': ['btn']}, {'tag_name': 'body'}]
    """
    text = properties.get(CHAIN_TEXT)
    if isinstance(text, str) and text:
        return _of_text(text)
    longest: Path = max((_path(properties.get(name)) for name in PATHS), key=len)
    if not longest:
        return []
    target, *around = map(_element, longest)
    return [target | _target(properties), *around]


def _tells_otherwise(shape: Shape) -> bool:
    return CHAIN not in shape and any(name in shape for name in (CHAIN_TEXT, *PATHS))


def _of_text(text: str) -> list[Element]:
    """A text that breaks off, or is none of PostHog's, gives what could be read of it."""
    elements: list[Element] = []
    at, end = 0, min(len(text), LONGEST_CHAIN)
    while at < end and len(elements) < MOST_ELEMENTS and (found := _ELEMENT.match(text, at)) and found.end() > at:
        at = found.end()
        elements.append(_told(found[1], found[2] or ""))
    return elements


def _told(head: str, told: str) -> Element:
    tag, *classes = head.removesuffix(":").split(".")  # the colon stands also where nothing follows
    element: Element = {"tag_name": tag} | ({"classes": classes} if classes else {})
    for name, quoted in _TOLD.findall(told):
        value = _ESCAPED.sub(r"\1", quoted)
        if name in _PLACES and value.isascii() and value.isdigit() and len(value) < 10:
            element[_PLACES[name]] = int(value)
        elif name == "text":
            element["$el_text"] = value
        elif name == "href" or name.startswith("attr__"):
            element[name] = value
    if "attr__class" in element:
        element["classes"] = element["attr__class"].split()  # a class may have a dot or a colon in it, the head not
    return element


def _path(selector: object) -> Path:
    if not isinstance(selector, str):
        return ()
    try:
        return read_selector(selector).paths[0]
    except BadRequest:
        return ()


def _element(compound: Compound) -> Element:
    element: Element = {"tag_name": compound.tag} if compound.tag else {}
    element |= {one.keys[0]: one.value for one in compound.attributes if one.op == "equals"}
    element |= {"classes": list(compound.classes)} if compound.classes else {}
    return element | dict(compound.places)


def _target(properties: Object) -> Element:
    """What 神策 says of the target beside its path."""
    told = {
        "tag_name": properties.get("$element_type"),
        "attr__id": properties.get("$element_id"),
        "href": properties.get("$element_target_url"),
    }
    element: Element = {name: value for name, value in told.items() if isinstance(value, str) and value}
    classes = properties.get("$element_class_name")
    return element | ({"classes": classes.split()} if isinstance(classes, str) and classes.split() else {})

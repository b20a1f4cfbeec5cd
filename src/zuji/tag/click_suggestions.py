"""Selectors that will still find an element tomorrow, made from the chain of a click, the surest first.

What people wrote so that it stays is sure: an attribute for tests or tracking, an id, a label for those who cannot see.
Classes change with the looks of a page and positions with its contents; what a framework made up changes with every
build and is never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from zuji.terms.error import BadRequest
from zuji.terms.selector import Selector, elements_of, is_clickable, is_on, read_selector

By = Literal["data", "id", "label", "class", "place"]
Element = Mapping[str, Any]

FOR_TESTS = ("data-testid", "data-test", "data-qa", "data-track")
LABELS = ("aria-label", "name", "role")
MADE_UP = re.compile(
    r"\d{3}|[:;.\[\]#]|--|__|^(css|sc|jsx|svelte|ng|ember|react|v)-|[a-z]\d[a-z\d]*\d|[a-z][A-Z]+[a-z]+[A-Z\d]"
)
LONGEST_VALUE = 80
MOST_DATA = 5
"""Each is tried on every chain there is."""
MOST_CLASSES = 3
MOST_ELEMENTS = 1_000


@dataclass(frozen=True, slots=True)
class Clicked:
    """Clicks that are alike: their chain as JSON, what is written there, how many."""

    chain: str
    text: str
    clicks: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A selector, what it goes by, how many of the clicks are on it, and how many different elements these are."""

    selector: str
    by: By
    clicks: int
    elements: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An element that is clicked, what is written on it, its clicks, and selectors for it, the surest first."""

    tag: str
    text: str
    clicks: int
    selectors: tuple[Candidate, ...]


def suggestions(clicked: Sequence[Clicked], *, most: int) -> list[Suggestion]:
    """The elements most clicked, each with its selectors. Chains with the same surest selector are one element."""
    groups: dict[str, list[Clicked]] = {}
    for one in clicked:
        if ranked := ranked_selectors(elements_of(one.chain)):
            groups.setdefault(ranked[0][0], []).append(one)
    by_clicks = sorted(groups.items(), key=lambda group: (-sum(one.clicks for one in group[1]), group[0]))
    return [_suggested(group, clicked) for _, group in by_clicks[:most]]


def candidates(chain: str, clicked: Iterable[Clicked]) -> tuple[Candidate, ...]:
    """The selectors for the element of a chain, and what each would count among these clicks."""
    known = list(clicked)
    return tuple(_counted(text, by, known) for text, by in ranked_selectors(elements_of(chain)))


def ranked_selectors(elements: Sequence[Element]) -> list[tuple[str, By]]:
    """Selectors for what a click meant, the surest first: its target, or the clickable thing that holds it.

    >>> ranked_selectors([{"tag_name": "span"}, {"tag_name": "button", "attr__id": "buy", "nth_of_type": 1}])
    [('#buy', 'id'), ('button:nth-of-type(1)', 'place')]
    """
    if not elements:
        return []
    start = next((place for place, element in enumerate(elements) if is_clickable(element)), 0)
    found = list(_own(elements[start]))
    if place := _place(elements[start:]):
        found.append((place, "place"))
    return [(text, by) for text, by in dict(found).items() if _is_selector(text)]


def _suggested(group: Sequence[Clicked], clicked: Sequence[Clicked]) -> Suggestion:
    most = max(group, key=lambda one: (one.clicks, one.chain))
    elements = elements_of(most.chain)
    meant = next((element for element in elements if is_clickable(element)), elements[0])
    total = sum(one.clicks for one in group)
    return Suggestion(_text(meant, "tag_name"), most.text, total, candidates(most.chain, clicked))


def _counted(text: str, by: By, clicked: Sequence[Clicked]) -> Candidate:
    selector: Selector = read_selector(text)
    on = [one for one in clicked if is_on(selector, one.chain)]
    return Candidate(text, by, sum(one.clicks for one in on), len({(one.chain, one.text) for one in on}))


def _own(element: Element) -> Iterator[tuple[str, By]]:
    """By what an element says of itself alone."""
    tag = _text(element, "tag_name")
    data = sorted(key.removeprefix("attr__") for key in element if key.startswith("attr__data-"))
    for name in sorted(data, key=lambda name: name not in FOR_TESTS)[:MOST_DATA]:
        if _lasts(value := _text(element, f"attr__{name}")) or (value and name in FOR_TESTS):
            yield f"[{name}={_quoted(value)}]", "data"
    if _lasts(value := _text(element, "attr__id")):
        yield f"#{_escaped(value)}", "id"
    for name in LABELS:
        if _lasts(value := _text(element, f"attr__{name}")):
            yield f"{tag}[{name}={_quoted(value)}]", "label"
    if classes := [name for name in _classes(element) if _lasts(name)][:MOST_CLASSES]:
        yield tag + "".join(f".{_escaped(name)}" for name in classes), "class"


def _place(elements: Sequence[Element]) -> str:
    """By where it stands below the nearest thing around it that has a name, or as far up as the chain tells."""
    steps: list[str] = []
    for place, element in enumerate(elements):
        named = next((text for text, by in _own(element) if by in ("data", "id")), "") if place else ""
        tag, number = _text(element, "tag_name"), element.get("nth_of_type")
        if named or not tag or tag == "body":
            steps.append(named or tag)
            break
        steps.append(f"{tag}:nth-of-type({number})" if type(number) is int and number > 0 else tag)
    return " > ".join(reversed([step for step in steps if step]))


def _lasts(value: str) -> bool:
    return bool(value) and len(value) <= LONGEST_VALUE and MADE_UP.search(value) is None


def _is_selector(text: str) -> bool:
    try:
        read_selector(text)
    except BadRequest:
        return False
    return True


def _classes(element: Element) -> list[str]:
    classes = element.get("classes")
    return [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []


def _text(element: Element, key: str) -> str:
    value = element.get(key)
    return value if isinstance(value, str) else ""


def _quoted(value: str) -> str:
    escaped = re.sub(r"[\"\\\n\r\f]", lambda found: f"\\{ord(found[0]):x} ", value)
    return f'"{escaped}"'


def _escaped(name: str) -> str:
    """As CSS.escape writes it, whose every other sign gets a backslash."""
    escaped = re.sub(r"[^\w\-\u0080-\U0010ffff]", lambda found: f"\\{ord(found[0]):x} ", name)
    return f"\\{ord(name[0]):x} {escaped[1:]}" if name[0].isascii() and name[0].isdigit() else escaped

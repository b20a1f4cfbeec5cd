"""The `where` grammar: conditions over properties, as they travel in questions, tags, segments and alerts.

A node is {"all": [...]}, {"any": [...]}, {"not": node}, or a leaf {"property", "scope", "op", "value"}; a list means
all.
What a condition means, value by value, is written in docs/questions.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal, get_args

from zuji.terms.error import BadRequest
from zuji.terms.selector import read_selector

Scope = Literal["event", "profile", "session", "tag", "segment"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

Op = Literal[
    "equals",
    "not_equals",
    "contains",
    "not_contains",
    "regex",
    "not_regex",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "is_set",
    "is_not_set",
    "in_segment",
    "before",
    "after",
    "within_last",
    "on_element",
]
OPS: tuple[Op, ...] = get_args(Op)
NEGATIVE: frozenset[Op] = frozenset({"not_equals", "not_contains", "not_regex", "is_not_set"})
"""A missing value satisfies these and fails all others."""
POSITIVE_OF: dict[Op, Op] = {"not_equals": "equals", "not_contains": "contains", "not_regex": "regex"}
"""What a negative op is the opposite of."""

DEEPEST = 20
MOST_LEAVES = 500
LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One property compared with one value."""

    property: str
    op: Op
    scope: Scope = "event"
    value: Any = None


@dataclass(frozen=True, slots=True)
class All:
    """Passes when every part does; also when there is none."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Passes when at least one part does."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Passes when its part does not."""

    part: Node


Node = Leaf | All | AnyOf | Not


class Where:
    """A whole condition, with the document it was read from.

    Not a dataclass: decoders of questions must come to `read_where` and not fill in its fields themselves.
    """

    __slots__ = ("document", "node")

    def __init__(self, node: Node | None = None, document: Any = ()) -> None:
        self.node: Node = All() if node is None else node
        self.document = document

    def __bool__(self) -> bool:
        return self.node != All()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Where) and self.node == other.node

    def __hash__(self) -> int:
        return hash(repr(self.node))

    def __repr__(self) -> str:
        return f"Where({self.node!r})"

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf, in the order of the document."""
        yield from leaves_of(self.node)


def read_where(document: Any) -> Where:
    """Read a condition; raises BadRequest saying what is wrong, where, and what is allowed.

    >>> read_where([{"property": "price", "op": "gt", "value": 5}]).node
    All(parts=(Leaf(property='price', op='gt', scope='event', value=5),))
    """
    node = All(_parts(document, "where", 0)) if isinstance(document, list) else _node(document, "where", 0)
    where = Where(node, document)
    if sum(1 for _ in where.leaves()) > MOST_LEAVES:
        raise BadRequest(
            f"where: a condition has at most {MOST_LEAVES} comparisons. Use a list as value, or a segment."
        )
    return where


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Every leaf below a node."""
    match node:
        case Leaf():
            yield node
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves_of(part)
        case Not(part):
            yield from leaves_of(part)


def _node(document: Any, path: str, depth: int) -> Node:
    if depth > DEEPEST:
        raise BadRequest(f"{path}: conditions go at most {DEEPEST} levels deep.")
    if not isinstance(document, Mapping):
        raise BadRequest(f"{path}: a condition is an object or a list, got {document!r:.80}.")
    for name, kind in (("all", All), ("any", AnyOf)):
        if name in document:
            only(document, {name}, path)
            return kind(_parts(document[name], f"{path}.{name}", depth))
    if "not" in document:
        only(document, {"not"}, path)
        return Not(_node(document["not"], f"{path}.not", depth + 1))
    return _leaf(document, path)


def _parts(document: Any, path: str, depth: int) -> tuple[Node, ...]:
    if not isinstance(document, Sequence) or isinstance(document, str):
        raise BadRequest(f"{path}: a list of conditions is expected, got {document!r:.80}.")
    return tuple(_node(part, f"{path}[{number}]", depth + 1) for number, part in enumerate(document))


def _leaf(document: Mapping[str, Any], path: str) -> Leaf:
    only(document, {"property", "scope", "op", "value"}, path)
    property_, op, scope = document.get("property", ""), document.get("op"), document.get("scope", "event")
    if op not in OPS:
        raise BadRequest(f"{path}.op: {op!r:.80} is no comparison. There are: {', '.join(OPS)}.")
    if scope not in SCOPES:
        raise BadRequest(f"{path}.scope: {scope!r:.80} is no scope. There are: {', '.join(SCOPES)}.")
    if (op == "in_segment") != (scope == "segment"):
        raise BadRequest(f"{path}: in_segment goes with scope segment, and with no other.")
    if op == "on_element" and scope != "event":
        raise BadRequest(f"{path}: on_element goes with scope event, and with no other.")
    if op != "in_segment" and (not isinstance(property_, str) or not property_ or len(property_) > LONGEST_TEXT):
        raise BadRequest(f"{path}.property: the name of a property is expected, got {property_!r:.80}.")
    value = document.get("value")
    check_value(op, value, f"{path}.value", given="value" in document)
    return Leaf(str(property_), op, scope, tuple(value) if isinstance(value, list) else value)


def only(document: Mapping[str, Any], allowed: Set[str], path: str) -> None:
    """Refuse a field that has no meaning here."""
    if unknown := sorted(set(document) - allowed):
        raise BadRequest(f"{path}: unknown field {unknown[0]!r:.80}. Here there may be: {', '.join(sorted(allowed))}.")


def check_value(op: Op, value: Any, path: str, *, given: bool) -> None:
    """Refuse what the comparison cannot use."""
    problem = ""
    if op in ("is_set", "is_not_set"):
        problem = "no value" if given and value is not None else ""
    elif op in ("equals", "not_equals", "contains", "not_contains"):
        values = value if isinstance(value, list) else [value]
        fits = bool(values) and all(isinstance(one, str | int | float) for one in values)
        problem = "" if fits else "a text, number, true or false, or a list of them (for null use is_set or is_not_set)"
    elif op in ("regex", "not_regex", "in_segment"):
        problem = "" if isinstance(value, str) and value else "a text"
    elif op == "on_element":
        problem = "" if isinstance(value, str) and read_selector(value) else "a selector"
    elif op == "between":
        fits = isinstance(value, list) and len(value) == 2 and all(_is_number(one) for one in value)
        problem = "" if fits else "[lowest, highest]"
    elif op in ("gt", "gte", "lt", "lte"):
        problem = "" if _is_number(value) else "a number"
    elif op in ("before", "after"):
        problem = "" if isinstance(value, str) else "a date or time"
    elif op == "within_last":
        fits = isinstance(value, Mapping) and set(value) == {"amount", "unit"}
        problem = "" if fits else '{"amount", "unit"}'
    if problem:
        raise BadRequest(f"{path}: {op} takes {problem}, got {value!r:.80}.")
    if any(isinstance(one, str) and len(one) > LONGEST_TEXT for one in (value if isinstance(value, list) else [value])):
        raise BadRequest(f"{path}: a text of more than {LONGEST_TEXT} characters. Shorten it.")


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int | float) and not isinstance(value, bool)

"""Which event names a match can mean: told by its `event`, or by a condition on `$event` that lists several names.

One thing has several names when clients differ: a page says "Order Completed", a mini-program "OrderCompleted". A rule
about both has `"event": null` and `{"property": "$event", "op": "equals", "value": [...]}` in its `where`.
"""

from __future__ import annotations

from zuji.terms.condition import All, Leaf, Node, Where
from zuji.terms.document import EventMatch
from zuji.terms.value import text_of


def event_names(match: EventMatch) -> frozenset[str] | None:
    """The only names that events of this match can have; None: any.

    >>> event_names(EventMatch(event="Order Completed"))
    frozenset({'Order Completed'})
    """
    told = [frozenset(names) for names in map(_names, _always(match.where.node)) if names]
    if match.event is not None:
        told.append(frozenset({match.event}))
    return frozenset.intersection(*told) if told else None


def without_names(match: EventMatch) -> tuple[tuple[str, ...], Where]:
    """The names of a match in the order of the document, and its other conditions. No names: any event."""
    if match.event is not None:
        return (match.event,), match.where
    node = match.where.node
    parts = node.parts if isinstance(node, All) else (node,)
    for place, part in enumerate(parts):
        if names := _names(part):
            return names, Where(All((*parts[:place], *parts[place + 1 :])))
    return (), match.where


def _always(node: Node) -> tuple[Node, ...]:
    """The parts of a condition that must all hold."""
    if isinstance(node, All):
        return tuple(inner for part in node.parts for inner in _always(part))
    return (node,)


def _names(node: Node) -> tuple[str, ...]:
    if not isinstance(node, Leaf) or (node.property, node.op) != ("$event", "equals"):
        return ()
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    return tuple(map(text_of, values))

"""Which rules an event can change: those that read an atom it reaches, and whoever names those rules.

Of these again, who has what more events only confirm is left alone: who bought three times has bought three times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from zuji.tag.atoms import Atom, atoms_of
from zuji.tag.definition import Definition, Kind, Published
from zuji.tag.figures import Figures
from zuji.tag.graph import needs
from zuji.tag.measure_figures import Figure
from zuji.tag.rule import AllOf, AnyOf, Condition, Measured, Not, What, When
from zuji.tag.rule import Sequence as InOrder
from zuji.terms.condition import Op

MOST_REMEMBERED = 10_000
"""Different sets of atoms that were reached together; then remembered afresh."""


Name = tuple[Kind, str]
Value = Callable[[Figures], Figure]


class LiveRule(NamedTuple):
    """A rule as it is asked. `confirmed`: see `confirmed_by_events`; `is_named`: others ask what it says."""

    name: Name
    value_of: Value
    confirmed: bool | None
    is_named: bool


class TouchedBy:
    """The live rules, in order of dependence, that events can change which reach some atoms."""

    def __init__(self, published: Published, places: Mapping[Atom, int], rules: Sequence[LiveRule]) -> None:
        reads: dict[tuple[str, str], int] = {}
        for one in published.live():
            if one.rule is not None:
                named = [reads.get(name, 0) for name in needs(one)]
                reads[one.kind, one.key] = reduce(or_, named, _bits(one, places))
        self._reads = tuple(zip(reads.values(), rules, strict=True))
        """The atoms of each rule, and of those that it names."""
        self._known: dict[int, tuple[LiveRule, ...]] = {}

    def __call__(self, reach: int) -> tuple[LiveRule, ...]:
        """The rules, those that are named before those that name them. `reach`: a bit for the place of each atom."""
        found = self._known.get(reach)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = tuple(rule for reads, rule in self._reads if reads & reach)
            self._known[reach] = found
        return found


def confirmed_by_events(definition: Definition) -> bool | None:
    """Whether who has it keeps it (True), or who has it not stays without (False), whatever events come; else None."""
    rule = definition.rule
    return _confirmed(rule.when) if isinstance(rule, When) else None


def _bits(definition: Definition, places: Mapping[Atom, int]) -> int:
    return sum(1 << places[atom] for atom in atoms_of(Published((definition,))))


def _confirmed(condition: Condition) -> bool | None:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            found = {_confirmed(part) for part in parts}
            return found.pop() if len(found) == 1 else None
        case Not(part):
            inner = _confirmed(part)
            return None if inner is None else not inner
        case Measured(measure, comparison):
            return _confirmed_measure(measure.what, comparison.op)
        case InOrder(steps, _, without):
            return True if without is None and len(steps) > 1 else None
        case _:
            return None


def _confirmed_measure(what: What, op: Op) -> bool | None:
    """Without any event counts are 0 and the others nothing, which is below no bound: so these may come below one."""
    if (op in ("gt", "gte") and what in _ONLY_MORE) or (op in ("lt", "lte") and what in _ONLY_LESS):
        return True
    return False if op in ("lt", "lte") and what in _COUNTED else None


_COUNTED: frozenset[What] = frozenset({"count", "days", "distinct"})
_ONLY_MORE: frozenset[What] = _COUNTED | {"maximum", "since_first"}
_ONLY_LESS: frozenset[What] = frozenset({"minimum", "since_last"})
"""What another event makes only more, or only less."""

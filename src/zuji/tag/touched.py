"""Which rules the events of a name can change: those that look at such events, and whoever names those rules."""

from __future__ import annotations

from zuji.tag.atoms import atoms_of
from zuji.tag.definition import Definition, Published
from zuji.tag.event_names import event_names
from zuji.tag.graph import needs


class TouchedBy:
    """The live rules by number, in order of dependence, that events of some names can change."""

    def __init__(self, published: Published) -> None:
        self._live = tuple(published.live())
        self._looks_at = [_names(one) for one in self._live]
        self._known: dict[frozenset[str], tuple[int, ...]] = {}

    def __call__(self, names: frozenset[str]) -> tuple[int, ...]:
        """The rules, those that are named before those that name them."""
        found = self._known.get(names)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[names] = self._found(names)
        return found

    def _found(self, names: frozenset[str]) -> tuple[int, ...]:
        touched: dict[tuple[str, str], int] = {}
        for number, (one, looks_at) in enumerate(zip(self._live, self._looks_at, strict=True)):
            if looks_at is None or looks_at & names or any(named in touched for named in needs(one)):
                touched[one.kind, one.key] = number
        return tuple(touched.values())


MOST_REMEMBERED = 10_000
"""Different sets of names that came together; then remembered afresh."""


def _names(definition: Definition) -> frozenset[str] | None:
    """The names of the events that a rule looks at; None: all events."""
    found: set[str] = set()
    for atom in atoms_of(Published((definition,))):
        if not atom.matches:
            return None
        for match in atom.matches:
            names = frozenset[str]() if match is None else event_names(match)
            if names is None:
                return None
            found |= names
    return frozenset(found)

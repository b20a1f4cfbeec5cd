"""How a `where` is said: the structure is the same in every language, the words are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zuji.terms.condition import All, AnyOf, Leaf, Node, Not


@dataclass(frozen=True, slots=True)
class NodeWords:
    """The words of a language. `always` and `never`: of no condition at all."""

    leaf: Callable[[Leaf], str]
    all_of: Callable[[list[str]], str]
    any_of: Callable[[list[str]], str]
    negated: Callable[[str], str]
    bracketed: Callable[[str], str]
    always: str
    never: str

    def said(self, node: Node) -> str:
        """The condition in words."""
        match node:
            case Leaf():
                return self.leaf(node)
            case All((only,)) | AnyOf((only,)):
                return self.said(only)
            case All(parts):
                return self.all_of([self._inner(part) for part in parts]) if parts else self.always
            case AnyOf(parts):
                return self.any_of([self._inner(part) for part in parts]) if parts else self.never
            case Not(part):
                return self.negated(self.said(part))

    def _inner(self, node: Node) -> str:
        said = self.said(node)
        return self.bracketed(said) if isinstance(node, All | AnyOf) else said

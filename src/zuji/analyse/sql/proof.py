"""The printed statement read once more, by a far simpler reader that knows nothing of sqlglot.

It splits the text as the engine's own lexer does and asks of every word, sign and name whether it may be there. If the
check of the tree and this one ever disagree, the statement does not run.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from zuji.analyse.sql.functions import function_named
from zuji.analyse.sql.nodes import TYPES, UNITS
from zuji.terms.error import ZujiError

_KEYWORDS = (
    "ALL AND ANTI ANY ARRAY AS ASC ASOF BETWEEN BY CASE CAST CROSS CUBE CURRENT DESC DISTINCT ELSE END EXCEPT EXISTS "
    "FALSE FIRST FOLLOWING FROM FULL GROUP GROUPING HAVING IGNORE ILIKE IN INNER INTERSECT INTERVAL IS JOIN LAST LEFT "
    "LIKE LIMIT NOT NULL NULLS OFFSET ON OR ORDER OUTER OVER PARTITION PRECEDING QUALIFY RANGE RESPECT RIGHT ROLLUP "
    "ROW ROWS SELECT SEMI SETS THEN TRUE UNBOUNDED UNION USING WHEN WHERE WINDOW WITH"
)
KEYWORDS = frozenset(_KEYWORDS.split())
_TOKEN = re.compile(
    r"""(?P<blank>[ \n]+)
    |'(?P<text>(?:[^'\\]|\\[\\'ntrbf0])*)'
    |"(?P<name>[^"\\`'{}$;‘’“”\x00-\x1f]+)"
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
    |(?P<sign>->|<>|<=|>=|\|\||[()\[\],.=<>+*/%-])""",
    re.X,
)
_PAIRS = {")": "(", "]": "["}


class NotProven(ZujiError):
    """The second reader refuses what the first one allowed: a defect of ours, and the statement does not run."""

    code = "statement_not_proven"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def prove(sql: str, tables: Collection[str]) -> None:
    """Raise NotProven unless this text is made of allowed words only and reads from nothing but these tables."""
    tokens = _tokens(sql)
    _prove_brackets(tokens)
    _prove_no_comment(sql)
    nothing = _Token("end", "")
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else nothing
        after = tokens[place + 1] if place + 1 < len(tokens) else nothing
        if token.kind == "word":
            _prove_word(token.text, after)
            _prove_source(token.text.upper(), before, after, tables)


def _tokens(sql: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        if match is None or match.lastgroup is None:
            raise NotProven(
                f"the statement holds {sql[position]!r} where nothing of that kind may be. Please report it."
            )
        if match.lastgroup != "blank":
            found.append(_Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


def _prove_brackets(tokens: list[_Token]) -> None:
    """Every bracket is closed by its like, so that what we put around the text stays around it."""
    open_: list[str] = []
    for token in tokens:
        if token.kind == "sign" and token.text in "([":
            open_.append(token.text)
        elif token.kind == "sign" and token.text in _PAIRS and (not open_ or open_.pop() != _PAIRS[token.text]):
            raise NotProven("the brackets of the statement do not pair. Please report it.")
    if open_:
        raise NotProven("a bracket of the statement stays open. Please report it.")


def _prove_word(word: str, after: _Token) -> None:
    """A bare word is a keyword, a unit or a type; before a bracket it may be a function of the list."""
    if word.upper() in KEYWORDS or word in UNITS or word in TYPES:
        return
    if after == _Token("sign", "(") and function_named(word) == word:
        return
    raise NotProven(f"the statement holds the word {word!r}, which is not on the list. Please report it.")


def _prove_source(word: str, before: _Token, after: _Token, tables: Collection[str]) -> None:
    """After FROM and JOIN stands a bracket or a table of ours; after IN always a bracket."""
    bracket = after == _Token("sign", "(")
    if word == "IN" and not bracket:
        raise NotProven("IN is followed by something else than a bracket. Please report it.")
    reads = word == "FROM" or (word == "JOIN" and before.text != "ARRAY")
    if reads and not bracket and not (after.kind == "name" and after.text in tables):
        raise NotProven(f"the statement reads from {after.text!r}, which is no view. Please report it.")


def _prove_no_comment(sql: str) -> None:
    """Outside of texts and names there is no comment, though its signs are each allowed."""
    if re.search(r"--|/\*|//", re.sub(r"""'(?:[^'\\]|\\.)*'|"[^"]*\"""", "''", sql)):
        raise NotProven("the statement holds a comment. Please report it.")

"""Whether a statement may run: one SELECT, known kinds of nodes, functions of the list, tables that are views.

Everything that is not named as allowed is refused, with what was found, what is allowed and what to do instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from sqlglot import exp

from zuji.analyse.sql.functions import INSTEAD, aggregate_named, function_named
from zuji.analyse.sql.nodes import (
    JOIN_KINDS,
    JOIN_SIDES,
    PARTS_OF,
    TYPES,
    UNITS,
    WORDS_OF_KINDS,
    WORDS_OF_PARTS,
    type_refused,
)
from zuji.terms.error import BadRequest

RESERVED = "zuji_"
"""Names of ours in the statement that runs begin so; an analyst's never do."""

LONGEST_NAME = 100
_NAME = re.compile(r"""[^\x00-\x1f\x7f"'`\\{}$;‘’“”]+""")
_NUMBER = re.compile(r"\d+(\.\d*)?([eE][+-]?\d+)?")
_QUERIES = (exp.Select, exp.Union, exp.Except, exp.Intersect)
_TAKES_TYPE = {"accuratecast", "accuratecastornull", "accuratecastordefault", "jsonextract", "cast"}


def check(tree: exp.Expr, views: Collection[str]) -> None:
    """Raise BadRequest unless this statement may run. Names of functions become those of our own list on the way."""
    if not isinstance(_bare(tree), _QUERIES):
        raise BadRequest(
            f"one SELECT runs here, not {_spoken(tree)}. Write SELECT ..., or WITH name AS (SELECT ...) SELECT ..."
        )
    if isinstance(tree, exp.Subquery) and any(tree.args.get(part) for part in ("alias", "order", "limit", "offset")):
        raise BadRequest("nothing may stand behind the outermost brackets. Leave them out.")
    _check_names_of_ctes(tree, views)
    for node in tree.walk():
        _check_parts(node)
        if rule := _RULES.get(type(node)):
            rule(node)
        if isinstance(node, exp.Table):
            _check_table(node, views)


def ctes_in_scope(node: exp.Expr) -> Iterator[exp.CTE]:
    """The named subqueries that a table of this name may mean here: of the queries around it, those defined before."""
    inner: exp.Expr = node
    outer = node.parent
    while outer is not None:
        listed = outer.args.get("with_")
        if isinstance(outer, exp.With):
            for cte in outer.expressions:
                if cte is inner:
                    break
                yield cte
        elif isinstance(listed, exp.With) and listed is not inner:
            yield from listed.expressions
        inner, outer = outer, outer.parent


def _check_parts(node: exp.Expr) -> None:
    """The kind of the node, and which of its parts are filled."""
    allowed = PARTS_OF.get(type(node))
    if allowed is None:
        kind = type(node).__name__
        raise BadRequest(f"{WORDS_OF_KINDS.get(kind, _spoken(node))} may not be used here. {_WHAT}")
    for name, value in node.args.items():
        if name not in allowed and value not in (None, False, [], ""):
            raise BadRequest(
                f"{WORDS_OF_PARTS.get(name, f'{_spoken(node)} with {name}')} may not be used here. {_WHAT}"
            )


def _check_names_of_ctes(tree: exp.Expr, views: Collection[str]) -> None:
    """Each named subquery has a name of its own, so that nobody has to know which one shadows which."""
    seen: set[str] = set()
    for cte in tree.find_all(exp.CTE):
        name = cte.alias.lower()
        if name in {view.lower() for view in views}:
            raise BadRequest(f"{cte.alias} is a view already. Give what WITH defines another name.")
        if name in seen:
            raise BadRequest(f"WITH defines {cte.alias} twice in one statement. Give one of them another name.")
        seen.add(name)
        if not cte.args.get("scalar") and not isinstance(cte.this, _QUERIES):
            raise BadRequest(f"what WITH calls {cte.alias} must be a SELECT or an expression. {_WHAT}")


def _check_table(node: exp.Table, views: Collection[str]) -> None:
    known = {*views, *(cte.alias for cte in ctes_in_scope(node) if not cte.args.get("scalar"))}
    if not isinstance(node.this, exp.Identifier):
        raise BadRequest(
            f"{_spoken(node.this)} is a table function, and none may be used. Read from: {', '.join(sorted(known))}."
        )
    if node.name not in known:
        raise BadRequest(
            f"there is no table {node.name!r} here. Read from: {', '.join(sorted(known))}; "
            "`zuji sql --views` lists their columns."
        )
    if node.args.get("alias") and node.args["alias"].args.get("columns"):
        raise BadRequest("names for the columns of a table may not be listed. Name them in a subquery: SELECT a AS b.")


def _check_source(node: exp.Expr) -> None:
    """What follows FROM or JOIN: a table or a query in brackets. ARRAY JOIN is followed by arrays."""
    if isinstance(node, exp.Join):
        if node.args.get("kind", "") not in JOIN_KINDS or node.args.get("side", "") not in JOIN_SIDES:
            raise BadRequest(f"{node.args.get('kind')} JOIN may not be used. Use INNER, LEFT, ANY, ASOF or ARRAY JOIN.")
        if node.args.get("kind") == "ARRAY":
            return
        if node.expressions:
            raise BadRequest("a list of tables after JOIN may not be used. Write one JOIN for each.")
    if not isinstance(node.this, exp.Table | exp.Subquery):
        raise BadRequest(f"{_spoken(node.this)} may not be read from. Read from a view or (SELECT ...).")


def _check_subquery(node: exp.Expr) -> None:
    if not isinstance(_bare(node), _QUERIES):
        raise BadRequest(f"brackets after FROM or IN must hold a SELECT, not {_spoken(node.this)}. Leave them out.")


def _check_exists(node: exp.Expr) -> None:
    if not isinstance(_bare(node.this), _QUERIES):
        raise BadRequest("EXISTS takes a SELECT in brackets: EXISTS(SELECT 1 FROM ...).")


def _check_in(node: exp.Expr) -> None:
    """The engine takes a lone name on the right of IN for a table, also in brackets; so no names stand there."""
    for item in node.expressions:
        for part in item.find_all(exp.Column, exp.Dot, exp.Identifier):
            raise BadRequest(
                f"IN compares with values or a subquery, not with the name {part.sql()!r}. "
                "Write a = b, has(array, value), or IN (SELECT ...)."
            )


def _check_call(node: exp.Expr) -> None:
    """A function by name; its name is replaced with that of our list, so that the printed one is ours."""
    name = node.this
    known = function_named(name) if isinstance(name, str) else None
    if known is None:
        said = str(name)[:60]
        instead = f" {INSTEAD[said.lower()]}." if said.lower() in INSTEAD else ""
        raise BadRequest(
            f"the function {said!r} may not be called here.{instead} GET /api/v1/sql/views lists those that may."
        )
    if isinstance(node, exp.ParameterizedAgg) and aggregate_named(known) is None:
        raise BadRequest(f"{known} takes one pair of brackets. Only aggregates such as quantile(0.9)(x) take two.")
    if known.lower() in _TAKES_TYPE and len(node.expressions) > 1:
        _check_type_text(known, node.expressions[-1])
    node.set("this", known)


def _check_type_text(name: str, node: exp.Expr) -> None:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise BadRequest(f"the last argument of {name} must be a type in quotes, such as 'Float64'.")
    if wrong := type_refused(node.name):
        raise BadRequest(f"{wrong!r} is no type that {name} may be given. Allowed are: {', '.join(sorted(TYPES))}.")


def _check_cast(node: exp.Expr) -> None:
    to = node.args["to"]
    if isinstance(to, exp.Literal):
        _check_type_text("CAST", to)
    elif not isinstance(to, exp.DataType):
        raise BadRequest(f"CAST needs a type. Allowed are: {', '.join(sorted(TYPES))}.")


def _check_type(node: exp.Expr) -> None:
    if wrong := type_refused(node.sql("clickhouse")):
        raise BadRequest(f"{wrong!r} is no type to cast to. Allowed are: {', '.join(sorted(TYPES))}.")


def _check_name(node: exp.Expr) -> None:
    name = node.name
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise BadRequest(
            f"{name[:60]!r} may not be a name: names have up to {LONGEST_NAME} characters and no quotes, backslashes, "
            "braces, semicolons or dollar signs. Give it a plain name with AS."
        )
    if name.lower().startswith(RESERVED):
        raise BadRequest(f"names that begin with {RESERVED} are zuji's own, got {name!r}. Choose another.")


def _check_literal(node: exp.Expr) -> None:
    if not node.is_string and not _NUMBER.fullmatch(node.name):
        raise BadRequest(f"{node.name[:60]!r} is no number that may be written here. Write it in decimal.")


def _check_dot(node: exp.Expr) -> None:
    """What follows a dot: the number or the name of a tuple's element, never a call."""
    part = node.args["expression"]
    if not (isinstance(part, exp.Identifier) or (isinstance(part, exp.Literal) and part.name.isdecimal())):
        raise BadRequest("after a dot stands the number or the name of a tuple's element. See tupleElement(t, 1).")


def _check_column(node: exp.Expr) -> None:
    if not (isinstance(node.this, exp.Identifier | exp.Star) or node.this.name.isdecimal()):
        raise BadRequest(f"{_spoken(node)} is no column. `zuji sql --views` lists the columns.")


def _check_star(node: exp.Expr) -> None:
    for name in node.args.get("except_") or ():
        if not isinstance(name, exp.Column | exp.Identifier):
            raise BadRequest(f"* EXCEPT takes names of columns, not {_spoken(name)}. Write * EXCEPT (ip, url).")


def _check_interval(node: exp.Expr) -> None:
    unit = node.args.get("unit")
    if not isinstance(unit, exp.Var) or unit.name.upper() not in UNITS:
        raise BadRequest(f"an INTERVAL needs a unit: {', '.join(sorted(UNITS))}, such as INTERVAL 7 DAY.")


def _check_var(node: exp.Expr) -> None:
    if not isinstance(node.parent, exp.Interval):
        raise BadRequest(f"{node.name[:60]!r} may not stand here. {_WHAT}")


def _check_window_spec(node: exp.Expr) -> None:
    if node.args.get("kind") not in ("ROWS", "RANGE"):
        raise BadRequest("a window's frame may be ROWS or RANGE. Write ROWS BETWEEN 1 PRECEDING AND CURRENT ROW.")
    for bound in ("start", "end"):
        value, side = node.args.get(bound), node.args.get(f"{bound}_side")
        if isinstance(value, str) and value not in ("UNBOUNDED", "CURRENT ROW"):
            raise BadRequest(f"{value[:60]!r} is no bound of a window. Write UNBOUNDED, CURRENT ROW or a number.")
        if side not in (None, "", "PRECEDING", "FOLLOWING"):
            raise BadRequest("a bound of a window is PRECEDING or FOLLOWING.")


def _check_limit(node: exp.Expr) -> None:
    for name in ("expression", "offset"):
        value = node.args.get(name)
        if value is not None and not (isinstance(value, exp.Literal) and value.name.isdecimal()):
            raise BadRequest("LIMIT and OFFSET take plain numbers, such as LIMIT 100.")


_Rule = Callable[[exp.Expr], None]
_RULES: dict[type[exp.Expr], _Rule] = {
    exp.Anonymous: _check_call,
    exp.AnonymousAggFunc: _check_call,
    exp.ParameterizedAgg: _check_call,
    exp.From: _check_source,
    exp.Join: _check_source,
    exp.Subquery: _check_subquery,
    exp.Exists: _check_exists,
    exp.In: _check_in,
    exp.Cast: _check_cast,
    exp.CastToStrType: _check_cast,
    exp.DataType: _check_type,
    exp.Identifier: _check_name,
    exp.Literal: _check_literal,
    exp.Dot: _check_dot,
    exp.Column: _check_column,
    exp.Star: _check_star,
    exp.Interval: _check_interval,
    exp.Var: _check_var,
    exp.WindowSpec: _check_window_spec,
    exp.Limit: _check_limit,
    exp.Offset: _check_limit,
}
_WHAT = "A SELECT over the views with the functions of GET /api/v1/sql/views may be used."


def _bare(node: exp.Expr) -> exp.Expr:
    """The query inside brackets."""
    while isinstance(node, exp.Subquery):
        node = node.this
    return node


def _spoken(node: exp.Expr) -> str:
    """A node as its writer would know it again, shortened."""
    text = node.sql("clickhouse", comments=False)
    return repr(text if len(text) <= 60 else text[:60] + " …")

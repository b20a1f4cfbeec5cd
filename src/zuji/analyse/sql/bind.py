"""From an analyst's text to the query that runs: read, checked, its tables replaced, printed, proven.

The query is our printing of the checked tree below definitions of ours. A view becomes a named subquery in which the
workspace is bound, and so does every name the analyst defines by WITH: under names that begin with `zuji_`, which no
statement may use itself, so that a name that the engine looks up elsewhere than we do finds nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from zuji.analyse.sql.check import RESERVED, check
from zuji.analyse.sql.grammar import printed, read
from zuji.analyse.sql.proof import prove
from zuji.analyse.sql.views import VIEWS, Sight, relation
from zuji.store.people import PersonOfEvent
from zuji.store.query import Query
from zuji.terms.error import BadRequest

DEFINED = f"{RESERVED}my_"
"""What the names that an analyst defines by WITH begin with in the query."""

RANGE_LIMIT = 10_000_000
"""How many numbers range() may make per block of rows; the engine's own limit is 500 million, 4 GB."""

SETTINGS: dict[str, str] = {
    "readonly": "1",
    "allow_ddl": "0",
    "allow_introspection_functions": "0",
    "enable_analyzer": "1",
    "function_range_max_elements_in_block": str(RANGE_LIMIT),
    "result_overflow_mode": "'break'",
    "date_time_output_format": "'iso'",
    "output_format_json_quote_decimals": "1",
    "output_format_json_quote_64bit_integers": "0",
}
"""For every statement. `readonly` still lets SQL read files, so it is the second line of defence, not the first."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A checked statement, printed: what it defines, what it asks, which views it reads."""

    definitions: tuple[str, ...]
    body: str
    views: tuple[str, ...]


def checked(text: str) -> Statement:
    """What an analyst wrote, checked and printed again. Raises BadRequest with what to do instead.

    >>> checked("select event from events -- all").body
    'SELECT "event" FROM "zuji_events" AS "events"'
    """
    try:
        return _checked(read(text))
    except RecursionError as mistake:  # long chains of operators nest as brackets do
        raise BadRequest("this statement is nested too deeply. Give its inner parts names by WITH.") from mistake


def _checked(tree: exp.Expr) -> Statement:
    check(tree, VIEWS)
    while isinstance(tree, exp.Subquery):  # brackets around it all: nothing may stand beside them, and they say nothing
        tree = tree.this.copy()
    views = _renamed(tree)
    listed = tree.args.get("with_")
    tree.set("with_", None)
    definitions = tuple(printed(cte) for cte in listed.expressions) if isinstance(listed, exp.With) else ()
    body = printed(tree)
    tables = {RESERVED + view for view in VIEWS} | {
        DEFINED + cte.alias.removeprefix(DEFINED) for root in (listed, tree) if root for cte in root.find_all(exp.CTE)
    }
    for piece in (*definitions, body):
        prove(piece, tables)
    return Statement(definitions, body, views)


def query_of(statement: Statement, workspace: str, *, whose: PersonOfEvent, sight: Sight, rows: int) -> Query:
    """The query that gives the statement's answer in this workspace, up to about `rows` rows."""
    views = [f"{RESERVED}{name} AS (\n{relation(VIEWS[name], whose=whose, sight=sight)}\n)" for name in statement.views]
    definitions = ",\n".join((*views, *statement.definitions))
    settings = ", ".join(f"{name} = {value}" for name, value in (SETTINGS | {"max_result_rows": str(rows)}).items())
    sql = f"{f'WITH {definitions}' if definitions else ''}\n{statement.body}\nSETTINGS {settings}".lstrip()
    # Without a place to fill, the driver would fill in the values itself, as Python does after a percent sign.
    return Query(sql, {"workspace": workspace, **whose.params} if statement.views else {})


def _renamed(tree: exp.Expr) -> tuple[str, ...]:
    """Give every table and named subquery its name in the query; what was written stays its alias. Gives the views."""
    read_views: set[str] = set()
    for table in list(tree.find_all(exp.Table)):
        name = table.name
        if name in VIEWS:
            read_views.add(name)
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
        table.set("this", exp.to_identifier((RESERVED if name in VIEWS else DEFINED) + name, quoted=True))
    for cte in list(tree.find_all(exp.CTE)):
        if not cte.args.get("scalar"):
            cte.args["alias"].set("this", exp.to_identifier(DEFINED + cte.alias, quoted=True))
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("quoted", True)
    return tuple(sorted(read_views))

"""What a statement may be made of: kinds of tree nodes, and which parts each may have. All else is refused.

A kind that sqlglot learns tomorrow is not here, so neither it nor a new part of an old kind can slip through.
"""

from __future__ import annotations

import re

from sqlglot import exp

Words = frozenset[str]
_QUERY = "with_ order limit offset"


def _words(text: str) -> Words:
    return frozenset(text.split())


PARTS_OF: dict[type[exp.Expr], Words] = {
    # queries
    exp.Select: _words(f"{_QUERY} expressions distinct from_ joins where group having qualify windows"),
    exp.Union: _words(f"{_QUERY} this expression distinct"),
    exp.Except: _words(f"{_QUERY} this expression distinct"),
    exp.Intersect: _words(f"{_QUERY} this expression distinct"),
    exp.Subquery: _words("this alias order limit offset"),
    exp.With: _words("expressions"),
    exp.CTE: _words("this alias scalar"),
    exp.TableAlias: _words("this columns"),
    exp.From: _words("this"),
    exp.Table: _words("this alias"),
    exp.Join: _words("this expressions on using kind side"),
    exp.Where: _words("this"),
    exp.Having: _words("this"),
    exp.Qualify: _words("this"),
    exp.Group: _words("expressions rollup cube grouping_sets all"),
    exp.Rollup: _words("expressions"),
    exp.Cube: _words("expressions"),
    exp.GroupingSets: _words("expressions"),
    exp.Distinct: _words("expressions"),
    exp.Order: _words("expressions"),
    exp.Ordered: _words("this desc nulls_first"),
    exp.Limit: _words("expression offset expressions"),
    exp.Offset: _words("expression expressions"),
    # names and values
    exp.Alias: _words("this alias"),
    exp.Column: _words("this table"),
    exp.Identifier: _words("this quoted"),
    exp.Star: _words("except_"),
    exp.Literal: _words("this is_string"),
    exp.Boolean: _words("this"),
    exp.Null: _words(""),
    exp.Interval: _words("this unit"),
    exp.Var: _words("this"),
    exp.Array: _words("expressions"),
    exp.Tuple: _words("expressions"),
    exp.Paren: _words("this"),
    exp.Bracket: _words("this expressions"),
    exp.Dot: _words("this expression"),
    # calls
    exp.Anonymous: _words("this expressions"),
    exp.AnonymousAggFunc: _words("this expressions"),
    exp.ParameterizedAgg: _words("this expressions params"),
    exp.Lambda: _words("this expressions"),
    exp.Cast: _words("this to"),
    exp.CastToStrType: _words("this to"),
    exp.DataType: _words("this expressions nested nullable"),
    exp.DataTypeParam: _words("this"),
    exp.Window: _words("this partition_by order spec over alias"),
    exp.WindowSpec: _words("kind start start_side end end_side"),
    exp.IgnoreNulls: _words("this"),
    exp.RespectNulls: _words("this"),
    # operators
    exp.Between: _words("this low high"),
    exp.Case: _words("this ifs default"),
    exp.If: _words("this true false"),
    exp.In: _words("this expressions query"),
    exp.Exists: _words("this"),
    exp.Is: _words("this expression"),
    exp.Not: _words("this"),
    exp.Neg: _words("this"),
    exp.Like: _words("this expression negate"),
    exp.ILike: _words("this expression negate"),
    exp.DPipe: _words("this expression safe"),
    **dict.fromkeys(
        (
            *(exp.And, exp.Or, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
            *(exp.Add, exp.Sub, exp.Mul, exp.Mod),
        ),
        _words("this expression"),
    ),
    exp.Div: _words("this expression typed safe"),
}

TYPES: Words = _words(
    "UInt8 UInt16 UInt32 UInt64 UInt128 UInt256 Int8 Int16 Int32 Int64 Int128 Int256 Float32 Float64 Decimal Decimal32 "
    "Decimal64 Decimal128 Decimal256 String FixedString Date Date32 DateTime DateTime64 UUID Bool Array Tuple Map "
    "Nullable LowCardinality IPv4 IPv6 DATE"
)
"""Types a value may be turned into. AggregateFunction is none of them: the engine trusts the bytes of a state."""

_TYPE_TOKEN = re.compile(r"\s*(?:([A-Za-z_]\w*)|(\d+)|('[A-Za-z0-9_/+-]*')|([(),]))")
_NAMED_ELEMENT = re.compile(r"[(,]\s*([A-Za-z_]\w*)\s+(?=[A-Z])")

UNITS: Words = _words("SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR MILLISECOND MICROSECOND")
JOIN_KINDS: frozenset[str] = frozenset(("", "INNER", "OUTER", "CROSS", "SEMI", "ANTI", "ANY", "ALL", "ASOF", "ARRAY"))
JOIN_SIDES: frozenset[str] = frozenset(("", "LEFT", "RIGHT", "FULL"))

WORDS_OF_PARTS: dict[str, str] = {
    "settings": "SETTINGS",
    "format": "FORMAT",
    "into": "INTO",
    "sample": "SAMPLE",
    "prewhere": "PREWHERE (WHERE does the same: the engine moves conditions by itself)",
    "limit_options": "WITH TIES (rank() in a subquery does the same)",
    "with_fill": "WITH FILL (join the view with arrayJoin(range(n)) instead)",
    "totals": "WITH TOTALS (GROUP BY ... WITH ROLLUP adds a row of totals)",
    "recursive": "WITH RECURSIVE",
    "global_": "GLOBAL",
    "is_global": "GLOBAL IN (IN does the same here)",
    "db": "a name with a database",
    "catalog": "a name with a database",
    "field": "IN with a name or a function on its right (has(array, value) looks into an array)",
    "replace": "* REPLACE (name the columns)",
    "method": "this kind of join",
    "on": "DISTINCT ON (LIMIT 1 BY does the same)",
    "hint": "hints",
    "joins": "a join inside brackets (put it in a subquery)",
}
"""How people write the parts that are refused."""

WORDS_OF_KINDS: dict[str, str] = {
    "Placeholder": "parameters such as {name:Type} (write the value itself)",
    "Parameter": "variables such as @@name",
    "SessionParameter": "variables such as @@name",
    "RawString": "texts between dollar signs (put them in single quotes)",
    "HexString": "numbers such as 0xFF (write them in decimal)",
    "BitString": "numbers such as 0b01 (write them in decimal)",
    "Final": "FINAL (the views hold one row per event and person already)",
    "Values": "VALUES (arrayJoin([...]) makes rows of an array)",
    "TableSample": "SAMPLE",
    "Apply": "APPLY (name the columns)",
    "Any": "ANY (use IN)",
    "All": "ALL (use NOT IN)",
    "IntDiv": "DIV (intDiv(a, b) does the same)",
    "NullSafeEQ": "<=> (isNotDistinctFrom(a, b) does the same)",
    "Command": "anything but a SELECT",
    "GlobalIn": "GLOBAL IN (IN does the same here)",
    "JSONExtract": "a lambda outside of a function's arguments",
    "Aliases": "several names for one expression",
}
"""How people write the kinds of nodes that are refused."""


def type_refused(text: str) -> str | None:
    """What is wrong with the text of a type; None when it may be used.

    >>> type_refused("Array(Nullable(Decimal(10, 2)))"), type_refused("AggregateFunction(sum, UInt8)")
    (None, 'AggregateFunction')
    """
    plain = _NAMED_ELEMENT.sub(lambda found: found[0][0], text)
    position = 0
    while position < len(plain.rstrip()):
        found = _TYPE_TOKEN.match(plain, position)
        if found is None:
            return plain[position:].strip()[:40]
        if found[1] and found[1] not in TYPES:
            return found[1]
        position = found.end()
    return None if text.strip() else "an empty text"

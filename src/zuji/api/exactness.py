"""Which aggregates of a statement are approximate, and by how much: what an answer to SQL says of its figures.

Questions of a kind are always exact. An analyst may ask for an estimate, and may do so without knowing: `median` and
`uniq` are estimates in ClickHouse, whatever their names promise.
"""

from __future__ import annotations

import re

from zuji.analyse.sql.functions import COMBINATORS

_SAMPLED = "from a sample of 8,192 values: the rank is off by about 1 % of all; the ...Exact functions are exact"
_COUNTED = "by less than 1 % as a rule; uniqExact is exact"
_HEAVY = "values near the end of the list may be missing, counts too high"
ERRORS: dict[str, str] = {
    "uniq": _COUNTED,
    "uniqCombined": _COUNTED,
    "uniqCombined64": _COUNTED,
    "uniqHLL12": "by about 2 %, more beyond some million; uniqExact is exact",
    "median": _SAMPLED,
    "quantile": _SAMPLED,
    "quantiles": _SAMPLED,
    "quantileDeterministic": _SAMPLED,
    "quantilesDeterministic": _SAMPLED,
    "medianDeterministic": _SAMPLED,
    "quantileTiming": "whole numbers up to 30,000, rounded to 16 beyond 1,024 when there are many",
    "quantilesTiming": "whole numbers up to 30,000, rounded to 16 beyond 1,024 when there are many",
    "quantileTimingWeighted": "whole numbers up to 30,000, rounded to 16 beyond 1,024 when there are many",
    "medianTiming": "whole numbers up to 30,000, rounded to 16 beyond 1,024 when there are many",
    "quantileTDigest": "the rank is off by about 1 % of all, less at the ends",
    "quantilesTDigest": "the rank is off by about 1 % of all, less at the ends",
    "quantileTDigestWeighted": "the rank is off by about 1 % of all, less at the ends",
    "medianTDigest": "the rank is off by about 1 % of all, less at the ends",
    "quantileBFloat16": "the value is off by up to 0.4 %",
    "quantilesBFloat16": "the value is off by up to 0.4 %",
    "quantileDD": "the value is off by up to the accuracy it is given",
    "quantilesDD": "the value is off by up to the accuracy it is given",
    "quantileGK": "the rank is off by up to one part in the accuracy it is given",
    "quantilesGK": "the rank is off by up to one part in the accuracy it is given",
    "topK": _HEAVY,
    "topKWeighted": _HEAVY,
    "approx_top_k": _HEAVY,
    "approx_top_sum": _HEAVY,
    "anyHeavy": "a value that is not the most frequent, unless one has more than half of all",
    "groupArraySample": "a sample of the values",
    "histogram": "bounds and heights are adapted as values come",
    "uniqUpTo": "exact up to the number it is given, beyond it one more however many there are; uniqExact is exact",
    "sparkbar": "a picture: each bar is one of eight heights",
    "largestTriangleThreeBuckets": "some of the points, chosen to look like all",
}
_NAMES = {name.lower(): name for name in ERRORS}
_CALLED = re.compile(f"({'|'.join(sorted(_NAMES, key=len, reverse=True))})(?:{'|'.join(COMBINATORS)})*", re.IGNORECASE)

Exactness = str | dict[str, dict[str, str]]


def exactness_of(sql: str) -> Exactness:
    """`exact`, or the approximate functions of a statement with their errors, as in the answers to questions.

    The statement is read as it is to be run: comments and texts may hold any quotes and brackets they like.

    >>> exactness_of("SELECT uniqExact(person), 'uniq(person)' FROM events")
    'exact'
    >>> exactness_of("SELECT uniqIf(person, event = 'view') FROM events")
    {'uniq': {'approximate': 'by less than 1 % as a rule; uniqExact is exact'}}
    """
    from sqlglot import exp  # late: the parser is a tenth of what a start would load

    from zuji.analyse.sql.grammar import read

    calls = read(sql).find_all(exp.Anonymous, exp.AnonymousAggFunc, exp.ParameterizedAgg)
    called = {_NAMES[found[1].lower()] for call in calls if (found := _CALLED.fullmatch(call.name))}
    return {name: {"approximate": ERRORS[name]} for name in sorted(called)} or "exact"

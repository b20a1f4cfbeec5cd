"""All kinds of questions, by the name they have on the wire."""

from __future__ import annotations

from typing import Any

import msgspec

from zuji.analyse.attribution import ATTRIBUTION
from zuji.analyse.distribution import DISTRIBUTION
from zuji.analyse.engagement import ENGAGEMENT
from zuji.analyse.funnel import FUNNEL
from zuji.analyse.heat_map import HEAT_MAP
from zuji.analyse.interval import INTERVAL
from zuji.analyse.kind import Kind
from zuji.analyse.lifecycle import LIFECYCLE
from zuji.analyse.ltv import LTV
from zuji.analyse.paths import PATHS
from zuji.analyse.retention import RETENTION
from zuji.analyse.rfm import RFM
from zuji.analyse.session import SESSION
from zuji.analyse.stickiness import STICKINESS
from zuji.analyse.trend import TREND
from zuji.terms.condition import Where
from zuji.terms.error import BadQuestion

KINDS: dict[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        ATTRIBUTION,
        DISTRIBUTION,
        ENGAGEMENT,
        FUNNEL,
        HEAT_MAP,
        INTERVAL,
        LIFECYCLE,
        LTV,
        PATHS,
        RETENTION,
        RFM,
        SESSION,
        STICKINESS,
        TREND,
    )
}


def kind_of(name: str) -> Kind[Any]:
    """The kind of this name."""
    if name not in KINDS:
        raise BadQuestion(f"kind: {name!r:.80} is no kind of question. There are: {', '.join(KINDS)}.")
    return KINDS[name]


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON schema of every kind's document, by name."""
    found, parts = msgspec.json.schema_components(
        [kind.question for kind in KINDS.values()], ref_template="#/$defs/{name}", schema_hook=_where_schema
    )
    return {name: {**schema, "$defs": parts} for name, schema in zip(KINDS, found, strict=True)}


def _where_schema(wanted: type[Any]) -> dict[str, Any]:
    if wanted is Where:
        return {"description": "A condition, or a list of them (all).", "type": ["array", "object"]}
    raise NotImplementedError(wanted)

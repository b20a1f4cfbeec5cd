"""What cleaning made of the values of a stored event: each that it changed, as it came and as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from zuji.clean.quality import defects_of
from zuji.clean.rulings import ORIGINAL as BEFORE_REPAIR
from zuji.clean.standards.document import ORIGINAL as BEFORE_STANDARD


class Mended(NamedTuple):
    """A property that cleaning changed. `kept_in`: the property that holds what came; `after` is None if it went."""

    field: str
    before: Any
    after: Any
    kept_in: str


def mended_in(properties: Mapping[str, Any], flag_reason: str) -> list[Mended]:
    """What rules repaired and what was written in its standard form; a client's own `x_original` is no such thing.

    >>> mended_in({"age": 30, "phone": "+8613912345678", "phone_original": "139 12345678"}, "standardised:traits.phone")
    [Mended(field='phone', before='139 12345678', after='+8613912345678', kept_in='phone_original')]
    """
    repaired = properties.get(BEFORE_REPAIR)
    found = [
        Mended(name, before, properties.get(name), BEFORE_REPAIR)
        for name, before in (repaired.items() if isinstance(repaired, Mapping) else ())
    ]
    for defect in defects_of(flag_reason, 0):
        name = defect.property
        # A client that sends an original of its own keeps it: ours then stands under the longer name.
        places = (name + BEFORE_STANDARD * 2, name + BEFORE_STANDARD)
        kept_in = next((place for place in places if place in properties), None)
        if defect.cause == "standardised" and kept_in is not None and name in properties:
            found.append(Mended(name, properties[kept_in], properties[name], kept_in))
    return found

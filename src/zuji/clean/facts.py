"""What cleaning knows beyond the batch in hand: names seen before, how fast each device has been acting, and what
workspaces decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from zuji.clean.policies import NoPolicies, PolicySource
from zuji.clean.speed import Speedometer
from zuji.store.property_names import PropertyNames


@dataclass(frozen=True, slots=True)
class Facts:
    """Handed to every batch. `names` is written with the batch; `speeds` starts afresh after a restart."""

    names: PropertyNames
    speeds: Speedometer = field(default_factory=Speedometer)
    policies: PolicySource = field(default_factory=NoPolicies)

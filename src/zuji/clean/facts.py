"""What cleaning knows beyond the batch in hand: names seen before, how fast each device has been acting, what
workspaces decided, and what the rules remember.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from zuji.clean.plan_document import NO_PLAN, TrackingPlan, read_plan
from zuji.clean.policies import Compiled, NoPolicies, PolicySource
from zuji.clean.quality_policy import USUAL_QUALITY, QualityPolicy, read_quality
from zuji.clean.regions.by_address import AddressRegions
from zuji.clean.regions.stored import KnownRegions
from zuji.clean.rule_book import USUAL_RULES, RuleBook, read_rules
from zuji.clean.speed import Speedometer
from zuji.clean.standards.document import NO_STANDARDS, Standards, read_standards
from zuji.clean.standards.event_names import NO_NAMES, Names, read_names
from zuji.store.property_names import PropertyNames
from zuji.store.rule_memory import RuleMemory


@dataclass(frozen=True, slots=True)
class Facts:
    """Handed to every batch. `names` is written with the batch; `speeds` starts afresh after a restart."""

    names: PropertyNames
    speeds: Speedometer = field(default_factory=Speedometer)
    policies: PolicySource = field(default_factory=NoPolicies)
    regions: KnownRegions = field(default_factory=KnownRegions)
    addresses: AddressRegions = field(default_factory=AddressRegions)
    event_names: Compiled[Names] = field(default_factory=lambda: Compiled("names", read_names, usual=NO_NAMES))
    standards: Compiled[Standards] = field(
        default_factory=lambda: Compiled("standards", read_standards, usual=NO_STANDARDS)
    )
    memory: RuleMemory = field(default_factory=RuleMemory)
    plans: Compiled[TrackingPlan] = field(default_factory=lambda: Compiled("plan", read_plan, usual=NO_PLAN))
    rules: Compiled[RuleBook] = field(default_factory=lambda: Compiled("rules", read_rules, usual=USUAL_RULES))
    quality: Compiled[QualityPolicy] = field(
        default_factory=lambda: Compiled("quality", read_quality, usual=USUAL_QUALITY)
    )

"""What a gateway process is told: plain values, so that a supervisor can spawn it without loading a gateway itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from zuji.collect.spool import SpoolLimits


@dataclass(frozen=True, kw_only=True)
class GatewayProcess:
    """`name` is its folder in the spool; two gateways never share one."""

    data: Path
    name: str
    base_path: str = ""
    spool_limits: SpoolLimits = field(default_factory=SpoolLimits)
    log_level: str = "warning"
    graceful_s: int = 10

"""The bounds of the spool as they are set: gateways and engine must agree on them."""

from __future__ import annotations

from zuji.collect.spool import SpoolLimits
from zuji.settings import Settings


def spool_limits(settings: Settings) -> SpoolLimits:
    """The spool's bounds."""
    spool = settings.spool
    return SpoolLimits(
        max_bytes=spool.max_bytes,
        min_free_bytes=spool.min_free_bytes,
        keep_taken_bytes=spool.keep_taken_bytes,
        segment_bytes=spool.segment_bytes,
    )

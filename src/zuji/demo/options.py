"""What may be chosen about the demo world. The same choices give the same world, to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zuji.terms.error import BadRequest

DAY_MS = 86_400_000
SHOP_ZONE_MS = 8 * 3_600_000
"""The shop lives in Shanghai (UTC+8, no summer time), so its days begin at 16:00 UTC of the day before."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`end` is the moment the history stops at; it begins `days` shop days before."""

    end: datetime
    people: int = 2_000
    days: int = 90
    seed: int = 7

    def __post_init__(self) -> None:
        if self.end.tzinfo is None or self.end.utcoffset() != timedelta(0):
            raise BadRequest(f"the end of the demo history must be in UTC, got {self.end!r}. Use datetime.now(UTC).")
        if not 10 <= self.people <= 1_000_000:
            raise BadRequest(f"the demo holds 10 to 1,000,000 people, got {self.people}.")
        if not 1 <= self.days <= 730:
            raise BadRequest(f"the demo history lasts 1 to 730 days, got {self.days}.")

    @property
    def end_ms(self) -> int:
        """The end in milliseconds since 1970."""
        return round(self.end.timestamp() * 1000)

    @property
    def first_midnight_ms(self) -> int:
        """Midnight in the shop's zone at which day 0 begins; the last day is the one `end` lies in."""
        last = (self.end_ms + SHOP_ZONE_MS) // DAY_MS * DAY_MS - SHOP_ZONE_MS
        return last - (self.days - 1) * DAY_MS

    def midnight(self, day: int) -> int:
        """When a day of the history begins, in milliseconds since 1970."""
        return self.first_midnight_ms + day * DAY_MS


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """The write keys of the demo's sources: web, app and mini-program public, the others secret."""

    web: str
    app: str
    mini_program: str
    pos: str
    support: str
    crm: str

    def of(self, door: str) -> str:
        """The key a door's requests carry. The blog belongs to the web source."""
        return str(getattr(self, "web" if door == "blog" else door))

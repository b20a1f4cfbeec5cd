"""The tags of the starter set said again in plain Python, over the rows of a file: nothing here is of zuji.

What a tag means is taken from its description and docs/rules.md, and written down here a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

VIEWED, ADDED, WISHED, ORDERED = "Product Viewed", "Product Added", "Product Added to Wishlist", "Order Completed"
HOUR_S, DAY_S = 3_600, 86_400


@dataclass(frozen=True)
class Row:
    """What a file says once: at this second somebody did this. `micros` is an amount in millionths."""

    at: int
    name: str
    product: str = ""
    category: str = ""
    micros: int = 0
    discount: float = 0


@dataclass(frozen=True)
class Person:
    """One person's rows up to a moment, in order of time, those of one second as the file has them."""

    rows: tuple[Row, ...]
    now: int
    zone: ZoneInfo

    def of(self, name: str, *, days: int = 0) -> list[Row]:
        """The rows of this name, within the last so many local days, today included; 0: ever."""
        return [row for row in self.within(days) if row.name == name]

    def within(self, days: int) -> list[Row]:
        """The rows of the last so many local days, today included; 0: ever."""
        first = self.local(self.now).date() - timedelta(days=days - 1)
        return [row for row in self.rows if not days or self.local(row.at).date() >= first]

    def buckets(self, name: str, *, seconds: int, many: int) -> list[Row]:
        """The rows of this name in the last so many buckets of so many seconds, that of now included."""
        first = self.now // seconds - many + 1
        return [row for row in self.rows if row.name == name and row.at // seconds >= first]

    def local(self, at: int) -> datetime:
        """The time that a clock in the shop showed."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def days_since(self, row: Row) -> int:
        """Whole days of 24 hours."""
        return (self.now - row.at) // DAY_S


def person_of(rows: Iterable[Row], *, now: int, zone: str) -> Person:
    """What had happened by then."""
    return Person(tuple(sorted((row for row in rows if row.at <= now), key=lambda row: row.at)), now, ZoneInfo(zone))


def most_frequent(texts: Iterable[str], *, limit: int, at_least: int = 1) -> list[str]:
    """Those that came most often; of equally frequent ones the smaller text first."""
    counted = sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0]))
    return [text for text, times in counted if times >= at_least][:limit]


def visitor_kind(person: Person) -> str:
    return "new" if person.days_since(person.rows[0]) < 7 else "returning"


def activity(person: Person) -> str:
    days = len({person.local(row.at).date() for row in person.within(30)})
    return "high" if days >= 8 else "medium" if days >= 3 else "low" if days else "none"


def preferred_channel(person: Person) -> str | None:
    """What the import's source is said to be, of whoever was there lately: no file knows of channels."""
    return "web" if person.within(90) else None


def preferred_hour(person: Person) -> str | None:
    hours = (str(person.local(row.at).hour) for row in person.within(90))
    return next(iter(most_frequent(hours, limit=1)), None)


def day_part(person: Person) -> str | None:
    hour = preferred_hour(person)
    return None if hour is None else ("night", "morning", "afternoon", "evening")[int(hour) // 6]


def weekend_shopper(person: Person) -> bool | None:
    days = (str(person.local(row.at).isoweekday()) for row in person.within(90))
    return most_frequent(days, limit=1) in (["6"], ["7"]) or None


def favourite_category(person: Person) -> list[str]:
    return most_frequent((row.category for row in person.of(VIEWED, days=90)), limit=3, at_least=2)


def intent_category(person: Person) -> list[str]:
    looked = person.buckets(VIEWED, seconds=HOUR_S, many=7 * 24)
    return most_frequent((row.category for row in looked), limit=3, at_least=3)


def wanted_product(person: Person) -> list[str]:
    return most_frequent((row.product for row in person.of(VIEWED, days=14)), limit=5, at_least=3)


def high_intent_now(person: Person) -> bool | None:
    added, looked, ordered = (
        len(person.buckets(name, seconds=60, many=60)) for name in (ADDED, VIEWED, ORDERED)
    )  # fmt: skip
    return ((added > 0 or looked >= 5) and not ordered) or None


def cart_abandoned(person: Person) -> bool | None:
    """An order of the very second of the adding comes after it only where the file has it later."""
    for place, row in enumerate(person.rows):
        is_lately = row.name == ADDED and row.at // HOUR_S > person.now // HOUR_S - 7 * 24
        if is_lately and row.at + HOUR_S < person.now:
            later = (other for other in person.rows[place + 1 :] if other.at <= row.at + HOUR_S)
            if not any(other.name == ORDERED for other in later):
                return True
    return None


def fast_decision(person: Person) -> bool | None:
    lately = set(person.within(90))
    for place, first in enumerate(person.rows):
        if first.name != VIEWED or first not in lately:
            continue
        wanted = [ADDED, ORDERED]
        for row in person.rows[place + 1 :]:
            if row.at <= first.at + HOUR_S // 2 and row.name == wanted[0]:
                wanted.pop(0)
            if not wanted:
                return True
    return None


def compares_products(person: Person) -> bool | None:
    looked = {row.product for row in person.buckets(VIEWED, seconds=HOUR_S, many=7 * 24)}
    return (len(looked) >= 8 and not person.buckets(ORDERED, seconds=HOUR_S, many=7 * 24)) or None


def wishlist_waiting(person: Person) -> bool | None:
    return (bool(person.of(WISHED, days=30)) and not person.of(ORDERED, days=30)) or None


def lookers_without_order(person: Person) -> bool | None:
    return (len(person.of(VIEWED, days=30)) >= 3 and not person.of(ORDERED)) or None


def lifecycle_stage(person: Person) -> str:
    orders = person.of(ORDERED)
    if not orders:
        return "visitor"
    days = person.days_since(orders[-1])
    if len(orders) == 1 and days <= 30:
        return "new customer"
    return "active customer" if days <= 90 else "silent customer" if days <= 180 else "lost customer"


def churn_risk(person: Person) -> str | None:
    """By the time since anything was heard, of those who ever ordered."""
    if not person.of(ORDERED):
        return None
    days = person.days_since(person.rows[-1])
    return "high" if days > 60 else "medium" if days > 30 else "low"


def repeat_buyer(person: Person) -> bool | None:
    return len({person.local(row.at).date() for row in person.of(ORDERED)}) >= 2 or None


def orders(person: Person) -> int | None:
    return len(person.of(ORDERED)) or None


def days_since_order(person: Person) -> int | None:
    found = person.of(ORDERED)
    return person.days_since(found[-1]) if found else None


def first_order_lately(person: Person) -> bool | None:
    found = person.of(ORDERED)
    return (bool(found) and person.days_since(found[0]) <= 30) or None


def price_sensitivity(person: Person) -> str | None:
    """By orders alone: neither file has coupons entered or promotions clicked."""
    bought = person.of(ORDERED, days=180)
    cheaper = sum(row.discount > 0 for row in bought)
    if cheaper >= 2:
        return "high"
    if len(bought) >= 2 and not cheaper:
        return "low"
    return "medium" if bought else None


def spent(person: Person) -> float:
    return sum(row.micros for row in person.of(ORDERED, days=365)) / 1_000_000


def spent_this_year(person: Person) -> float | None:
    return spent(person) if person.of(ORDERED, days=365) else None


def average_order(person: Person) -> float | None:
    bought = person.of(ORDERED, days=365)
    return round(spent(person) / len(bought), 6) if bought else None


def largest_order(person: Person) -> float | None:
    return max((row.micros / 1_000_000 for row in person.of(ORDERED)), default=None)


def spend_tier(person: Person) -> str | None:
    tiers = (("top", 5000), ("high", 2000), ("medium", 500))
    amount = spent(person)
    return next((tier for tier, bound in tiers if amount >= bound), "low" if amount > 0 else None)


def rfm_group(person: Person) -> str | None:
    found = person.of(ORDERED)
    if not found:
        return None
    often, much = len(person.of(ORDERED, days=365)) >= 3, spent(person) >= 1000
    if person.days_since(found[-1]) <= 90:
        return "champion" if often and much else "loyal" if often else "big spender" if much else "promising"
    return "cannot lose" if often or much else "hibernating"


def best_customers(person: Person) -> bool | None:
    return (rfm_group(person) == "champion" or spend_tier(person) == "top") or None


Script = Callable[[Person], Any]
EVERYWHERE: tuple[Script, ...] = (
    visitor_kind, activity, preferred_channel, preferred_hour, day_part, weekend_shopper, lifecycle_stage, churn_risk,
    repeat_buyer, orders, days_since_order, price_sensitivity, rfm_group,
)  # fmt: skip
"""What needs no more than who did what when."""
BROWSING: tuple[Script, ...] = (
    favourite_category, intent_category, wanted_product, high_intent_now, cart_abandoned, fast_decision,
    compares_products, wishlist_waiting, lookers_without_order, first_order_lately,
)  # fmt: skip
"""What people do before they order, and when they first do."""
SPENDING: tuple[Script, ...] = (
    spend_tier, spent_this_year, average_order, largest_order, best_customers,
)  # fmt: skip
"""What needs amounts."""

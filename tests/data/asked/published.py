"""Figures that others have published about the data sets, as questions.

Read from: each set's README; retentioneering's user guides (funnel, cohorts, eventstream) on its simple shop.
What cannot be asked: CDNOW's parameters of BG/NBD, Pareto/NBD and Gamma-Gamma and yoochoose's lists of recommenders are
of models, not of behaviour. What tests/data/test_cdnow.py and test_attribution_paths.py reproduce is not repeated.
Taobao's README counts 75,873 views; the last of them is cut off before its time and cannot be an event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Figure = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Published:
    """What `figure` finds in the answer is `value`, which somebody else has said before."""

    name: str
    shop: str
    kind: str
    question: Mapping[str, Any]
    figure: Figure
    value: Any


def total(event: str | None, math: str = "total", property_: str | None = None) -> dict[str, Any]:
    """A trend of one line, of which the total is looked at."""
    series = {"event": event, "math": math} | ({} if property_ is None else {"property": property_})
    # Rows of the file that lie outside of the days it is about are rows of the file.
    return {"series": [series], "interval": "year", "date_from": "1997-01-01", "date_to": "2025-12-31"}


def the_total(answer: dict[str, Any]) -> Any:
    """The total of the only line."""
    return answer["series"][0]["total"]


def count(shop: str, event: str | None, value: int, math: str = "total", property_: str | None = None) -> Published:
    """So many events, people or values."""
    name = f"{value} {math} of {event or 'all'}"
    return Published(f"{shop} has {name}", shop, "trend", total(event, math, property_), the_total, value)


def counts(answer: dict[str, Any]) -> list[int]:
    """How many people reach each step."""
    return [step["count"] for step in answer["steps"]]


def shares(answer: dict[str, Any]) -> list[list[float]]:
    """How much of each cohort came back, as far as retentioneering shows it: to the last month of the file."""
    rows = [row["values"] for row in answer["rows"]]
    return [[round(value / row[0], 6) for value in row[: 5 - number]] for number, row in enumerate(rows[:5])]


SIMPLE_SHOP = "retentioneering_simple_shop"
DESCRIBED = {
    "cart": (2842, 1924),
    "catalog": (14518, 3611),
    "delivery_choice": (1686, 1356),
    "delivery_courier": (834, 748),
    "delivery_pickup": (506, 469),
    "main": (5635, 2385),
    "payment_card": (565, 521),
    "payment_cash": (197, 190),
    "payment_choice": (1107, 958),
    "payment_done": (706, 653),
    "product1": (1515, 1122),
}
"""retentioneering, `describe_events`: occurrences and people of each event."""

PUBLISHED = (
    count("taobao_userbehavior", "pv", 75_873 - 1),
    count("taobao_userbehavior", "cart", 4_497),
    count("taobao_userbehavior", "fav", 2_356),
    count("taobao_userbehavior", "buy", 1_750),
    count("taobao_userbehavior", None, 815, "unique_users"),
    count("rees46_multicat_sample", "view", 17_056),
    count("rees46_multicat_sample", "purchase", 214),
    count("rees46_multicat_sample", "cart", 165),
    count("rees46_multicat_sample", None, 4_505, "unique_users"),
    count("yoochoose_clicks_100k", None, 70_278 + 13_568),
    count("yoochoose_clicks_100k", None, 17_794 + 3_416, "unique_users"),
    count("cdnow", "purchase", 69_659),
    count("cdnow", "purchase", 23_570, "unique_users"),
    count("dunnhumby_complete_journey", "Product Bought", 1_469_307),
    count("dunnhumby_complete_journey", "Product Bought", 2_469, "unique_users"),
    count("dunnhumby_complete_journey", "Campaign Received", 6_589),
    count("dunnhumby_complete_journey", "Coupon Redeemed", 2_102),
    count("channel_attribution_paths", "touch", 10_000, "unique_users"),
    count(SIMPLE_SHOP, None, 32_283),
    count(SIMPLE_SHOP, None, 3_751, "unique_users"),
    count(SIMPLE_SHOP, None, 12, "unique_values", "$event"),
    *(count(SIMPLE_SHOP, event, events) for event, (events, _) in DESCRIBED.items()),
    *(count(SIMPLE_SHOP, event, people, "unique_users") for event, (_, people) in DESCRIBED.items()),
    Published(
        "retentioneering's closed funnel: 3611, 1924, 653", SIMPLE_SHOP, "funnel",
        {
            "steps": [{"event": name} for name in ("catalog", "cart", "payment_done")],
            "window": {"amount": 365, "unit": "day"},
        },
        counts, [3_611, 1_924, 653],
    ),
    Published(
        "retentioneering: 2010 people look at either product after the catalogue", SIMPLE_SHOP, "funnel",
        {
            "steps": [
                {"event": "catalog"},
                {"where": [{"property": "$event", "op": "equals", "value": ["product1", "product2"]}]},
            ],
            "window": {"amount": 365, "unit": "day"},
        },
        lambda answer: counts(answer)[1], 2_010,
    ),
    Published(
        "retentioneering: sessions of half an hour", SIMPLE_SHOP, "session", {},
        lambda answer: (
            answer["total"]["sessions"],
            round(answer["total"]["average_seconds"]),
            round(answer["total"]["median_seconds"]),
        ),
        (6_454, 52, 30),
    ),
    Published(
        "retentioneering: monthly cohorts", SIMPLE_SHOP, "retention",
        {"target": {}, "returning": {}, "period": "month", "mode": "first_time", "intervals": 5},
        shares,
        [
            [1.0, 0.393822, 0.328185, 0.250965, 0.247104],
            [1.0, 0.333333, 0.257028, 0.232932],
            [1.0, 0.386179, 0.284553],
            [1.0, 0.319066],
            [1.0],
        ],
    ),
)  # fmt: skip

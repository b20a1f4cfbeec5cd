"""The public data sets as events: one frame each, with the columns of the event store that questions look at.

Every set is taken whole. Where a file says less than an event needs, what stands in for it is said at its function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

DAY_MS = 86_400_000
TEXTS = ("event", "product_id", "category", "utm_source", "url_path", "element")


@dataclass(frozen=True)
class Shop:
    """A data set. `steps` are what its people do one after another, the last being what the shop lives on.

    `events` has `who`, `at` (milliseconds), `position` (order of receipt), `micros` (an amount in millionths, or null)
    and TEXTS, in the order of (at, position). `touch`, `channel` and `goal` (or else
    the last step) are what attribution looks at, `item` what paths.
    """

    name: str
    events: pl.DataFrame
    timezone: str
    first: date
    last: date
    steps: tuple[str, str, str]
    window_days: int = 7
    touch: str | None = None
    goal: str = ""
    channel: str = "event"
    item: str = "event"

    @property
    def start_ms(self) -> int:
        """The first instant of the range."""
        return self._midnight(self.first)

    @property
    def end_ms(self) -> int:
        """The instant behind the range."""
        return self._midnight(self.last + timedelta(days=1))

    @cached_property
    def inside(self) -> pl.DataFrame:
        """The events of the range, with their local `day`."""
        return self.dated.filter(pl.col("at").is_between(self.start_ms, self.end_ms, closed="left"))

    @cached_property
    def dated(self) -> pl.DataFrame:
        """All events, with their local `day`."""
        local = pl.from_epoch("at", time_unit="ms").dt.replace_time_zone("UTC").dt.convert_time_zone(self.timezone)
        return self.events.with_columns(local.dt.date().alias("day"))

    @property
    def days(self) -> list[date]:
        """Every day of the range."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def of(self, event: str) -> pl.DataFrame:
        """The events of this name, of the range."""
        return self.inside.filter(pl.col("event") == event)

    def _midnight(self, day: date) -> int:
        return int(datetime.combine(day, time(), ZoneInfo(self.timezone)).timestamp() * 1000)


def finished(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column there, people numbered from 1 in the order of their names, rows in order of time."""
    missing = [pl.lit("").alias(name) for name in TEXTS if name not in frame.columns]
    worth = [] if "micros" in frame.columns else [pl.lit(1_000_000, pl.Int64).alias("micros")]
    return (
        frame.with_columns(*missing, *worth)
        .with_columns(pl.col(name).cast(pl.String).fill_null("") for name in TEXTS)
        .with_columns(pl.col("user").rank("dense").cast(pl.UInt64).alias("who"), pl.col("at").cast(pl.Int64))
        .sort("at", maintain_order=True)
        .with_row_index("position", offset=1)
        .select("who", "at", "position", "micros", *TEXTS)
    )


def taobao(folder: Path) -> Shop:
    """A behaviour is worth 1, for the file has no prices. The last row is cut off before its time and left out."""
    names = ["user", "product_id", "category", "event", "seconds"]
    frame = pl.read_csv(folder / "UserBehavior.csv.gz", has_header=False, new_columns=names).drop_nulls("seconds")
    frame = frame.with_columns(
        (pl.col("seconds") * 1000).alias("at"),
        pl.format("/category/{}", "category").alias("url_path"),
        pl.col("event").alias("element"),
    )
    return Shop(
        "taobao_userbehavior", finished(frame), "Asia/Shanghai", date(2017, 11, 25), date(2017, 12, 3),
        ("pv", "cart", "buy"),
    )  # fmt: skip


def rees46(folder: Path) -> Shop:
    """The channel is the department (the first word of the category), the page its category."""
    frame = pl.read_csv(folder / "2019-Oct.csv.gz", infer_schema_length=0)
    frame = frame.with_columns(
        pl.col("event_time").str.strptime(pl.Datetime("ms"), "%Y-%m-%d %H:%M:%S UTC").dt.epoch("ms").alias("at"),
        pl.col("event_type").alias("event"),
        pl.col("event_type").alias("element"),
        pl.col("user_id").alias("user"),
        pl.col("category_code").alias("category"),
        pl.col("category_code").str.split(".").list.first().alias("utm_source"),
        pl.format("/{}", pl.col("category_code").str.replace_all(".", "/", literal=True)).alias("url_path"),
        micros("price"),
    )
    return Shop(
        "rees46_multicat_sample", finished(frame), "UTC", date(2019, 10, 1), date(2019, 10, 1),
        ("view", "cart", "purchase"), channel="utm_source", touch="view", item="utm_source",
    )  # fmt: skip


def yoochoose(folder: Path) -> Shop:
    """Sessions are all that is known of people, so each is a person. The item is a page."""
    parts = [
        pl.read_csv(folder / f"yoochoose-clicks-100k_{part}.tsv.gz", separator="\t", infer_schema_length=0).select(
            pl.format(part + " {}", "SessionId").alias("user"), "ItemId", pl.col("Time").cast(pl.Float64)
        )
        for part in ("train_full", "test")
    ]
    frame = pl.concat(parts).with_columns(
        (pl.col("Time") * 1000).round().cast(pl.Int64).alias("at"),
        pl.lit("click").alias("event"),
        pl.lit("item").alias("element"),
        pl.col("ItemId").alias("product_id"),
        pl.format("/item/{}", "ItemId").alias("url_path"),
    )
    return Shop(
        "yoochoose_clicks_100k", finished(frame), "UTC", date(2014, 4, 1), date(2014, 4, 8),
        ("click", "click", "click"), item="product_id", channel="element",
    )  # fmt: skip


def cdnow(folder: Path) -> Shop:
    """Purchases have a date and no time: they are of the first instant of their day."""
    lines = pl.read_csv(folder / "CDNOW_master.txt.gz", has_header=True, new_columns=["line"], separator="|")
    fields = lines.select(pl.col("line").str.extract_all(r"\S+").alias("words")).select(
        pl.col("words").list.get(place).alias(name) for place, name in enumerate(("user", "day", "cds", "value"))
    )
    frame = fields.with_columns(
        pl.col("day").str.strptime(pl.Datetime("ms"), "%Y%m%d").dt.epoch("ms").alias("at"),
        pl.lit("purchase").alias("event"),
        pl.lit("shop").alias("element"),
        pl.col("cds").alias("category"),
        pl.format("/cds/{}", "cds").alias("url_path"),
        micros("value"),
    )
    return Shop(
        "cdnow", finished(frame), "UTC", date(1997, 1, 1), date(1998, 6, 30),
        ("purchase", "purchase", "purchase"), window_days=60, item="category", channel="category",
    )  # fmt: skip


def dunnhumby(folder: Path) -> Shop:
    """Lines of receipts, campaigns from the day on which they began, coupons from the day of their redemption."""
    products = pl.read_parquet(folder / "products.parquet").select("product_id", "department")
    lines = pl.concat(pl.read_parquet(path) for path in sorted(folder.glob("transactions_p0*.parquet")))
    lines = lines.join(products, on="product_id", how="left", maintain_order="left").select(
        pl.col("household_id").alias("user"),
        moment("transaction_timestamp"),
        pl.lit("Product Bought").alias("event"),
        pl.col("product_id").cast(pl.String),
        pl.col("department").alias("category"),
        micros("sales_value"),
    )
    described = pl.read_parquet(folder / "campaign_descriptions.parquet")
    campaigns = pl.read_parquet(folder / "campaigns.parquet").join(described, on="campaign_id", maintain_order="left")
    sent = campaigns.select(
        pl.col("household_id").alias("user"),
        moment("start_date"),
        pl.lit("Campaign Received").alias("event"),
        pl.col("campaign_type").alias("utm_source"),
    )
    redeemed = pl.read_parquet(folder / "coupon_redemptions.parquet").select(
        pl.col("household_id").alias("user"), moment("redemption_date"), pl.lit("Coupon Redeemed").alias("event")
    )
    frame = pl.concat([sent, redeemed, lines], how="diagonal").with_columns(
        pl.format("/{}", "category").alias("url_path"), pl.lit("shelf").alias("element")
    )
    return Shop(
        "dunnhumby_complete_journey", finished(frame), "UTC", date(2017, 1, 1), date(2017, 12, 31),
        ("Campaign Received", "Coupon Redeemed", "Product Bought"), window_days=60,
        touch="Campaign Received", goal="Coupon Redeemed", channel="utm_source", item="category",
    )  # fmt: skip


def retentioneering(folder: Path) -> Shop:
    """An order is worth 1, for the file has no prices."""
    frame = pl.read_csv(folder / "simple-onlineshop.csv.gz").with_columns(
        pl.col("user_id").alias("user"),
        pl.col("timestamp").str.slice(0, 23).str.to_datetime(time_unit="ms").dt.epoch("ms").alias("at"),
        pl.format("/{}", "event").alias("url_path"),
        pl.lit("page").alias("element"),
    )
    return Shop(
        "retentioneering_simple_shop", finished(frame), "UTC", date(2019, 11, 1), date(2020, 4, 29),
        ("catalog", "cart", "payment_done"),
    )  # fmt: skip


def channel_paths(folder: Path) -> Shop:
    """A slice: each path once, as one person's touches an hour apart, with one conversion of the path's whole value
    where it has any. tests/data/test_attribution_paths.py takes every conversion of the file."""
    paths = pl.read_csv(folder / "PathData.csv.gz").with_row_index("user")
    began = datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000 + pl.col("user").cast(pl.Int64) % 28 * DAY_MS
    touches = paths.select(
        "user", began.cast(pl.Int64).alias("at"), pl.col("path").str.split(" > ").alias("utm_source")
    )
    hours = pl.int_range(pl.len()).over("user") * 3_600_000
    touched = touches.explode("utm_source").with_columns(pl.lit("touch").alias("event"), pl.col("at") + hours)
    bought = paths.filter(pl.col("total_conversions") > 0).select(
        "user",
        (began + pl.col("path").str.split(" > ").list.len() * 3_600_000).cast(pl.Int64).alias("at"),
        pl.lit("conversion").alias("event"),
        micros("total_conversion_value"),
    )
    frame = pl.concat([touched, bought], how="diagonal").with_columns(
        pl.format("/{}", "utm_source").alias("url_path"), pl.lit("ad").alias("element")
    )
    return Shop(
        "channel_attribution_paths", finished(frame), "UTC", date(2024, 1, 1), date(2024, 2, 10),
        ("touch", "touch", "conversion"), touch="touch", channel="utm_source", item="utm_source",
    )  # fmt: skip


def micros(name: str) -> pl.Expr:
    """An amount in millionths, exactly as the file writes it."""
    return (pl.col(name).cast(pl.Float64) * 1_000_000).round().cast(pl.Int64).alias("micros")


def moment(name: str) -> pl.Expr:
    """A time without a zone, taken as UTC."""
    return pl.col(name).dt.epoch("ms").alias("at")


SHOPS: dict[str, Callable[[Path], Shop]] = {
    "taobao_userbehavior": taobao,
    "rees46_multicat_sample": rees46,
    "yoochoose_clicks_100k": yoochoose,
    "cdnow": cdnow,
    "dunnhumby_complete_journey": dunnhumby,
    "retentioneering_simple_shop": retentioneering,
    "channel_attribution_paths": channel_paths,
}

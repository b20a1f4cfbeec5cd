"""Four trades whose operators have published policies: what they call things, and what they decided about them.

The shop writes Chinese and English, sums with a point, phones of China; the travel agency English and German, sums
with a comma, phones of Germany; the courier is in Hong Kong, the bank in Britain. Each was written after the one before
it had passed; docs/planted-defects.md tells how its first run went.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STORED_REGIONS = (
    ("330100", "杭州市"),
    ("330106", "西湖区"),
    ("320106", "鼓楼区"),
    ("350102", "鼓楼区"),
    ("440300", "深圳市"),
)
"""Below the provinces, which are known from the start."""
ADDRESSES = {
    "浙江省杭州市西湖区文三路1号": ("330106", "杭州市"),
    "广东省深圳市科技园2栋": ("440300", "深圳市"),
    "浙江省杭州市": ("330100", "杭州市"),
}
AMBIGUOUS = "鼓楼区中山路5号"
NOWHERE = "the corner shop, as always"


@dataclass(frozen=True)
class Trade:
    """The words of a trade."""

    order: str
    aliases: tuple[str, ...]
    step: str
    view: str
    dwell: str
    order_id: str
    id_begin: str
    total: str
    currency: str
    decimal_mark: str
    signs: tuple[str, str]
    """How a sum is written with its currency: around `{}`."""
    times: tuple[str, int]
    weight: str
    small_unit: tuple[str, float]
    """A unit that is met beside kilograms, and how many kilograms it is."""
    foreign_unit: str
    product: str
    product_id: str
    catalogue: tuple[tuple[str, str, str], ...]
    """Name, id and another name."""
    address: str
    channel: str
    channels: tuple[str, ...]
    gift: str
    rating: str
    phone_region: str
    mobile: str
    """How a mobile number begins, within its country."""
    mobile_digits: int
    country: str
    person: str
    people: tuple[str, ...]
    titles: tuple[str, ...]
    advertising: str
    advertising_kind: str

    def policies(self) -> dict[str, dict[str, Any]]:
        """What the operator has published, part by part."""
        return {"names": self._names(), "standards": self._standards(), "plan": self._plan(), "rules": self._rules()}

    def _names(self) -> dict[str, Any]:
        return {"events": [{"name": self.order, "aliases": list(self.aliases)}]}

    def _standards(self) -> dict[str, Any]:
        entries = [{"name": name, "id": id_, "aliases": [other]} for name, id_, other in self.catalogue]
        money = {"as": "amount", "decimal_mark": self.decimal_mark, "currency": self.currency}
        weight = {"as": "quantity", "unit": "kg", "decimal_mark": self.decimal_mark}
        product = {"as": "catalogue", "catalogue": "range", "id_to": self.product_id}
        fields = [
            {"field": f"properties.{self.total}", **money},
            {"field": f"properties.{self.weight}", **weight},
            {"field": f"properties.{self.product}", **product},
            {"field": f"properties.{self.address}", "as": "region"},
            {"field": "traits.phone", "as": "phone", "region": self.phone_region},
            {"field": "traits.email", "as": "email"},
            {"field": f"traits.{self.person}", "as": "person"},
            {"field": f"traits.{self.advertising}", "as": "id", "kind": self.advertising_kind},
        ]
        return {"fields": fields, "catalogues": {"range": entries}}

    def _plan(self) -> dict[str, Any]:
        order = {
            self.channel: {"type": "text", "required": True, "enum": list(self.channels)},
            self.order_id: {"type": "text", "pattern": f"^{self.id_begin}[0-9]+$"},
            self.gift: {"type": "boolean"},
            self.address: {"type": "text", "required": True},
        }
        step = {self.product: {"type": "text", "required": True}, self.product_id: {"type": "text"}}
        events = {
            self.order: {"mode": "warn", "properties": order},
            self.step: {"mode": "enforce", "others": "against", "properties": step},
        }
        return {"mode": "accept", "unplanned": "accept", "events": events}

    def _rules(self) -> dict[str, Any]:
        return {
            "negative_number": {"action": "repair"},
            "short_view": {"action": "quarantine", "shortest_ms": 500},
            "out_of_range": {"ranges": {self.rating: {"at_least": 1, "at_most": 5}}},
            "missing_step": {
                "action": "infer",
                "after_hours": 0,
                "steps": [{"step": self.step, "before": [self.order], "within_hours": 240}],
            },
        }


SHOP = Trade(
    order="Order Completed",
    aliases=("下单成功", "order_done"),
    step="Product Added",
    view="Product Viewed",
    dwell="停留时长",
    order_id="order_id",
    id_begin="NO-",
    total="total",
    currency="CNY",
    decimal_mark="point",
    signs=("¥{}", "{}元"),
    times=("万", 10_000),
    weight="重量",
    small_unit=("斤", 0.5),
    foreign_unit="米",
    product="商品",
    product_id="product_id",
    catalogue=(("龙井茶", "p1", "Longjing"), ("普洱茶", "p2", "Pu'er"), ("紫砂壶", "p3", "Teapot of clay")),
    address="收货地址",
    channel="渠道",
    channels=("app", "小程序", "门店"),
    gift="gift",
    rating="评分",
    phone_region="CN",
    mobile="139",
    mobile_digits=8,
    country="+86",
    person="name",
    people=("张三", "李雷", "韩梅梅", "欧阳娜娜"),
    titles=("{}先生", "{} 女士", "　{}　"),
    advertising="idfa",
    advertising_kind="idfa",
)
AGENCY = Trade(
    order="Trip Booked",
    aliases=("booking.ok", "Reise gebucht"),
    step="Seat Chosen",
    view="Destination Page Viewed",
    dwell="timeOnPage",
    order_id="bookingRef",
    id_begin="T",
    total="revenue",
    currency="EUR",
    decimal_mark="comma",
    signs=("€ {}", "{} EUR"),
    times=("k", 1_000),
    weight="luggage",
    small_unit=("lb", 0.45359237),
    foreign_unit="miles",
    product="tariff",
    product_id="item_id",
    catalogue=(("Economy Light", "ECL", "Eco-Light"), ("Business", "BUS", "Geschäftsreise")),
    address="destination",
    channel="soldBy",
    channels=("site", "desk"),
    gift="isVoucher",
    rating="satisfaction",
    phone_region="DE",
    mobile="0151",
    mobile_digits=8,
    country="+49",
    person="traveller",
    people=("Anna Schmidt", "Jörg Müller", "Mary O'Brien"),
    titles=("Dr. {}", "MR.  {}", "  {} "),
    advertising="adId",
    advertising_kind="gaid",
)
COURIER = Trade(
    order="shipmentPaid",
    aliases=("paid_shipment", "寄件已付款"),
    step="quoteAccepted",
    view="tracking_page_view",
    dwell="time_on_page",
    order_id="waybill",
    id_begin="HK",
    total="value",
    currency="HKD",
    decimal_mark="point",
    signs=("HK${}", "{}港元"),
    times=("千", 1_000),
    weight="grossWeight",
    small_unit=("oz", 0.028349523125),
    foreign_unit="公升",
    product="service",
    product_id="sku",
    catalogue=(("標準快遞", "STD", "Standard"), ("即日派送", "SDD", "Same Day"), ("冷鏈", "CCL", "Cold Chain")),
    address="deliverTo",
    channel="bookedVia",
    channels=("wechat", "phone", "counter"),
    gift="insured",
    rating="stars",
    phone_region="HK",
    mobile="61",
    mobile_digits=6,
    country="+852",
    person="recipient",
    people=("陳大文", "黃小明", "何美玲"),
    titles=("{}小姐", "Ms {}", " {}　"),
    advertising="deviceAdId",
    advertising_kind="gaid",
)
BANK = Trade(
    order="savings.deposit.made",
    aliases=("DEPOSIT_OK", "存款成功"),
    step="savings.plan.chosen",
    view="account-overview-viewed",
    dwell="view_duration",
    order_id="transactionRef",
    id_begin="TX-",
    total="amount",
    currency="GBP",
    decimal_mark="point",
    signs=("£{}", "{} GBP"),
    times=("k", 1_000),
    weight="goldHeld",
    small_unit=("lbs", 0.45359237),
    foreign_unit="litre",
    product="plan",
    product_id="productId",
    catalogue=(
        ("Saver Plus", "SV+", "saver (plus) account"),
        ("Gold Plan", "GLD", "Bullion"),
        ("ISA", "ISA", "Isa 2026"),
    ),
    address="branchAddress",
    channel="openedIn",
    channels=("branch", "mobile", "web"),
    gift="isJoint",
    rating="nps_stars",
    phone_region="GB",
    mobile="07400",
    mobile_digits=6,
    country="+44",
    person="holder",
    people=("Fiona MacLeod", "Ian Fleming", "Zadie Smith-Jones"),
    titles=("Mrs {}", "Prof. {}", "{}  "),
    advertising="appleAdId",
    advertising_kind="idfa",
)

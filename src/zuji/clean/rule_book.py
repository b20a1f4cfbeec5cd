"""The catalogue of rules: each has a switch and its parameters, and a default that holds with no policy.

A rule is a document of the policy part `rules`, under its name; what a policy does not mention stays as it is here. To
add a rule, write its document below, give it a field in `Rules` and its meaning in `MEANINGS`, and say what it looks at
in the step that judges it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from zuji.clean.networks import Networks
from zuji.terms.document import Document, Name, read_document
from zuji.terms.error import BadQuestion

Action = Literal["off", "flag", "repair", "quarantine", "infer"]
"""`flag`: stored as it came, with the reason. `repair`: changed, the original kept. `quarantine`: set aside, whole.
`infer`: stored as it came, and what it implies beside it, marked."""
Judged = Literal["off", "flag", "quarantine"]
Mended = Literal["off", "flag", "repair", "quarantine"]

Names = Annotated[tuple[Name, ...], Meta(max_length=1_000)]
MOST_STEPS = 8
"""Which one event may imply."""


class Rule(Document, frozen=True, kw_only=True):
    """One rule of the catalogue, which cannot be mended."""

    action: Judged = "flag"


class MendableRule(Document, frozen=True, kw_only=True):
    """One for which there is something to do other than to keep or to set aside."""

    action: Mended = "flag"


class ShortView(Rule, frozen=True, kw_only=True):
    """How long a look has to last."""

    shortest_ms: Annotated[int, Meta(ge=1, le=3_600_000)] = 1_000


class RepeatedClick(Rule, frozen=True, kw_only=True):
    """How soon the next click on the same thing is too soon."""

    within_s: Annotated[int, Meta(ge=1, le=3_600)] = 60


class RobotNetwork(Rule, frozen=True, kw_only=True):
    """The networks of data centres, as CIDR."""

    networks: Annotated[tuple[Name, ...], Meta(max_length=50_000)] = ()


class RobotHoneypot(Rule, frozen=True, kw_only=True):
    """What no person finds: paths of pages, names of events."""

    paths: Names = ()
    events: Names = ()


class Range(Document, frozen=True, kw_only=True):
    """The values a property may have."""

    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is above at_most {self.at_most:g}: no value would pass")


class OutOfRange(MendableRule, frozen=True, kw_only=True):
    """The workspace's own ranges, by property."""

    ranges: Annotated[dict[Name, Range], Meta(max_length=1_000)] = msgspec.field(default_factory=dict)


class RefundBeforeOrder(Rule, frozen=True, kw_only=True):
    """`after_days`: a refund of an order nobody saw is judged once orders have been coming in for so long."""

    refunds: Names = ()
    orders: Names = ()
    after_days: Annotated[int, Meta(ge=0, le=3_650)] = 30


class ExpectedStep(Document, frozen=True, kw_only=True):
    """`step`: what somebody must have done before one of `before`; `alike`: other names under which it may be known.

    `sources` (ids): whose events imply it; none named: all. A till knows no cart.
    """

    step: Name = "Product Added"
    before: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=50)] = ("Order Completed",)
    alike: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    sources: Names = ()
    within_hours: Annotated[int, Meta(ge=1, le=90 * 24)] = 24

    def __post_init__(self) -> None:
        if both := sorted({self.step, *self.alike} & set(self.before)):
            raise ValueError(f"{both[0]} would come before itself: `before` holds what is done after the step")


class MissingStep(Document, frozen=True, kw_only=True):
    """`after_hours`: an event is judged once events of its chain have been coming in for so long."""

    action: Literal["off", "infer"] = "off"
    steps: Annotated[tuple[ExpectedStep, ...], Meta(min_length=1, max_length=MOST_STEPS)] = (ExpectedStep(),)
    after_hours: Annotated[int, Meta(ge=0, le=365 * 24)] = 24

    def __post_init__(self) -> None:
        names = [expected.step for expected in self.steps]
        if len(set(names)) < len(names):
            raise ValueError("two of `steps` have the same `step`: name what comes after it in one, in `before`")


class Outlier(Rule, frozen=True, kw_only=True):
    """`strength`: how many robust standard deviations from the median; `learnt`: values needed before judging."""

    strength: Annotated[float, Meta(ge=3, le=100)] = 6.0
    learnt: Annotated[int, Meta(ge=50, le=1_000_000)] = 200
    leave_out: Names = ()


class Silence(Document, frozen=True, kw_only=True):
    """A source is silent after `times` its usual gap at this hour of the week, and `at_least_s`."""

    action: Literal["off", "flag"] = "flag"
    times: Annotated[float, Meta(ge=1, le=1_000)] = 3.0
    at_least_s: Annotated[int, Meta(ge=60, le=7 * 86_400)] = 120


class Rules(Document, frozen=True, kw_only=True):
    """Every rule there is, under its name."""

    short_view: ShortView = ShortView()
    repeated_click: RepeatedClick = RepeatedClick()
    robot_agent: Rule = Rule()
    robot_speed: Rule = Rule()
    robot_network: RobotNetwork = RobotNetwork()
    robot_honeypot: RobotHoneypot = RobotHoneypot()
    negative_number: MendableRule = MendableRule()
    impossible_age: MendableRule = MendableRule()
    impossible_place: MendableRule = MendableRule()
    swapped_place: MendableRule = MendableRule(action="repair")
    impossible_share: MendableRule = MendableRule()
    impossible_date: MendableRule = MendableRule()
    out_of_range: OutOfRange = OutOfRange()
    unknown_currency: Rule = Rule()
    repeated_order: Rule = Rule()
    refund_before_order: RefundBeforeOrder = RefundBeforeOrder()
    missing_step: MissingStep = MissingStep()
    outlier: Outlier = Outlier()
    silence: Silence = Silence()


class Meaning(NamedTuple):
    """What a rule says, in both languages."""

    en: str
    zh: str


MEANINGS: dict[str, Meaning] = {
    "short_view": Meaning("A view that lasted less than a second is no view.", "停留不足一秒的浏览不算浏览。"),
    "repeated_click": Meaning(
        "The same device clicks the same thing again within a minute.", "同一设备一分钟内重复点击同一对象。"
    ),
    "robot_agent": Meaning("The user agent says that it is a robot.", "User-Agent 自称是机器人。"),
    "robot_speed": Meaning("A device turns pages faster than anybody can read.", "设备翻页的速度快到无人能读。"),
    "robot_network": Meaning(
        "The address lies in a network of data centres that the workspace named.", "地址位于工作区列出的数据中心网段。"
    ),
    "robot_honeypot": Meaning(
        "A page or event that no person can find (the workspace named it) was reached.",
        "触发了工作区设下的、真人不可能找到的页面或事件。",
    ),
    "negative_number": Meaning(
        "A price, a quantity or the total of an order is negative; in refunds it may be.",
        "价格、数量或订单总额为负；退款除外。",
    ),
    "impossible_age": Meaning("An age below 0 or above 120.", "年龄小于 0 或大于 120。"),
    "impossible_place": Meaning(
        "A latitude beyond 90 or a longitude beyond 180 degrees.", "纬度超过 90 度或经度超过 180 度。"
    ),
    "swapped_place": Meaning(
        "Latitude and longitude stand in each other's place; repaired by swapping them.", "经纬度写反；修复时对调。"
    ),
    "impossible_share": Meaning("A percentage below 0 or above 100.", "百分比小于 0 或大于 100。"),
    "impossible_date": Meaning(
        "A day of birth in the future or before 1900, or one that no calendar has.",
        "出生日期在未来、早于 1900 年，或日历上不存在。",
    ),
    "out_of_range": Meaning(
        "A property outside the range that the workspace gave it.", "属性值超出工作区为其规定的范围。"
    ),
    "unknown_currency": Meaning("The currency is no code of ISO 4217.", "币种不是 ISO 4217 代码。"),
    "repeated_order": Meaning(
        "The same order came in a second time, as another message.", "同一订单以另一条消息再次到来。"
    ),
    "refund_before_order": Meaning(
        "A refund dated before its order, or of an order that never came in.", "退款早于其订单，或订单从未到来。"
    ),
    "missing_step": Meaning(
        "An order that nobody put into a cart: the step that is missing is added, and marked as inferred.",
        "订单之前没有加购步骤：补上缺失的步骤，并标记为推断。",
    ),
    "outlier": Meaning(
        "A number far from what is usual for the property, by median and median deviation.",
        "数值远离该属性的常态（按中位数与绝对中位差判断）。",
    ),
    "silence": Meaning(
        "A source has been silent for much longer than it usually is at this hour of the week; an alarm.",
        "来源沉默的时间远超它在每周这一时段的常态；会告警。",
    ),
}


@dataclass(frozen=True)
class RuleBook:
    """The rules of a workspace, ready to judge by."""

    rules: Rules
    networks: Networks
    paths: frozenset[str]
    events: frozenset[str]

    def action_of(self, rule: str) -> Action:
        """What is to be done when the rule of this name applies."""
        action: Action = getattr(self.rules, rule).action
        return action


def read_rules(document: Mapping[str, Any]) -> RuleBook:
    """The rule book of a policy's document. Raises BadQuestion naming the rule and what is wrong with it.

    >>> read_rules({"short_view": {"action": "quarantine"}}).action_of("short_view")
    'quarantine'
    """
    rules = read_document(Rules, document)
    try:
        networks = Networks.of(rules.robot_network.networks)
    except ValueError as error:
        raise BadQuestion(f"robot_network.networks: {error}.") from error
    honeypot = rules.robot_honeypot
    return RuleBook(rules, networks, frozenset(honeypot.paths), frozenset(honeypot.events))


def actions_of(rule: str) -> tuple[str, ...]:
    """What a rule may be switched to."""
    kind = next(field.type for field in msgspec.structs.fields(Rules) if field.name == rule)
    action = next(field.type for field in msgspec.structs.fields(kind) if field.name == "action")
    return tuple(action.__args__)


USUAL_RULES = read_rules({})
"""What holds while a workspace has decided nothing."""

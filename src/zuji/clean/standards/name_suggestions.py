"""Which event names may mean one behaviour: suggested to a person, who decides by writing the policy `names`.

Names are compared by their words: `productViewed`, `product_viewed` and `View Product` have the same two. Behaviours of
shops have names everywhere, so those are known by heart. Everything else is compared by how many words, or characters,
two names share.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import combinations
from typing import Literal

import msgspec

from zuji.clean.standards.event_names import Names

Why = Literal["same words", "standard name", "similar"]
MOST_NAMES = 1_000
ALIKE = 0.84
"""Chosen so that a letter more or less in ten is alike and another word is not. A person decides anyhow."""
_SHORTEST_COMPARED = 4

STANDARD_NAMES: dict[str, tuple[str, ...]] = {
    "Page Viewed": ("page view", "pageview", "$pageview", "view page", "浏览页面", "页面浏览"),
    "Product List Viewed": ("view item list", "product list view", "category view", "view category", "浏览列表"),
    "Product Clicked": ("select item", "click product", "product click", "item click", "点击商品"),
    "Product Viewed": (
        "view item", "view product", "product view", "view content", "content view", "item view", "view goods",
        "product detail view", "商品浏览", "浏览商品", "查看商品",
    ),
    "Products Searched": ("search", "product search", "search product", "view search results", "搜索", "搜索商品"),
    "Product Added": (
        "add to cart", "cart add", "add cart", "product add", "item added to cart", "added to cart",
        "加购", "加入购物车",
    ),
    "Product Removed": ("remove from cart", "cart remove", "remove cart", "移出购物车", "删除购物车"),
    "Cart Viewed": ("view cart", "cart view", "查看购物车"),
    "Checkout Started": ("begin checkout", "initiate checkout", "start checkout", "checkout", "结算", "去结算"),
    "Payment Info Entered": ("add payment info", "enter payment info", "填写支付信息"),
    "Order Completed": (
        "purchase", "order complete", "complete order", "order paid", "pay order", "payment success",
        "checkout complete", "transaction", "下单", "支付订单", "支付成功", "完成订单",
    ),
    "Order Refunded": ("refund", "order refund", "refund order", "退款", "订单退款"),
    "Order Cancelled": ("order canceled", "cancel order", "order cancel", "取消订单"),
    "Product Added to Wishlist": ("add to wishlist", "wishlist add", "favorite", "favourite", "收藏", "收藏商品"),
    "Product Shared": ("share", "share product", "分享", "分享商品"),
    "Coupon Applied": ("apply coupon", "use coupon", "coupon use", "使用优惠券"),
    "Signed Up": ("sign up", "signup", "register", "registration", "complete registration", "$sign up", "注册"),
    "Signed In": ("login", "log in", "sign in", "logged in", "$log in", "登录"),
    "Signed Out": ("logout", "log out", "sign out", "logged out", "退出登录"),
}  # fmt: skip

_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z\d]+|[\u3400-\u9fff]+")
_ENDINGS = re.compile(r"(?:ing|ed|es|s|e)$")
_OPPOSITES = (
    {"add", "remov", "delet"}, {"start", "complet", "end", "fail", "finish", "begin"}, {"open", "clos"}, {"in", "out"},
    {"show", "hid", "view", "click"}, {"success", "fail"}, {"sign", "log"}, {"enabl", "disabl"}, {"like", "dislik"},
)  # fmt: skip
"""Stems that make two behaviours out of names that are alike otherwise."""


class Suggestion(msgspec.Struct, frozen=True):
    """Names that may be one: `name` as the one to keep, how alike they are at least (0 to 1), and why."""

    name: str
    aliases: tuple[str, ...]
    likeness: float
    why: Why


def suggestions(counts: Mapping[str, int], decided: Names) -> list[Suggestion]:
    """Groups of names that may mean one behaviour, the surest first, then the most frequent. What somebody decided on
    already is not suggested again.
    """
    settled = {alias for _, alias in decided.of_source}
    names = [name for name in counts if name not in settled][:MOST_NAMES]
    groups = _by_meaning(names)
    taken = {name for group in groups.values() if len(group) > 1 for name in group}
    found = [_suggestion(meaning, group, counts) for meaning, group in groups.items() if len(group) > 1]
    found += _similar([name for name in names if name not in taken], counts)
    return sorted(
        found, key=lambda each: (-each.likeness, -sum(counts.get(name, 0) for name in each.aliases), each.name)
    )


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, without their endings, in alphabetical order.

    >>> words_of("ProductViewed") == words_of("view_products") == words_of("View Product")
    True
    """
    spaced = _CAMEL.sub(" ", unicodedata.normalize("NFKC", name))
    return tuple(sorted({_ENDINGS.sub("", word) or word for word in _WORD.findall(spaced.lower())}))


_STANDARD_BY_WORDS = {
    words_of(spelling): name for name, others in STANDARD_NAMES.items() for spelling in (name, *others)
}


def _by_meaning(names: Iterable[str]) -> dict[str | tuple[str, ...], list[str]]:
    """Names by the standard name they mean, else by their words."""
    groups: dict[str | tuple[str, ...], list[str]] = defaultdict(list)
    for name in names:
        words = words_of(name)
        if words:
            groups[_STANDARD_BY_WORDS.get(words, words)].append(name)
    return groups


def _suggestion(meaning: str | tuple[str, ...], group: list[str], counts: Mapping[str, int]) -> Suggestion:
    """The standard name is kept if somebody uses it, else the most frequent one."""
    kept = meaning if isinstance(meaning, str) and meaning in group else max(group, key=lambda name: counts[name])
    aliases = tuple(sorted((name for name in group if name != kept), key=lambda name: -counts[name]))
    same = len({words_of(name) for name in group}) == 1
    return Suggestion(kept, aliases, 1.0 if same else 0.95, "same words" if same else "standard name")


def _similar(names: list[str], counts: Mapping[str, int]) -> Iterator[Suggestion]:
    """Pairs that are much alike; of those that share a word or a beginning only, for all pairs would be a million."""
    buckets: dict[str, list[str]] = defaultdict(list)
    for name in names:
        words = words_of(name)
        for mark in {*words, *(word[:3] for word in words)}:
            buckets[mark].append(name)
    pairs = {pair for bucket in buckets.values() if len(bucket) <= MOST_NAMES // 10 for pair in combinations(bucket, 2)}
    for one, other in sorted(pairs):
        likeness = _likeness(words_of(one), words_of(other))
        if likeness >= ALIKE:
            kept, alias = (one, other) if counts[one] >= counts[other] else (other, one)
            yield Suggestion(kept, (alias,), round(likeness, 2), "similar")


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    differ = set(one) ^ set(other)
    if any(len(differ & opposites) > 1 for opposites in _OPPOSITES) or any(word.isdecimal() for word in differ):
        return 0.0
    first, second = "".join(one), "".join(other)
    if min(len(first), len(second)) < _SHORTEST_COMPARED:
        return 0.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()

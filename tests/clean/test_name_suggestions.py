"""Which names are suggested to be one behaviour, and which never."""

from __future__ import annotations

import pytest

from zuji.clean.standards.event_names import NO_NAMES, read_names
from zuji.clean.standards.name_suggestions import Suggestion, suggestions, words_of


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("video_start", "VideoStarted", "Start Video"), "same words"),
        (("Product Viewed", "view_item", "ViewContent", "商品浏览"), "standard name"),
        (("newsletter_subscription", "Newsletter Subscribed"), "similar"),
        (("Tea Poured", "Tea Pored"), "similar"),
    ],
)
def test_names_of_one_behaviour_are_suggested_together(names: tuple[str, ...], why: str) -> None:
    [found] = suggestions(dict.fromkeys(names, 1), NO_NAMES)
    assert ({found.name, *found.aliases}, found.why) == (set(names), why)


@pytest.mark.parametrize(
    "names",
    [
        ("Product Added", "Product Removed"),
        ("Step 1", "Step 2"),
        ("Video Started", "Video Completed"),
        ("Panel Opened", "Panel Closed"),
        ("Tea Poured", "Coffee Bought"),
        ("a", "b"),
        ("", "…"),
    ],
)
def test_opposites_numbers_and_strangers_are_not(names: tuple[str, str]) -> None:
    assert suggestions(dict.fromkeys(names, 1), NO_NAMES) == []


def test_the_standard_name_is_kept_where_somebody_uses_it_else_the_most_frequent() -> None:
    with_it = suggestions({"view_item": 9, "Product Viewed": 1, "item_view": 2}, NO_NAMES)
    without = suggestions({"view_item": 9, "item_view": 2, "ViewContent": 5}, NO_NAMES)
    assert with_it == [Suggestion("Product Viewed", ("view_item", "item_view"), 0.95, "standard name")]
    assert without == [Suggestion("view_item", ("ViewContent", "item_view"), 0.95, "standard name")]


def test_what_was_decided_is_not_suggested_again() -> None:
    decided = read_names({"events": [{"name": "Product Viewed", "aliases": ["view_item"]}]})
    assert suggestions({"view_item": 9, "Product Viewed": 1}, decided) == []


def test_names_are_compared_by_their_words() -> None:
    assert words_of("ADDToCart") == words_of("add_to-cart") == words_of("Add to Carts")

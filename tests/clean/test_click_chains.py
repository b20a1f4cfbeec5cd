"""Clicks of other clients get their chain of elements in the one form that visual events look at."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from clean_builders import a_message, clean_one, raw

from zuji.clean.click_chains import chain_of
from zuji.terms.selector import is_on, read_selector

POSTHOG = (
    'button.btn.btn-primary:attr__class="btn btn-primary"attr__id="buy"attr_id="buy"nth-child="2"nth-of-type="1"'
    'text="Buy; \\"now\\"";div.card.hover:w-1:attr__data-sku="A1"nth-child="2";body:'
)


def test_the_text_of_a_posthog_chain_is_read_with_its_quotes_semicolons_and_colons() -> None:
    assert chain_of({"$elements_chain": POSTHOG}) == [
        {
            "tag_name": "button",
            "classes": ["btn", "btn-primary"],
            "attr__class": "btn btn-primary",
            "attr__id": "buy",
            "nth_child": 2,
            "nth_of_type": 1,
            "$el_text": 'Buy; "now"',
        },
        {"tag_name": "div", "classes": ["card", "hover:w-1"], "attr__data-sku": "A1", "nth_child": 2},
        {"tag_name": "body"},
    ]


def test_of_sensors_the_longer_of_selector_and_path_is_the_chain_and_the_target_has_all_that_is_told_of_it() -> None:
    properties = {
        "$element_selector": "#list > li:nth-of-type(2) > a:nth-of-type(1)",
        "$element_path": "li > a.more",
        "$element_type": "a",
        "$element_class_name": "more  blue",
        "$element_target_url": "/p/1",
    }
    assert chain_of(properties) == [
        {"tag_name": "a", "nth_of_type": 1, "href": "/p/1", "classes": ["more", "blue"]},
        {"tag_name": "li", "nth_of_type": 2},
        {"attr__id": "list"},
    ]


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"$elements_chain": ""},
        {"$elements_chain": 5},
        {"$element_path": None},
        {"$element_path": "a:hover > >"},
        {"$element_id": "buy"},
    ],
)
def test_who_tells_no_chain_has_none(properties: dict[str, Any]) -> None:
    assert chain_of(properties) == []


@pytest.mark.parametrize(
    "text", ['"', 'a:x="', "a" * 100_000, ";" * 100_000, 'a:x="\\', 'a:x="1"' * 20_000, ":" * 70_000]
)
def test_a_text_that_is_no_chain_ends_where_it_stops_being_one(text: str) -> None:
    assert len(chain_of({"$elements_chain": text})) <= 50


@pytest.mark.parametrize(
    "properties",
    [
        {"$elements_chain": POSTHOG},
        {"$element_path": "div.card > button#buy", "$element_selector": "#buy"},
        {"$elements": [{"tag_name": "button", "attr__id": "buy"}], "$elements_chain": "a:"},
    ],
)
def test_cleaning_stores_the_chain_beside_what_was_sent(properties: dict[str, Any]) -> None:
    row = clean_one(a_message(event="$autocapture", properties=raw(properties)))
    stored = msgspec.json.decode(row["properties"])
    assert {name: stored[name] for name in properties} == properties
    assert is_on(read_selector("button#buy"), msgspec.json.encode(stored["$elements"]).decode())


def test_what_is_no_click_is_left_as_it_is() -> None:
    row = clean_one(a_message(type="page", event="", properties=raw({"$element_path": "a"})))
    assert "$elements" not in msgspec.json.decode(row["properties"])

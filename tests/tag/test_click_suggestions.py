"""Selectors suggested for clicks: each finds its click, the surest come first, nothing that was made up stays."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from zuji.tag.click_suggestions import Clicked, candidates, ranked_selectors, suggestions
from zuji.terms.selector import is_on, read_selector

VALUES = ["buy", "买", 'a "b" \\c', "1st", "x\ny", "", "a]b", "main nav", "-", "0"]


def random_element(rng: Random) -> dict[str, Any]:
    element: dict[str, Any] = {"tag_name": rng.choice(["a", "button", "div", "span", "x-card"])}
    for key in ("attr__id", "attr__data-track", "attr__data-x", "attr__aria-label", "attr__role"):
        if rng.random() < 0.3:
            element[key] = rng.choice(VALUES)
    if rng.random() < 0.5:
        element["classes"] = [rng.choice(["btn", "w-1/2", "大", "2xl", "hover"]) for _ in range(rng.randrange(4))]
    if rng.random() < 0.8:
        element["nth_of_type"] = rng.randrange(1, 5)
    return element


@pytest.mark.parametrize("seed", range(200))
def test_every_selector_that_is_suggested_finds_the_click_it_was_made_from(seed: int) -> None:
    rng = Random(seed)
    chain = [random_element(rng) for _ in range(rng.randrange(1, 7))] + [{"tag_name": "body"}]
    ranked = ranked_selectors(chain)
    assert ranked
    missed = [text for text, _ in ranked if not is_on(read_selector(text), json.dumps(chain))]
    assert not missed, chain


def test_the_surest_comes_first_and_what_a_framework_made_up_is_left_out() -> None:
    element = {
        "tag_name": "button",
        "attr__data-sku": "A1",
        "attr__data-testid": "buy-123",
        "attr__id": "radix-:r1:",
        "attr__aria-label": "Buy",
        "classes": ["css-1x2y3z", "btn", "sc-bdVaJa"],
        "nth_of_type": 2,
    }
    around = {"tag_name": "form", "attr__id": "checkout", "nth_of_type": 1}
    assert ranked_selectors([{"tag_name": "i"}, element, around, {"tag_name": "body"}]) == [
        ('[data-testid="buy-123"]', "data"),
        ('[data-sku="A1"]', "data"),
        ('button[aria-label="Buy"]', "label"),
        ("button.btn", "class"),
        ("#checkout > button:nth-of-type(2)", "place"),
    ]


def test_a_selector_tells_how_many_clicks_and_elements_it_would_count() -> None:
    first = json.dumps([{"tag_name": "a", "classes": ["more"], "attr__id": "one"}])
    second = json.dumps([{"tag_name": "a", "classes": ["more"], "attr__id": "two"}])
    clicked = [Clicked(first, "More", 5), Clicked(second, "More", 2), Clicked("[]", "", 9)]
    counted = [(one.selector, one.clicks, one.elements) for one in candidates(first, clicked)]
    assert counted == [("#one", 5, 1), ("a.more", 7, 2), ("a", 7, 2)]
    assert [(one.tag, one.text, one.clicks) for one in suggestions(clicked, most=9)] == [
        ("a", "More", 5),
        ("a", "More", 2),
    ]
    assert len(suggestions(clicked, most=1)) == 1

"""A person's tags as a reader likes them: each value once, lists joined, numbers rounded."""

from __future__ import annotations

from typing import Any

import pytest
from console_world import LANGUAGES, Office, signed_in, until

pytestmark = pytest.mark.browser
SHOWN = {
    "en": {"likes": "likes 龙井, 毛尖", "pays": "pays 10.83 a cup", "plain": "Usual size", "and": "4.22"},
    "zh": {"likes": "喜欢龙井、毛尖", "pays": "每杯10.83", "plain": "常用规格", "and": "4.22"},
}


def publish(office: Office, event: str, suffix: str) -> list[str]:
    """A list, an average, and a figure whose tag says nothing but its name; the keys."""
    rules = {
        "likes": ({"measure": "top", "property": "tea", "limit": 3}, {"en": "likes {value}", "zh": "喜欢{value}"}),
        "pays": ({"measure": "average", "property": "price"}, {"en": "pays {value} a cup", "zh": "每杯{value}"}),
        "size": ({"measure": "average", "property": "size"}, None),
    }
    with office.api() as api:
        for name, (measure, label) in rules.items():
            document = {
                "key": f"{name}_{suffix}",
                "name": {"en": "Usual size", "zh": "常用规格"},
                "family": "behaviour_preference",
                "rule": {"value": {"event": event, **measure}},
            } | ({"label": label} if label else {})
            api.post("/tags", json=document).raise_for_status()
            api.post(f"/tags/{name}_{suffix}/publish").raise_for_status()
    return [f"{name}_{suffix}" for name in rules]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_persons_tags_tell_each_value_once_with_lists_joined_and_numbers_rounded(
    browser: Any, office: Office, language: str
) -> None:
    event, user, said = f"Tea Tasted {language}", f"taster-{language}", SHOWN[language]
    keys = publish(office, event, f"tasted_{language}")
    for tea, price, size in (("龙井", 10, 2), ("龙井", 11, 4), ("毛尖", 11.5, 20 / 3)):
        office.track(event, user, tea=tea, price=price, size=size)

    def held() -> bool:
        with office.api(fresh="true") as api:
            found = api.get(f"/profiles/user_id:{user}")
        return found.is_success and {*keys} <= {*found.json()["tags"]}

    until(held)
    with signed_in(browser, office, f"/people/user_id:{user}", language=language) as page:
        rows = page.locator(".holdings").first.locator("li")
        for told, pills in ((said["likes"], []), (said["pays"], []), (said["plain"], [said["and"]])):
            row = rows.filter(has=page.get_by_text(told, exact=True))
            row.wait_for()
            assert row.locator(".pill").all_inner_texts() == pills

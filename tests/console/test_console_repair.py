"""Events that failed alike are mended together in the console: steps, a rehearsal, the repair."""

from __future__ import annotations

from typing import Any

import pytest
from console_world import LANGUAGES, Office, signed_in, until

pytestmark = pytest.mark.browser
SAID = {
    "en": {"mend": "Repair all", "add": "Add a step", "kind": "Kind of step 1", "convert": "convert"}
    | {"field": "Field of step 1", "to": "Target of step 1", "number": "number", "rehearse": "Rehearse"}
    | {"passes": "3 of the 3 oldest would pass", "repair": "Repair", "done": "3 of 3 are stored now."},
    "zh": {"mend": "批量修复", "add": "添加步骤", "kind": "步骤 1 的操作", "convert": "转换类型"}
    | {"field": "步骤 1 的字段", "to": "步骤 1 的目标", "number": "数值", "rehearse": "试运行"}
    | {"passes": "最早的 3 条中有 3 条可通过", "repair": "执行修复", "done": "3 条中已有 3 条入库。"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_is_rehearsed_and_repaired_as_a_whole(browser: Any, office: Office, language: str) -> None:
    said, event, price = SAID[language], f"Repair Sold {language}", f"repair_price_{language}"
    planned = {"mode": "enforce", "properties": {price: {"type": "number"}}}
    with office.api() as api:
        api.post("/plan/import", json={"events": {event: planned}}).raise_for_status()
    for _ in range(3):
        office.track(event, f"repair-{language}", **{price: "19.5"})
    office.wait_stored()
    with signed_in(browser, office, "/data/quarantine", language=language) as page:
        group = page.get_by_role("row").filter(has=page.get_by_role("button", name=said["mend"], exact=True))
        group.filter(has_text=price).get_by_role("button", name=said["mend"], exact=True).click()
        drawer = page.get_by_role("dialog")
        drawer.get_by_role("button", name=said["add"]).click()
        choose(page, said["kind"], said["convert"])
        drawer.get_by_role("combobox", name=said["field"], exact=True).fill(f"properties.{price}")
        page.keyboard.press("Escape")
        choose(page, said["to"], said["number"])
        drawer.get_by_role("button", name=said["rehearse"], exact=True).click()
        drawer.get_by_text(said["passes"]).wait_for()
        drawer.get_by_role("button", name=said["repair"], exact=True).click()
        page.get_by_role("tooltip").get_by_role("button", name=said["repair"], exact=True).click()
        page.get_by_text(said["done"]).first.wait_for()
    until(lambda: stored_prices(office, event, price) == [19.5, 19.5, 19.5])


def choose(page: Any, name: str, option: str) -> None:
    """Choose from the list that opens; again where the list was still moving."""
    from playwright.sync_api import Error

    box = page.get_by_role("combobox", name=name, exact=True)
    options = page.locator(".ant-select-dropdown:visible .ant-select-item-option").get_by_text(option, exact=True)
    shown = page.get_by_role("dialog").locator(".ant-select", has=box).get_by_text(option, exact=True)

    def chosen() -> bool:
        if shown.count():
            return True
        try:
            if not options.count():
                box.click(timeout=5_000)
            options.last.click(timeout=5_000)
        except Error:
            return False
        return bool(shown.count())

    until(chosen)


def stored_prices(office: Office, event: str, price: str) -> list[Any]:
    """What is stored of the property."""
    with office.api(fresh="true") as api:
        found = api.get("/events", params={"event": event, "limit": 20}).raise_for_status().json()["events"]
    return [one["properties"].get(price) for one in found]

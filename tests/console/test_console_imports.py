"""A CSV comes in by the console alone: chosen, its columns named, checked, imported, its quality shown, taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from console_world import LANGUAGES, Office, signed_in, until

pytestmark = pytest.mark.browser
SAID = {
    "en": {"upload": "Import a file", "unreadable": "Nothing can be made of torn.csv", "meaning": "Meaning of {}"}
    | {"event": "Name of the event", "formats": "Time formats", "into": "Into the source", "check": "Check the rows"}
    | {"before": "Quality before", "after": "Quality after", "future": "Dated in the future", "row": "Row 4"}
    | {
        "unread": "A time that no format reads",
        "start": "Import",
        "finished": "3 rows came in",
        "close": "Back to the list",
    }
    | {"undo": "Take back", "undone": "Taken back", "report": "Before and after", "events": "See the events"}
    | {"time": "When it happened", "skip": "Leave out"},
    "zh": {"upload": "导入文件", "unreadable": "无法识别 torn.csv", "meaning": "{} 的含义"}
    | {"event": "事件名", "formats": "时间格式", "into": "导入到数据源", "check": "检查数据"}
    | {"before": "导入前质量", "after": "导入后质量", "future": "时间在未来", "row": "第 4 行"}
    | {"unread": "时间格式无法识别", "start": "开始导入", "finished": "已导入 3 行", "close": "返回列表"}
    | {"undo": r"撤\s?回", "undone": "已撤回", "report": "导入前后对比", "events": "查看事件"}
    | {"time": "发生时间", "skip": "忽略"},
}
ROWS = (
    "会员号;when;what;total;note\n"
    "{0}1;01.03.2026 10:00;Till {0};10,50;a\n{0}2;02.03.2026 11:00;Till {0};20,00;b\n"
    "{0}3;soon;Till {0};1,00;c\n{0}4;03.03.2099 10:00;Till {0};7,00;d\n"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_csv_comes_in_and_its_quality_is_shown_before_and_after(
    browser: Any, office: Office, tmp_path: Path, language: str
) -> None:
    said, source = SAID[language], f"wizard till {language}"
    torn, rows = tmp_path / "torn.csv", tmp_path / "till.csv"
    torn.write_bytes(b"PK\x03\x04 no archive")
    rows.write_text(ROWS.format(language), encoding="utf-8")
    with signed_in(browser, office, "/data/imports", language=language) as page:
        page.get_by_role("button", name=said["upload"]).first.click()
        page.locator("input[type=file]").set_input_files(torn)
        page.get_by_text(said["unreadable"]).wait_for()
        page.locator("input[type=file]").set_input_files(rows)
        means(page, said["meaning"].format("会员号"), "member_card", language)
        means(page, said["meaning"].format("what"), said["event"], language)
        means(page, said["meaning"].format("note"), said["skip"], language)
        means(page, said["meaning"].format("when"), said["time"], language)
        page.get_by_label(said["formats"]).fill("%d.%m.%Y %H:%M")
        page.get_by_label(said["into"]).fill(source)
        page.get_by_role("button", name=said["check"], exact=True).click()
        before = float(page.get_by_role("region", name=said["before"]).locator(".quality-number b").inner_text())
        page.get_by_text(said["future"]).wait_for()
        page.locator(".import-facts", has_text=said["row"]).get_by_text(f"{language}4").wait_for()
        page.locator(".import-rejects").get_by_text(said["unread"]).wait_for()
        page.get_by_role("button", name=said["start"], exact=True).click()
        page.get_by_text(said["finished"]).first.wait_for()
        after = float(page.get_by_role("region", name=said["after"]).locator(".quality-number b").inner_text())
        assert page.get_by_role("link", name=said["events"]).get_attribute("href").startswith("#/ask?")
        page.get_by_role("button", name=said["close"], exact=True).click()
        line = page.get_by_role("row").filter(has_text=source)
        line.get_by_role("button", name=said["report"]).click()
        page.get_by_role("region", name=said["after"]).wait_for()
        assert stored(office, f"Till {language}") == [10.5, 20]
        line.get_by_role("button", name=re.compile(said["undo"])).click()
        page.get_by_role("tooltip").get_by_role("button", name=re.compile(said["undo"])).click()
        line.get_by_text(said["undone"]).wait_for()
    assert 0 < before < 100
    assert after == before
    until(lambda: stored(office, f"Till {language}") == [])


def means(page: Any, name: str, option: str, language: str) -> None:
    """Choose what a column means, by the words of the page; again where the list was still moving."""
    from playwright.sync_api import Error

    wanted = {"en": "Who: member card", "zh": "谁：会员卡"}[language] if option == "member_card" else option
    box = page.get_by_role("combobox", name=name, exact=True)
    row = page.get_by_role("row").filter(has=box)
    options = page.locator(".ant-select-dropdown:visible .ant-select-item-option").get_by_text(wanted, exact=True)

    def chosen() -> bool:
        if row.get_by_text(wanted, exact=True).count():
            return True
        try:
            box.click(timeout=5_000)
            options.last.click(timeout=5_000)
        except Error:
            page.keyboard.press("Escape")
        return False

    until(chosen)
    page.keyboard.press("Escape")


def stored(office: Office, event: str) -> list[Any]:
    """The totals that are stored under the name of an event."""
    with office.api(fresh="true") as api:
        found = api.get("/events", params={"event": event, "limit": 20}).raise_for_status().json()["events"]
    return sorted(one["properties"]["total"] for one in found)

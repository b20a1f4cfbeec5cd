"""The guide to the browser SDK names every call, option, kind of capture and event there is. In both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SOURCE = CHECKOUT / "sdk" / "browser" / "src"


def page(language: str) -> str:
    return (CHECKOUT / "docs" / "guide" / language / "browser.md").read_text(encoding="utf-8")


def members(file: str, interface: str) -> set[str]:
    """The names that a TypeScript interface declares."""
    [body] = re.findall(rf"^export interface {interface} \{{\n(.*?)^\}}", (SOURCE / file).read_text(), re.M | re.S)
    return set(re.findall(r"^  (\w+)[?(:]", body, re.M))


def first_cells(text: str, section: int) -> set[str]:
    """What stands in the first column of a table, without its arguments."""
    return set(re.findall(r"^\| `(\w+)[^`]*` \|", text.split("\n## ")[section], re.M))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_call_option_and_kind_of_capture_has_a_row(language: str) -> None:
    text = page(language)
    assert first_cells(text, 2) == members("client.ts", "Client")
    assert first_cells(text, 3) == members("options.ts", "Options")
    assert first_cells(text, 4) - {"automatic"} == members("options.ts", "Automatic")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_event_and_property_that_is_noticed_is_named(language: str) -> None:
    text = page(language)
    told = {
        name for file in SOURCE.rglob("*.ts") for name in re.findall(r"\$[a-z]+(?:_[a-z]+)*\b(?!\{)", file.read_text())
    }
    assert {name for name in told if name not in text} == set()


def test_both_languages_have_the_same_headings_rows_and_code() -> None:
    shapes = [
        (
            text.count("\n## "),
            text.count("\n| "),
            text.count("\n- "),
            re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S),
        )
        for text in map(page, ("en", "zh"))
    ]
    assert shapes[0] == shapes[1]

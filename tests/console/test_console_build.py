"""The console as it is built: small at first, right by the API's own description, complete in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from console_world import WEB, build_module, development_tools, manifest

FIRST_LOAD_BYTES = 400 * 1024
FIRST_PAGES = ("src/pages/door/index.tsx", "src/pages/home/index.tsx")
PAIR = re.compile(r'\ben:\s*("(?:[^"\\]|\\.)*"),\s*zh:\s*("(?:[^"\\]|\\.)*")')
ENGLISH, CHINESE = re.compile(r'\ben:\s*["`]'), re.compile(r'\bzh:\s*["`]')
HAN = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"English", "{n}", "zh-CN"}
"""The name of the other language, what is a number alone, and the name of a locale."""
NO_NAME_YET = ('""', '""')
"""Of a definition that somebody is about to write."""


def loaded_with(told: dict[str, Any], *names: str) -> set[str]:
    """The files that a browser loads for these entries: their own, and what those import at once."""
    files: set[str] = set()
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        files.add(told[name]["file"])
        waiting += told[name].get("imports", [])
    return files


def test_the_first_load_is_small_and_charts_are_no_part_of_it(built: Path) -> None:
    told = manifest(built)
    files = loaded_with(told, "index.html", *FIRST_PAGES)
    scripts = [built / f"{file}.gz" for file in files if file.endswith(".js")]
    assert 50 * 1024 < sum(script.stat().st_size for script in scripts) <= FIRST_LOAD_BYTES
    charts = told["src/parts/echarts.ts"]
    assert charts["isDynamicEntry"]
    assert charts["file"] not in files


def test_every_address_in_the_page_is_relative_so_that_any_base_path_works(built: Path) -> None:
    addresses = re.findall(r'(?:src|href)="([^"]+)"', (built / "index.html").read_text(encoding="utf-8"))
    assert len(addresses) >= 3
    assert all(address.startswith("./") for address in addresses)


def test_what_the_page_asks_is_what_the_api_describes(built: Path) -> None:
    development_tools()
    build = build_module()
    subprocess.run([sys.executable, str(WEB / "openapi.py")], check=True, capture_output=True, timeout=120)
    build.run(build.node_folder(), "npm", "run", "--silent", "types")
    try:
        build.run(build.node_folder(), "npm", "run", "--silent", "check")
    except subprocess.CalledProcessError as failure:
        pytest.fail(failure.stdout[-3000:])


def test_every_word_is_there_in_english_and_in_chinese() -> None:
    pairs = 0
    for file in sorted((WEB / "src").rglob("*.ts*")):
        if file.name == "schema.d.ts":
            continue
        text = file.read_text(encoding="utf-8")
        found = PAIR.findall(text)
        pairs += len(found)
        assert len(ENGLISH.findall(text)) == len(found) == len(CHINESE.findall(text)), file
        for english, chinese in found:
            if (english, chinese) == NO_NAME_YET:
                continue
            assert english.strip('" '), f"{file}: {chinese} has no English"
            assert HAN.search(chinese) or chinese.strip('"') in SAME_IN_BOTH or english == chinese, f"{file}: {english}"
    assert pairs > 300

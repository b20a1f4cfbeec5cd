"""What the server says about answers and refusals is said in Chinese on a Chinese page, word for word what it means."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from console_world import WEB, Office, signed_in

pytestmark = pytest.mark.browser
SENTENCE = re.compile(r"\b[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+\b")
QUESTION = '{"series":[{"event":"Sentences Seen"}],"robots":"leave_out","purposes":"analytics","date_from":"-6d"}'


def test_the_notes_of_an_answer_are_chinese_on_a_chinese_page(browser: Any, office: Office) -> None:
    office.track("Sentences Seen", "sentences-1")
    office.wait_stored()
    with signed_in(browser, office, f"/ask?kind=trend&q={quote(QUESTION)}", language="zh") as page:
        page.wait_for_selector("[data-answered=trend]")
        page.locator(".explained summary").click()
        notes = page.locator(".explained .notes")
        notes.get_by_text("不含机器人流量。").wait_for()
        notes.get_by_text("不含未授权用于分析的事件。").wait_for()
        assert not SENTENCE.search(notes.inner_text()), notes.inner_text()


SAYING: tuple[dict[str, Any], ...] = (
    {"robots": "leave_out", "purposes": "analytics", "inferred": "leave_out"},
    {"inferred": "include", "where": {"property": "city", "op": "regex", "value": "(["}},
    {"where": {"scope": "profile", "property": "city", "op": "equals", "value": "Chengdu"}},
)
"""Questions that make the engine say something of each kind."""


def test_every_note_of_an_answer_has_its_chinese(office: Office) -> None:
    told: set[str] = set()
    with office.api(fresh="true") as api:
        for more in SAYING * 2:  # the second time it was answered before
            question = {"series": [{"event": "Sentences Seen"}], **more}
            answer = api.post("/questions/run", json={"kind": "trend", "question": question})
            told |= set(answer.raise_for_status().json()["notes"])
    assert len(told) >= 6
    assert [note for note in told if not any(pattern.fullmatch(note) for pattern in known())] == []


def known() -> list[re.Pattern[str]]:
    """The English sides of the pairs in the words of the console."""
    text = (WEB / "src" / "words" / "sentences.ts").read_text(encoding="utf-8")
    pairs = re.findall(r'^  \["(.+?)", "(.+?)"\],$', text, re.MULTILINE)
    assert len(pairs) > 10
    return [re.compile(".+".join(re.escape(part) for part in re.split(r"\{\w+\}", english))) for english, _ in pairs]

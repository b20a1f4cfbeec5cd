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


REFUSED: tuple[dict[str, Any], ...] = (
    {"series": [{"event": "a"}], "interval": "fortnight"},
    {"series": [{"event": "a", "maths": "total"}]},
    {"series": [{"event": "a"}], "windows": 7},
    {"series": 7},
    {"series": [{"event": "a"}], "breakdown": {"property": "p", "limit": 0}},
    {"series": [{"event": "a"}], "breakdown": {"limit": 3}},
)
"""Questions that no trend is: a choice, two fields and a number that are not allowed, a wrong type, a missing field."""


def test_every_refusal_of_a_document_has_its_chinese_with_what_is_allowed(office: Office) -> None:
    with office.api() as api:
        answers = [api.post("/questions/run", json={"kind": "trend", "question": one}) for one in REFUSED]
    told = [answer.json()["message"] for answer in answers]
    assert [answer.status_code for answer in answers] == [422] * len(REFUSED)
    assert sum("Allowed: " in said or "There are: " in said for said in told) >= 3
    assert [said for said in told if not any(pattern.fullmatch(said) for pattern in known())] == []


RAISED = (
    ("questions.py", "questions of yours are waiting for the event store already. Try again in a moment."),
    ("questions.py", "questions are waiting for the event store already. Try again in a moment."),
    ("jobs.py", "questions of yours are kept in the background already. Fetch or cancel some."),
    ("jobs.py", "questions are kept in the background already. Try again in a moment."),
    ("routes/changes.py", "streams of changes are open already. Close one, or poll /api/v1/changes."),
    ("masked_answers.py", "Ask somebody who may read personal values for the people behind it."),
)


@pytest.mark.parametrize(("file", "end"), RAISED)
def test_a_refusal_that_only_a_busy_or_masked_page_gets_has_its_chinese(file: str, end: str) -> None:
    text = (WEB.parent / "src" / "zuji" / "api" / file).read_text(encoding="utf-8")
    raised = [said for said in re.findall(r'"((?:[^"\n]|"\s*\n\s*f?")+)"', text) if said.endswith(end)]
    sentences = [re.sub(r"\{[^}]+\}", "7", re.sub(r'"\s*\n\s*f?"', "", said)) for said in raised]
    assert sentences
    assert [said for said in sentences if not any(pattern.fullmatch(said) for pattern in known())] == []


def test_what_is_allowed_is_said_in_chinese_where_a_question_was_refused(browser: Any, office: Office) -> None:
    question = '{"series":[{"event":"Sentences Seen"}],"robots":"perhaps"}'
    with signed_in(browser, office, f"/ask?kind=trend&q={quote(question)}", language="zh") as page:
        page.get_by_text("的值 'perhaps' 不可用，可用的值：").first.wait_for()


def known() -> list[re.Pattern[str]]:
    """The English sides of the pairs in the words of the console."""
    text = (WEB / "src" / "words" / "sentences.ts").read_text(encoding="utf-8")
    pairs = re.findall(r'^  \["(.+?)", "(.+?)"\],$', text, re.MULTILINE)
    assert len(pairs) > 10
    return [re.compile(".+".join(re.escape(part) for part in re.split(r"\{\w+\}", english))) for english, _ in pairs]

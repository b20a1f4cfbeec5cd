"""Files of support chats: every promise of an input, and what is this kind's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from input_promises import InputPromises, take_all, take_some

from zuji.collect.inputs.configured import read_inputs
from zuji.collect.inputs.input import Given, InputFailed, Place
from zuji.collect.inputs.kinds.chat import LONGEST_LINE, ChatInput, Settings, open_input
from zuji.collect.inputs.translate import messages_from
from zuji.govern.masking import mask_text
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings

TALK = """2026-01-05 08:00 王芳: 我要退款，电话 13812348000
[2026-01-05 08:01:30] 客服小李：好的，请稍等
2026-01-05 08:02 王芳: my card 4111 1111 1111 1111, mail alice@example.cn, order 113542617735902
"""


def settings_for(folder: Path, **more: Any) -> Settings:
    [configured] = read_inputs({"chats": {"kind": "chat", "folder": str(folder), "source": "support", **more}})
    assert isinstance(configured.settings, Settings)
    return configured.settings


class ChatPlug:
    """An input on a folder of its own, in which one chat grows."""

    def __init__(self, folder: Path) -> None:
        self.outside, self._memory = folder / "chats", folder / "memory"
        self.outside.mkdir()

    def say(self, numbers: Sequence[int]) -> None:
        self.write("".join(f"2026-01-05 08:00 Li: {number}\n" for number in numbers))

    def garble(self) -> None:
        self.write("garbled\n")

    def write(self, text: str, *, name: str = "c1.txt") -> None:
        """Add to a file."""
        with (self.outside / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def open(self, **more: Any) -> ChatInput:
        return open_input(settings_for(self.outside, **more), Place(name="c", folder=self._memory, mask=mask_text))

    def number_of(self, given: Given) -> int:
        return int(given.document["text"])

    def break_outside(self) -> None:
        self.outside.rename(self.outside.with_suffix(".away"))

    def mend_outside(self) -> None:
        self.outside.with_suffix(".away").rename(self.outside)

    def messages(self, count: int, **more: Any) -> list[Message]:
        """What comes in, as messages."""
        mapping = settings_for(self.outside, **more).reading()
        given = [one for taken in take_all(self.open(**more), count) for one in taken.given]
        return messages_from(given, mapping, SourceSettings())


@pytest.fixture
def plug(tmp_path: Path) -> ChatPlug:
    return ChatPlug(tmp_path)


class TestChatInput(InputPromises):
    """Every promise of an input."""


def test_a_line_becomes_an_event_with_personal_values_masked_and_labels_by_the_words_of_the_operator(
    plug: ChatPlug,
) -> None:
    plug.write(TALK)
    labels = {"intent": {"refund": ["refund", "退款"], "order": ["order"]}, "language": {"zh": ["的", "我"]}}
    first, second, third = plug.messages(3, agents=["客服小李"], labels=labels)
    assert (first.event, first.anonymous_id, first.timestamp, first.problem) == (
        "Support Message",
        "c1",
        "2026-01-05 08:00",
        "",
    )
    assert json.loads(bytes(first.properties)) == {
        "side": "customer",
        "text": "我要退款，电话 138****8000",
        "conversation": "c1",
        "intent": "refund",
        "language": "zh",
    }
    said = [json.loads(bytes(message.properties)) for message in (second, third)]
    assert said == [
        {"side": "agent", "text": "好的，请稍等", "conversation": "c1", "language": "zh"},
        {
            "side": "customer",
            "text": "my card ****1111, mail a***@example.cn, order 113542617735902",
            "conversation": "c1",
            "intent": "order",
        },
    ]


def test_a_word_in_latin_letters_stands_alone_and_a_chinese_one_anywhere(plug: ChatPlug) -> None:
    plug.write("2026-01-05 08:00 a: cart\n2026-01-05 08:00 a: ART!\n2026-01-05 08:00 a: 不退款了\n")
    labels = {"about": {"art": ["art"], "refund": ["退款"]}}
    found = [json.loads(bytes(m.properties)).get("about") for m in plug.messages(3, labels=labels)]
    assert found == [None, "art", "refund"]


def test_lines_of_json_keep_their_fields_for_the_mapping_and_texts_can_be_left_as_they_are(plug: ChatPlug) -> None:
    line = {"when": "2026-01-05T08:00:00Z", "who": "Li", "body": "call 13812348000", "phone": "13812348000", "n": "7"}
    plug.write(json.dumps(line) + "\n", name="day.jsonl")
    fields = {"format": "json_lines", "at": "when", "speaker": "who", "text": "body", "conversation": "n"}
    mapping = {"identifiers": {"phone": "@.phone"}}
    [message] = plug.messages(1, **fields, mapping=mapping, personal="keep")
    assert (message.identifiers, message.anonymous_id, message.timestamp) == (
        (("phone", "13812348000"),),
        "7",
        "2026-01-05T08:00:00Z",
    )
    assert json.loads(bytes(message.properties))["text"] == "call 13812348000"
    [masked] = plug.messages(1, **fields, mapping=mapping)
    assert json.loads(bytes(masked.properties)) == {"side": "customer", "text": "call 138****8000", "conversation": "7"}


def test_equal_lines_are_two_messages_and_a_line_that_is_not_ended_waits(plug: ChatPlug) -> None:
    plug.write("2026-01-05 08:00 Li: ok\n2026-01-05 08:00 Li: ok\n2026-01-05 08:01 Li: and")
    opened = plug.open()
    taken = take_some(opened)
    assert [given.document["text"] for given in taken.given] == ["ok", "ok"]
    assert len({given.content_id for given in taken.given}) == 2
    opened.settle(taken)
    plug.write(" then\n")
    assert [given.document["text"] for given in take_some(opened).given] == ["and then"]


def test_a_file_that_was_replaced_by_another_is_read_from_its_beginning(plug: ChatPlug) -> None:
    plug.say([1, 2])
    opened = plug.open()
    opened.settle(take_some(opened))
    (plug.outside / "c1.txt").write_text("".join(f"2026-01-06 08:00 Li: {number}\n" for number in (7, 8, 9)))
    again = plug.open()
    assert [plug.number_of(given) for given in take_some(again).given] == [7, 8, 9]


def test_a_line_that_is_too_long_is_passed_over_and_the_next_one_comes(plug: ChatPlug) -> None:
    plug.write("2026-01-05 08:00 Li: " + "x" * (LONGEST_LINE + 10) + "\n2026-01-05 08:00 Li: 5\n")
    given = [one for taken in take_all(plug.open(), 3) for one in taken.given]
    assert [one.problem.reason if one.problem else "" for one in given] == ["event_too_big", "not_an_object", ""]
    assert plug.number_of(given[-1]) == 5


def test_what_cannot_be_read_is_masked_too(plug: ChatPlug) -> None:
    plug.write("no time here, call 13812348000\n")
    [message] = plug.messages(1)
    assert (message.problem, json.loads(bytes(message.raw))) == (
        "not_an_object",
        {"line": "no time here, call 138****8000"},
    )


def test_a_damaged_memory_of_positions_is_told_with_what_to_do(plug: ChatPlug, tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "positions.json").write_text("{")
    with pytest.raises(InputFailed, match="Without the file all is read again"):
        plug.open()

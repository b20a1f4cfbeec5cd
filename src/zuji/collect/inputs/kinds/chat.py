"""Support chats: files of a folder that grow line by line, as plain text or JSON.

    2026-01-05 08:00 Li: my parcel has not come          {"at": "2026-01-05T08:00:00Z", "speaker": "Li", "text": "..."}

A line counts once it is ended. How far a file was read is remembered beside it, in a folder of ours; a file that was
cut or replaced is read from its beginning. Personal values in texts are masked before anything is written down, and
what a text is about is told by words that the operator lists: no model guesses.
"""

from __future__ import annotations

import os
import re
import time
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from zuji.collect.decode.json_text import read_json
from zuji.collect.inputs.input import Given, InputFailed, InputSettings, Place, Problem, Taken
from zuji.collect.refusal import BadBody
from zuji.terms.document import Name
from zuji.terms.webhook import WebhookMapping

LONGEST_LINE = 256 * 1024
"""A longer one is passed over, with a note in quarantine; so this much of a file is in memory at most."""
LOOK_EVERY_S = 0.5
POSITIONS = "positions.json"
HEAD = 1024
"""So much of a file's beginning tells whether it is still the one that was read."""

_PLAIN = re.compile(
    r"\[?(?P<at>\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)\]?"
    r"\s+(?P<speaker>[^:：]{1,100}?)\s*[:：]\s*(?P<text>.+)"
)
_CARD = re.compile(r"(?<!\d)(?=[3-6]|2[2-7])\d(?:[ -]?\d){12,18}(?!\d)")
"""13 to 19 digits that begin as those of the card schemes do; one number in ten has the right check digit by chance."""
_LIKE_A_WORD = re.compile(r"[\w' -]+", re.ASCII)

Words = dict[Name, tuple[Name, ...]]


class Settings(InputSettings, frozen=True, kw_only=True):
    """Where the files are and what their lines say.

    `agents` are the speakers who answer; all others are customers. `labels` are properties by the words that give
    them: `{intent = {refund = ["refund", "退款"]}}`; the first that fits counts. `text`, `speaker` and `at` name the
    fields of JSON lines. `personal` says what becomes of phones, e-mails and card numbers in texts.
    """

    folder: Name
    pattern: Name = "*"
    format: Literal["plain", "json_lines"] = "plain"
    text: Name = "text"
    speaker: Name = "speaker"
    at: Name = "at"
    conversation: Name = "conversation"
    agents: tuple[Name, ...] = ()
    labels: dict[Name, Words] = msgspec.field(default_factory=dict)
    personal: Literal["mask", "keep"] = "mask"

    def reading(self) -> WebhookMapping:
        """The operator's mapping; what it leaves out is read from what every line of a chat has."""
        own = self.mapping
        named = ("side", "text", "conversation", *self.labels)
        return msgspec.structs.replace(
            own,
            event=own.event or "Support Message",
            timestamp=own.timestamp or "@.at",
            anonymous_id=own.anonymous_id or "@.conversation",
            properties=own.properties or {name: f'@["{name}"]' for name in named},
        )


class _File(msgspec.Struct, frozen=True):
    """How far a file was read, in bytes, and a hash of what it began with. An inode would not do: they are reused."""

    through: int
    head: str


class _Mark(NamedTuple):
    path: str
    file: _File


def open_input(settings: Settings, place: Place) -> ChatInput:
    """Remember how far all files were read. Raises InputFailed when the folder is missing."""
    return ChatInput(settings, place)


class ChatInput:
    """The files of one folder, one after the other."""

    def __init__(self, settings: Settings, place: Place) -> None:
        self._settings, self._place = settings, place
        self._noted = place.folder / POSITIONS
        self._settled = _positions(self._noted)
        self._taken = dict(self._settled)
        self._files()

    def take(self, *, at_most: int, wait_s: float) -> Taken | None:
        """See Input. All of it is from one file."""
        deadline = time.monotonic() + wait_s
        while True:
            for path in self._files():
                found = self._read(path, at_most)
                if found is not None:
                    return found
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            time.sleep(min(left, LOOK_EVERY_S))

    def settle(self, taken: Taken) -> None:
        """Note the position. One that is lost with the machine costs nothing: lines that come again have their ids."""
        mark: _Mark = taken.mark
        self._settled[mark.path] = mark.file
        beside = self._noted.with_suffix(".new")
        try:
            self._noted.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(msgspec.json.encode(self._settled))
            beside.replace(self._noted)
        except OSError as failure:
            raise InputFailed(f"the position cannot be noted in {self._noted}: {failure}.") from failure

    def close(self) -> None:
        """There is nothing to let go of: files are opened for each look."""

    def _files(self) -> list[Path]:
        folder = Path(self._settings.folder)
        try:
            if not folder.is_dir():
                raise InputFailed(f"there is no folder {folder}.")
            return sorted(path for path in folder.glob(self._settings.pattern) if path.is_file())
        except OSError as failure:
            raise InputFailed(f"the folder {folder} cannot be read: {failure}.") from failure

    def _read(self, path: Path, at_most: int) -> Taken | None:
        """The next ended lines of a file; None when there are none."""
        name = str(path.relative_to(self._settings.folder))
        try:
            with path.open("rb") as file:
                head = file.read(HEAD)
                start = _start(self._taken.get(name), head, size=os.fstat(file.fileno()).st_size)
                file.seek(start)
                lines = file.read(LONGEST_LINE).split(b"\n", at_most)
        except OSError as failure:
            raise InputFailed(f"{path} cannot be read: {failure}.") from failure
        unended = lines.pop()
        if not lines and len(unended) < LONGEST_LINE:
            return None
        given: list[Given] = []
        end = start
        for line in lines or [unended]:
            one = self._given(name, end, line) if lines else _passed_over(name, end, line)
            end += len(line) + len(lines[:1])  # what ends the line counts too, unless it was never reached
            given += [one] if one is not None else []
        self._taken[name] = _File(end, _digest(head[:end]))
        return Taken(given, _Mark(name, self._taken[name]))

    def _given(self, name: str, at: int, line: bytes) -> Given | None:
        text = line.decode("utf-8", "replace").removeprefix("\ufeff").strip()
        if not text:
            return None
        content_id = _id(name, at, line)
        try:
            said = self._said(text)
        except BadBody as unreadable:
            return Given({"line": self._harmless(text)}, content_id, Problem("not_an_object", str(unreadable)))
        return Given(self._document(name, said), content_id)

    def _document(self, name: str, said: dict[str, Any]) -> dict[str, Any]:
        """The fields of a line under the names that every chat has; those of the line itself stay beside them."""
        settings = self._settings
        words = said.get(settings.text)
        document = {field: value for field, value in said.items() if field != settings.text}
        document |= {
            "at": said.get(settings.at),
            "conversation": said.get(settings.conversation) or Path(name).stem,
            "side": "agent" if said.get(settings.speaker) in settings.agents else "customer",
            "text": self._harmless(words) if isinstance(words, str) else words,
        }
        labels = ((label, _label(words, rules)) for label, rules in settings.labels.items())
        return document | {label: value for label, value in labels if value is not None}

    def _said(self, text: str) -> dict[str, Any]:
        settings = self._settings
        if settings.format == "json_lines":
            value = read_json(text.encode())
            if not isinstance(value, dict):
                raise BadBody(400, "not_an_object", "a line must be a JSON object")
            return value
        found = _PLAIN.fullmatch(text)
        if found is None:
            raise BadBody(400, "not_an_object", "a line must be: 2026-01-05 08:00 speaker: text")
        return {settings.at: found["at"], settings.speaker: found["speaker"], settings.text: found["text"]}

    def _harmless(self, text: str) -> str:
        if self._settings.personal == "keep":
            return text
        return self._place.mask(_CARD.sub(_masked_card, text))


def _start(known: _File | None, head: bytes, *, size: int) -> int:
    """From where to read on. What was cut or replaced begins anew; its ids make that harmless."""
    if known is None or size < known.through or _digest(head[: known.through]) != known.head:
        return 0
    return known.through


def _digest(head: bytes) -> str:
    return blake2b(head, digest_size=8).hexdigest()


def _positions(noted: Path) -> dict[str, _File]:
    try:
        return msgspec.json.decode(noted.read_bytes(), type=dict[str, _File])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as failure:
        raise InputFailed(
            f"the positions in {noted} cannot be read: {failure}. Without the file all is read again."
        ) from failure


def _passed_over(name: str, at: int, piece: bytes) -> Given:
    """A piece of a line that is too long to be one."""
    detail = f"a line of more than {LONGEST_LINE} bytes, passed over in pieces"
    return Given({"file": name, "from_byte": at}, _id(name, at, piece), Problem("event_too_big", detail))


def _id(name: str, at: int, line: bytes) -> str:
    """Where a line stands and what it says: equal lines stay apart, and each is the same when it is read again."""
    told = blake2b(f"{name}\0{at}\0".encode(), digest_size=16)
    told.update(line)
    return f"chat-{told.hexdigest()}"


def _label(text: Any, rules: Words) -> str | None:
    """The first label one of whose words a text has."""
    if not isinstance(text, str):
        return None
    return next((label for label, words in rules.items() if _any_of(words).search(text)), None)


@lru_cache(maxsize=1024)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Words in Latin letters stand alone (`art` is not in `cart`); others have no spaces around them to tell."""
    bounded = (rf"\b{re.escape(word)}\b" if _LIKE_A_WORD.fullmatch(word) else re.escape(word) for word in words)
    return re.compile("|".join(bounded), re.IGNORECASE)


def _masked_card(found: re.Match[str]) -> str:
    """A number whose check digit is right keeps its last four digits; any other number is no card."""
    digits = re.sub(r"\D", "", found[0])
    return f"****{digits[-4:]}" if _is_card(digits) else found[0]


def _is_card(digits: str) -> bool:
    """Luhn's check.

    >>> _is_card("4111111111111111"), _is_card("4111111111111112")
    (True, False)
    """
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

"""The input that docs/inputs.md shows keeps every promise, as it stands there."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from input_promises import InputPromises

from zuji.collect.inputs.input import Given, Input, Place

PAGE = Path(__file__).parents[2] / "docs" / "inputs.md"


class FolderPlug:
    """The example on a folder of its own."""

    def __init__(self, folder: Path, example: ModuleType) -> None:
        self._outside, self._example = folder / "things", example
        self._outside.mkdir()
        self._written = 0

    def say(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._write(json.dumps({"number": number}))

    def garble(self) -> None:
        self._write("garbled")

    def open(self) -> Input:
        settings = self._example.Settings(source="things", folder=str(self._outside))
        opened: Input = self._example.open_input(settings, Place(name="things", folder=self._outside.parent))
        return opened

    def number_of(self, given: Given) -> int:
        number: int = given.document["number"]
        return number

    def break_outside(self) -> None:
        self._outside.rename(self._outside.with_suffix(".away"))

    def mend_outside(self) -> None:
        self._outside.with_suffix(".away").rename(self._outside)

    def _write(self, text: str) -> None:
        self._written += 1
        (self._outside / f"{self._written:06}.json").write_text(text)


@pytest.fixture
def plug(tmp_path: Path) -> FolderPlug:
    [source] = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    (tmp_path / "drop.py").write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("drop", tmp_path / "drop.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    return FolderPlug(tmp_path, example)


class TestExampleInput(InputPromises):
    """Every promise of an input."""

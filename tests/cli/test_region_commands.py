"""zuji region: a list becomes the table, and texts are looked up in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zuji.cli.main import app

LIST = "code,name,english\n330100,杭州市,Hangzhou\n330106,西湖区,Xihu\n320106,鼓楼区,Gulou\n350102,鼓楼区,Gulou\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder for which a list was loaded."""
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    loaded = CliRunner().invoke(app, ["region", "load", str(tmp_path / "list.csv"), "--data", str(tmp_path / "data")])
    assert loaded.exit_code == 0, loaded.output
    return tmp_path / "data"


def found(data: Path, *words: str) -> dict[str, object]:
    answer = CliRunner().invoke(app, ["region", "find", *words, "--data", str(data), "--json"])
    assert answer.exit_code == 0, answer.output
    told: dict[str, object] = json.loads(answer.stdout)
    return told


def test_a_loaded_list_places_an_address(data: Path) -> None:
    assert found(data, "杭州西湖区")["code"] == "330106"


def test_an_ambiguous_name_is_told_with_its_candidates(data: Path) -> None:
    told = found(data, "鼓楼区")
    assert (told["standing"], told["candidates"]) == ("ambiguous", ["320106", "350102"])


def test_without_a_list_the_provinces_are_known(tmp_path: Path) -> None:
    assert found(tmp_path, "浙江省杭州市")["code"] == "330000"


def test_a_list_without_codes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    answer = CliRunner().invoke(app, ["region", "load", str(tmp_path / "list.csv"), "--data", str(tmp_path / "data")])
    assert answer.exit_code != 0
    assert not (tmp_path / "data" / "regions.bin").exists()

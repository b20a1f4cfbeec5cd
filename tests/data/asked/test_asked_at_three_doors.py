"""Every kind of question on seven public data sets by HTTP, on the command line and in Python: one answer, and right.

What the answers must be is worked out by the plain scripts of `test_asked.py`, and by whoever published the figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from analyse.test_engine_equals_reference import assert_contains
from asked.laid_out import laid_out, workspace_of
from asked.published import PUBLISHED
from asked.shelf import whole
from asked.shops import SHOPS, Shop
from asked.test_asked import SCRIPTS
from servers import RunningServer
from zuji.cli.main import app
from zuji.client import Answer, Client

pytestmark = [pytest.mark.data, pytest.mark.slow]


@dataclass(frozen=True)
class Doors:
    """A server that holds the data sets, each in a workspace of its own, and the three ways in."""

    server: RunningServer
    data_sets: Path
    folder: Path

    def over_http(self, workspace: str, kind: str, question: Mapping[str, Any]) -> dict[str, Any]:
        answer = httpx.post(
            f"{self.server.url}/api/v1/questions/run",
            params={"workspace": workspace},
            json={"kind": kind, "question": question},
            headers={"Authorization": f"Bearer {self.server.token}"},
            timeout=120,
        )
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def on_the_command_line(self, workspace: str, kind: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """`zuji ask -f question.json`, in this process: starting another takes longer than all the rest."""
        file = self.folder / "question.json"
        file.write_text(json.dumps({"kind": kind, "question": question}), "utf-8")
        words = ["ask", "-f", str(file), "--data", str(self.server.data), "--workspace", workspace, "--json"]
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def client(self, workspace: str) -> Client:
        return Client(self.server.url, self.server.token, workspace=workspace, timeout_s=120)

    def asked(self, workspace: str, kind: str, question: Mapping[str, Any]) -> Answer:
        """The answer, after a look whether all doors give it: the same to the last digit of every figure."""
        first = self.over_http(workspace, kind, question)
        printed = self.on_the_command_line(workspace, kind, first["question"])
        with self.client(workspace) as client:
            answer = client.ask(kind, first["question"])
        assert printed["answer"] == first["answer"], kind
        assert dict(answer.answer) == first["answer"], kind
        assert answer.pandas().shape[0] == len(answer.rows())
        return answer


@pytest.fixture(scope="module")
def doors(data_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("doors")
    data = folder / "data"
    data.mkdir()
    laid_out(data, data_sets)
    with RunningServer(data) as server:
        for name in SHOPS:
            made = httpx.post(
                f"{server.url}/api/v1/workspaces",
                json={"name": name},
                headers={"Authorization": f"Bearer {server.token}"},
                timeout=60,
            )
            assert made.json()["id"] == workspace_of(name)
        yield Doors(server, data_sets, folder)


def shop_of(doors: Doors, name: str) -> Shop:
    return SHOPS[name](doors.data_sets / name)


@pytest.mark.parametrize("name", list(SHOPS))
def test_all_kinds_are_answered_at_every_door_as_a_plain_script_says(doors: Doors, name: str) -> None:
    shop, workspace = shop_of(doors, name), workspace_of(name)
    with doors.client(workspace) as client:
        for kind, script in SCRIPTS.items():
            check = script(shop)
            question = {"timezone": shop.timezone, **whole(shop, check.question)}
            answer = doors.asked(workspace, kind, question)
            assert_contains(dict(answer.answer), check.answer)
            counted = [client.count_people(answer, **cell) for cell, _ in check.cells]
            assert counted == [people for _, people in check.cells], kind


@pytest.mark.parametrize("name", sorted({published.shop for published in PUBLISHED}))
def test_published_figures_come_out_at_every_door(doors: Doors, name: str) -> None:
    shop = shop_of(doors, name)
    for published in PUBLISHED:
        if published.shop == name:
            question = {"timezone": shop.timezone, **whole(shop, published.question)}
            answer = doors.asked(workspace_of(name), published.kind, question)
            assert published.figure(dict(answer.answer)) == published.value, published.name

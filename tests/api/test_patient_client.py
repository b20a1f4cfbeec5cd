"""The Python client asks patiently: a line that breaks stops no question on the server, only its own asker does."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from api_world import ApiWorld

from zuji.client import Client, client
from zuji.terms.error import Busy

LIFE = {"event": "view", "date_from": "-1d"}


class Line(httpx.BaseTransport):
    """A real line to the server, on which some looks at a question in the background meet trouble."""

    def __init__(self, *trouble: BaseException | httpx.Response, always: bool = False) -> None:
        self._line = httpx.HTTPTransport()
        self._trouble: Iterator[BaseException | httpx.Response] = iter(trouble * (1000 if always else 1))
        self.methods: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Meet the next trouble when it is a look, else pass the request on."""
        self.methods.append(request.method)
        trouble = next(self._trouble, None) if request.method == "GET" else None
        if isinstance(trouble, BaseException):
            raise trouble
        return trouble or self._line.handle_request(request)

    def close(self) -> None:
        self._line.close()


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "POLLED_EVERY_S", 0.01)


def test_a_question_asked_patiently_outlives_a_timeout_a_reset_line_and_a_busy_server(
    world: ApiWorld, workspace: str
) -> None:
    line = Line(httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.Response(503, json={"message": "busy"}))
    with Client(world.url, world.owner, workspace=workspace, transport=line) as zuji:
        assert zuji.ask_patiently("lifecycle", LIFE).kind == "lifecycle"
    assert set(line.methods) == {"POST", "GET"}


@pytest.mark.parametrize("lasting", [httpx.ConnectError("gone"), httpx.Response(503, json={"message": "busy"})])
def test_a_line_that_stays_broken_is_told_and_the_question_goes_on(
    world: ApiWorld, workspace: str, monkeypatch: pytest.MonkeyPatch, lasting: BaseException | httpx.Response
) -> None:
    monkeypatch.setattr(client, "ASKED_AGAIN_FOR_S", 0.05)
    line = Line(lasting, always=True)
    with (
        Client(world.url, world.owner, workspace=workspace, transport=line) as zuji,
        pytest.raises((httpx.ConnectError, Busy)),
    ):
        zuji.ask_patiently("lifecycle", LIFE)
    assert line.methods[:3] == ["POST", "GET", "GET"]
    assert "DELETE" not in line.methods


def test_a_question_whose_asker_is_interrupted_is_stopped_on_the_server(world: ApiWorld, workspace: str) -> None:
    line = Line(KeyboardInterrupt())
    with (
        Client(world.url, world.owner, workspace=workspace, transport=line) as zuji,
        pytest.raises(KeyboardInterrupt),
    ):
        zuji.ask_patiently("lifecycle", LIFE)
    assert line.methods == ["POST", "GET", "DELETE"]

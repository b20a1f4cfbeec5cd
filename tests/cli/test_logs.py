"""The log of our processes."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from zuji.cli.logs import set_up_logging


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before[0], before[1]


def test_personal_values_and_keys_never_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info")
    try:
        raise ValueError("cannot reach wang@shop.cn")
    except ValueError:
        logging.getLogger("zuji.x").exception("phone %s, key %s", "13812348000", "zs_abcdefghijklmnop")
    said = capsys.readouterr().err
    assert "phone 138****8000, key zs_***" in said
    assert "w***@shop.cn" in said
    assert not [secret for secret in ("13812348000", "abcdefghijklmnop", "wang@") if secret in said]


def test_chatty_libraries_are_heard_from_warnings_on_unless_all_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    chatty = logging.getLogger("uvicorn.error")
    chatty.setLevel("DEBUG")
    set_up_logging("info")
    chatty.info("started")
    chatty.warning("trouble")
    logging.getLogger("zuji.run").info("batch")
    set_up_logging("debug")
    chatty.info("everything")
    said = capsys.readouterr().err
    assert [word for word in ("started", "trouble", "batch", "everything") if word in said] == [
        "trouble",
        "batch",
        "everything",
    ]

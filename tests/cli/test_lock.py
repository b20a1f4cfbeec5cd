"""One owner per data folder."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from zuji.cli.lock import FolderInUse, owned


def hold(folder: Path, held: Event, end: Event) -> None:
    with owned(folder):
        held.set()
        end.wait(30)


def test_a_folder_has_one_owner_who_is_named_and_is_free_when_that_one_is_killed(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, end = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(tmp_path, held, end))
    holder.start()
    assert held.wait(30)
    with pytest.raises(FolderInUse, match=f"in use by the process {holder.pid}"), owned(tmp_path):
        pass
    with owned(tmp_path, name="another"):
        pass
    holder.kill()
    holder.join()
    with owned(tmp_path, wait_s=5):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_lock_that_is_free_soon_is_waited_for(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, end = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(tmp_path, held, end))
    holder.start()
    assert held.wait(30)
    end.set()
    with owned(tmp_path, wait_s=20):
        pass
    holder.join()

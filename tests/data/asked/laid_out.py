"""Lays the shops out in the event store of a data folder, in a process of its own: `python -m asked.laid_out`.

The engine takes one folder per process, and the process of the tests has one open already.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from asked.shelf import STRIDE, stored
from asked.shops import SHOPS
from zuji.govern.workspaces import slug
from zuji.store.events import EventStore

ROOM = Path(__file__).resolve().parent.parent


def workspace_of(name: str) -> str:
    """The id that the workspace of a data set gets."""
    return slug(name)


def laid_out(folder: Path, data_sets: Path) -> None:
    """All shops, each in its own workspace, in the events of a data folder that no server runs on."""
    path = os.pathsep.join([str(ROOM), *filter(None, sys.path)])
    command = [sys.executable, "-m", "asked.laid_out", str(folder), str(data_sets)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr


def main(folder: str, data_sets: str) -> None:
    """What the other process does."""
    store = EventStore.open(Path(folder) / "events")
    try:
        for number, (name, made) in enumerate(SHOPS.items()):
            shop = replace(made(Path(data_sets) / name), name=workspace_of(name))
            store.insert(stored(shop, offset=number * STRIDE))
    finally:
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

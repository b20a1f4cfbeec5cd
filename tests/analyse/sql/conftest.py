"""One shop for a module: the engine takes one folder per process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analyse.sql.asked import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A filled store."""
    made = Shop(tmp_path_factory.mktemp("sql") / "events")
    yield made
    made.store.close()

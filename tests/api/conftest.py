"""The engine that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_world import ApiWorld, api_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    """One engine per module: the event store takes one folder per process, and other tests open theirs."""
    with api_world(tmp_path_factory.mktemp("api") / "data") as running:
        yield running


@pytest.fixture
def workspace(world: ApiWorld) -> str:
    """A workspace that no other test knows, with a source named shop."""
    return world.workspace()

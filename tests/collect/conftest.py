from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_world import GatewayWorld, a_gateway


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayWorld]:
    with a_gateway(tmp_path_factory.mktemp("gateway")) as world:
        yield world


@pytest.fixture
def world(shared_world: GatewayWorld) -> GatewayWorld:
    """A running gateway with the usual keys and nothing unread in its spool. Others use it too: do not change it."""
    shared_world.rows()
    return shared_world


@pytest.fixture
def own_world(data: Path) -> Iterator[GatewayWorld]:
    """A gateway of one's own, to change its keys and its clock."""
    with a_gateway(data) as world:
        yield world


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path

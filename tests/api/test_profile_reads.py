"""Plain profile reads are answered before the framework, and exactly as the route answers them."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest
from api_world import ApiWorld, identify, track
from starlette.types import Message, Receive, Scope, Send

from zuji.api.profile_reads import ProfileReads
from zuji.govern.principal import OPERATOR
from zuji.govern.roles import ROLES


@pytest.fixture
def shop(world: ApiWorld, workspace: str) -> str:
    world.send(
        workspace,
        identify("r-1", anonymous="dev/ice 1", traits={"phone": "13812348000", "city": "上海"}),
        track("view", "r-1"),
    )
    with world.client(workspace=workspace) as owner:
        assert owner.get("/profiles/user_id:r-1", params={"fresh": "true"}).status_code == 200
    return workspace


NAMED = ("user_id:r-1", "phone:138 1234 8000", "anonymous_id:dev/ice 1", "user_id:nobody", "nonsense", "profile:x", "")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_the_answer_that_the_route_gives(world: ApiWorld, shop: str, role: str) -> None:
    with world.client(world.token(role, shop), workspace=shop) as client:  # type: ignore[arg-type]
        for name, parts in product(NAMED, ({}, {"include": "events"}, {"include": "x"}, {"include": ""})):
            plain = client.get(f"/profiles/{name}", params=parts)
            routed = client.get(f"/profiles/{name}", params={**parts, "fresh": "false"})  # one more: not plain
            assert (plain.status_code, plain.content) == (routed.status_code, routed.content), name
            assert {key: value for key, value in plain.headers.items() if key != "date"} == {
                key: value for key, value in routed.headers.items() if key != "date"
            }


def test_the_masked_value_is_masked_for_whoever_may_not_see_it(world: ApiWorld, shop: str) -> None:
    with world.client(world.token("analyst", shop), workspace=shop) as analyst, world.client(workspace=shop) as owner:
        assert "13812348000" not in analyst.get("/profiles/user_id:r-1").text
        assert "+8613812348000" in owner.get("/profiles/user_id:r-1").text


def test_a_token_of_another_workspace_and_no_token_read_nothing(world: ApiWorld, shop: str) -> None:
    with world.client(world.token("owner", world.workspace()), workspace=shop) as stranger:
        assert stranger.get("/profiles/user_id:r-1").status_code == 403
    with world.client("", workspace=shop) as nobody:
        assert nobody.get("/profiles/user_id:r-1").status_code == 401
    with world.client(workspace="no-such-workspace") as owner:
        assert owner.get("/profiles/user_id:r-1").status_code == 404


def test_the_control_socket_reads_them_too(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as owner:
        asked = f"{world.control_url}/api/v1/profiles/user_id:r-1?workspace={shop}"
        assert owner.get(asked).json() == owner.get("/profiles/user_id:r-1").json()


def test_a_plain_read_never_reaches_the_framework(world: ApiWorld, shop: str) -> None:
    sent: list[Message] = []

    async def framework(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("it came through")

    async def receive() -> Message:
        raise AssertionError("nothing is to be received")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/profiles/user_id:r-1",
        "query_string": f"workspace={shop}".encode(),
        "state": {"principal": OPERATOR},
    }
    asyncio.run(ProfileReads(framework, world.house.ports)(scope, receive, send))
    assert sent[0]["status"] == 200
    assert b'"r-1"' in sent[1]["body"]

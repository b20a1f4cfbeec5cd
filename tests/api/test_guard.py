"""Default deny: no route answers without a valid token whose role and workspace allow it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from api_world import ApiWorld
from fastapi import APIRouter
from signed_in import a_user, signed_in

from zuji.api.app import ROUTERS
from zuji.api.guard import BAD_TOKENS_PER_MINUTE, DOORS, PERMISSION_KEY, BadTokenLimiter, GuardedRoute, needs
from zuji.api.routes import operation
from zuji.govern.principal import VISITOR
from zuji.govern.roles import PERMISSIONS, ROLES, Permission, may
from zuji.terms.source import Role

Operation = tuple[str, str, Permission, str]
"""(method, path, permission, use of the workspace)."""


def every_operation() -> list[Operation]:
    found: list[Operation] = []
    for router, prefix in [*((router, "/api/v1") for router in ROUTERS), (operation.router, "")]:
        for route in router.routes:
            assert isinstance(route, GuardedRoute)
            path = prefix + route.path
            for name in ("identifier:path", "source_id", "key_id", "token_id", "event_id"):
                path = path.replace("{" + name + "}", "1")
            found += [(method, path, route.permission, route.workspace_use) for method in sorted(route.methods)]
    return found


OPERATIONS = every_operation()
CLOSED = [one for one in OPERATIONS if one[:2] not in DOORS]


def test_the_list_of_operations_is_not_empty() -> None:
    assert len(OPERATIONS) > 30


def test_only_the_doors_where_people_sign_in_are_open_and_there_a_visitor_may_do_nothing_else() -> None:
    assert {("POST", "/api/v1/session"), ("POST", "/api/v1/session/welcome")} == DOORS
    assert {one[:2] for one in OPERATIONS if one[2] == "session.begin"} == DOORS
    assert [permission for permission in PERMISSIONS if VISITOR.may(permission)] == ["session.begin"]
    assert not VISITOR.covers("default")


@pytest.mark.parametrize("operation", CLOSED, ids=[f"{method} {path}" for method, path, _, _ in CLOSED])
def test_no_route_answers_without_a_token_or_with_a_wrong_one(world: ApiWorld, operation: Operation) -> None:
    method, path, _, _ = operation
    keys = world.house.administration.keys.create_source(world.workspace(), "s", "web", settings={}, actor="tests")
    wrong = (
        None,
        "Bearer",
        "Bearer zt_made-up-made-up-made-up",
        f"Bearer {keys.write_key}",
        f"Bearer {keys.secret_key}",
        f"Basic {world.owner}",
    )
    with httpx.Client(base_url=world.url, trust_env=False, timeout=60) as client:
        for number, header in enumerate(wrong):
            headers = {"X-Forwarded-For": f"192.0.2.{number}-{path}-{method}"}
            if header is not None:
                headers["Authorization"] = header
            answer = client.request(method, path, headers=headers)
            assert answer.status_code == 401, (header, answer.text)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.json()["code"] == "no_valid_token"
        assert client.request(method, path, params={"token": world.owner}).status_code == 401


@contextmanager
def allowed(world: ApiWorld, role: Role, by: str) -> Iterator[httpx.Client]:
    """Somebody with this role, by a token or by the cookie of a session, asking anything from the root."""
    if by == "token":
        headers = {"Authorization": f"Bearer {world.token(role)}"}
        with httpx.Client(base_url=world.url, headers=headers, trust_env=False, timeout=60) as client:
            yield client
    else:
        with signed_in(world, a_user(world, role)) as browser:
            browser.base_url = httpx.URL(world.url)
            yield browser


@pytest.mark.parametrize("by", ["token", "session"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_403_exactly_where_its_row_lacks_the_permission(world: ApiWorld, role: Role, by: str) -> None:
    with allowed(world, role, by) as client:
        for method, path, permission, _ in OPERATIONS:
            if may(role, permission):
                continue
            answer = client.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), (role, method, path)
            assert permission in answer.json()["message"]


@pytest.mark.parametrize("by", ["token", "session"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_read_what_its_row_allows(world: ApiWorld, role: Role, by: str) -> None:
    waiting = ("tail", "stream")  # they answer when something happens, or never end
    reads = [one for one in OPERATIONS if one[0] == "GET" and may(role, one[2]) and not one[1].endswith(waiting)]
    assert reads
    with allowed(world, role, by) as client:
        for method, path, _, _ in reads:
            answer = client.request(method, path)
            assert answer.status_code in (200, 404, 422), (role, path, answer.text)


def test_a_token_of_one_workspace_is_refused_in_another_and_told_where_it_holds(world: ApiWorld) -> None:
    mine, other = world.workspace(), world.workspace()
    with httpx.Client(
        base_url=world.url,
        headers={"Authorization": f"Bearer {world.token('owner', mine)}"},
        trust_env=False,
        timeout=60,
    ) as client:
        for method, path, _, use in OPERATIONS:
            if use == "named":
                for params in ({"workspace": other}, {"workspace": "no-such"}, {}):
                    answer = client.request(method, path, params=params)
                    assert answer.status_code == 403, (method, path, params)
                    assert f"?workspace={mine}" in answer.json()["message"]
        assert client.get("/api/v1/sources", params={"workspace": mine}).status_code == 200


def test_a_workspace_that_does_not_exist_is_404_for_a_token_of_all_workspaces(world: ApiWorld) -> None:
    with world.client(workspace="no-such") as client:
        answer = client.get("/sources")
    assert answer.status_code == 404
    assert "no workspace 'no-such'" in answer.json()["message"]


def test_an_expired_token_and_a_revoked_one_are_worthless(world: ApiWorld) -> None:
    expired = world.token("owner", expires_at=1)
    with world.client(expired) as client:
        assert client.get("/workspaces").status_code == 401
    with world.client() as owner:
        made = owner.post("/tokens", json={"role": "viewer", "expires_in_days": 1}).json()
        with world.client(made["token"]) as viewer:
            assert viewer.get("/workspaces").status_code == 200
            assert owner.delete(f"/tokens/{made['id']}").status_code == 200
            assert viewer.get("/workspaces").status_code == 401


def test_a_route_without_a_permission_cannot_be_made() -> None:
    router = APIRouter(route_class=GuardedRoute)
    with pytest.raises(RuntimeError, match=r"/open names no permission; add openapi_extra=needs"):

        @router.get("/open")
        def open_to_all() -> None: ...

    with pytest.raises(RuntimeError, match="names no permission"):

        @router.get("/misspelt", openapi_extra={PERMISSION_KEY: "events.raed"})
        def misspelt() -> None: ...


def test_an_unguarded_router_fails_when_the_app_is_made(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    from zuji.api import app

    plain = APIRouter()
    plain.add_api_route("/open", lambda: None)
    monkeypatch.setattr(app, "ROUTERS", (*app.ROUTERS, plain))
    with pytest.raises(RuntimeError, match="is not guarded"):
        app.create_api(world.house.ports, now_s=lambda: 0.0)


def test_shapes_in_the_description_are_named_apart(world: ApiWorld) -> None:
    """Of two shapes with one name the description would tell where in our code they stand."""
    described: dict[str, Any] = httpx.get(f"{world.url}/api/v1/openapi.json", trust_env=False, timeout=60).json()
    assert not [name for name in described["components"]["schemas"] if "__" in name]


def test_what_a_route_needs_is_shown_in_the_description(world: ApiWorld) -> None:
    described: dict[str, Any] = httpx.get(f"{world.url}/api/v1/openapi.json", trust_env=False, timeout=60).json()
    count = described["paths"]["/api/v1/events/count"]["get"]
    assert needs("events.read").items() <= count.items()
    assert described["security"] == [{"token": []}, {"session": []}]


def test_the_control_socket_needs_no_token_and_is_the_owner(world: ApiWorld) -> None:
    with httpx.Client(base_url=world.control_url, trust_env=False, timeout=60) as client:
        assert client.get("/api/v1/tokens").status_code == 200
        assert b"zuji_lag_seconds" in client.get("/metrics").content


def test_too_many_wrong_tokens_from_one_address_are_told_to_wait_and_a_right_one_is_not(world: ApiWorld) -> None:
    with httpx.Client(
        base_url=world.url, headers={"X-Forwarded-For": "198.51.100.9"}, trust_env=False, timeout=60
    ) as client:
        wrong = {"Authorization": "Bearer zt_wrong-wrong-wrong"}
        for _ in range(BAD_TOKENS_PER_MINUTE):
            assert client.get("/api/v1/workspaces", headers=wrong).status_code == 401
        answer = client.get("/api/v1/workspaces", headers=wrong)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_bad_tokens")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        right = {"Authorization": f"Bearer {world.owner}"}
        assert client.get("/api/v1/workspaces", headers=right).status_code == 200
        elsewhere = client.get("/api/v1/workspaces", headers={**wrong, "X-Forwarded-For": "198.51.100.10"})
        assert elsewhere.status_code == 401


def test_the_limiter_forgets_after_a_minute_and_the_oldest_address_when_there_are_too_many() -> None:
    limiter = BadTokenLimiter(per_minute=1, addresses=2)
    assert limiter.wait_s("a", 100.0) == 0
    assert limiter.wait_s("a", 110.0) == 50.0
    assert limiter.wait_s("a", 160.0) == 0
    assert limiter.wait_s("b", 160.0) == 0
    assert limiter.wait_s("c", 160.0) == 0
    assert limiter.wait_s("a", 161.0) == 0

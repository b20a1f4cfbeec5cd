"""Routes are worked out when they are first asked for: the program starts sooner, and nothing else differs."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import FastAPIError
from pydantic import BaseModel

from zuji.api.deferred_route import DeferredRoute


class Greeting(BaseModel):
    said: str


def greet(name: str, times: int = 1) -> Greeting:
    """Say hello."""
    return Greeting(said=" ".join([f"hello {name}"] * times))


def greeting_app() -> FastAPI:
    router = APIRouter(route_class=DeferredRoute, tags=["greeting"])
    router.get("/{name}", responses={404: {"description": "Nobody"}})(greet)
    app = FastAPI(responses={401: {"description": "Who are you"}})
    for route in router.routes:
        assert isinstance(route, DeferredRoute)
        app.router.routes.append(route.under("/greetings", app.router.responses))
    return app


async def asked(app: FastAPI, method: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://zuji") as client:
        return await client.request(method, path)


def test_a_start_works_no_route_out() -> None:
    code = """
from zuji.api.app import ROUTERS
routes = [route for router in ROUTERS for route in router.routes]
print(len(routes) > 100, [route.path for route in routes if "dependant" in vars(route)])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "True []\n"


@pytest.mark.anyio
async def test_a_request_works_out_its_own_route_and_is_checked_by_it() -> None:
    app = greeting_app()
    assert (await asked(app, "GET", "/greetings/ann?times=2")).json() == {"said": "hello ann hello ann"}
    assert (await asked(app, "GET", "/greetings/ann?times=often")).status_code == 422
    assert (await asked(app, "POST", "/greetings/ann")).status_code == 405
    assert (await asked(app, "GET", "/ann")).status_code == 404


def test_a_deferred_route_is_described_as_one_that_was_included() -> None:
    usual = APIRouter(tags=["greeting"])
    usual.get("/{name}", responses={404: {"description": "Nobody"}})(greet)
    app = FastAPI(responses={401: {"description": "Who are you"}})
    app.include_router(usual, prefix="/greetings")
    assert greeting_app().openapi() == app.openapi()


class Opaque:
    """Nothing that could be read out of a request."""


def broken(given: dict[str, Opaque]) -> None: ...


def test_a_mistake_in_a_route_is_told_each_time_it_is_asked_for() -> None:
    route = DeferredRoute("/broken", broken, methods=["GET"])
    for _ in range(2):
        with pytest.raises(FastAPIError, match=r"Opaque\] is a valid Pydantic field type"):
            _ = route.dependant

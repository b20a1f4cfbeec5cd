"""The overlay on a customer's page: one code, one origin, one person; it drafts and counts there, and nothing else."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
from api_world import ApiWorld, track
from signed_in import a_user, signed_in

from zuji.api.overlay import PREFIX
from zuji.govern.overlays import CODE_MS, MOST_EACH, SESSION_MS, Opened, Overlays
from zuji.terms.message import Message

NAME = {"en": "Buy now", "zh": "立即购买"}
BUTTON = {"tag_name": "button", "attr__data-track": "buy", "nth_of_type": 1}
BODY = {"tag_name": "body"}


def draft(key: str, **page: str) -> dict[str, Any]:
    return {"key": key, "name": NAME, "page": page, "element": "[data-track=buy]"}


def clicked(user: str, host: str) -> Message:
    context = msgspec.Raw(msgspec.json.encode({"page": {"url": f"https://{host}/product/1"}}))
    return track("$click", user, properties={"$elements": [BUTTON, BODY]}, context=context)


class Site:
    """A customer's site: people of the workspace who open it, and a browser that shows it."""

    def __init__(self, world: ApiWorld, workspace: str, host: str) -> None:
        self.world, self.workspace, self.host = world, workspace, host
        self.origin = f"https://{host}"
        self.user = a_user(world, "analyst", workspace)

    def code(self) -> str:
        """A new code for this site, made by its person in the console."""
        with signed_in(self.world, self.user, workspace=self.workspace) as console:
            answer = console.post(
                "/visual-events/codes", json={"address": f"{self.origin}/product/1?x=1", "language": "zh"}
            )
        assert answer.status_code == 201, answer.text
        page, _, code = answer.json()["address"].partition("#zuji_overlay=")
        assert page == f"{self.origin}/product/1?x=1"
        return str(code)

    def session(self) -> str:
        answer = self.post("session", {"code": self.code()})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["session"])

    def post(
        self, name: str, body: Any, *, session: str = "", origin: str | None = None, method: str = "POST"
    ) -> httpx.Response:
        headers = {"Origin": self.origin if origin is None else origin, "X-Forwarded-For": f"192.0.2.9-{self.host}"}
        if session:
            headers["Authorization"] = f"Bearer {session}"
        url = self.world.url + PREFIX + name
        return httpx.request(method, url, json=body, headers=headers, timeout=60, trust_env=False)


@pytest.fixture
def shop(world: ApiWorld, workspace: str) -> Site:
    """A site whose host no other test has: who is expected where is known for all of them together."""
    return Site(world, workspace, f"{workspace.replace('_', '-').lower()}.shop.example")


def test_a_code_becomes_a_session_that_counts_its_own_hosts_clicks_and_drafts_there(
    world: ApiWorld, shop: Site
) -> None:
    world.send(shop.workspace, clicked("ann", shop.host), clicked("ben", shop.host), clicked("cai", "other.example"))
    with world.client(workspace=shop.workspace) as client:
        assert client.get("/events/count", params={"fresh": "true"}).json()["count"] == 3
    opened = shop.post("session", {"code": shop.code()})
    assert (opened.json()["host"], opened.json()["language"]) == (shop.host, "zh")
    session = opened.json()["session"]
    asked = {"chain": [BUTTON, BODY], "host": "other.example"}
    found = shop.post("suggestions", asked, session=session).json()
    assert found["elements"][0]["selectors"][0] == {
        "selector": '[data-track="buy"]',
        "by": "data",
        "clicks": 2,
        "elements": 1,
    }
    seen = shop.post("preview", {"definition": draft("buy")}, session=session).json()
    assert (seen["clicks"], seen["people"]) == (2, 2)
    saved = shop.post("drafts", {"document": draft("buy", path="/product/*")}, session=session)
    assert (saved.status_code, saved.json()) == (201, {"key": "buy"})
    assert saved.headers["Access-Control-Allow-Origin"] == shop.origin
    assert "Access-Control-Allow-Credentials" not in saved.headers
    with world.client(workspace=shop.workspace) as client:
        kept = client.get("/visual-events/buy").json()
    assert (kept["state"], kept["updated_by"]) == ("draft", shop.user.id)
    assert kept["document"]["page"] == {"path": "/product/*", "host": shop.host}
    again = shop.post("drafts", {"document": draft("buy")}, session=session)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_a_code_is_good_once_and_a_try_from_elsewhere_uses_it_up(shop: Site) -> None:
    code = shop.code()
    assert shop.post("session", {"code": code}).status_code == 200
    used = shop.post("session", {"code": code})
    assert (used.status_code, used.json()["code"]) == (401, "no_valid_code")
    code = shop.code()
    stolen = shop.post("session", {"code": code}, origin="https://thief.example")
    assert stolen.status_code == 401
    assert "Access-Control-Allow-Origin" not in stolen.headers
    assert shop.post("session", {"code": code}).status_code == 401


def test_a_session_is_worthless_from_another_origin_and_after_its_end(shop: Site) -> None:
    session = shop.session()
    body = {"definition": draft("buy")}
    for origin in ("https://thief.example", f"http://{shop.host}", f"{shop.origin}:8443", "null", ""):
        stolen = shop.post("preview", body, session=session, origin=origin)
        assert stolen.status_code == 401, origin
        assert "Access-Control-Allow-Origin" not in stolen.headers
    assert shop.post("preview", body, session=session).status_code == 200
    assert shop.post("end", {}, session=session).status_code == 204
    assert shop.post("preview", body, session=session).status_code == 401


def test_a_session_neither_publishes_nor_reaches_the_api(world: ApiWorld, shop: Site) -> None:
    session = shop.session()
    assert shop.post("drafts", {"document": draft("mine")}, session=session).status_code == 201
    for name in ("publish", "mine/publish", "drafts/mine/publish", "visual-events"):
        assert shop.post(name, {}, session=session).status_code == 404, name
    assert shop.post("drafts", {}, session=session, method="GET").status_code == 404
    with world.client(session, workspace=shop.workspace, Origin=shop.origin) as page:
        for method, path in (("POST", "/visual-events/mine/publish"), ("GET", "/visual-events"), ("GET", "/events")):
            answer = page.request(method, path)
            assert answer.status_code == 401, path
            assert "Access-Control-Allow-Origin" not in answer.headers
    with world.client(workspace=shop.workspace) as client:
        assert client.get("/visual-events/mine").json()["state"] == "draft"


def test_a_draft_for_another_host_is_refused(shop: Site) -> None:
    session = shop.session()
    for name, body in (
        ("drafts", {"document": draft("far", host="other.example")}),
        ("preview", {"definition": draft("far", host="other.example")}),
    ):
        refused = shop.post(name, body, session=session)
        assert (refused.status_code, shop.host in refused.text) == (403, True)
    no_pages: tuple[Any, ...] = ("everywhere", None, [])
    for page in no_pages:
        odd = shop.post("drafts", {"document": draft("odd") | {"page": page}}, session=session)
        assert odd.status_code == 422, odd.text
    assert shop.post("drafts", {"document": {"key": "none"}}, session=session).status_code == 422
    assert shop.post("drafts", {"nothing": 1}, session=session).status_code == 422
    assert shop.post("drafts", {"document": {"key": "x" * 70_000}}, session=session).status_code == 413


def test_who_loses_the_right_or_the_account_drafts_nothing_more(world: ApiWorld, shop: Site) -> None:
    session = shop.session()
    with world.client() as owner:
        change = {"role": "viewer", "workspace": shop.workspace}
        assert owner.patch(f"/users/{shop.user.id}", json=change).status_code == 200
        lowered = shop.post("drafts", {"document": draft("late")}, session=session)
        assert (lowered.status_code, "visual_events.write" in lowered.text) == (403, True)
        assert owner.patch(f"/users/{shop.user.id}", json={"disabled": True}).status_code == 200
    assert shop.post("drafts", {"document": draft("late")}, session=session).status_code == 403


def test_a_preflight_is_answered_for_origins_that_are_expected_and_for_no_others(shop: Site) -> None:
    assert "Access-Control-Allow-Origin" not in shop.post("session", None, method="OPTIONS").headers
    shop.code()
    asked = shop.post("session", None, method="OPTIONS")
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, shop.origin)
    assert asked.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    other = shop.post("session", None, method="OPTIONS", origin="https://thief.example")
    assert "Access-Control-Allow-Origin" not in other.headers


def test_codes_are_made_by_people_who_may_write_for_pages_alone(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as token_of_nobody:
        refused = token_of_nobody.post("/visual-events/codes", json={"address": "https://shop.example/"})
        assert (refused.status_code, "by a person" in refused.text) == (403, True)
    with signed_in(world, a_user(world, "viewer", workspace), workspace=workspace) as viewer:
        assert viewer.post("/visual-events/codes", json={"address": "https://shop.example/"}).status_code == 403
    with signed_in(world, a_user(world, "marketer", workspace), workspace=workspace) as marketer:
        for address in ("javascript:alert(1)", "shop.example", "https://", "https://a@shop.example/", "file:///x"):
            assert marketer.post("/visual-events/codes", json={"address": address}).status_code == 422, address
        answer = marketer.post("/visual-events/codes", json={"address": "https://shop.example/#/cart"}).json()
        assert answer["address"].startswith("https://shop.example/#/cart&zuji_overlay=zo_")


def test_wrong_codes_are_held_up_after_many(shop: Site) -> None:
    answers = [shop.post("session", {"code": f"zo_{number}"}).status_code for number in range(40)]
    assert (answers[0], answers[-1]) == (401, 429)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000

    def __call__(self) -> int:
        return self.now


def invited(overlays: Overlays) -> Opened:
    return overlays.invite(user="ada", workspace="default", address="https://shop.example/p")


def test_codes_and_sessions_end_in_time_and_are_kept_as_hashes() -> None:
    clock = Clock()
    overlays = Overlays(now_ms=clock)
    late, timely = invited(overlays), invited(overlays)
    assert late.secret not in repr(vars(overlays))
    opened = overlays.exchange(timely.secret, origin="https://shop.example")
    assert opened is not None
    assert opened.secret not in repr(vars(overlays))
    clock.now += CODE_MS
    assert overlays.exchange(late.secret, origin="https://shop.example") is None
    clock.now += SESSION_MS - CODE_MS - 1
    assert overlays.authenticate(opened.secret, origin="https://shop.example") == opened.overlay
    assert overlays.is_expected("https://shop.example")
    clock.now += 1
    assert overlays.authenticate(opened.secret, origin="https://shop.example") is None
    assert not overlays.is_expected("https://shop.example")


def test_a_code_is_no_session_and_of_very_many_the_oldest_of_the_same_person_end() -> None:
    overlays = Overlays(now_ms=Clock())
    first, other = invited(overlays), overlays.invite(user="bob", workspace="default", address="https://shop.example")
    assert overlays.authenticate(first.secret, origin="https://shop.example") is None
    for _ in range(MOST_EACH - 1):
        second = invited(overlays)
    last = invited(overlays)
    assert overlays.exchange(first.secret, origin="https://shop.example") is None
    for kept in (second, last, other):
        assert overlays.exchange(kept.secret, origin="https://shop.example") is not None

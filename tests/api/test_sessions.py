"""Signing in over a real socket: what the cookie opens, what it does not, and when it ends."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

import httpx
import pytest
from api_world import ApiWorld
from msgspec.structs import replace
from signed_in import PASSWORD, a_browser, a_user, an_address, secret_of, session_of, sign_in, signed_in, store

from zuji.api.browser import COOKIE, CSRF_HEADER
from zuji.govern.roles import PERMISSIONS_OF
from zuji.govern.sessions import IDLE_MS, LONGEST_MS
from zuji.govern.sign_in_limit import FREE_PER_ADDRESS, FREE_PER_LOGIN
from zuji.terms.secret import sha256_hex


def test_who_signs_in_is_told_who_they_are_and_what_they_may(world: ApiWorld, workspace: str) -> None:
    user = a_user(world, "analyst", workspace)
    with a_browser(world) as browser:
        begun = sign_in(browser, user.login.upper() + " ")
        told = session_of(browser)
    assert told == begun.json()
    assert re.fullmatch(r"[0-9a-f]{64}", told.pop("csrf"))
    [entered] = told.pop("workspaces")
    assert (entered["id"], entered["role"]) == (workspace, "analyst")
    assert set(entered) == {"id", "name", "timezone", "role"}
    assert told == {
        "user": {"id": user.id, "login": user.login, "name": "A analyst", "language": "zh"},
        "role": "analyst",
        "workspace": workspace,
        "permissions": sorted(PERMISSIONS_OF["analyst"]),
    }


def test_without_a_session_nobody_is_told_anything(world: ApiWorld) -> None:
    with a_browser(world) as browser:
        for cookie in (None, "", "zu_made-up", "zt_made-up", "x" * 5000):
            answer = browser.get("/session", headers={} if cookie is None else {"Cookie": f"{COOKIE}={cookie}"})
            assert (answer.status_code, answer.json()["code"]) == (401, "no_valid_token")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, {"path": "/", "secure": ""}),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/cdp"}, {"path": "/cdp", "secure": True}),
    ],
    ids=["plain http", "https under a base path"],
)
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    world: ApiWorld, headers: dict[str, str], expected: dict[str, object]
) -> None:
    user = a_user(world, "viewer")
    with a_browser(world, **headers) as browser:
        given = SimpleCookie(sign_in(browser, user.login).headers["set-cookie"])[COOKIE]
    assert given.value.startswith("zu_")
    assert {name: given[name] for name in ("path", "secure")} == expected
    assert (given["httponly"], given["samesite"].lower(), int(given["max-age"])) == (True, "lax", LONGEST_MS // 1000)
    assert store(world).find_session(sha256_hex(given.value)) is not None
    assert given.value.encode() not in (world.data / "meta.sqlite").read_bytes()


def test_a_wrong_password_and_an_unknown_login_get_one_answer(world: ApiWorld) -> None:
    user = a_user(world, "viewer")
    with a_browser(world) as browser:
        wrong = sign_in(browser, user.login, "three blind cats")
        unknown = sign_in(browser, "nobody@shop.cn")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "wrong_login"
    assert not {"set-cookie"} & {*wrong.headers, *unknown.headers}


def fail_often(world: ApiWorld, *, login: str = "", address: str, free: int) -> None:
    """So many tries fail, each as soon as it may, that the next one has to wait a minute."""
    limit, at = world.house.administration.sessions._limit, world.house.ports.now_ms() / 1000 - 64
    for _ in range(free):
        assert limit.begin(login, address, now_s=at) == 0
    for number in range(6):
        at += 2**number
        assert limit.begin(login, address, now_s=at) == 0


def test_guessing_a_password_gets_slower_and_the_right_one_waits_too(world: ApiWorld) -> None:
    user = a_user(world, "viewer")
    fail_often(world, login=user.login, address=an_address(), free=FREE_PER_LOGIN)
    with a_browser(world) as browser:
        answers = [sign_in(browser, user.login, password) for password in ("one guess too many", PASSWORD)]
        assert [(one.status_code, one.json()["code"]) for one in answers] == [(429, "too_many_tries")] * 2
        assert 1 <= int(answers[0].headers["Retry-After"]) <= 64
        assert sign_in(browser, a_user(world, "viewer").login).status_code == 200


def test_trying_many_logins_from_one_address_gets_slower_and_following_links_too(world: ApiWorld) -> None:
    address = an_address()
    fail_often(world, address=address, free=FREE_PER_ADDRESS)
    with a_browser(world, address=address) as browser:
        assert sign_in(browser, "anybody").status_code == 429
        assert browser.post("/session/welcome", json={"code": "zc_x", "password": PASSWORD}).status_code == 429
    with a_browser(world) as elsewhere:
        assert sign_in(elsewhere, "anybody").status_code == 401


def test_a_change_with_the_cookie_needs_the_text_that_only_our_page_knows(world: ApiWorld, workspace: str) -> None:
    body = {"name": "forged"}
    with (
        signed_in(world, a_user(world, "owner"), workspace=workspace) as browser,
        signed_in(world, a_user(world, "owner")) as another,
    ):
        right, others = browser.headers.pop(CSRF_HEADER), session_of(another)["csrf"]
        for wrong in ({}, {CSRF_HEADER: ""}, {CSRF_HEADER: others}, {CSRF_HEADER: secret_of(browser)}):
            answer = browser.post("/sources", json=body, headers=wrong)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_from_our_page"), wrong
        for method in ("PUT", "PATCH", "DELETE"):
            assert browser.request(method, "/sources/1").status_code == 403
        assert browser.get("/sources").json()["sources"][0]["name"] == "shop"
        assert browser.post("/sources", json=body, headers={CSRF_HEADER: right}).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://name.behind.a.proxy"}, 201),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://zuji.shop.cn", "X-Forwarded-Host": "zuji.shop.cn"}, 201),
        ({"Origin": "https://zuji.shop.cn.evil.example", "X-Forwarded-Host": "zuji.shop.cn"}, 403),
    ],
)
def test_a_change_and_a_sign_in_from_another_site_are_refused(
    world: ApiWorld, workspace: str, headers: dict[str, str], status: int
) -> None:
    user = a_user(world, "owner")
    with signed_in(world, user, workspace=workspace) as browser:
        assert browser.post("/sources", json={"name": "s"}, headers=headers).status_code == status
    with a_browser(world, **headers) as other:
        assert sign_in(other, user.login).status_code == (200 if status == 201 else 403)


def test_a_secret_that_was_planted_before_is_not_the_one_somebody_signs_in_with(world: ApiWorld) -> None:
    user, attacker = a_user(world, "viewer"), a_user(world, "viewer")
    with signed_in(world, attacker) as theirs, a_browser(world) as browser:
        planted = secret_of(theirs)
        browser.cookies.set(COOKIE, planted)
        begun = sign_in(browser, user.login)
        given = SimpleCookie(begun.headers["set-cookie"])[COOKIE].value
        assert given != planted
        assert theirs.get("/session").status_code == 401
    with a_browser(world) as invented:
        invented.cookies.set(COOKIE, "zu_chosen-by-somebody-else")
        answer = sign_in(invented, user.login)
        assert SimpleCookie(answer.headers["set-cookie"])[COOKIE].value != "zu_chosen-by-somebody-else"


def test_a_session_ends_when_it_is_left_alone_and_after_thirty_days_whatever_happens(world: ApiWorld) -> None:
    user, now = a_user(world, "viewer"), world.house.ports.now_ms()
    with signed_in(world, user) as left, signed_in(world, user) as old:
        hashes = [sha256_hex(secret_of(browser)) for browser in (left, old)]
        [one, other] = [store(world).find_session(hashed) for hashed in hashes]
        assert one is not None
        assert other is not None
        store(world).touch_session(one.id, at=now - IDLE_MS)
        store(world).end_session(other.id)
        store(world).begin_session(replace(other, created_at=now - LONGEST_MS, seen_at=now), over=(0, 0))
        assert [browser.get("/session").status_code for browser in (left, old)] == [401, 401]
        with signed_in(world, user):
            assert store(world).sessions(user.id)[0].id not in (one.id, other.id)
            assert len(store(world).sessions(user.id)) == 1


def test_a_session_that_is_used_stays(world: ApiWorld) -> None:
    user, now = a_user(world, "viewer"), world.house.ports.now_ms()
    with signed_in(world, user) as browser:
        found = store(world).find_session(sha256_hex(secret_of(browser)))
        assert found is not None
        store(world).touch_session(found.id, at=now - IDLE_MS + 60_000)
        assert browser.get("/session").status_code == 200
        [kept] = store(world).sessions(user.id)
        assert kept.seen_at >= now


def test_signing_out_ends_the_session_and_takes_the_cookie(world: ApiWorld) -> None:
    with signed_in(world, a_user(world, "viewer")) as browser:
        secret = secret_of(browser)
        left = browser.delete("/session")
        assert (left.status_code, SimpleCookie(left.headers["set-cookie"])[COOKIE]["max-age"]) == (204, "0")
        assert COOKIE not in browser.cookies
        assert browser.get("/session", headers={"Cookie": f"{COOKIE}={secret}"}).status_code == 401


def test_everybody_sees_and_ends_their_own_sessions_and_an_owner_everybodys(world: ApiWorld, workspace: str) -> None:
    user, owner = a_user(world, "viewer"), a_user(world, "owner")
    bound = a_user(world, "owner", workspace)
    with (
        signed_in(world, user, **{"User-Agent": "Desk"}) as desk,
        signed_in(world, user, **{"User-Agent": "Phone"}) as phone,
        signed_in(world, owner) as other,
        signed_in(world, bound) as stranger,
    ):
        mine = {one["agent"]: one for one in desk.get("/sessions").json()["sessions"]}
        assert {agent: one["current"] for agent, one in mine.items()} == {"Desk": True, "Phone": False}
        assert {one["user"]["id"] for one in stranger.get("/sessions").json()["sessions"]} == {bound.id}
        assert {user.id, owner.id} <= {one["user"]["id"] for one in other.get("/sessions").json()["sessions"]}
        theirs = next(one for one in other.get("/sessions").json()["sessions"] if one["current"])
        assert desk.delete(f"/sessions/{theirs['id']}").status_code == 404
        assert stranger.delete(f"/sessions/{mine['Phone']['id']}").status_code == 404
        assert desk.delete(f"/sessions/{mine['Phone']['id']}").json()["agent"] == "Phone"
        assert phone.get("/session").status_code == 401
        assert other.delete(f"/sessions/{mine['Desk']['id']}").status_code == 200
        assert desk.get("/session").status_code == 401


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(world: ApiWorld) -> None:
    user = a_user(world, "viewer")
    with signed_in(world, user) as here, signed_in(world, user) as there:
        wrong = here.post("/session/password", json={"old": "not that one", "new": "four and twenty"})
        assert (wrong.status_code, wrong.json()["code"]) == (403, "not_allowed")
        short = here.post("/session/password", json={"old": PASSWORD, "new": "short"})
        assert (short.status_code, "10 to 200 characters" in short.json()["message"]) == (422, True)
        assert there.get("/session").status_code == 200
        done = here.post("/session/password", json={"old": PASSWORD, "new": "four and twenty"})
        assert done.status_code == 204
        assert (here.get("/session").status_code, there.get("/session").status_code) == (200, 401)
    with a_browser(world) as again:
        assert sign_in(again, user.login).status_code == 401
        assert sign_in(again, user.login, "four and twenty").status_code == 200


def test_name_and_language_are_ones_own_to_change(world: ApiWorld) -> None:
    with signed_in(world, a_user(world, "viewer")) as browser:
        assert browser.patch("/session", json={"language": "en"}).json()["language"] == "en"
        assert browser.patch("/session", json={"name": "安"}).json()["name"] == "安"
        assert browser.patch("/session", json={"language": "fr"}).status_code == 422
        told = session_of(browser)["user"]
    assert (told["name"], told["language"]) == ("安", "en")


def test_where_a_token_and_a_cookie_come_together_the_token_alone_counts(world: ApiWorld) -> None:
    with signed_in(world, a_user(world, "owner")) as browser:
        viewer = {"Authorization": f"Bearer {world.token('viewer')}"}
        assert browser.get("/tokens", headers=viewer).status_code == 403
        assert browser.get("/session", headers=viewer).status_code == 404
        for wrong in ("Bearer zt_wrong-wrong-wrong", "Basic eA=="):
            assert browser.get("/tokens", headers={"Authorization": wrong}).status_code == 401
        del browser.headers[CSRF_HEADER]
        owner = {"Authorization": f"Bearer {world.owner}", "Sec-Fetch-Site": "cross-site"}
        assert browser.post("/workspaces", json={"name": "by token"}, headers=owner).status_code == 201


def test_a_stream_and_a_download_work_with_the_cookie(world: ApiWorld, workspace: str) -> None:
    with signed_in(world, a_user(world, "owner"), workspace=workspace) as browser:
        with browser.stream("GET", "/changes/stream") as stream:
            assert (stream.status_code, stream.headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
        file = browser.post("/exports", json={"sql": "SELECT event FROM events", "format": "csv"})
        assert (file.status_code, file.headers["zuji-rows"]) == (200, "0")


def test_the_api_sends_no_cors_headers(world: ApiWorld) -> None:
    foreign = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    with httpx.Client(base_url=f"{world.url}/api/v1", headers=foreign, trust_env=False, timeout=60) as client:
        token = {"Authorization": f"Bearer {world.owner}"}
        answers = [
            client.options("/session"),
            client.options("/sources", headers=token),
            client.get("/sources", headers=token),
            client.get("/sources"),
            client.post("/session", json={}),
        ]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control-")], answer.request
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"

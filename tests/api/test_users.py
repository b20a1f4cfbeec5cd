"""Users over HTTP: how they come, what is changed about them, how they go; and what is noted of what they saw."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify
from msgspec.structs import replace
from signed_in import (
    PASSWORD,
    a_browser,
    a_user,
    invitation,
    session_of,
    sign_in,
    signed_in,
    store,
)

from zuji.api.browser import CSRF_HEADER
from zuji.store.users import User
from zuji.terms.secret import sha256_hex

NEWCOMER = {"login": "Lin@Shop.CN", "name": "林", "password": PASSWORD, "language": "zh"}


def welcome(browser: httpx.Client, code: str, **changed: Any) -> httpx.Response:
    given = {"code": code, **NEWCOMER, **changed}
    answer = browser.post("/session/welcome", json={name: value for name, value in given.items() if value is not None})
    if answer.is_success:
        browser.headers[CSRF_HEADER] = answer.json()["csrf"]
    return answer


def users_of(client: httpx.Client) -> dict[str, dict[str, Any]]:
    return {one["login"]: one for one in client.get("/users").json()["users"]}


def test_an_invitation_is_followed_once_and_signs_the_newcomer_in(world: ApiWorld, workspace: str) -> None:
    with world.client() as owner:
        invited = owner.post("/users/invitations", json={"role": "marketer", "workspace": workspace})
        assert invited.status_code == 201
        path = invited.json()["path"]
        assert path.startswith("/console/#/welcome?code=zc_")
        waiting = owner.get("/users/invitations").json()["invitations"]
        assert [one for one in waiting if one["id"] == invited.json()["id"]] == [
            {name: value for name, value in invited.json().items() if name != "path"}
        ]
        code = path.partition("code=")[2]
        with a_browser(world) as browser:
            told = welcome(browser, code).json()
            assert (told["user"]["login"], told["user"]["name"], told["role"]) == ("lin@shop.cn", "林", "marketer")
            assert [one["id"] for one in told["workspaces"]] == [workspace]
            assert session_of(browser) == told
            again = welcome(browser, code, login="other@shop.cn")
            assert (again.status_code, again.json()["code"]) == (404, "not_found")
        made = users_of(owner)["lin@shop.cn"]
        assert (made["role"], made["roles"]) == (None, [{"workspace": workspace, "role": "marketer"}])
        assert invited.json()["id"] not in {one["id"] for one in owner.get("/users/invitations").json()["invitations"]}
    assert code not in (world.data / "meta.sqlite").read_bytes().decode("latin-1")


def test_an_invitation_that_is_over_or_withdrawn_or_invented_lets_nobody_in(world: ApiWorld) -> None:
    late, withdrawn = invitation(world, "viewer"), invitation(world, "viewer")
    link = store(world).find_link(sha256_hex(late))
    assert link is not None
    store(world).end_link(link.id)
    store(world).add_link(replace(link, expires_at=world.house.ports.now_ms() - 1, created_at=1))
    with world.client() as owner, a_browser(world) as browser:
        ids = {one["id"] for one in owner.get("/users/invitations").json()["invitations"]}
        assert link.id not in ids
        taken_back = store(world).find_link(sha256_hex(withdrawn))
        assert taken_back is not None
        assert owner.delete(f"/users/invitations/{taken_back.id}").status_code == 204
        assert owner.delete(f"/users/invitations/{taken_back.id}").status_code == 404
        for code in (late, withdrawn, "zc_invented"):
            assert welcome(browser, code, login="late@shop.cn").status_code == 404
        assert "late@shop.cn" not in users_of(owner)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "short"}, "10 to 200 characters"),
        ({"password": "x" * 201}, "10 to 200 characters"),
        ({"password": "NewComer@Shop.cn"}, "the password is the login"),
        ({"password": "Password123"}, "first that anybody would try"),
        ({"password": "wwwwwwwwwwww"}, "first that anybody would try"),
        ({"login": None}, "with a login and a name"),
        ({"name": None}, "with a login and a name"),
        ({"login": "two words"}, "body.login"),
        ({"language": "fr"}, "body.language"),
    ],
)
def test_what_a_newcomer_may_not_choose_leaves_the_invitation_good(
    world: ApiWorld, changed: dict[str, Any], said: str
) -> None:
    code = invitation(world, "viewer")
    with a_browser(world) as browser:
        refused = welcome(browser, code, **{"login": "newcomer@shop.cn", **changed})
    assert refused.status_code == 422
    assert said in refused.json()["message"]
    assert PASSWORD not in refused.text
    assert store(world).find_link(sha256_hex(code)) is not None


def test_a_login_is_taken_however_it_is_written(world: ApiWorld) -> None:
    taken = a_user(world, "viewer")
    code = invitation(world, "owner")
    with a_browser(world) as browser:
        for login in (taken.login, taken.login.upper(), taken.login.replace("@", "＠")):
            assert welcome(browser, code, login=login).status_code == 409
    assert store(world).get(taken.id) == taken


def test_another_role_holds_with_the_next_request_and_ends_the_tokens(world: ApiWorld, workspace: str) -> None:
    a_user(world, "owner")  # the last one would stay one
    user = a_user(world, "owner")
    with world.client() as owner, signed_in(world, user) as browser:
        token = browser.post("/tokens", json={"role": "owner", "name": "mine"}).json()
        assert token["user"] == user.id
        with world.client(token["token"]) as program:
            assert program.get("/tokens").status_code == 200
            changed = owner.patch(f"/users/{user.id}", json={"role": "viewer", "workspace": workspace}).json()
            assert (changed["role"], changed["roles"]) == (None, [{"workspace": workspace, "role": "viewer"}])
            assert program.get("/tokens").status_code == 401
        assert browser.get("/tokens").status_code == 403
        assert browser.get("/sources", params={"workspace": workspace}).status_code == 200
        assert browser.get("/sources", params={"workspace": "default"}).status_code == 403
        assert owner.patch(f"/users/{user.id}", json={"role": None, "workspace": workspace}).json()["roles"] == []
        assert browser.get("/session").status_code == 401


def test_whoever_is_locked_out_is_out_at_once_with_all_tokens_and_may_be_let_in_again(world: ApiWorld) -> None:
    user = a_user(world, "viewer")
    with world.client() as owner, signed_in(world, user) as browser:
        token = owner.post("/tokens", json={"role": "viewer", "user": user.id}).json()["token"]
        with world.client(token) as program, a_browser(world) as again:
            assert program.get("/workspaces").status_code == 200
            assert owner.patch(f"/users/{user.id}", json={"disabled": True}).json()["disabled"] is True
            assert program.get("/workspaces").status_code == 401
            assert browser.get("/session").status_code == 401
            assert sign_in(again, user.login).status_code == 401
            assert owner.patch(f"/users/{user.id}", json={"disabled": False}).json()["disabled"] is False
            assert program.get("/workspaces").status_code == 200
            assert browser.get("/session").status_code == 401
            assert sign_in(again, user.login).status_code == 200


def test_a_removed_user_is_gone_and_their_token_with_them(world: ApiWorld, workspace: str) -> None:
    user = a_user(world, "analyst", workspace)
    with world.client() as owner, signed_in(world, user) as browser:
        token = owner.post("/tokens", json={"role": "viewer", "user": user.id}).json()
        assert owner.delete(f"/users/{user.id}").json()["login"] == user.login
        assert user.login not in users_of(owner)
        assert browser.get("/session").status_code == 401
        with world.client(token["token"]) as program:
            assert program.get("/workspaces").status_code == 401
        [listed] = [one for one in owner.get("/tokens").json()["tokens"] if one["id"] == token["id"]]
        assert listed["revoked_at"] is not None
        assert owner.post("/tokens", json={"role": "viewer", "user": user.id}).status_code == 404
        assert owner.delete(f"/users/{user.id}").status_code == 404


def only_owner(world: ApiWorld) -> User:
    """An owner of everything after all others have become viewers."""
    kept = a_user(world, "owner")
    for user in store(world).all():
        if user.id != kept.id and user.role == "owner":
            store(world).set_role(user.id, None, "viewer", at=1)
    return kept


def test_the_last_owner_is_neither_removed_nor_demoted_nor_locked_out(world: ApiWorld, workspace: str) -> None:
    last = only_owner(world)
    with world.client() as owner:
        for change in (
            {"role": "viewer"},
            {"role": None},
            {"role": "owner", "workspace": workspace},
            {"disabled": True},
        ):
            refused = owner.patch(f"/users/{last.id}", json=change)
            assert (refused.status_code, refused.json()["code"]) == (409, "conflict"), change
        assert owner.delete(f"/users/{last.id}").status_code == 409
        assert store(world).get(last.id) == last
        a_user(world, "owner")
        assert owner.delete(f"/users/{last.id}").status_code == 200


def test_an_owner_of_one_workspace_manages_nobody_beyond_it(world: ApiWorld, workspace: str) -> None:
    bound, mine = a_user(world, "owner", workspace), a_user(world, "viewer", workspace)
    beyond, elsewhere = a_user(world, "viewer"), a_user(world, "viewer", world.workspace())
    both = a_user(world, "viewer", workspace)
    store(world).set_role(both.id, "default", "viewer", at=1)
    with signed_in(world, bound) as owner:
        assert set(users_of(owner)) == {bound.login, mine.login, both.login}
        assert users_of(owner)[both.login]["roles"] == [{"workspace": workspace, "role": "viewer"}]
        for stranger in (beyond, elsewhere):
            assert owner.patch(f"/users/{stranger.id}", json={"disabled": True}).status_code == 404
            assert owner.delete(f"/users/{stranger.id}").status_code == 404
        here = {"role": "analyst", "workspace": workspace}
        for body in ({"role": "viewer"}, {"role": "viewer", "workspace": "default"}):
            assert owner.post("/users/invitations", json=body).status_code == 403
            assert owner.patch(f"/users/{mine.id}", json=body).status_code == 403
        assert owner.patch(f"/users/{mine.id}", json=here).json()["roles"][0]["role"] == "analyst"
        assert owner.delete(f"/users/{both.id}").status_code == 403
        foreign = store(world).find_link(sha256_hex(invitation(world, "viewer")))
        assert foreign is not None
        assert owner.delete(f"/users/invitations/{foreign.id}").status_code == 404
        own = owner.post("/users/invitations", json=here)
        assert [one["id"] for one in owner.get("/users/invitations").json()["invitations"]] == [own.json()["id"]]
        assert owner.delete(f"/users/{mine.id}").status_code == 200


def test_a_role_is_given_only_where_there_is_a_workspace(world: ApiWorld) -> None:
    user = a_user(world, "viewer")
    with world.client() as owner:
        body = {"role": "viewer", "workspace": "no-such"}
        assert owner.post("/users/invitations", json=body).status_code == 404
        assert owner.patch(f"/users/{user.id}", json=body).status_code == 404
    assert store(world).get(user.id) == user


def test_somebody_with_roles_in_two_workspaces_has_each_where_it_is(world: ApiWorld) -> None:
    first, second, third = (world.workspace() for _ in range(3))
    user = a_user(world, "owner", first)
    store(world).set_role(user.id, second, "viewer", at=1)
    with signed_in(world, user) as browser:
        told = {place: browser.get("/session", params={"workspace": place}).json() for place in (first, second)}
        assert {place: one["role"] for place, one in told.items()} == {first: "owner", second: "viewer"}
        entered = {one["id"]: one["role"] for one in told[first]["workspaces"]}
        assert entered == {first: "owner", second: "viewer"}
        assert {one["id"] for one in browser.get("/workspaces").json()["workspaces"]} == {first, second}
        statuses = {
            place: browser.post("/sources", json={"name": "s"}, params={"workspace": place}).status_code
            for place in (first, second, third, "no-such")
        }
        assert statuses == {first: 201, second: 403, third: 403, "no-such": 403}
        twice = httpx.QueryParams([("workspace", first), ("workspace", second)])
        assert browser.post("/sources", json={"name": "t"}, params=twice).status_code == 403


def test_a_new_password_by_a_link_is_the_operators_to_allow(world: ApiWorld) -> None:
    user = a_user(world, "viewer")
    with signed_in(world, a_user(world, "owner")) as owner:
        assert owner.post(f"/users/{user.id}/reset-link").status_code == 403
    with world.client() as token:
        assert token.post(f"/users/{user.id}/reset-link").status_code == 403
    with httpx.Client(base_url=world.control_url, trust_env=False, timeout=60) as control:
        first, link = (control.post(f"/api/v1/users/{user.id}/reset-link").json()["path"] for _ in range(2))
    codes = [one.partition("code=")[2].partition("&") for one in (first, link)]
    assert codes[1][2] == f"login={user.login.replace('@', '%40')}"
    with signed_in(world, user) as before, a_browser(world) as browser:
        nothing = {"login": None, "name": None, "language": None}
        assert welcome(browser, codes[0][0], **nothing, password="four and twenty").status_code == 404
        assert welcome(browser, codes[1][0], **nothing, password="short").status_code == 422
        assert welcome(browser, codes[1][0], **nothing, password="four and twenty").status_code == 200
        assert before.get("/session").status_code == 401
        assert session_of(browser)["user"]["id"] == user.id
        assert welcome(browser, codes[1][0], **nothing, password="five and twenty").status_code == 404
        assert sign_in(browser, user.login).status_code == 401


def test_what_is_done_about_users_is_noted_without_any_secret(world: ApiWorld) -> None:
    with signed_in(world, a_user(world, "owner")) as owner, a_browser(world) as browser:
        me = session_of(owner)["user"]["id"]
        code = owner.post("/users/invitations", json={"role": "viewer"}).json()["path"].partition("code=")[2]
        made = welcome(browser, code, login="noted@shop.cn").json()["user"]["id"]
        owner.patch(f"/users/{made}", json={"role": "analyst"})
        owner.patch(f"/users/{made}", json={"disabled": True})
        owner.delete(f"/users/{made}")
        noted = owner.get("/audit", params={"subject": made}).json()["entries"][::-1]
        everything = owner.get("/audit", params={"limit": 1000}).text
    assert [(one["action"], one["actor"]) for one in noted] == [
        ("user.join", made),
        ("session.begin", made),
        ("user.role", me),
        ("user.disable", me),
        ("user.remove", me),
    ]
    for secret in (code, sha256_hex(code), PASSWORD, "zu_", "zc_"):
        assert secret not in everything


def test_who_looks_at_whose_profile_is_noted_once_an_hour_and_programs_are_not(world: ApiWorld, workspace: str) -> None:
    names = ("ann", "bob", "cy")
    world.send(workspace, *(identify(name, traits={"phone": "13812348000"}) for name in names))
    looked = {"identifiers": [{"type": "user_id", "value": value} for value in ("ann", "bob", "nobody")]}
    user = a_user(world, "analyst", workspace)
    with world.client(workspace=workspace) as program, signed_in(world, user, workspace=workspace) as browser:
        ids = {name: program.get(f"/profiles/user_id:{name}", params={"fresh": True}).json()["id"] for name in names}

        def noted() -> dict[str, list[tuple[str, str, str]]]:
            pages = {
                name: program.get("/audit", params={"subject": f"{workspace}/profile:{number}"}).json()["entries"]
                for name, number in ids.items()
            }
            return {
                name: [(entry["action"], entry["actor"], entry["detail"]) for entry in entries]
                for name, entries in pages.items()
            }

        seen = ("profile.view", user.id, "")
        assert noted() == {"ann": [], "bob": [], "cy": []}
        assert [browser.get("/profiles/user_id:ann").status_code for _ in range(2)] == [200, 200]
        assert browser.get("/profiles/user_id:nobody").status_code == 404
        assert noted() == {"ann": [seen], "bob": [], "cy": []}
        assert browser.post("/profiles/lookup", json=looked).status_code == 200
        assert noted() == {"ann": [seen], "bob": [seen], "cy": []}
        assert browser.get("/profiles/user_id:cy/timeline").status_code == 200
        assert noted() == {"ann": [seen], "bob": [seen], "cy": [seen]}

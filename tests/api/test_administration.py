"""Workspaces, sources, write keys and tokens over HTTP."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import msgspec
import pytest
from api_world import ApiWorld, track

from zuji.collect.keys import KeyRing
from zuji.govern.roles import ROLES
from zuji.terms.secret import sha256_hex
from zuji.terms.source import KeyEntry, KeySnapshot


def snapshot(world: ApiWorld) -> dict[str, KeyEntry]:
    """The file the gateways read, by hash of the key."""
    read = msgspec.json.decode((world.data / "keys.json").read_bytes(), type=KeySnapshot)
    return {entry.key_sha256: entry for entry in read.keys}


def test_a_new_source_gets_a_public_and_a_secret_key_which_the_gateway_knows_at_once(
    world: ApiWorld, workspace: str
) -> None:
    ring = KeyRing(world.data / "keys.json", monotonic=time.monotonic)
    with world.client(workspace=workspace) as owner:
        answer = owner.post("/sources", json={"name": "till", "channel": "pos", "settings": {"max_event_bytes": 1000}})
    made = answer.json()
    assert answer.status_code == 201
    assert made["write_key"].startswith("zp_")
    assert made["secret_key"].startswith("zs_")
    assert len(made["write_key"]) >= 27
    public, secret = ring.find(made["write_key"]), ring.find(made["secret_key"])
    assert public is not None
    assert secret is not None
    assert (public.kind, secret.kind) == ("public", "secret")
    assert public.source == secret.source
    assert (public.source.workspace, public.source.id, public.source.channel) == (workspace, made["id"], "pos")
    assert public.source.settings.max_event_bytes == 1000


def test_a_rotated_key_replaces_the_old_one_and_on_request_both_work_until_it_is_revoked(
    world: ApiWorld, workspace: str
) -> None:
    with world.client(workspace=workspace) as owner:
        made = owner.post("/sources", json={"name": "app", "channel": "app"}).json()
        path = f"/sources/{made['id']}/keys"
        second = owner.post(f"{path}/rotate", json={"kind": "public"}).json()
        assert sha256_hex(made["write_key"]) not in snapshot(world)
        assert sha256_hex(made["secret_key"]) in snapshot(world)
        third = owner.post(f"{path}/rotate", json={"kind": "public", "old": "keep"}).json()
        assert {sha256_hex(second["key"]), sha256_hex(third["key"])} <= set(snapshot(world))
        revoked = owner.delete(f"{path}/{second['id']}").json()
        assert revoked["revoked_at"] is not None
        assert sha256_hex(second["key"]) not in snapshot(world)
        assert sha256_hex(third["key"]) in snapshot(world)
        listed = owner.get(path).json()["keys"]
    assert sorted((key["kind"], key["revoked_at"] is None) for key in listed) == [
        ("public", False),
        ("public", False),
        ("public", True),
        ("secret", True),
    ]
    assert all(len(key["hint"]) == 8 for key in listed)


def test_neither_keys_nor_tokens_are_kept_anywhere_in_the_data_folder(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        made = owner.post("/sources", json={"name": "kept", "channel": "web"}).json()
        token = owner.post("/tokens", json={"role": "viewer"}).json()["token"]
    secrets = [made["write_key"].encode(), made["secret_key"].encode(), token.encode()]
    files = [file for file in world.data.rglob("*") if file.is_file()]
    assert world.data / "keys.json" in files
    for file in files:
        content = file.read_bytes()
        assert not any(secret in content for secret in secrets), file
    assert stat.S_IMODE((world.data / "keys.json").stat().st_mode) == 0o600


def test_a_disabled_source_is_marked_in_the_snapshot_and_can_be_enabled_again(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        made = owner.post("/sources", json={"name": "off", "channel": "web"}).json()
        for enabled in (False, True):
            assert owner.patch(f"/sources/{made['id']}", json={"enabled": enabled}).json()["enabled"] is enabled
            assert snapshot(world)[sha256_hex(made["write_key"])].source.enabled is enabled


def test_a_setting_nobody_knows_and_a_value_it_cannot_have_are_refused_with_what_is_allowed(
    world: ApiWorld, workspace: str
) -> None:
    with world.client(workspace=workspace) as owner:
        unknown = owner.patch("/sources/shop", json={"settings": {"max_size": 1}})
        wrong = owner.patch("/sources/shop", json={"settings": {"max_event_bytes": "big"}})
        kept = owner.get("/sources/shop").json()["settings"]["max_event_bytes"]
    assert unknown.status_code == wrong.status_code == 422
    assert "'max_size' is no setting of a source. Allowed are: max_event_bytes" in unknown.json()["message"]
    assert "max_event_bytes" in wrong.json()["message"]
    assert kept == 32 * 1024


def test_two_sources_of_one_workspace_cannot_share_a_name_but_those_of_two_can(world: ApiWorld) -> None:
    first, second = world.workspace(), world.workspace()
    with world.client() as owner:
        again = owner.post("/sources", json={"name": "shop"}, params={"workspace": first})
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
        assert owner.get("/sources/shop", params={"workspace": first}).status_code == 200
        assert owner.get("/sources/shop", params={"workspace": second}).status_code == 200


def test_a_source_of_another_workspace_cannot_be_seen_changed_or_revoked(world: ApiWorld) -> None:
    mine, other = world.workspace(), world.workspace()
    foreign = world.source(other)
    key = world.house.administration.keys.keys(other, foreign.id)[0]
    with world.client(world.token("owner", mine), workspace=mine) as client:
        assert [source["id"] for source in client.get("/sources").json()["sources"]] == [world.source(mine).id]
        for method, path, body in (
            ("GET", f"/sources/{foreign.id}", None),
            ("PATCH", f"/sources/{foreign.id}", {"enabled": False}),
            ("GET", f"/sources/{foreign.id}/keys", None),
            ("POST", f"/sources/{foreign.id}/keys/rotate", {}),
            ("DELETE", f"/sources/{foreign.id}/keys/{key.id}", None),
            ("DELETE", f"/sources/shop/keys/{key.id}", None),
            ("DELETE", f"/sources/{foreign.id}/data", None),
        ):
            assert client.request(method, path, json=body).status_code == 404, (method, path)
    assert world.source(other).enabled
    assert world.house.administration.keys.keys(other, foreign.id)[0].revoked_at is None


def test_a_workspace_gets_a_readable_id_and_a_second_one_of_that_name_another(world: ApiWorld) -> None:
    with world.client() as owner:
        first = owner.post("/workspaces", json={"name": "Shop Shanghai"})
        second = owner.post("/workspaces", json={"name": "Shop Shanghai", "timezone": "Europe/Berlin"})
        chinese = owner.post("/workspaces", json={"name": "上海店"})
        wrong = owner.post("/workspaces", json={"name": "x", "timezone": "Mars/Olympus"})
        listed = {one["id"] for one in owner.get("/workspaces").json()["workspaces"]}
    assert first.status_code == 201
    assert first.json()["id"] == "shop-shanghai"
    assert second.json()["id"].startswith("shop-shanghai-")
    assert second.json()["timezone"] == "Europe/Berlin"
    assert {first.json()["id"], second.json()["id"], chinese.json()["id"], "default"} <= listed
    assert wrong.status_code == 422
    assert "Mars/Olympus" in wrong.json()["message"]


def test_a_token_of_one_workspace_sees_and_makes_nothing_beyond_it(world: ApiWorld) -> None:
    mine, other = world.workspace(), world.workspace()
    with world.client() as all_of_them, world.client(world.token("owner", mine)) as bound:
        foreign = all_of_them.post("/tokens", json={"role": "viewer", "workspace": other}).json()
        assert [one["id"] for one in bound.get("/workspaces").json()["workspaces"]] == [mine]
        assert bound.post("/workspaces", json={"name": "more"}).status_code == 403
        assert bound.post("/tokens", json={"role": "viewer"}).status_code == 403
        assert bound.post("/tokens", json={"role": "viewer", "workspace": other}).status_code == 403
        assert bound.post("/tokens", json={"role": "viewer", "workspace": mine}).status_code == 201
        assert {one["workspace"] for one in bound.get("/tokens").json()["tokens"]} == {mine}
        assert bound.delete(f"/tokens/{foreign['id']}").status_code == 404
        assert all_of_them.delete(f"/tokens/{foreign['id']}").status_code == 200


def test_what_people_do_with_keys_and_tokens_is_noted_with_who_did_it(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        made = owner.post("/sources", json={"name": "noted"}).json()
        owner.post(f"/sources/{made['id']}/keys/rotate", json={})
    noted = world.house.administration.metadata.list_audit()[::-1]
    mine = [entry for entry in noted if entry.subject == f"{workspace}/{made['id']}"]
    assert [entry.action for entry in mine] == ["source.create", "key.rotate"]
    assert {entry.actor for entry in mine} <= {token.id for token in world.house.administration.tokens.list()}


def test_the_audit_log_is_read_in_pages_newest_first_without_gaps_or_repeats(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        made = owner.post("/sources", json={"name": "audited"}).json()
        for _ in range(4):
            owner.post(f"/sources/{made['id']}/keys/rotate", json={})
        me = owner.get("/audit", params={"limit": 1}).json()["entries"][0]["actor"]
        entries, cursor = [], None
        while cursor is not None or not entries:
            page = owner.get("/audit", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
            entries += page["entries"]
            cursor = page["next"]
    ids = [entry["id"] for entry in entries]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == len(world.house.administration.metadata.list_audit(limit=10_000))
    mine = [entry for entry in entries if entry["subject"] == f"{workspace}/{made['id']}"]
    assert [entry["action"] for entry in mine] == ["key.rotate"] * 4 + ["source.create"]
    assert {entry["actor"] for entry in mine} == {me}


def test_the_audit_log_is_for_owners_and_privacy_officers_of_all_workspaces(world: ApiWorld, workspace: str) -> None:
    answers = {}
    for role in ROLES:
        with world.client(world.token(role)) as client:
            answers[role] = client.get("/audit").status_code
    assert {role for role, status in answers.items() if status == 200} == {"owner", "privacy_officer"}
    with world.client(world.token("owner", workspace)) as bound:
        refused = bound.get("/audit")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sources", {"name": ""}),
        ("/sources", {"name": "x" * 101}),
        ("/sources", {"name": "line\nbreak"}),
        ("/sources", {"name": "s", "channel": "carrier_pigeon"}),
        ("/sources", {"name": "s", "chanel": "web"}),
        ("/workspaces", {}),
        ("/tokens", {"role": "root"}),
        ("/tokens", {"role": "viewer", "expires_in_days": 0}),
        ("/sources/shop/keys/rotate", {"kind": "operator"}),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_in_the_one_shape_and_names_the_field(
    world: ApiWorld, workspace: str, path: str, body: dict[str, object]
) -> None:
    with world.client(workspace=workspace) as owner:
        answer = owner.post(path, json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_request"
    assert answer.json()["message"].startswith("body.")


def test_the_snapshot_survives_a_restart_of_the_engine_with_a_higher_version(world: ApiWorld, tmp_path: Path) -> None:
    keys = world.house.administration.keys
    before, after = keys.write_snapshot(), keys.write_snapshot()
    assert after.version > before.version
    assert after.keys == before.keys


def test_a_crowded_source_is_slowed_down_for_a_minute_and_the_file_is_not_rewritten_for_each_event(
    world: ApiWorld, workspace: str
) -> None:
    keys = world.house.administration.keys
    source = world.source(workspace)
    keys.slow_down({(workspace, source.id)})
    slowed = [entry for entry in snapshot(world).values() if entry.source.id == source.id]
    assert len(slowed) == 2
    assert all(0 < entry.slow_until - world.house.ports.now_ms() <= 60_000 for entry in slowed)
    mark = (world.data / "keys.json").stat().st_mtime_ns
    keys.slow_down({(workspace, source.id)})
    assert (world.data / "keys.json").stat().st_mtime_ns == mark


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"new_people_per_hour": 2}, "too_many_new_people"),
        ({"new_property_names_per_day": 2}, "too_many_new_properties"),
    ],
)
def test_what_is_over_a_cap_of_its_source_waits_in_quarantine_and_the_gateway_is_told_to_slow_its_keys(
    world: ApiWorld, workspace: str, settings: dict[str, int], reason: str
) -> None:
    """From the spool to the file that gateways read: somebody who makes up people, or names, is held back."""
    source = world.source(workspace)
    with world.client(workspace=workspace) as owner:
        changed = owner.patch(f"/sources/{source.id}", json={"settings": settings})
        assert changed.is_success, changed.text
        made_up = [track("view", f"u-{n}", properties={f"name {n}": n}) for n in range(4)]
        world.send(workspace, *made_up, key="public")
        counted = owner.get("/events/count", params={"fresh": "true"}).json()["count"]
        waiting = owner.get("/quarantine").json()["quarantined"]
    assert (counted, [event["reason"] for event in waiting]) == (2, [reason] * 2)
    slowed = [entry for entry in snapshot(world).values() if entry.source.id == source.id]
    assert [entry.slow_until > 0 for entry in slowed] == [True, True]

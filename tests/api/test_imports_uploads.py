"""A file on its way in over the API: uploaded, looked at, checked, imported, cancelled; and what is refused."""

from __future__ import annotations

import http.client
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_world import ApiWorld

from zuji.collect.importing.uploads import KEPT_MS, MOST_IN_WORKSPACE, Upload, Uploads
from zuji.terms.error import Busy

HEADER = "card;when;what;total;city\n"
GOOD = "c1;01.03.2026 10:00;sale;10,50;上海\nc2;02.03.2026 11:00;sale;20,00;北京\n"
BAD = "c3;soon;sale;1,00;上海\nc4;03.03.2099 10:00;sale;7,00;上海\n"
TILL = (HEADER + GOOD + BAD).encode()


def offered(client: httpx.Client, content: bytes = TILL, name: str = "till.csv") -> str:
    """The id of a new upload."""
    answer = client.post("/imports/uploads", params={"file": name}, content=content)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def looked_at(client: httpx.Client, upload: str, mapping: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = client.post(f"/imports/uploads/{upload}/look", json={"mapping": mapping})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def edited(client: httpx.Client, upload: str) -> dict[str, Any]:
    """The mapping that is guessed, with what only a person knows."""
    mapping: dict[str, Any] = looked_at(client, upload)["mapping"]
    return mapping | {
        "event": {"column": "what", "values": {"sale": "Till Sale"}},
        "time": {"column": "when", "formats": ["%d.%m.%Y %H:%M"]},
        "properties": {"total": {"column": "total", "as": "number"}, "city": "city"},
        "zone": "Asia/Shanghai",
    }


def announced(world: ApiWorld, workspace: str, *, size: int) -> int:
    """What is answered to a body that says how large it will be, before any of it is sent."""
    connection = http.client.HTTPConnection(world.url.removeprefix("http://"), timeout=60)
    connection.putrequest("POST", f"/api/v1/imports/uploads?workspace={workspace}")
    connection.putheader("Authorization", f"Bearer {world.owner}")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def ended(client: httpx.Client, import_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (one := client.get(f"/imports/{import_id}").raise_for_status().json())["state"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    found: dict[str, Any] = one
    return found


def test_a_file_is_looked_at_checked_imported_and_reported_with_both_qualities(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        upload = offered(owner)
        look = looked_at(owner, upload)
        order = {"source": "till", "mapping": edited(owner, upload)}
        check = owner.post(f"/imports/uploads/{upload}/check", json=order).raise_for_status().json()
        before = owner.get("/sources/till").status_code
        begun = owner.post(f"/imports/uploads/{upload}/begin", json=order)
        assert begun.status_code == 202, begun.text
        done = ended(owner, begun.json()["id"])
        report = owner.get(f"/imports/{done['id']}/report", params={"fresh": "true"}).raise_for_status().json()
        stored = owner.get("/events", params={"fresh": "true", "event": "Till Sale"}).json()["events"]
        still = [one["id"] for one in owner.get("/imports/uploads").json()["uploads"]]
        audit = owner.get("/audit", params={"limit": 50}).json()["entries"]
    card, *_, city = look["columns"]
    assert (card["name"], card["samples"], card["filled"], card["rows"]) == ("card", ["c1", "c2", "c3", "c4"], 4, 4)
    assert (city["name"], city["samples"]) == ("city", ["上海", "北京"])
    assert look["mapping"]["delimiter"] == ";"
    assert (look["mapping"]["decimal"], look["mapping"]["identifiers"]) == (",", {"member_card": "card"})
    counted = ("rows", "sent", "rejected", "reasons", "whole", "stored", "quarantined", "duplicate")
    assert [check[name] for name in counted] == [4, 3, 1, {"bad_time": 1}, True, 2, 1, 0]
    assert before == 404  # a check makes no source
    [reject] = check["rejects"]
    assert (reject["number"], reject["reason"], reject["cells"]["when"]) == (3, "bad_time", "soon")
    [future] = [cause for cause in check["causes"] if cause["cause"] == "future_time"]
    assert (future["row"], future["message"]["properties"]) == (4, {"total": 7, "city": "上海"})
    assert check["index"] < 100
    assert (done["state"], done["sent"], done["rejected"]) == ("done", 3, 1)
    assert report["only_this"] is True
    assert report["before"]["index"] == check["index"] == report["quality"]["index"]
    assert all("message" not in cause for cause in report["before"]["causes"])
    assert {one["properties"]["total"] for one in stored} == {10.5, 20}
    assert still == [upload]  # another try needs no other upload
    assert any(entry["action"] == "import.begin" and "till.csv" in entry["detail"] for entry in audit)


def test_a_mapping_that_was_not_the_one_checked_has_no_before(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        upload = offered(owner)
        mapping = edited(owner, upload)
        owner.post(f"/imports/uploads/{upload}/check", json={"source": "a", "mapping": mapping}).raise_for_status()
        other = {"source": "a", "mapping": mapping | {"zone": "UTC"}}
        begun = owner.post(f"/imports/uploads/{upload}/begin", json=other).raise_for_status().json()
        ended(owner, begun["id"])
        report = owner.get(f"/imports/{begun['id']}/report", params={"fresh": "true"}).raise_for_status().json()
    assert report["before"] is None


def test_a_file_is_read_anew_by_a_mapping_with_another_delimiter(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        upload = offered(owner)
        mapping = looked_at(owner, upload)["mapping"]
        columns = looked_at(owner, upload, mapping | {"delimiter": "|"})["columns"]
    assert [column["name"] for column in columns] == ["card;when;what;total;city"]


def test_an_import_under_way_can_be_stopped_and_goes_on_when_begun_again(world: ApiWorld, workspace: str) -> None:
    rows = "".join(f"c{number};01.03.2026 10:00;sale;1,00;上海\n" for number in range(60_000))
    with world.client(workspace=workspace) as owner:
        upload = offered(owner, (HEADER + rows).encode())
        order = {"source": "long", "mapping": edited(owner, upload)}
        begun = owner.post(f"/imports/uploads/{upload}/begin", json=order).raise_for_status().json()
        stopped = owner.post(f"/imports/{begun['id']}/cancel")
        assert stopped.status_code == 200, stopped.text
        again = owner.post(f"/imports/{begun['id']}/cancel")
        listed = owner.get("/imports").json()["imports"]
        resumed = owner.post(f"/imports/uploads/{upload}/begin", json=order).raise_for_status().json()
        done = ended(owner, resumed["id"])
        audit = owner.get("/audit", params={"limit": 50}).json()["entries"]
    assert stopped.json()["state"] == "cancelled"
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert [(one["id"], one["state"]) for one in listed] == [(begun["id"], "cancelled")]
    assert (done["id"], done["state"], done["sent"]) == (begun["id"], "done", 60_000)
    assert any(entry["action"] == "import.cancel" and begun["id"] in entry["detail"] for entry in audit)


@pytest.mark.parametrize(
    ("content", "name", "complaint"),
    [
        (b"\n", "blank.csv", "blank.csv"),
        (b"PK\x03\x04 no archive", "torn.csv", "torn.csv is no zip archive"),
        (b"\x1f\x8b\x08\x00 torn", "torn.gz", "torn.gz is damaged"),
        (b"PAR1 no table", "torn.parquet", "torn.parquet"),
        (b"only,a,header\n", "bare.csv", "holds no row"),
    ],
)
def test_a_file_of_which_nothing_can_be_made_is_named_and_refused(
    world: ApiWorld, workspace: str, content: bytes, name: str, complaint: str
) -> None:
    with world.client(workspace=workspace) as owner:
        refused = owner.post(f"/imports/uploads/{offered(owner, content, name)}/look", json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_file"), refused.text
    assert complaint in refused.json()["message"]
    assert str(world.data) not in refused.json()["message"]


def test_a_mapping_that_does_not_fit_is_refused_before_anything_happens(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        upload = offered(owner)
        for mapping in ({"identifiers": {"user_id": "nobody"}}, {"identifiers": {}}, {"what": 1}):
            for step in ("check", "begin"):
                order = {"source": "never", "mapping": mapping}
                refused = owner.post(f"/imports/uploads/{upload}/{step}", json=order)
                assert refused.status_code == 422, (step, mapping, refused.text)
        listed = owner.get("/imports").json()["imports"]
    assert listed == []


def test_an_empty_body_and_one_too_big_leave_nothing_behind(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        before = sorted((world.data / "uploaded").glob("*"))
        empty = owner.post("/imports/uploads", content=b"")
        refused = announced(world, workspace, size=5 * 1024**3)
        after = sorted((world.data / "uploaded").glob("*"))
        limit = owner.get("/imports/uploads").json()["most_bytes"]
    assert (empty.status_code, refused) == (422, 413)
    assert limit == 4 * 1024**3
    assert set(after) <= set(before)


def test_an_upload_of_one_workspace_is_unknown_in_another(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner, world.client(workspace=world.workspace()) as other:
        upload = offered(owner)
        order = {"source": "x", "mapping": {"identifiers": {"user_id": "card"}}}
        answers = [
            other.post(f"/imports/uploads/{upload}/look", json={}),
            other.post(f"/imports/uploads/{upload}/check", json=order),
            other.post(f"/imports/uploads/{upload}/begin", json=order),
            other.delete(f"/imports/uploads/{upload}"),
            other.post(f"/imports/uploads/{upload}..%2F/look", json={}),
        ]
        listed = other.get("/imports/uploads").json()["uploads"]
        removed = owner.delete(f"/imports/uploads/{upload}").status_code
        gone = owner.post(f"/imports/uploads/{upload}/look", json={}).status_code
    assert {answer.status_code for answer in answers} == {404}
    assert listed == []
    assert (removed, gone) == (200, 404)


def test_who_may_not_change_sources_may_not_upload_nor_look(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        upload = offered(owner)
    with world.client(world.token("analyst", workspace), workspace=workspace) as analyst:
        refused = [
            analyst.post("/imports/uploads", content=b"a"),
            analyst.get("/imports/uploads"),
            analyst.post(f"/imports/uploads/{upload}/look", json={}),
            analyst.post("/imports/any/cancel"),
        ]
    assert {answer.status_code for answer in refused} == {403}


def test_what_was_uploaded_is_gone_after_a_day_and_its_name_is_no_path(tmp_path: Path) -> None:
    now = [int(time.time() * 1000)]
    uploads = Uploads(tmp_path, now_ms=lambda: now[0])
    path = uploads.place("default", "abc", "../../etc/passwd.xlsx")
    path.write_bytes(b"rows")
    upload = Upload(id="abc", workspace="w", file="../../etc/passwd.xlsx", size=4, lines=0, uploaded_at=now[0])
    uploads.offer(upload)
    assert path == tmp_path / "uploaded" / "abc" / "file.xlsx"
    assert [one.id for one in uploads.all("w")] == ["abc"]
    half = uploads.place("default", "halfway", "rest.csv").parent
    os.utime(half, (0, 0))
    uploads.sweep()
    assert (path.exists(), half.exists()) == (True, False)
    now[0] += KEPT_MS + 60_000
    assert uploads.all("w") == []
    uploads.note_check(upload, {"found": "a check renews the time of the folder"})
    uploads.sweep()
    assert list((tmp_path / "uploaded").iterdir()) == []


def test_one_workspace_does_not_take_the_room_for_uploads_of_all(tmp_path: Path) -> None:
    now = int(time.time() * 1000)
    uploads = Uploads(tmp_path, now_ms=lambda: now)
    for number in range(MOST_IN_WORKSPACE):
        uploads.place("greedy", f"up{number}", "a.csv").write_bytes(b"a")
        uploads.offer(Upload(id=f"up{number}", workspace="greedy", file="a.csv", size=1, lines=0, uploaded_at=now))
    with pytest.raises(Busy, match="in this workspace"):
        uploads.place("greedy", "another", "a.csv")
    assert uploads.place("modest", "first", "a.csv").parent.exists()

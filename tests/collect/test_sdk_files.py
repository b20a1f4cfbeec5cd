"""Pages get the browser SDK from the gateway: packed, cacheable, with a hash they can name, without the engine."""

from __future__ import annotations

import base64
import gzip
import hashlib

from gateway_world import GatewayWorld

from zuji.collect.sdk_files import BUILT

MOST_PACKED = 8 * 1024


def test_the_script_is_at_most_eight_kilobytes_packed() -> None:
    assert len(gzip.compress((BUILT / "zuji.js").read_bytes(), 9)) <= MOST_PACKED


def test_the_snippet_is_a_few_hundred_bytes() -> None:
    assert len((BUILT / "snippet.js").read_bytes()) <= 700


def test_any_page_may_load_the_script_and_its_cache_asks_again_after_an_hour(world: GatewayWorld) -> None:
    answer = world.http.get("/sdk/zuji.js", headers={"origin": "https://shop.example"})
    assert answer.content == (BUILT / "zuji.js").read_bytes()
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) <= MOST_PACKED
    assert answer.headers["cache-control"] == "public, max-age=3600"
    again = world.http.get("/sdk/zuji.js", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content, "content-length" in again.headers) == (304, b"", False)


def test_who_cannot_unpack_gets_it_as_it_is(world: GatewayWorld) -> None:
    answer = world.http.get("/sdk/zuji.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (BUILT / "zuji.js").read_bytes()


def test_the_versioned_script_never_changes_and_its_hash_is_told(world: GatewayWorld) -> None:
    told = world.http.get("/sdk/zuji.json").json()
    answer = world.http.get(f"/sdk/{told['file']}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert told["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
    assert told["version"] in answer.text.splitlines()[0]


def test_what_is_not_there_and_what_is_not_reading_are_refused(world: GatewayWorld) -> None:
    assert world.http.get("/sdk/zuji.9.9.9.js").json()["code"] == "no_file"
    assert world.http.get("/sdk/../keys.json").status_code != 200
    assert world.http.post("/sdk/zuji.js").status_code == 405

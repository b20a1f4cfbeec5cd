"""What gateways count for the metrics, and where they say it."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

import msgspec
from gateway_world import KEY, a_gateway, a_track

from zuji.collect.counts import Counter, Counts, CountsFile, all_counts, counts_path, read_counts
from zuji.collect.decode.request import BadBody, Decoded, Overload

AUTH = (KEY, "")


def test_requests_events_and_refusals_are_counted_as_they_are_answered(data: Path) -> None:
    counter = Counter()
    with a_gateway(data, counter=counter) as world:
        three = [a_track(messageId=f"m{number}") for number in range(3)]
        world.http.post("/v1/batch", json={"batch": three}, auth=AUTH)
        world.http.post("/v1/track", json=a_track(), auth=AUTH)
        world.http.post("/v1/track", json=a_track(), auth=("zp_nobody", ""))
        world.http.post("/v1/batch", content=b"{", auth=AUTH)
        world.http.post("/v1/batch", content=b"{}", auth=AUTH, headers={"content-encoding": "zstd"})
        world.http.get("/health")
        world.http.request("OPTIONS", "/v1/batch")
    assert counter.now(spool_bytes=7) == Counts(requests=5, events=4, refused_key=1, refused_body=2, spool_bytes=7)


def test_a_request_over_its_cap_and_one_that_cannot_be_stored_are_told_apart() -> None:
    counter = Counter()
    counter.note(Overload("too_many", 1, "later"))
    counter.note(Overload("unavailable", 1, "later"))
    assert counter.now(spool_bytes=0) == Counts(requests=2, refused_too_many=1, refused_unavailable=1)


def test_a_gateway_goes_on_counting_where_the_one_of_its_name_stopped(tmp_path: Path) -> None:
    for _ in range(2):
        with contextlib.closing(CountsFile(counts_path(tmp_path, "gateway-1"), spool_bytes=lambda: 9)) as file:
            file.counter.note(Decoded(b"", 5))
    assert read_counts(counts_path(tmp_path, "gateway-1")) == Counts(requests=2, events=10, spool_bytes=9)


def test_gateways_are_added_up_but_the_spool_they_share_is_not(tmp_path: Path) -> None:
    for gateway, size in (("gateway-1", 5), ("gateway-2", 7)):
        with contextlib.closing(CountsFile(counts_path(tmp_path, gateway), spool_bytes=partial(int, size))) as file:
            file.counter.note(BadBody(401, "no_write_key", "none"))
    assert all_counts(tmp_path) == Counts(requests=2, refused_key=2, spool_bytes=7)


def test_a_torn_file_of_counts_counts_nothing(tmp_path: Path) -> None:
    path = counts_path(tmp_path, "gateway-1")
    path.parent.mkdir()
    path.write_bytes(msgspec.json.encode(Counts(requests=3))[:-4])
    assert (read_counts(path), all_counts(tmp_path / "nowhere")) == (Counts(), Counts())

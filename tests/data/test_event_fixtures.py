"""1,500 odd messages of real integrations, posted to a running server: nothing is unaccounted for, and what becomes of
each is what the written rules say, worked out by a plain script.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fixtures_plainly import Json, Outcome, outcome_of

from servers import RunningServer

pytestmark = pytest.mark.data

TERMS = ("accepted", "stored", "quarantined", "duplicate", "refused")


@dataclass(frozen=True)
class Posted:
    """The messages as they were posted, what the plain script makes of them, and what the server has."""

    messages: list[Json]
    expected: Outcome
    server: RunningServer
    workspace: str

    def events(self) -> list[Json]:
        return list(self.server.pages("events", "events", workspace=self.workspace, limit="1000"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("fixtures") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def messages(data_sets: Path) -> list[Json]:
    with gzip.open(data_sets / "rudder_event_fixtures" / "messages.ndjson.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["message"] for line in lines]


@pytest.fixture(scope="module")
def as_they_are(server: RunningServer, messages: list[Json]) -> Posted:
    """With the ids they bring, most of them many times over."""
    return post(server, messages)


@pytest.fixture(scope="module")
def each_its_own(server: RunningServer, messages: list[Json]) -> Posted:
    """Each with an id of its own, so that all of them count."""
    return post(server, [{**message, "messageId": f"fixture-{n:04d}"} for n, message in enumerate(messages)])


def post(server: RunningServer, messages: list[Json]) -> Posted:
    """Post all in one request with the secret key of a new workspace's source."""
    owner = {"Authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=server.url, headers=owner, timeout=60, trust_env=False) as api:
        workspace = api.post("/api/v1/workspaces", json={"name": "fixtures"}).raise_for_status().json()["id"]
        where = {"workspace": workspace}
        # The fixtures of a hundred integrations name more properties than one source of a real shop would in a day.
        body = {"name": "fixtures", "channel": "server", "settings": {"new_property_names_per_day": 100_000}}
        source = api.post("/api/v1/sources", params=where, json=body).raise_for_status().json()
    content = json.dumps({"batch": messages}, ensure_ascii=False, separators=(",", ":")).encode()
    with httpx.Client(auth=(source["secret_key"], ""), timeout=60, trust_env=False) as client:
        while (answer := client.post(f"{server.url}/v1/batch", content=content)).status_code == 401:
            pass  # a new key reaches the gateway within two seconds
    assert answer.status_code == 200
    assert server.count(workspace=workspace) > 0
    received_at = milliseconds(server.get("events", workspace=workspace, limit="1")["events"][0]["received_at"])
    return Posted(messages, outcome_of(messages, received_at=received_at, source=source["id"]), server, workspace)


def milliseconds(text: str) -> int:
    """A time of the API."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@pytest.mark.parametrize("how", ["as_they_are", "each_its_own"])
def test_every_message_is_accounted_for(how: str, request: pytest.FixtureRequest) -> None:
    posted: Posted = request.getfixturevalue(how)
    expected = posted.expected
    account = posted.server.get("accounting", workspace=posted.workspace)
    assert account["closed"]
    assert {term: account["total"][term] for term in TERMS} == {
        "accepted": 1500,
        "stored": len(expected.stored),
        "quarantined": len(expected.quarantined),
        "duplicate": expected.duplicates,
        "refused": 0,
    }
    assert len(expected.stored) > 300


@pytest.mark.parametrize("how", ["as_they_are", "each_its_own"])
def test_counts_by_type_and_by_event_are_those_of_the_file(how: str, request: pytest.FixtureRequest) -> None:
    posted: Posted = request.getfixturevalue(how)
    stored = Counter((event["type"], event["event"]) for event in posted.events())
    assert stored == Counter(posted.expected.names)
    by_type: Counter[str] = Counter()
    for (kind, _), count in Counter(posted.expected.names).items():
        by_type[kind] += count
    assert {kind: posted.server.count(workspace=posted.workspace, type=kind) for kind in by_type} == dict(by_type)


def test_what_is_set_aside_waits_with_the_reason(each_its_own: Posted) -> None:
    waiting = each_its_own.server.pages("quarantine", "quarantined", workspace=each_its_own.workspace)
    reasons = {event["message_id"]: event["reason"] for event in waiting}
    assert reasons == dict(each_its_own.expected.quarantined)


def test_every_event_has_the_time_that_the_rules_give_it(each_its_own: Posted) -> None:
    times = {event["event_id"]: milliseconds(event["occurred_at"]) for event in each_its_own.events()}
    assert times == {message_id: subject.at for message_id, subject in each_its_own.expected.stored.items()}


def test_people_are_those_of_the_reference(each_its_own: Posted) -> None:
    listed = each_its_own.server.pages("profiles", "profiles", workspace=each_its_own.workspace)
    found = {(identifiers_of(profile), profile["identified"]) for profile in listed}
    people = each_its_own.expected.people.persons.values()
    assert found == {
        (frozenset(str(member) for member in person.members), person.identified) for person in people if person.members
    }
    assert len(found) > 100


def test_every_event_belongs_to_the_person_that_the_reference_gives_it(each_its_own: Posted) -> None:
    founders = dict(zip(each_its_own.expected.stored, each_its_own.expected.people.owners, strict=True))
    events = each_its_own.events()
    pairs = {(event["person"], founders[event["event_id"]]) for event in events}
    assert len(pairs) == len({person for person, _ in pairs}) == len({founder for _, founder in pairs})
    assert {founder for person, founder in pairs if person == 0} <= {None}


def identifiers_of(profile: dict[str, Any]) -> frozenset[str]:
    return frozenset(f"{one['type']}:{one['value']}" for one in profile["identifiers"])

"""Asks the public API what became of the demo. It knows nothing but the documented routes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Self

import httpx

from zuji.demo.compare import StoredEvent, StoredProfile
from zuji.demo.speak import retry_after
from zuji.demo.wire import iso, sensors_event
from zuji.terms.error import Busy, NotAllowed, ZujiError

PAGE = 1_000
TIMEOUT_S = 120.0
PAUSE_S = 1.0
MOST_PATIENT_ATTEMPTS = 60


class Api:
    """Reads as the owner of the token may. Use it as a context manager."""

    def __init__(self, url: str, token: str, *, workspace: str) -> None:
        self._workspace = workspace
        headers = {"authorization": f"Bearer {token}"}
        base = url.rstrip("/") + "/api/v1"
        self._client = httpx.Client(base_url=base, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._client.close()

    def profiles(self) -> Iterator[StoredProfile]:
        """Every profile with its identifiers."""
        for page in self._pages("/profiles", {}):
            for profile in page["profiles"]:
                named = tuple((one["type"], one["value"]) for one in profile["identifiers"])
                yield StoredProfile(str(profile["id"]), named)

    def events(self, from_ms: int, to_ms: int) -> Iterator[StoredEvent]:
        """Every event that occurred in [from, to)."""
        for page in self._pages("/events", {"from": iso(from_ms), "to": iso(to_ms)}):
            for event in page["events"]:
                at = _milliseconds(event["occurred_at"])
                yield StoredEvent(
                    event_id=name_in_truth(event["event_id"], at, event["identifiers"]),
                    at=at,
                    type=event["type"],
                    event=event["event"],
                    person=str(event["person"] or ""),
                    robot="robot" in event["flags"],
                    amount=event["amount"] or "",
                )

    def quarantined(self) -> dict[str, int]:
        """How many events wait in quarantine, per reason."""
        return dict(self._get("/quarantine/reasons", {})["reasons"])

    def wait_until_fresh(self) -> None:
        """Until everything acknowledged so far can be asked about."""
        self._get("/events/count", {"fresh": "true"})

    def _pages(self, path: str, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            more = {"cursor": str(cursor)} if cursor is not None else {}
            page = self._get(path, {**asked, **more, "limit": str(PAGE)})
            yield page
            cursor = page.get("next")
            if cursor is None:
                return

    def _get(self, path: str, asked: dict[str, str]) -> dict[str, Any]:
        """The document. A server that is still catching up says 503, and is asked again for some minutes."""
        answer = self._asked_once(path, asked)
        for _ in range(MOST_PATIENT_ATTEMPTS):
            if answer.status_code not in {429, 503}:
                break
            time.sleep(max(PAUSE_S, min(retry_after(answer.headers.get("retry-after")), TIMEOUT_S)))
            answer = self._asked_once(path, asked)
        if answer.status_code in {401, 403}:
            raise NotAllowed("the token may not read events and profiles. Use an owner's token.")
        if not answer.is_success:
            raise ZujiError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
        body: dict[str, Any] = answer.json()
        return body

    def _asked_once(self, path: str, asked: dict[str, str]) -> httpx.Response:
        try:
            return self._client.get(path, params={**asked, "workspace": self._workspace})
        except httpx.TransportError as lost:
            raise Busy(f"{self._client.base_url} does not answer ({lost}). Is the server running?") from lost


def name_in_truth(event_id: str, at: int, identifiers: list[dict[str, str]]) -> str:
    """The event id as the client gave it; for 神策, whose clients give none, what the truth calls the event.

    >>> name_in_truth("sa-9f", 5, [{"type": "openid", "value": "o1"}]), name_in_truth("ph-1", 5, [])
    ('mini-o1-5', 'ph-1')
    """
    if not event_id.startswith("sa-"):
        return event_id
    openid = next((each["value"] for each in identifiers if each["type"] == "openid"), "")
    return sensors_event(openid, at)


def _milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)

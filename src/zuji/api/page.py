"""What a page may ask about the person in front of it: routes of their own, apart from `/api/v1`.

`POST /page/v1/profile` and `POST /page/v1/context` answer a browser that proves whose page it shows (`page_proof`), to
origins that the source lists, with the tags and segments that were declared public, and with nothing else. No token, no
cookie, no write key reads anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from zuji.api.answers import problem
from zuji.api.cross_origin import let_read
from zuji.api.guard import BadTokenLimiter, address_of, bounded
from zuji.api.people import profile_of
from zuji.api.ports import Ports
from zuji.govern.keys import PageSource
from zuji.govern.page_proof import ProvenType, is_proven
from zuji.identify.profile import Profile
from zuji.store import tag_live, tag_values
from zuji.terms.error import ZujiError
from zuji.terms.identifier import Identifier

PREFIX = "/page/v1/"
PREFLIGHT_S = 7200
Short = Annotated[str, Meta(min_length=1, max_length=256)]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is asked about, and the proof that it may be asked. `key`: the source's public write key."""

    key: Short
    until: int
    proof: Annotated[str, Meta(min_length=64, max_length=64)]
    user_id: Short | None = None
    anonymous_id: Short | None = None
    type: Literal["track", "page", "screen"] = "track"
    event: dict[str, Any] | None = None

    @property
    def named(self) -> tuple[ProvenType, str] | None:
        """The one identifier that is proven."""
        if (self.user_id is None) == (self.anonymous_id is None):
            return None
        return ("user_id", self.user_id) if self.user_id is not None else ("anonymous_id", str(self.anonymous_id))


_read = msgspec.json.Decoder(Asked).decode


class PageReads:
    """Answers `/page/v1/...` and passes everything else on."""

    def __init__(self, app: ASGIApp, ports: Ports, *, now_s: Callable[[], float]) -> None:
        self._app = app
        self._ports = ports
        self._now_s = now_s
        self._limiter = BadTokenLimiter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        if scope["method"] == "OPTIONS":
            answer = Response(status_code=204)
            allowed = origin in await run_in_threadpool(self._ports.keys.page_origins)
        else:
            answer, allowed = await self._answer(scope, receive, headers, origin)
        let_read(answer, origin if allowed else "", headers="Content-Type", preflight_s=PREFLIGHT_S)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, headers: Headers, origin: str) -> tuple[Response, bool]:
        name = scope["path"].removeprefix(PREFIX)
        if scope["method"] != "POST" or name not in ("profile", "context"):
            return problem(404, "not_found", "there are POST /page/v1/profile and POST /page/v1/context."), False
        try:
            asked = _read(await Request(scope, bounded(receive)).body())
        except msgspec.MsgspecError as error:
            return problem(422, "bad_request", f"the body is not as it should be: {error}."), False
        named = asked.named
        source = await run_in_threadpool(self._ports.keys.page_source, asked.key)
        if source is None or named is None or not self._is_proven(asked, named, source):
            return self._refused(scope, headers), source is not None and _lists(source, origin)
        if origin and not _lists(source, origin):
            return problem(403, "not_allowed", "this source lists no such origin in page_origins."), False
        try:
            return await self._told(asked, named, source, context=name == "context"), True
        except ZujiError as error:
            return problem(503 if error.retry else 422, error.code, str(error)), True

    def _is_proven(self, asked: Asked, named: tuple[ProvenType, str], source: PageSource) -> bool:
        now_s = self._ports.now_ms() / 1000
        return is_proven(asked.proof, source.secret_hashes, *named, asked.until, now_s=now_s)

    def _refused(self, scope: Scope, headers: Headers) -> Response:
        wait = self._limiter.wait_s(address_of(scope, headers), self._now_s())
        if wait:
            answer = problem(429, "too_many_bad_proofs", "Too many requests with a wrong proof. Wait a minute.")
            answer.headers["Retry-After"] = str(math.ceil(wait))
            return answer
        return problem(
            401, "no_valid_proof", "the key is unknown, or the proof is not of this identifier and time, or is over."
        )

    async def _told(
        self, asked: Asked, named: tuple[ProvenType, str], source: PageSource, *, context: bool
    ) -> Response:
        type_, value = named
        workspace = source.source.workspace
        if context:
            field = "userId" if type_ == "user_id" else "anonymousId"
            other = "anonymousId" if type_ == "user_id" else "userId"
            event = {key: one for key, one in (asked.event or {}).items() if key != other} | {field: value}
            await self._ports.intake.take_and_wait(workspace, source.source.id, asked.type, event, key="public")
        known = await run_in_threadpool(self._known, workspace, Identifier(type_, value))
        return Response(msgspec.json.encode(known), media_type="application/json")

    def _known(self, workspace: str, who: Identifier) -> dict[str, Any]:
        person = profile_of(self._ports.hot, workspace, who)
        if person is None or not _may_be_read(person, who):
            return {"known": False, "tags": {}, "segments": []}
        with self._ports.hot.read() as connection:
            public = tag_live.names(connection, workspace, public_only=True)
            values = tag_values.values_of(connection, workspace, [person.id]).get(person.id, {})
        shown = {named: one.value for named, one in values.items() if named in public}
        return {
            "known": True,
            "tags": {key: value for (kind, key), value in shown.items() if kind == "tag"},
            "segments": sorted(key for kind, key in shown if kind == "segment"),
        }


def _may_be_read(person: Profile, who: Identifier) -> bool:
    """Who only proves a browser learns nothing about somebody who signed in there once."""
    return who.type == "user_id" or not person.identified


def _lists(source: PageSource, origin: str) -> bool:
    return origin in source.source.settings.page_origins

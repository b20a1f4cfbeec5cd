"""The gateway: the one port for the world. It takes events in, says how it is, and passes everything else on.

A request for data is read within bounds, inflated, admitted by its key, decoded by its protocol and written to the
spool; only then is it acknowledged. There is no engine in this process, and nothing here waits for one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import msgspec

from zuji.collect.address import Caller, find_caller
from zuji.collect.admission import Admission
from zuji.collect.asgi import ClientGone, Receive, Scope, Send, read_body, read_headers, send_response
from zuji.collect.cors import cors_headers, preflight
from zuji.collect.counts import Counter
from zuji.collect.decode.answers import error_answer, json_answer
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Overload, ProtocolModule, Request, Response
from zuji.collect.documents import answer_document
from zuji.collect.forward import EngineLine
from zuji.collect.health import health_answer
from zuji.collect.inflate import inflate
from zuji.collect.keys import KeyRing
from zuji.collect.protocols import PROTOCOLS
from zuji.collect.routes import Route, find_route, plain_path
from zuji.collect.sdk_files import PREFIX, sdk_answer
from zuji.collect.spool import SpoolWriter
from zuji.terms.error import Busy
from zuji.terms.message import Receipt
from zuji.terms.source import KeyEntry

log = logging.getLogger(__name__)

SPOOL_BACK_AFTER_S = 5
LONGEST_USER_AGENT = 1024
"""Real ones stay under 500; the rest is an attack on somebody's parser."""
_NO_BODY = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, kw_only=True)
class GatewayConfig:
    """What a gateway is made of. `engine_socket` None: nobody to pass other requests on to."""

    spool: SpoolWriter
    keys: KeyRing
    status_file: Path
    engine_socket: Path | None
    now_ms: Callable[[], int]
    counter: Counter = field(default_factory=Counter)
    base_path: str = ""
    body_timeout_s: float = 30.0
    monotonic: Callable[[], float] = time.monotonic


def create_gateway(config: GatewayConfig) -> Gateway:
    """The ASGI application."""
    return Gateway(config)


class Gateway:
    """ASGI 3, by hand: on this path a framework would cost more than the work itself."""

    def __init__(self, config: GatewayConfig) -> None:
        self._config = config
        self._keys = config.keys
        self._spool = config.spool
        self._admission = Admission(config.keys, now_ms=config.now_ms, monotonic=config.monotonic)
        self._base_path = config.base_path.rstrip("/")
        self._engine = EngineLine(config.engine_socket, base_path=self._base_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._engine.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = plain_path(scope["path"], self._base_path)
        method: str = scope["method"]
        route = find_route(path)
        headers = read_headers(scope)
        if route is not None:
            try:
                response = await self._collect(route, path, scope, headers, receive)
            except ClientGone:
                return
            except Exception:
                log.exception("a %s request to %s broke the gateway", method, path)
                response = json_answer(500, {"code": "internal", "message": "a defect of the gateway; it was logged"})
            await send_response(scope, send, response, extra=cors_headers(headers))
        elif path == "/health":
            await send_response(scope, send, self._health(method))
        elif path.startswith(PREFIX):
            await send_response(scope, send, sdk_answer(method, path, headers))
        else:
            await self._engine.forward(scope, receive, send, caller=self._caller(scope, headers))

    def _health(self, method: str) -> Response:
        if method not in _NO_BODY:
            return _wrong_method(method, ("GET", "HEAD"))
        return health_answer(self._spool.state(), self._config.status_file, now_ms=self._config.now_ms())

    def _caller(self, scope: Scope, headers: dict[str, str]) -> Caller:
        client = scope.get("client")
        return find_caller(client[0] if client else "", scope["scheme"], headers, self._keys.trusted_proxies)

    async def _collect(
        self, route: Route, path: str, scope: Scope, headers: dict[str, str], receive: Receive
    ) -> Response:
        """The answer to any request on a collect route."""
        method: str = scope["method"]
        if method == "OPTIONS":
            return preflight(headers, route.methods)
        if method not in route.methods:
            return _wrong_method(method, route.methods)
        if route.kind == "swallow":
            return json_answer(200, {"success": True})
        if method == "HEAD" and route.kind == "data":
            return Response(200)  # somebody asks whether we are there; an image nobody looked at is no event
        caller = self._caller(scope, headers)
        body, outcome = b"", None
        try:
            if method not in _NO_BODY:
                body = await self._read(scope, headers, receive)
        except BadBody as refusal:
            outcome = refusal
        request = Request(
            method=method,
            path=path,
            query=parse_query(scope["query_string"]),
            headers=headers,
            body=body,
            received_at=self._config.now_ms(),
            public_url=f"{caller.scheme}://{caller.host}{self._base_path}",
        )
        return await self._answer(route, request, caller, outcome)

    async def _read(self, scope: Scope, headers: dict[str, str], receive: Receive) -> bytes:
        """The body, inflated, within the largest bound of any source: whose it is may stand in the body itself."""
        cap = self._keys.largest_body
        sent = await read_body(scope, receive, headers, cap=cap, timeout_s=self._config.body_timeout_s)
        return inflate(sent, headers.get("content-encoding", ""), cap)

    async def _answer(self, route: Route, request: Request, caller: Caller, refused: BadBody | None) -> Response:
        """Keep what can be kept, and answer as the protocol likes it."""
        if route.kind == "document":
            return error_answer(refused) if refused else answer_document(request, self._admission)
        protocol = PROTOCOLS[route.protocol]
        outcome = refused or await self._keep(route, protocol, request, caller)
        self._config.counter.note(outcome)
        response = protocol.answer(request, outcome)
        if refused is not None and refused.status == 408:
            # What still trickles in belongs to the refused body and must not be read as the next request.
            return msgspec.structs.replace(response, headers=(*response.headers, ("connection", "close")))
        return response

    async def _keep(self, route: Route, protocol: ProtocolModule, request: Request, caller: Caller) -> Outcome:
        """Admit, decode, write down. What is returned is what the client is told."""
        entry = self._admission.admit(protocol.write_key(request), caller.address)
        if not isinstance(entry, KeyEntry):
            return entry
        settings = entry.source.settings
        if len(request.body) > settings.max_body_bytes:
            message = f"this source takes bodies of up to {settings.max_body_bytes} bytes, got {len(request.body)}"
            return BadBody(413, "body_too_big", message)
        try:
            decoded = protocol.decode(request, settings)
            if decoded.count:
                receipt = _receipt(entry, route, request, decoded, caller)
                await self._spool.append(receipt, decoded.body, decoded.count)
        except BadBody as refusal:
            return refusal
        except Busy as failure:
            return Overload("unavailable", SPOOL_BACK_AFTER_S, str(failure))
        return decoded


def parse_query(query: bytes) -> dict[str, list[str]]:
    """The parameters of a query; most requests have none.

    >>> parse_query(b"a=1&a=2&empty=")
    {'a': ['1', '2'], 'empty': ['']}
    """
    if not query:
        return {}
    return parse_qs(query.decode(errors="replace"), keep_blank_values=True, errors="replace")


def _receipt(entry: KeyEntry, route: Route, request: Request, decoded: Decoded, caller: Caller) -> Receipt:
    return Receipt(
        workspace=entry.source.workspace,
        source=entry.source.id,
        key=entry.kind,
        protocol=route.protocol,
        received_at=request.received_at,
        sent_at=decoded.sent_at,
        ip=caller.address,
        user_agent=request.headers.get("user-agent", "")[:LONGEST_USER_AGENT],
        from_browser=route.from_browser or "origin" in request.headers,
    )


def _wrong_method(method: str, allowed: tuple[str, ...]) -> Response:
    message = f"{method} is not for this path; it takes {', '.join(allowed)}"
    return json_answer(405, {"code": "wrong_method", "message": message}, ("allow", ", ".join(allowed)))

"""How commands reach an engine: the running one over its control socket, or the stores themselves when none runs.

Both ways speak the same HTTP API, so a command is written once. Whoever can open the control socket (mode 0600) or
the folder owns the data, so neither way asks for a token.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

import typer

from zuji.cli.lock import FolderInUse
from zuji.cli.sockets import CONTROL_SOCKET
from zuji.terms.error import BadRequest, Busy, Conflict, NotAllowed, NotFound, ZujiError

if TYPE_CHECKING:
    import httpx  # loaded by whoever asks: a start, which does not ask at first, need not wait for it

ADDRESS_FILE = "address"
"""Where the server of this folder listens, or last listened, for the world."""

TIMEOUT_S = 90.0
STARTING_S = 30.0
POLL_S = 0.1
DEFAULT_DATA = Path("zuji-data")

DataOption = Annotated[
    Path, typer.Option("--data", envvar="ZUJI_DATA", help="The data folder.", file_okay=False, show_default=True)
]
WorkspaceOption = Annotated[str, typer.Option("--workspace", help="The workspace, by id.")]


def address_of(data: Path) -> str:
    """Where the server of this folder listens, or last listened; nothing when none ever did."""
    try:
        return (data / ADDRESS_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


class Engine(Protocol):
    """Something that answers API requests."""

    def ask(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """The JSON of the answer. Raises the error that the answer tells of."""
        ...


class RunningEngine:
    """The engine of a running server, over its control socket."""

    def __init__(self, socket: Path) -> None:
        import httpx

        self._client = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://zuji", timeout=TIMEOUT_S
        )

    def ask(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """See Engine."""
        import httpx

        try:
            answer = self._client.request(method, path, params=_given(query), json=body)
        except httpx.TransportError as failure:
            raise Busy(f"the running engine stopped answering ({failure}). `zuji doctor` says more.") from failure
        return _read(answer)


class OpenedStores:
    """The same API, in this process, over stores that this process has opened under the lock."""

    def __init__(self, api: Any) -> None:
        self._api = api

    def ask(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """See Engine."""
        import asyncio

        return _read(asyncio.run(self._ask(method, path, query, body)))

    async def _ask(self, method: str, path: str, query: Mapping[str, Any] | None, body: Any) -> httpx.Response:
        import httpx

        transport = httpx.ASGITransport(app=self._api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://zuji", timeout=TIMEOUT_S) as client:
            return await client.request(method, path, params=_given(query), json=body)


@contextmanager
def engine_of(data: Path, *, missing: Literal["make", "refuse"] = "refuse") -> Iterator[Engine]:
    """The engine that answers for a data folder, running or opened for this one command."""
    if missing == "refuse" and not data.is_dir():
        raise NotFound(f"there is no data folder {data}. Name the one you mean with --data, or start `zuji serve`.")
    with ExitStack() as stack:
        yield _reach(data, stack)


def _reach(data: Path, stack: ExitStack) -> Engine:
    """A server that is just starting holds the folder before it answers, so it is given a while."""
    deadline = time.monotonic() + STARTING_S
    while True:
        if engine := running_engine(data):
            return engine
        from zuji.cli.at_rest import opened_stores  # late: a running server spares commands the stores' libraries

        try:
            return OpenedStores(stack.enter_context(opened_stores(data)))
        except FolderInUse:
            if time.monotonic() >= deadline:
                raise
        time.sleep(POLL_S)


def running_engine(data: Path) -> RunningEngine | None:
    """The running engine of a data folder, or None when nothing answers there."""
    socket = data / CONTROL_SOCKET
    if not socket.exists():
        return None
    engine = RunningEngine(socket)
    try:
        engine.ask("GET", "/api/v1/workspaces")
    except Busy:
        return None
    return engine


def require_running(data: Path, *, to: str) -> RunningEngine:
    """The running engine, or a clear word that this needs one."""
    engine = running_engine(data)
    if engine is None:
        raise Busy(f"{to} needs a running server on {data}. Start it: zuji serve --data {data}")
    return engine


_ERRORS: dict[int, type[ZujiError]] = {403: NotAllowed, 404: NotFound, 409: Conflict, 422: BadRequest, 413: BadRequest}


def _read(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        message = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        message = f"the engine answered {answer.status_code} without saying why"
    raise _ERRORS.get(answer.status_code, Busy)(message)


def _given(query: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if value is not None}

"""The engine as a process: it runs the ingest loop, and answers the API on two local sockets."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import anyio.to_thread
import uvicorn
from starlette.types import ASGIApp

from zuji import __version__
from zuji.api.app import create_api
from zuji.api.questions import QuestionPool
from zuji.clean.user_agents import warm_up
from zuji.cli.loaded_code import let_go_of_loaded_code
from zuji.cli.opening import OpenStores
from zuji.cli.sockets import CONTROL_SOCKET, ENGINE_SOCKET
from zuji.cli.wiring import FirstKeys, House, build_house, first_start, open_administration
from zuji.collect.health import STATUS_FILE
from zuji.console.serving import with_console
from zuji.govern.principal import OPERATOR
from zuji.run.status import note_failed_start
from zuji.settings import Settings
from zuji.terms.error import Busy

log = logging.getLogger(__name__)

YOUNG_OBJECTS = 200_000
"""So many objects are made before the collector looks at them; a batch of 4,000 events has about 50,000."""
GRACE_S = 3
WORKERS = 8


def run_engine_process(data: Path, settings: Settings, opening: Future[OpenStores]) -> None:
    """Run until SIGTERM: then answer what is under way, take in what is in the spool, and end in good order."""
    with failure_told(data / STATUS_FILE):
        administration = open_administration(data, settings)
        made = first_start(administration)
        administration.keys.write_snapshot()
        house = build_house(data, settings, administration, opening.result())
        house.engine.start()
        house.alerts.start()
        house.batch_tags.start()
        house.tag_rows.start()
        house.noticing.start()
        house.deliveries.start()
    if made:
        from zuji.cli.asking import address_of  # late: what commands need is not loaded at every start

        show_first_keys(made, address_of(data))
    elif not administration.users.all():
        show_way_in(data)
    try:
        asyncio.run(serve_api(data, house))
    finally:
        house.decisions_spool.close()
        house.alerts.stop()
        house.batch_tags.stop()
        house.tag_rows.stop()
        house.noticing.stop()
        house.deliveries.stop()
        house.engine.stop()


@contextlib.contextmanager
def failure_told(status_file: Path) -> Iterator[None]:
    """When the block fails: say why in the log and in the status file, and end. The supervisor tries again."""
    try:
        yield
    except Busy as failure:
        log.error("the engine cannot start: %s", failure)
        note_failed_start(status_file, str(failure))
        raise SystemExit(1) from failure
    except Exception as failure:
        log.exception("the engine cannot start")
        note_failed_start(status_file, f"{type(failure).__name__}: {failure}")
        raise SystemExit(1) from failure


def show_first_keys(made: FirstKeys, address: str) -> None:
    """Print what the first start made: to standard output and not to the log, which may be kept for years."""
    print(  # noqa: T201
        "\nFirst start. These are shown this once:\n"
        f"  owner token               {made.token}\n"
        f"  write key of source web   {made.write_key}   (for pages and apps)\n"
        f"  secret key of source web  {made.secret_key}   (for servers)\n"
        "\nOpen this link to become the owner; it is good once, for 7 days:\n"
        "打开此链接成为所有者（仅可使用一次，7 天内有效）：\n"
        f"  {address}{made.welcome}\n",
        flush=True,
    )


def show_way_in(data: Path) -> None:
    """Say how somebody becomes the first user, as long as there is none. Links are not kept, so none can be shown."""
    print(  # noqa: T201
        f"\nNobody signs in yet. This makes a link for an owner: zuji user invite --role owner --data {data}\n"
        "还没有人登录过。上面的命令会生成一个所有者链接。\n",
        flush=True,
    )


async def serve_api(data: Path, house: House) -> None:
    """Answer on both sockets until SIGTERM. The control socket (mode 0600) trusts whoever can open it."""
    # Each thread keeps a connection to the hot state with a cache of its own, so there are few.
    anyio.to_thread.current_default_thread_limiter().total_tokens = WORKERS
    pool = QuestionPool()
    public = with_console(create_api(house.ports, now_s=time.monotonic, version=__version__, pool=pool))
    control = create_api(house.ports, now_s=time.monotonic, version=__version__, pool=pool, trusted=OPERATOR)
    with local_socket(data / ENGINE_SOCKET) as outside, local_socket(data / CONTROL_SOCKET) as inside:
        servers = (_server(public), _server(control))
        _collect_garbage_rarely()
        threading.Thread(target=_tidy_up, name="tidy-up", daemon=True).start()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _ask_to_stop, servers)
        log.info("the engine answers")
        await asyncio.gather(
            *(server.serve(sockets=[listener]) for server, listener in zip(servers, (outside, inside), strict=True))
        )


def _collect_garbage_rarely() -> None:
    """Nearly all that ingest makes is freed by counting references; Python's collector would walk it several times
    an event in search of cycles, of which there are few. What was loaded at the start stays for good, with the few
    circles in it (1,700 of 413,000 objects): to find them would take a fifth of a second.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)
    gc.enable()


def _tidy_up() -> None:
    """What a start leaves behind, and what the first event would wait for (half a second): once the engine answers."""
    let_go_of_loaded_code()
    warm_up()


@contextlib.contextmanager
def local_socket(path: Path) -> Iterator[socket.socket]:
    """A listening Unix socket that only the owner may open; gone when the block ends.

    It is made under another name and renamed, so that it never exists with wider rights or unable to answer.
    """
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(beside))
        os.chmod(beside, 0o600)
        listener.listen(1024)
        beside.rename(path)
        yield listener
    finally:
        path.unlink(missing_ok=True)
        listener.close()


class _Server(uvicorn.Server):
    """Leaves signals to us: two servers share this process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _server(app: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            server_header=False,
            date_header=False,  # the gateway's server writes it
            proxy_headers=False,
            log_config=None,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


def _ask_to_stop(servers: tuple[_Server, ...]) -> None:
    for server in servers:
        server.should_exit = True

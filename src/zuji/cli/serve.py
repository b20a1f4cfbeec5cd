"""zuji serve: one port for the world, one engine behind it, kept running."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Set
from pathlib import Path
from typing import Annotated

import typer

from zuji.cli.asking import ADDRESS_FILE, DEFAULT_DATA, DataOption, running_engine
from zuji.cli.bounds import spool_limits
from zuji.cli.lock import owned
from zuji.cli.logs import set_up_logging
from zuji.cli.output import complain, say
from zuji.cli.processes import run_engine, run_one_gateway, run_one_input
from zuji.cli.sockets import CONTROL_SOCKET
from zuji.collect.gateway_process import GatewayProcess
from zuji.collect.inputs.configured import ConfiguredInput, read_inputs
from zuji.collect.spool import SpoolFailed
from zuji.run.supervise import Role, Supervisor
from zuji.settings import Settings, load_settings
from zuji.terms.error import BadRequest, Busy

BACKLOG = 4096
LONGEST_SOCKET_PATH = 107  # what sun_path holds on Linux, less its closing zero
READY_WITHIN_S = 60.0
POLL_S = 0.1


def serve(
    data: DataOption = DEFAULT_DATA,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one.")] = None,
    gateways: Annotated[int | None, typer.Option(help="How many gateway processes.")] = None,
) -> None:
    """Take events in and answer questions until Ctrl-C. The first start prints an owner token and a write key."""
    data = usable(data.absolute())
    settings = load_settings(data, os.environ).with_options(host=host, port=port, gateways=gateways)
    set_up_logging(settings.log_level)
    with owned(data), listening(settings) as listener:
        address = base_url(settings, listener)
        note_address(data, address)
        roles = roles_of(data, settings, listener)
        retire_gateways(data, {role.name for role in roles})
        supervisor = Supervisor(roles=roles, say=complain)
        supervisor.run(on_started=lambda: announce_in_background(data, address))
    say("zuji ended in good order.")


def note_address(data: Path, address: str) -> None:
    """Write down where we listen, for commands. A disk that takes nothing just now is no reason not to start."""
    try:
        (data / ADDRESS_FILE).write_text(address + "\n", encoding="utf-8")
    except OSError as failure:
        complain(f"the data folder cannot be written: {failure}. Clients are told to wait; zuji keeps trying.")


def usable(data: Path) -> Path:
    """The folder, refused when the local sockets in it could not be named: the system allows 107 bytes for a path."""
    longest = len(os.fsencode(data / f"{CONTROL_SOCKET}.new"))
    if longest > LONGEST_SOCKET_PATH:
        raise BadRequest(
            f"the path of the data folder {data} is {longest - LONGEST_SOCKET_PATH} bytes too long for the local "
            "sockets in it. Choose a shorter one, for example through a symbolic link."
        )
    return data


def roles_of(data: Path, settings: Settings, listener: socket.socket) -> list[Role]:
    """The engine first, so that it ends last; then the gateways, all on one listening socket; then the inputs."""
    roles = [Role("engine", run_engine, (data, settings), grace_s=60.0)]
    for number in range(1, settings.gateways + 1):
        told = GatewayProcess(
            data=data,
            name=f"gateway-{number}",
            base_path=settings.base_path,
            spool_limits=spool_limits(settings),
            log_level=settings.log_level,
        )
        roles.append(Role(told.name, run_one_gateway, (told, listener)))
    return roles + [_input_role(data, settings, one) for one in read_inputs(settings.inputs)]


def retire_gateways(data: Path, names: Set[str]) -> None:
    """Gateways of an earlier start that these names lack: what they wrote last need not be kept for their return."""
    for folder in (data / "spool").glob("gateway-*"):
        if folder.is_dir() and folder.name not in names:
            from zuji.collect.spool_writer import retire  # late: few servers ever had more gateways than now

            with contextlib.suppress(OSError, SpoolFailed):  # a disk that fails, a gateway that still ends: next time
                retire(data / "spool", folder.name)


def _input_role(data: Path, settings: Settings, configured: ConfiguredInput) -> Role:
    from zuji.collect.inputs.process import InputProcess  # late: most servers have no inputs, and wait for none

    limits, level = spool_limits(settings), settings.log_level
    told = InputProcess(data=data, configured=configured, spool_limits=limits, log_level=level)
    return Role(told.name, run_one_input, (told,))


def listening(settings: Settings) -> socket.socket:
    """The bound and listening socket that the gateways share. Raises Busy with what to do when the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as refused:
        listener.close()
        raise Busy(
            f"cannot listen on {settings.host}:{settings.port}: {refused.strerror}. Choose another with --port."
        ) from refused
    return listener


def base_url(settings: Settings, listener: socket.socket) -> str:
    """Where people and clients reach this server."""
    host, port = listener.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}{settings.base_path.rstrip('/')}"


def announce_in_background(data: Path, address: str) -> None:
    """Say where to look as soon as both processes answer."""
    threading.Thread(target=announce, args=(data, address), name="announce", daemon=True).start()


def announce(data: Path, address: str) -> None:
    """Wait until the engine and a gateway answer, then say so; or say that they do not."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if running_engine(data) and _answers(address):  # the first looks for a file, the second makes a client
            say(f"zuji is ready: {address}   (API: {address}/api/v1/docs, health: {address}/health, data: {data})")
            return
        time.sleep(POLL_S)
    complain(f"not ready after {READY_WITHIN_S:.0f} s; the log above says why. zuji keeps trying.")


def _answers(address: str) -> bool:
    import httpx  # late: the processes that are being started do not wait for it

    try:
        return httpx.get(f"{address}/health", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False

"""A gateway as a process: opened, served and closed."""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
import time
from collections.abc import Callable
from functools import partial

import uvicorn

from zuji.collect.bounded_http import BoundedHttp
from zuji.collect.counts import CountsFile, counts_path
from zuji.collect.gateway import GatewayConfig, create_gateway
from zuji.collect.gateway_process import GatewayProcess
from zuji.collect.keys import KeyRing
from zuji.collect.patient_spool import PatientSpool
from zuji.collect.spool_writer import SqliteSpoolWriter

GC_THRESHOLD = 20_000
"""Objects between two collections; the usual 700 is less than one batch of events makes."""
KEEP_ALIVE_S = 75
"""Longer than the idle time of usual proxies (60 s), so that they, not we, close a connection."""


def run_gateway(process: GatewayProcess, listener: socket.socket, now_ms: Callable[[], int]) -> None:
    """Serve on a bound socket until SIGTERM; then answer what is under way, and stop.

    `now_ms` is the time of day; a function of a module, so that it can travel to a new process.
    """
    open_writer = partial(SqliteSpoolWriter, process.data / "spool", process.name, limits=process.spool_limits)
    spool = PatientSpool(open_writer, monotonic=time.monotonic)
    counts = CountsFile(counts_path(process.data, process.name), spool_bytes=lambda: spool.state().bytes)
    config = GatewayConfig(
        spool=spool,
        keys=KeyRing(process.data / "keys.json", monotonic=time.monotonic),
        status_file=process.data / "status.json",
        engine_socket=process.data / "engine.sock",
        now_ms=now_ms,
        counter=counts.counter,
        base_path=process.base_path,
    )
    # What is loaded by now stays: the collector need not walk it for every few requests' worth of new values.
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 20, 20)
    # uvicorn sends itself the signal again once it has stopped; there is still a spool to close then.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    with contextlib.closing(spool), contextlib.closing(counts):
        create_server(config, log_level=process.log_level, graceful_s=process.graceful_s).run(sockets=[listener])


def create_server(config: GatewayConfig, *, log_level: str = "warning", graceful_s: int = 10) -> uvicorn.Server:
    """The HTTP server around a gateway, for a process or a thread of a test."""
    return uvicorn.Server(
        uvicorn.Config(
            create_gateway(config),
            http=BoundedHttp,
            ws="none",
            loop="uvloop",
            lifespan="on",
            interface="asgi3",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # forwarded headers are judged in `address`, against the proxies we trust
            log_level=log_level,
            log_config=None,
            backlog=4096,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=graceful_s,
        )
    )

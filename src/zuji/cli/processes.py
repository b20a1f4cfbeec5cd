"""What the supervised processes run. Each loads only what it needs: a gateway none of the stores' libraries."""

from __future__ import annotations

import socket
from pathlib import Path

from zuji.cli.clock import now_ms
from zuji.cli.logs import set_up_logging
from zuji.collect.serve import GatewayProcess, run_gateway
from zuji.settings import Settings


def run_engine(data: Path, settings: Settings) -> None:
    """The engine process."""
    from zuji.cli.engine_process import run_engine_process

    run_engine_process(data, settings)


def run_one_gateway(process: GatewayProcess, listener: socket.socket) -> None:
    """One gateway process."""
    set_up_logging(process.log_level)
    run_gateway(process, listener, now_ms)

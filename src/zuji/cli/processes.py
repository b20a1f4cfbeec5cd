"""What the supervised processes run. Each loads only what it needs: a gateway none of the stores' libraries."""

from __future__ import annotations

import logging
import socket
import sys
from pathlib import Path

from zuji.cli.clock import now_ms
from zuji.cli.logs import set_up_logging
from zuji.collect.inputs.process import InputProcess, run_input
from zuji.collect.serve import GatewayProcess, run_gateway
from zuji.govern.masking import mask_text
from zuji.settings import Settings
from zuji.terms.error import ZujiError

log = logging.getLogger(__name__)


def run_engine(data: Path, settings: Settings) -> None:
    """The engine process. Whatever ends it is logged here, masked, and not left to the interpreter to print."""
    set_up_logging(settings.log_level)
    try:
        from zuji.cli.engine_process import run_engine_process

        run_engine_process(data, settings)
    except ZujiError as failure:
        log.error("%s", failure)
        sys.exit(1)
    except Exception:
        log.exception("the engine ended")
        sys.exit(1)


def run_one_gateway(process: GatewayProcess, listener: socket.socket) -> None:
    """One gateway process."""
    set_up_logging(process.log_level)
    run_gateway(process, listener, now_ms)


def run_one_input(process: InputProcess) -> None:
    """One input of the operator. What ends it is logged, masked; the supervisor starts it again."""
    set_up_logging(process.log_level)
    try:
        run_input(process, now_ms, mask_text)
    except Exception:
        log.exception("the input %s ended", process.name)
        sys.exit(1)

"""What the supervised processes run. Each loads what it needs; the supervisor, which only names them, none of it."""

from __future__ import annotations

import gc
import logging
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from zuji.cli.clock import now_ms
from zuji.cli.lock import ENGINE_LOCK, owned
from zuji.cli.logs import set_up_logging
from zuji.govern.masking import mask_text
from zuji.settings import Settings
from zuji.terms.error import ZujiError

if TYPE_CHECKING:
    from zuji.collect.gateway_process import GatewayProcess
    from zuji.collect.inputs.process import InputProcess

log = logging.getLogger(__name__)

ORPHAN_WAIT_S = 40.0
"""An engine whose supervisor was killed drains and ends within this time; the next one waits for it."""


def run_engine(data: Path, settings: Settings) -> None:
    """The engine process. Whatever ends it is logged here, masked, and not left to the interpreter to print."""
    set_up_logging(settings.log_level)
    # Nearly all that loading makes stays for good: walking it for garbage, over and over, took a fifth of a start.
    gc.disable()
    try:
        with owned(data, name=ENGINE_LOCK, wait_s=ORPHAN_WAIT_S):
            from zuji.cli.opening import open_stores_beside

            opening = open_stores_beside(data, settings)
            from zuji.cli.engine_process import run_engine_process  # the rest, while the stores are being opened

            run_engine_process(data, settings, opening)
    except ZujiError as failure:
        log.error("%s", failure)
        sys.exit(1)
    except Exception:
        log.exception("the engine ended")
        sys.exit(1)


def run_one_gateway(process: GatewayProcess, listener: socket.socket) -> None:
    """One gateway process."""
    set_up_logging(process.log_level)
    from zuji.collect.serve import run_gateway

    run_gateway(process, listener, now_ms)


def run_one_input(process: InputProcess) -> None:
    """One input of the operator. What ends it is logged, masked; the supervisor starts it again."""
    set_up_logging(process.log_level)
    try:
        from zuji.collect.inputs.process import run_input

        run_input(process, now_ms, mask_text)
    except Exception:
        log.exception("the input %s ended", process.name)
        sys.exit(1)

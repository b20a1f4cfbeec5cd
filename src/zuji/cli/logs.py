"""Logging of a process of ours: one line per record on standard error, personal values and keys masked."""

from __future__ import annotations

import logging
import sys

from zuji.govern.masking import MaskingFormatter

LINE = "%(asctime)s %(levelname)-7s %(processName)s %(name)s: %(message)s"
CHATTY = ("httpx", "httpcore", "asyncio", "clickhouse_connect", "alembic", "uvicorn")


def set_up_logging(level: str) -> None:
    """Install the one handler. Libraries that tell every step are heard from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter(LINE))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))

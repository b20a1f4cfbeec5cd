"""Logging of a process of ours: one line per record on standard error, personal values and keys masked."""

from __future__ import annotations

import logging
import sys

from zuji.govern.masking import MaskingFormatter

LINE = "%(asctime)s %(levelname)-7s %(processName)s %(name)s: %(message)s"
CHATTY = ("httpx", "httpcore", "asyncio", "clickhouse_connect", "alembic", "uvicorn")


def set_up_logging(level: str) -> None:
    """Install the one handler."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter(LINE))
    if level != "debug":
        handler.addFilter(worth_saying)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def worth_saying(record: logging.LogRecord) -> bool:
    """Libraries that tell every step are heard from warnings on. A filter, since some set their own level again."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in CHATTY

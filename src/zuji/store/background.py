"""The engine's own work in the background: merging what was inserted. It can wait, what people wait for cannot."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

TASKS = Path("/proc/self/task")
MERGING = "MergeMutate"
NICENESS = 15
"""On a busy machine about a thirtieth of a core for each thread that merges: under a flood the parts become more
(hundreds of thousands of rows later they would be merged anyhow, and then in larger pieces), and the spool stays short.
"""


def let_merging_wait() -> None:
    """Give the threads that merge what nobody else wants of the processors. Linux alone can say so of a thread."""
    if not sys.platform.startswith("linux"):
        return
    for task in TASKS.iterdir():
        with contextlib.suppress(OSError):  # a thread may end while we look
            if (task / "comm").read_text().strip() == MERGING:
                os.setpriority(os.PRIO_PROCESS, int(task.name), NICENESS)

"""Notices an alarm in the folder that is named, says so, and begins to tell: for tests that kill it with -9."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from notice_world import SILENT, notice_world

if __name__ == "__main__":
    folder, tells = Path(sys.argv[1]), sys.argv[2]
    with notice_world(folder) as world:
        world.alarms = [SILENT]
        world.loop.look(world.now)
        print("noticed", flush=True)
        if tells == "tells":
            world.now += 5_000
            world.tell()
        time.sleep(120)

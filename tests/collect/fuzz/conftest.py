"""Lets the fuzz tests import `recordings` from the folder above, as its neighbours do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

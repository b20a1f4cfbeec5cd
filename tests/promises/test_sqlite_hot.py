"""The hot state in a SQLite file: it keeps every promise of a hot state."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from hot_promises import HotPromises

from zuji.store.hot import HotStore


class TestSqliteHotState(HotPromises):
    @pytest.fixture
    def plug(self, tmp_path: Path) -> partial[HotStore]:
        return partial(HotStore, tmp_path / "hot.sqlite")

"""Where the real data sets are: in `shared/data` beside the checkout or above it. Without them these tests skip."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path.append(str(TESTS / "identify"))  # the slow reference of who is who lives there
sys.path.append(str(TESTS / "run"))  # and there an engine in this process, with a spool to write to


@pytest.fixture(scope="session")
def data_sets() -> Path:
    for folder in TESTS.parents:
        if (found := folder / "shared" / "data").is_dir():
            return found
    pytest.skip("the real data sets are not here: there is no folder shared/data beside the checkout or above it")

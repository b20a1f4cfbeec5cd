"""The gate: which failed tests are worth another run."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ALL = Path(__file__).parents[1] / "all.py"


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gate", ALL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("failed", "again"),
    [
        (["tests/api/test_lists.py::test_a", "tests/sdk/test_b.py::test_c[x]"], True),
        ([f"tests/api/test_lists.py::test_{number}" for number in range(11)], False),
        (["tests/crash/test_kill_at_random.py::test_a"], False),
        (["tests/store/test_seen_crash.py::test_a"], False),
        (["tests/api/test_lists.py::test_a", "tests/promises/test_sqlite_spool.py::test_b"], False),
        (["tests/run/test_live_equals_history.py::test_a"], False),
        ([], False),
    ],
)
def test_few_unsteady_tests_run_again_but_none_that_is_about_what_must_never_happen(
    gate: ModuleType, tmp_path: Path, failed: list[str], again: bool
) -> None:
    kept = tmp_path / "lastfailed"
    kept.write_text(json.dumps(dict.fromkeys(failed, True)), encoding="utf-8")
    assert gate.worth_another_run(kept) == (sorted(failed) if again else [])


def test_without_a_record_of_failures_nothing_runs_again(gate: ModuleType, tmp_path: Path) -> None:
    assert gate.worth_another_run(tmp_path / "missing") == []

"""The engine's process holds little memory that nothing needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RESIDENT = """
def resident_mb():
    [line] = [line for line in open("/proc/self/status") if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024
"""


def run(code: str, *arguments: str) -> str:
    """What a process of its own prints: others would have the library loaded and used before."""
    command = [sys.executable, "-c", RESIDENT + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says what is resident")
def test_code_that_only_loading_needed_is_let_go_of_and_the_store_works_on(tmp_path: Path) -> None:
    code = """
import sys
from zuji.cli.loaded_code import let_go_of_loaded_code
from zuji.store.events import EventStore
from zuji.store.query import Query
store = EventStore.open(sys.argv[1])
before = resident_mb()
assert let_go_of_loaded_code() > 100 << 20
after = resident_mb()
assert store.query(Query("SELECT sum(number) AS n FROM numbers(1000)")).to_pylist() == [{"n": 499500}]
store.close()
print(round(before - after))
"""
    assert int(run(code, str(tmp_path / "events"))) > 60


def test_a_library_that_is_not_loaded_has_nothing_to_let_go_of() -> None:
    code = "from zuji.cli.loaded_code import let_go_of_loaded_code as let_go; print(let_go('no-such.so'))"
    assert run(code) == "0\n"


def test_a_start_with_nothing_to_migrate_loads_no_migration_tool(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from zuji.store.metadata import Metadata
Metadata.open(Path(sys.argv[1])).close()
print("alembic" in sys.modules)
"""
    file = str(tmp_path / "meta.sqlite")
    assert [run(code, file), run(code, file)] == ["True\n", "False\n"]


def loaded(by: str, *names: str) -> list[str]:
    """Which of these modules a process has that did nothing but import `by`."""
    code = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules.keys() & set(sys.argv[2:]))"
    return run(code, by, *names).split()


def test_the_supervisor_waits_for_no_library_that_only_its_processes_and_other_commands_need() -> None:
    heavy = ("numpy", "polars", "pyarrow", "pandas", "sqlalchemy", "fastapi", "uvicorn", "chdb", "httpx", "asyncio")
    assert loaded("zuji.cli.main", *heavy, "typer") == ["typer"]


def test_a_start_of_the_engine_loads_nothing_that_only_commands_and_some_requests_need() -> None:
    some = ("pandas", "typer", "httpx", "alembic", "sqlglot")
    assert loaded("zuji.cli.engine_process", *some, "fastapi") == ["fastapi"]


def test_the_stores_can_be_opened_before_the_rest_of_the_engine_is_loaded() -> None:
    assert loaded("zuji.cli.opening", "fastapi", "sqlalchemy", "uvicorn", "clickhouse_connect") == [
        "clickhouse_connect"
    ]

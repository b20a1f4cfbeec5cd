"""One place knows the version, and it is there without an installation."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from zuji import __version__

CHECKOUT = Path(__file__).parents[2]
NOTHING_INSTALLED = """
import importlib.metadata
known = importlib.metadata.version
def of_others(name):
    if name == "zuji":
        raise importlib.metadata.PackageNotFoundError(name)
    return known(name)
importlib.metadata.version = of_others
import zuji.cli.engine_process
from zuji.cli.doctor import versions
print(versions())
"""


def test_the_packaging_reads_the_version_from_the_code() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert (CHECKOUT / project["tool"]["hatch"]["version"]["path"]).read_text().count(f'"{__version__}"') == 1


def test_a_checkout_that_nobody_installed_knows_its_version() -> None:
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT / "src")}
    said = subprocess.run(
        [sys.executable, "-c", NOTHING_INSTALLED], capture_output=True, text=True, check=False, env=environment
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert f", zuji {__version__}" in said.stdout

"""The script that is committed is the one that is built, and its types hold."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from node_toolbox import missing, node_folder

from zuji.collect.sdk_files import BUILT

pytestmark = [pytest.mark.sdk]

SOURCE = Path(__file__).parents[2] / "sdk" / "browser"


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = node_folder()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [str(folder / tool), *arguments]
    return subprocess.run(
        command, cwd=SOURCE, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """What the build needs, as package-lock.json names it, installed once."""
    stamp, lock = SOURCE / "node_modules" / ".package-lock.json", SOURCE / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        done = run("npm", "ci", "--ignore-scripts")
        if done.returncode != 0:
            missing(f"esbuild and TypeScript could not be installed: {done.stderr[-500:]}")


def test_the_committed_files_are_what_the_build_makes(tmp_path: Path) -> None:
    done = run("node", "build.mjs", "--served", str(tmp_path / "served"), "--package", str(tmp_path / "package"))
    assert done.returncode == 0, done.stderr
    fresh = {each.name: each.read_bytes() for each in (tmp_path / "served").iterdir()}
    assert fresh == {each.name: each.read_bytes() for each in BUILT.iterdir()}
    assert {each.name for each in (tmp_path / "package").iterdir()} == {
        "zuji.js",
        "zuji.mjs",
        "snippet.js",
        "surveys.js",
        "overlay.js",
    }


def test_the_types_hold() -> None:
    done = run("npx", "--no-install", "tsc", "--noEmit")
    assert done.returncode == 0, done.stdout

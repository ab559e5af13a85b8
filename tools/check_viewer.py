"""Check the front end: types, tests, and that the committed bundles are what its sources make.

Needs Node 20.19 or later with npm; where that is not here, it says so and checks only that the
lockfile names no host. `--write` puts the new bundle in place; `--install` only installs packages.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "frontend"
PACKAGE = ROOT / "src" / "cardiogram"
BUNDLES = {"VIEWER_OUT": PACKAGE / "report" / "static", "APP_OUT": PACKAGE / "app" / "static"}
"""Where the bundles stand, by the variables that send a build elsewhere."""
OWN = {"figure.css"}
"""Files there that no build makes."""
LEAST_NODE = (20, 19)


def why_not() -> str | None:
    """Say what is missing to build the viewer; None where nothing is."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not here"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    found = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    return None if found >= LEAST_NODE else f"node {said.strip()} is too old"


def check_lockfile() -> list[str]:
    """Find packages of the lockfile that name the host they come from, or have no hash."""
    packages = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))["packages"]
    found = [f"{name} names a host" for name, about in packages.items() if "resolved" in about]
    return found + [
        f"{name} has no hash"
        for name, about in packages.items()
        if name and "integrity" not in about
    ]


def run(*command: str, **variables: str) -> None:
    """Run a command of the front end; its output is shown where it fails."""
    done = subprocess.run(
        command,
        cwd=SOURCES,
        env={**os.environ, "CI": "true", "NO_COLOR": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nviewer: {' '.join(command)} failed")


def install() -> None:
    """Install what the lockfile says, unless it is there already."""
    there = SOURCES / "node_modules" / ".package-lock.json"
    if (
        not there.exists()
        or there.stat().st_mtime < (SOURCES / "package-lock.json").stat().st_mtime
    ):
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def differences(made: Path, committed: Path) -> list[str]:
    """Files that are not the same, or only in one of two folders."""
    files = {file.name for place in (made, committed) for file in place.iterdir()} - OWN
    _, different, missing = filecmp.cmpfiles(made, committed, files, shallow=False)
    return sorted(different + missing)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and say what is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the new bundle in place")
    parser.add_argument("--install", action="store_true", help="install packages, check nothing")
    options = parser.parse_args(arguments)
    if faults := check_lockfile():
        sys.exit("\n".join(f"viewer: {fault}" for fault in faults))
    if (missing := why_not()) is not None:
        print(f"viewer: skipped, {missing}; the committed bundle was not built again")
        return 0
    install()
    if options.install:
        return 0
    run("npm", "run", "check")
    run("npm", "test")
    with tempfile.TemporaryDirectory() as name:
        places = {key: Path(name) / key for key in BUNDLES}
        made = BUNDLES if options.write else places
        run("npm", "run", "build", **{key: str(place) for key, place in made.items()})
        different = [file for key in BUNDLES for file in differences(made[key], BUNDLES[key])]
    if different:
        sys.exit(f"viewer: {', '.join(different)} is not what frontend/ makes: make viewer")
    print("viewer: types, tests and bundle are fine")
    return 0


if __name__ == "__main__":
    sys.exit(main())

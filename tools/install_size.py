"""Measure what the base install puts on a disk: cardiogram and all that it needs, no extra.

Run with the Python to measure: it makes an environment in a temporary folder, installs this
checkout into it, and shows the larger packages.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHOWN = 1.0


def sizes_of(path: Path) -> tuple[float, float]:
    """MB of a file, or of all files under a folder: as they came, and with compiled ones."""
    files = [f for f in (path.rglob("*") if path.is_dir() else [path]) if f.is_file()]
    came = sum(f.stat().st_size for f in files if f.suffix != ".pyc")
    return came / 1e6, sum(f.stat().st_size for f in files) / 1e6


def main() -> None:
    """Install, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        (packages,) = Path(folder).glob("lib/python*/site-packages")
        command = [sys.executable, "-m", "pip", "--python", f"{folder}/bin/python", "install"]
        quiet = ["--quiet", "--disable-pip-version-check", str(ROOT)]
        subprocess.run([*command, *quiet], check=True)
        sizes = sorted(((*sizes_of(path), path.name) for path in packages.iterdir()), reverse=True)
    print("    MB  compiled too")
    print(f"{sum(s[0] for s in sizes):6.1f}  {sum(s[1] for s in sizes):6.1f}  all")
    for came, compiled, name in sizes:
        if compiled >= SHOWN:
            print(f"{came:6.1f}  {compiled:6.1f}  {name}")


if __name__ == "__main__":
    main()

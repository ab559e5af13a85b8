"""The page as `make space` makes it, once for all processes of a run; and a server of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]


def make_once(folder: Path) -> Path:
    """Make the page, or wait for the process that does."""
    if shutil.which("node") is None or not (ROOT / "frontend/node_modules/pyodide").is_dir():
        pytest.skip("the packages of the front end are not here")
    if os.environ.get("PYTEST_XDIST_TESTRUNUID"):
        folder = folder.parent
    space = folder / "space"
    with (folder / "space.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (space / "files.json").exists():
            command = [sys.executable, "tools/make_space.py", "--out", str(space)]
            made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr[-2000:]
    return space


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder as any static server does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()

"""The real command line in a process of its own, with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import warm_start

from cardiogram.progress import STEP_NAMES

_START = "from cardiogram.cli import main; main(prog_name='cardiogram')"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`cardiogram`, run in one folder against one Hub.

    Parameters
    ----------
    folder
        Where the commands run; it also holds the client's cache.
    endpoint
        Address of the Hub; by default one where nobody listens.
    token
        Login, if any.
    largest_file
        Bytes after which a write fails, as on a full disk; None is no limit.
    extra
        Further environment variables.
    """

    folder: Path
    endpoint: str = "http://127.0.0.1:1"
    token: str = ""
    largest_file: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command from nothing and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self._fork(arguments)
        try:
            out, err = process.communicate(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def kill_when(self, ready: Callable[[], bool], *arguments: str, timeout: float = 60) -> int:
        """Run a command until something is so, then kill -9; gives its exit status."""
        process = self._fork(arguments)
        until = time.monotonic() + timeout
        while process.is_running() and not ready() and time.monotonic() < until:
            time.sleep(0.002)
        process.kill()
        process.communicate()
        return process.returncode

    def _fork(self, arguments: Sequence[str]) -> warm_start.Running:
        return warm_start.start(arguments, self.folder, self._environment(), self.largest_file)

    def _environment(self) -> dict[str, str]:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HF_", "CARDIOGRAM_"))
        }
        environment |= {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(self.folder / "hf-home"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "PYTHONPATH": str(warm_start.SOURCE),
            "PYTHONWARNINGS": "error",
            "COLUMNS": "120",
        }
        environment |= self.extra
        if self.token:
            environment["HF_TOKEN"] = self.token
        return environment


def assert_one_line(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert that a command failed with one clear line and its hint, and printed nothing else."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if not _is_progress(line)]
    assert len(lines) == 2, result.stderr
    assert lines[0].startswith("cardiogram: ")
    assert lines[1].startswith("  ")
    assert lines[1].strip()
    for word in words:
        assert word in result.stderr


def _is_progress(line: str) -> bool:
    return line.startswith(tuple(STEP_NAMES.values()))

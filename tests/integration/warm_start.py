"""Processes of the command line that need not import the libraries again.

Each is forked from one process that has imported them and has done nothing else: it has its own
folder, environment, limits, output and exit status, and can be killed, as one that was started
from nothing. What reads the environment when it is imported is left to each.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection, Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"
_LIBRARIES = [
    "anthropic",
    "cardiogram.cli.command_line",
    "cardiogram.maps.map",
    "httpx2",
    "openai",
    "openTSNE",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "pydantic_ai",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.neighbors",
    "statsmodels.api",
    "statsmodels.stats.meta_analysis",
]
_READS_ENVIRONMENT = "huggingface_hub"


def start(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], largest_file: int | None
) -> Running:
    """Start `cardiogram` and leave it running."""
    out, err = Pipe(duplex=False), Pipe(duplex=False)
    process = _server().Process(
        target=_run, args=(arguments, folder, environment, largest_file, out[1], err[1])
    )
    process.start()
    out[1].close()
    err[1].close()
    return Running(process, out[0], err[0])


class Running:
    """A process that was started here, and what it writes."""

    def __init__(self, process: BaseProcess, *outputs: Connection) -> None:
        self._process = process
        self._outputs = [_Output(output) for output in outputs]

    @property
    def returncode(self) -> int:
        """Its exit status, or less than zero the signal that ended it."""
        assert self._process.exitcode is not None
        return self._process.exitcode

    def is_running(self) -> bool:
        """Tell whether it has not ended."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End it by SIGKILL."""
        self._process.kill()

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait until it ends; give what it wrote to stdout and stderr."""
        self._process.join(timeout)
        if self.is_running():
            raise subprocess.TimeoutExpired("cardiogram", timeout or 0.0)
        out, err = (output.read() for output in self._outputs)
        return out, err


class _Output:
    """What is written into a pipe, read as it comes: a full pipe would stop the writer."""

    def __init__(self, pipe: Connection) -> None:
        self._written = b""
        self._pipe = pipe
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with open(self._pipe.fileno(), "rb", closefd=False) as stream:
            self._written = stream.read()
        self._pipe.close()

    def read(self) -> str:
        self._thread.join()
        return self._written.decode()


def _server() -> Any:
    context = get_context("forkserver")
    context.set_forkserver_preload(_LIBRARIES)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(SOURCE)  # it imports these sources, whatever is installed
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before
    return context


def _run(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    largest_file: int | None,
    out: Connection,
    err: Connection,
) -> None:
    """Be `cardiogram` in this process."""
    assert _READS_ENVIRONMENT not in sys.modules
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, pipe in ((1, out), (2, err)):
        os.dup2(pipe.fileno(), number)
        pipe.close()
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    warnings.simplefilter("error")
    from cardiogram.cli import main

    main(list(arguments), prog_name="cardiogram")

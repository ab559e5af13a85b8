"""All jobs of a workspace: started, stopped, resumed, removed; a bounded number of them."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.app.jobs.job_folder import READY, JobFolder, JobState, now
from cardiogram.app.jobs.job_request import JobRequest
from cardiogram.app.jobs.job_terms import check_request
from cardiogram.errors import ConfigError, DataError
from cardiogram.store import is_locked

if TYPE_CHECKING:
    from cardiogram.app.workspace import Workspace

MOST_RUNNING, MOST_KEPT = 2, 100
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_START = (
    "import sys; sys.path[:] = {path!r}; from cardiogram.app.jobs.job_worker import main; main()"
)
_CHANGING = threading.Lock()
"""Held while a job is begun or removed, so that no two threads count the same free place."""


@dataclass(frozen=True, slots=True)
class JobList:
    """The jobs of a workspace, in its folder `jobs/`.

    Parameters
    ----------
    endpoint
        Address of the Hub that workers ask.
    """

    workspace: Workspace
    endpoint: str

    @property
    def root(self) -> Path:
        """Where they are."""
        return self.workspace.inside("jobs")

    def all(self) -> Iterator[JobFolder]:
        """Every job, the newest first."""
        with contextlib.suppress(FileNotFoundError):
            ids = sorted(filter(_ID.fullmatch, os.listdir(self.root)), reverse=True)
            yield from (JobFolder(self.root / id) for id in ids)

    def get(self, id: str) -> JobFolder:
        """A job by its id.

        Raises
        ------
        DataError
            There is none.
        """
        folder = JobFolder(self.root / id) if _ID.fullmatch(id) else None
        if folder is None or not folder.root.is_dir():
            raise DataError(f"no job {id[:40]!r}")
        return folder

    def start(self, request: JobRequest) -> JobFolder:
        """Begin a job.

        Raises
        ------
        CardiogramError
            It cannot be done, or too many run or are kept.
        """
        check_request(request, self.workspace)
        with _CHANGING:
            jobs = [*self.all()]
            if len(jobs) >= MOST_KEPT:
                raise ConfigError(f"{MOST_KEPT} jobs are kept", hint="Remove some first.")
            self._check_place(jobs)
            folder = JobFolder(self.root / _new_id())
            folder.write(request)
            folder.write(JobState(began=now()))
            try:
                self._spawn(folder)
            except ConfigError:
                shutil.rmtree(folder.root)
                raise
        return folder

    def stop(self, id: str) -> JobFolder:
        """Ask a job to stop: it does so at its next step, or after some seconds at once."""
        folder = self.get(id)
        if folder.status()[0] == "running":
            folder.stop_path.touch()
        return folder

    def resume(self, id: str) -> JobFolder:
        """Go on with a job that does not run; what it has done stays done.

        Raises
        ------
        CardiogramError
            It runs, nothing is left to do, its limit is reached, or too many others run.
        """
        folder = self.get(id)
        with _CHANGING:
            _check_resumable(folder)
            self._check_place([*self.all()])
            self._spawn(folder)
        return folder

    def remove(self, id: str) -> None:
        """Forget a job that does not run, with its drafts; a study stays where it is.

        Raises
        ------
        ConfigError
            It runs.
        """
        folder = self.get(id)
        with _CHANGING:
            if is_locked(folder.root):
                raise ConfigError("the job still runs", hint="Stop it first.")
            shutil.rmtree(folder.root)

    def _check_place(self, jobs: list[JobFolder]) -> None:
        if sum(is_locked(job.root) for job in jobs) >= MOST_RUNNING:
            raise ConfigError(
                f"{MOST_RUNNING} jobs run already", hint="Wait until one ends, or stop one."
            )

    def _spawn(self, folder: JobFolder) -> None:
        """Start a worker, and wait until it holds the job's lock.

        Keys and logins are in its environment, as they are in this one's, and nowhere else.
        """
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-c", _START.format(path=sys.path)),
                *(str(folder.root), str(self.workspace.root)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_ENDPOINT": self.endpoint},
            start_new_session=True,  # it outlives this process, and an interrupt is not for it
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        )
        threading.Thread(target=process.wait, daemon=True).start()  # that no dead one is left
        assert process.stdout is not None
        with process.stdout as said:
            if READY not in said:
                raise ConfigError("the job could not be started")


def _check_resumable(folder: JobFolder) -> None:
    status, state = folder.status()
    request = folder.request()
    if is_locked(folder.root):
        raise ConfigError("the job still runs")
    if status == "done" and state.is_complete:
        raise ConfigError("the job is done: nothing is left to do")
    for limit, used in ((request.max_cost, state.spent), (request.max_calls, state.calls)):
        if limit is not None and used >= limit:
            raise ConfigError(
                "the job has reached its limit",
                hint="Start another one on the same study: answers that came are kept.",
            )


def _new_id() -> str:
    moment = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    return f"{moment}-{secrets.token_hex(3)}"

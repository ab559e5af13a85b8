"""The process that does a job: it holds the job's lock, and ends when the job does."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

from cardiogram.app.jobs.job_folder import READY, JobFolder, JobState
from cardiogram.app.workspace import Workspace
from cardiogram.errors import StudyBusy
from cardiogram.store import lock_folder

_TRIES, _PAUSE = 200, 0.02
_NICENESS = 5  # whoever types beside it comes first


def main() -> None:
    """Do the job whose folder the command line names, in the workspace that it names."""
    folder = JobFolder(Path(sys.argv[1]))
    with contextlib.ExitStack() as stack:
        _take_lock(folder, stack)
        folder.stop_path.unlink(missing_ok=True)
        before = folder.state()
        state = JobState(
            before.began,
            costs=before.costs,
            calls_before=before.calls_before,
            spent_before=before.spent_before,
        )
        folder.write(state)
        _say_ready()
        if hasattr(os, "nice"):
            os.nice(_NICENESS)
        from cardiogram.app.jobs.job_run import run_job  # all that it needs takes a second

        run_job(folder, Workspace(Path(sys.argv[2])), state)
        os._exit(0)  # all is written; whoever waits for the lock has it at once


def _take_lock(folder: JobFolder, stack: contextlib.ExitStack) -> None:
    """Take the lock; who only looks whether it is held, holds it for a moment."""
    for _ in range(_TRIES):
        with contextlib.suppress(StudyBusy):
            stack.enter_context(lock_folder(folder.root, ()))
            return
        time.sleep(_PAUSE)
    raise StudyBusy(f"job {folder.id!r} runs already")


def _say_ready() -> None:
    """Tell who started this, and be silent from now on, whether or not that one still lives."""
    with contextlib.suppress(OSError):
        os.write(1, READY)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)

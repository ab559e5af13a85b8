"""The app on a real port, in a thread of the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cardiogram.app import App, AppServer, Workspace
from cardiogram.app.worker import KillableWorkers, Work
from cardiogram.judge.embedded import embedded_judge


@contextmanager
def running_server(folder: Path, *, is_public: bool = False, **options: Any) -> Iterator[AppServer]:
    """Serve a workspace."""
    app = App(Workspace.at(folder), embedded_judge(), is_public)
    server = AppServer(app, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.is_running and thread.is_alive():
        time.sleep(0.01)
    yield server
    server.stop()
    thread.join()


@contextmanager
def running_app(folder: Path, *, is_public: bool = False) -> Iterator[str]:
    """Serve a workspace; gives the address, with a slash at its end.

    Heavy work is done in this process, which has imported all that it takes: a worker would need
    seconds to do so.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KillableWorkers, "run", work_here)
        with running_server(folder, is_public=is_public) as server:
            yield server.address


def work_here(workers: KillableWorkers, work: Work, question: object) -> Any:
    """Do a piece of work as a worker would."""
    return work(workers._all[0]._prepare(), question)

"""Jobs of the app: workers that outlive the server, and are killed, stopped and resumed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cardiogram.app.jobs import JobFolder, JobList, JobRequest
from cardiogram.app.workspace import Workspace
from cardiogram.errors import ConfigError
from cardiogram.store import lock_folder
from cardiogram.track.ledger import ModelLedger, add_models
from support import SHARED, needs_shared

pytestmark = needs_shared

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
KEY = "sk-planted-0123456789abcdef"
CARD = {"readme": "# Parrot\n\nIt repeats.", "downloads": 5, "downloadsAllTime": 9}
COUNTED = JobRequest("snapshot", folder="ledger")


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SHARED))
        with __import__("hubserver").running(data=[]) as server:
            yield server


@pytest.fixture
def hub(running: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Nine models of one author."""
    running.hub.reset()
    running.log.clear()
    running.rules = []
    for number in range(9):
        running.hub.add_row({**CARD, "id": f"acme/parrot-{number}"})
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", running.url)
    return running


@pytest.fixture
def jobs(hub: Any, tmp_path: Path) -> Iterator[JobList]:
    made = JobList(Workspace.at(tmp_path), hub.url)
    yield made
    for job in made.all():
        if lives(job):
            os.kill(worker_of(job), signal.SIGKILL)


def slow_down(hub: Any, seconds: float) -> None:
    hub.rules = [sys.modules["hubserver"].server.FaultRule(delay=seconds)]


def lives(job: JobFolder) -> bool:
    return job.status()[0] in ("running", "stopping")


def worker_of(job: JobFolder) -> int:
    match = re.match(r"process (\d+) on", (job.root / ".lock").read_text())
    assert match
    return int(match[1])


def wait(is_so: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def end_of(job: JobFolder) -> str:
    wait(lambda: not lives(job))
    return job.status()[0]


def kill(job: JobFolder) -> None:
    os.kill(worker_of(job), signal.SIGKILL)
    wait(lambda: not lives(job))
    assert job.status()[0] == "interrupted"


# -- what is killed ----------------------------------------------------------------------------

_SERVER = f"""
import os, signal, sys
sys.path[:] = {sys.path!r}
from pathlib import Path
from cardiogram.app.jobs import JobList, JobRequest
from cardiogram.app.workspace import Workspace
jobs = JobList(Workspace(Path(sys.argv[1])), sys.argv[2])
jobs.start(JobRequest("snapshot", folder="ledger"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_job_outlives_the_server_and_a_killed_one_goes_on(hub: Any, jobs: JobList) -> None:
    ledger = ModelLedger(jobs.workspace.root / "ledger")
    add_models(ledger, [f"acme/parrot-{number}" for number in range(9)])
    slow_down(hub, 0.3)
    command = [sys.executable, "-c", _SERVER, jobs.workspace.root, hub.url]
    server = subprocess.run(command, check=False)
    assert server.returncode == -signal.SIGKILL
    (job,) = jobs.all()
    assert job.status()[0] == "running"
    with pytest.raises(ConfigError, match="still runs"):
        jobs.remove(job.id)
    kill(job)
    with pytest.raises(ConfigError, match="still runs"), lock_folder(job.root, ()):
        jobs.resume(job.id)
    hub.rules = []
    assert jobs.resume(job.id) == job
    assert end_of(job) == "done"
    assert job.state().lines[0].startswith("9 models counted")
    with pytest.raises(ConfigError, match="nothing is left"):
        jobs.resume(job.id)
    jobs.remove(job.id)
    assert [*jobs.all()] == []
    assert len(ledger.days()) == 1

"""Jobs of the app: workers that outlive the server, and are killed, stopped and resumed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chromium import faults, needs_chromium, running_browser, visiting
from model_server import Faults, ModelServer
from running_app import running_server

from cardiogram.app.jobs import (
    JobFolder,
    JobList,
    JobRequest,
    JobState,
    estimate_job,
)
from cardiogram.app.jobs.job_run import run_job
from cardiogram.app.worker import KillableWorkers
from cardiogram.app.workspace import Workspace
from cardiogram.errors import ConfigError
from cardiogram.hub import HubSession
from cardiogram.judge import Coverage
from cardiogram.judge.llm import Budget
from cardiogram.pipeline import StudyRun
from cardiogram.store import Study, lock_folder
from cardiogram.track.ledger import ModelLedger, add_models
from support import SHARED, needs_llm, needs_shared

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


def watch(jobs: JobList) -> ModelLedger:
    """A ledger of the nine models."""
    ledger = ModelLedger(jobs.workspace.root / "ledger")
    add_models(ledger, [f"acme/parrot-{number}" for number in range(9)])
    return ledger


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
from cardiogram.app.worker import KillableWorkers
from cardiogram.app.workspace import Workspace
jobs = JobList(Workspace(Path(sys.argv[1])), sys.argv[2])
jobs.start(JobRequest("snapshot", folder="ledger"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_job_outlives_the_server_and_a_killed_one_goes_on(hub: Any, jobs: JobList) -> None:
    ledger = watch(jobs)
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


# -- what is stopped ---------------------------------------------------------------------------


def test_a_portfolio_stops_between_two_cards_and_drafts_none_twice(hub: Any, jobs: JobList) -> None:
    request = JobRequest("portfolio", owner="acme")
    made = estimate_job(request, jobs.workspace, HubSession())
    assert (made.cards, made.is_exact, made.costs) == (9, True, ())
    job = JobFolder(jobs.root / "20261130-010203-abcdef")
    job.write(request)
    slow_down(hub, 0.2)
    job.stop_path.touch()
    run_job(job, jobs.workspace, JobState("2026-11-30T01:02:03Z"))
    assert job.state().outcome == "stopped"
    before = {path: path.stat().st_mtime_ns for path in job.drafts.glob("*/draft.json")}
    assert 0 < len(before) < 9
    hub.rules = []
    job.stop_path.unlink()
    run_job(job, jobs.workspace, JobState("2026-11-30T01:02:03Z"))
    assert job.state().outcome == "done"
    assert job.state().lines == ("9 cards drafted, 0 of them with changes",)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    files = {path.name for path in (job.drafts / "acme__parrot-0").iterdir()}
    assert files == {"README.md", "README.proof.json", "draft.json"}


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModelServer, JobRequest]]:
    """A language model that takes its time, and a study by it of 40 cards."""
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    server = ModelServer(faults=Faults(latency=0.5, slow=0.5))
    with server.running() as url:
        yield (
            server,
            JobRequest(
                "study",
                folder="study",
                source="cards",
                limit=40,
                judges=("vllm/m",),
                server=f"{url}/v1",
                price_in=1.0,
                price_out=5.0,
                max_calls=38,
                max_cost=9.0,
            ),
        )


@needs_llm
def test_what_a_job_may_pay_holds_over_all_its_runs(
    jobs: JobList, models: tuple[ModelServer, JobRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, request = models
    shutil.copytree(SAMPLE, jobs.workspace.root / "cards")
    made = estimate_job(request, jobs.workspace, HubSession())
    assert (made.cards, made.requests, made.costs[0].calls) == (40, 0, 40)
    assert made.cost_low < made.cost_usd < made.cost_high  # type: ignore[operator]
    assert made.notes == ("The limit will do for about 95% of that.",)
    job = jobs.start(request)
    wait(lambda: server.log.in_flight)
    with Path(f"/proc/{worker_of(job)}/cmdline").open("rb") as file:
        assert KEY.encode() not in file.read()
    wait(lambda: server.log.in_flight > 9)
    jobs.stop(job.id)
    assert job.status()[0] == "stopping"
    flying = server.log.in_flight
    assert end_of(job) == "stopped"
    state = job.state()
    assert flying <= state.calls <= 38  # what was in flight is waited for
    assert state.calls == sum(server.log.paid.values())
    job.write(replace(state, calls=0, spent=0.0, outcome=""))  # at worst, what a kill leaves
    assert job.status()[0] == "interrupted"
    spent = (server.log.input_tokens + 5 * server.log.output_tokens) / 1e6
    limits = []

    def study(folder: Path, source: None, *, budget: Budget, **_: object) -> StudyRun:
        """Use the budget up, as any study does whose answers cost too much."""
        limits.append((budget.max_calls, budget.max_cost))
        budget.calls, budget.stopped = 38 - state.calls, "--max-calls is reached"
        why = {budget.stopped: 1, "no answer": 2}
        covered = Coverage("vllm/m", "1", {"rated": 37, "failed": 3}, why, 38, 0.1)
        return StudyRun(Study(folder), None, (covered,))  # type: ignore[arg-type]

    monkeypatch.setattr("cardiogram.pipeline.study", study)
    job.stop_path.unlink()
    run_job(job, jobs.workspace, job.state())
    assert limits == [(38 - state.calls, pytest.approx(9 - spent))]
    state = job.state()
    assert (state.outcome, state.calls, state.spent) == ("done", 38, pytest.approx(spent))
    assert state.lines == (
        "37 cards rated by vllm/m",
        "1 card without an answer of vllm/m: the job's limit was reached",
        "2 cards without an answer of vllm/m: no answer",
    )
    with pytest.raises(ConfigError, match="has reached its limit"):
        jobs.resume(job.id)
    for path in jobs.workspace.root.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


# -- the page ----------------------------------------------------------------------------------


@pytest.mark.browser
@needs_chromium
def test_a_job_is_followed_by_keyboard_over_the_end_of_the_server(
    hub: Any, jobs: JobList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        KillableWorkers, "run", lambda self, work, of: work(self._all[0]._prepare(), of)
    )
    watch(jobs)
    slow_down(hub, 0.3)
    with running_browser() as browser, ExitStack() as first:
        server = first.enter_context(running_server(tmp_path))
        with visiting(browser, f"{server.address}#jobs", bypass_csp=True) as visit:
            page, press = visit.page, visit.page.keyboard.press
            page.get_by_role("radio").first.focus()
            press("ArrowLeft")
            press("Tab")
            press("Tab")
            press("Enter")
            page.get_by_text("about 27").wait_for()
            press("Enter")
            job = page.get_by_role("article", name="Counters of ledger")
            job.get_by_text("running").wait_for()
            assert page.evaluate("document.activeElement.innerText") == "Counters of ledger"
            assert not faults(page)
            first.close()
            page.get_by_role("alert").get_by_text("The app does not answer").wait_for()
            visit.messages.clear()
            with running_server(tmp_path, port=server.port):
                page.get_by_role("alert").wait_for(state="detached")
                press("Tab")
                assert page.evaluate("document.activeElement.innerText") == "Stop"
                press("Enter")
                job.get_by_text("stopped").wait_for()
                hub.rules = []
                job.get_by_role("button", name="Resume").press("Enter")
                job.get_by_text("9 models counted").wait_for()
                page.reload()
                job.get_by_text("done").wait_for()
                assert not faults(page)
                job.get_by_role("button", name="Remove").press("Enter")
                page.get_by_role("heading", name="None so far").wait_for()
                visit.messages.clear()

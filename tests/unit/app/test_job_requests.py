"""What a job may be asked to do, and what is refused before anything is begun."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cardiogram.app.jobs import JobFolder, JobList, JobRequest, JobState, estimate_job
from cardiogram.app.jobs.job_terms import check_request
from cardiogram.app.workspace import Workspace
from cardiogram.errors import CardiogramError, ConfigError, DataError
from cardiogram.hub import HubSession
from cardiogram.store import Study, lock_folder

pytestmark = pytest.mark.skipif(find_spec("pydantic_ai") is None, reason="needs the extra `llm`")

NOBODY = "http://127.0.0.1:1"
MODEL = {"judges": ("vllm/m",), "max_calls": 9}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "workspace"
    (root / "cards" / "a").mkdir(parents=True)
    (root / "cards" / "a" / "README.md").write_text("# A\n\nA model that sings.\n")
    (root / "out").symlink_to(tmp_path)
    return Workspace.at(root)


def study(**fields: Any) -> JobRequest:
    return JobRequest("study", **{"folder": "s", "source": "cards", **fields})


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (study(folder="../s"), "is not in the folder"),
        (study(folder="out/s"), "is not in the folder"),
        (study(folder="/tmp/s"), "is not in the folder"),
        (study(folder="a\0b"), "no text"),
        (study(folder="x" * 201), "too long"),
        (study(folder=""), "no folder for a study"),
        (study(folder="jobs"), "no folder for a study"),
        (study(folder=".git"), "no folder for a study"),
        (study(folder="cards/s"), "no folder for a study"),
        (study(folder="cards"), "holds something"),
        (study(source="../cards"), "is not in the folder"),
        (study(source="nothing"), "no file or folder"),
        (study(task="x"), "not searched"),
        (study(source=""), "how many models"),
        (study(limit=0), "1 to 100,000"),
        (study(source="", limit=10**9), "no such number"),
        (study(source="", limit=10**6), "1 to 100,000"),
        (study(judges=()), "1 to 6 judges"),
        (study(judges=("embedded", "embedded")), "each once"),
        (study(judges=("embedded:/etc",)), "no judge"),
        (study(judges=("labels:/etc/passwd",)), "no judge"),
        (study(judges=("vllm/m",)), "need a limit"),
        (study(judges=("openrouter/m",), max_cost=1.0), "price of openrouter/m is not in"),
        (study(judges=("openai/gpt-5-mini",), max_calls=9), "needs a key"),
        (study(judges=("openai/gpt-5-mini",), max_calls=9, server=NOBODY), "at its provider"),
        (study(**MODEL, server="http://me:word@127.0.0.1:1"), "no login"),
        (study(**MODEL, server="file:///etc/passwd"), "no URL of a server"),
        (study(**MODEL, combine="median"), "two judges or more"),
        (study(**MODEL, combine="cascade"), "of two judges"),
        (study(max_cost=float("nan")), "no such number"),
        (JobRequest("panel", folder="cards"), "no study"),
        (JobRequest("panel", folder="s", owner="acme"), "has no 'owner'"),
        (JobRequest("portfolio", owner="acme/parrot"), "no owner"),
        (JobRequest("portfolio", owner="../.."), "no owner"),
        (JobRequest("snapshot", folder="cards"), "no ledger"),
        (JobRequest("snapshot", folder="cards", limit=1), "has no 'limit'"),
    ],
)
def test_what_cannot_be_done_is_refused(
    workspace: Workspace, request_: JobRequest, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPENROUTER_API_KEY", "k")
    with pytest.raises(CardiogramError, match=words):
        check_request(request_, workspace)
    with pytest.raises(CardiogramError, match=words):
        JobList(workspace, NOBODY).start(request_)
    assert not (workspace.root / "jobs").exists()


def test_a_study_is_not_begun_within_another(workspace: Workspace) -> None:
    Study(workspace.root).write_manifest({"source": {"kind": "hub"}})
    with pytest.raises(ConfigError, match="another cannot lie in it"):
        check_request(study(), workspace)


def test_an_estimate_of_files_asks_nobody_and_begins_nothing(workspace: Workspace) -> None:
    made = estimate_job(study(), workspace, HubSession(NOBODY))
    assert (made.cards, made.is_exact, made.requests, made.costs) == (1, True, 0, ())
    assert {path.name for path in workspace.root.iterdir()} == {"cards", "out"}


# -- folders that are there --------------------------------------------------------------------


@pytest.fixture
def jobs(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobList]:
    """Jobs whose workers are never started."""
    monkeypatch.setattr(JobList, "_spawn", lambda self, folder: None)
    return JobList(workspace, NOBODY)


def test_so_many_jobs_run_and_are_kept_and_no_more(
    jobs: JobList, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [jobs.start(study(folder=name)) for name in ("x", "y", "z")]
    assert [job.status()[0] for job in made] == ["interrupted"] * 3
    with lock_folder(made[0].root, ()), lock_folder(made[1].root, ()):
        assert made[0].status()[0] == "running"
        for begin in (lambda: jobs.start(study(folder="v")), lambda: jobs.resume(made[2].id)):
            with pytest.raises(ConfigError, match="2 jobs run already"):
                begin()
    jobs.resume(made[2].id)
    monkeypatch.setattr("cardiogram.app.jobs.job_list.MOST_KEPT", 3)
    with pytest.raises(ConfigError, match="3 jobs are kept"):
        jobs.start(study(folder="v"))
    jobs.remove(made[0].id)
    assert len([*jobs.all()]) == 2


@pytest.mark.parametrize("id", ["", ".", "..", "../cards", "20261130-010203-abcdef", "x" * 300])
def test_an_id_names_a_job_or_nothing(jobs: JobList, id: str) -> None:
    for call in (jobs.get, jobs.stop, jobs.resume, jobs.remove):
        with pytest.raises(DataError, match="no job"):
            call(id)


def test_a_damaged_job_is_named_and_can_be_removed(jobs: JobList) -> None:
    job = jobs.start(study())
    (job.root / "state.json").write_text("{")
    with pytest.raises(DataError, match=r"state\.json"):
        job.status()
    jobs.remove(job.id)


def test_a_job_reads_what_it_wrote(tmp_path: Path) -> None:
    job = JobFolder(tmp_path / "20261130-010203-abcdef")
    request = study(**MODEL, combine="apart")
    job.write(request)
    job.write(JobState("2026-11-30T01:02:03Z", spent=0.25, outcome="stopped"))
    assert job.request() == request
    assert job.status() == ("stopped", job.state())
    assert job.state().calls_before is None

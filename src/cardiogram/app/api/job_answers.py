"""Jobs: what they will take, how far they are, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.app.jobs import (
    MOST_RUNNING,
    JobEstimate,
    JobFolder,
    JobList,
    JobRequest,
    JobStatus,
    JudgeCost,
    KeptDraft,
    estimate_job,
    read_drafts,
)
from cardiogram.errors import CardiogramError
from cardiogram.judge.llm.transport import PROVIDERS
from cardiogram.progress import STEP_NAMES


@dataclass(frozen=True, slots=True)
class JobQuestion:
    """A job by its id."""

    id: str


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """A step of a job: how far it is, and how long it will take."""

    name: str
    done: int
    total: int | None
    seconds: float
    seconds_left: float | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """A job: what is wanted, how far it is, and what came of it."""

    id: str
    request: JobRequest
    status: JobStatus
    began: str
    updated: str
    steps: tuple[StepAnswer, ...]
    costs: tuple[JudgeCost, ...]
    calls: int
    spent: float
    lines: tuple[str, ...]
    error: str
    hint: str
    can_resume: bool
    study: str
    drafts: int


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """A study or a ledger of the workspace, and its folder there."""

    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class JobsAnswer:
    """All jobs, and what new ones may be of."""

    jobs: tuple[JobAnswer, ...]
    studies: tuple[PlaceAnswer, ...]
    ledgers: tuple[PlaceAnswer, ...]
    providers: tuple[str, ...]
    is_study: bool
    most_running: int


@dataclass(frozen=True, slots=True)
class DraftsAnswer:
    """The drafts of a portfolio, those first that are worth most."""

    drafts: tuple[KeptDraft, ...]


def list_jobs(app: App) -> JobsAnswer:
    """Every job of the workspace, the newest first."""
    workspace = app.workspace
    studies = {name: study.root for name, study in workspace.studies().items()}
    jobs = (_answer(app, job) for job in _jobs(app).all())
    return JobsAnswer(
        jobs=tuple(job for job in jobs if job is not None),
        studies=_places(app, studies),
        ledgers=_places(app, {**workspace.ledgers(), **studies}),
        providers=tuple(PROVIDERS),
        is_study=workspace.root in studies.values(),
        most_running=MOST_RUNNING,
    )


def estimate(app: App, question: JobRequest) -> JobEstimate:
    """What a job will take; nothing is begun."""
    return estimate_job(question, app.workspace, app.session())


def start(app: App, question: JobRequest) -> JobsAnswer:
    """Start a job."""
    _jobs(app).start(question)
    return list_jobs(app)


def stop(app: App, question: JobQuestion) -> JobsAnswer:
    """Ask a job to stop."""
    _jobs(app).stop(question.id)
    return list_jobs(app)


def resume(app: App, question: JobQuestion) -> JobsAnswer:
    """Go on with a job where it was left."""
    _jobs(app).resume(question.id)
    return list_jobs(app)


def remove(app: App, question: JobQuestion) -> JobsAnswer:
    """Forget a job."""
    _jobs(app).remove(question.id)
    return list_jobs(app)


def list_drafts(app: App, question: JobQuestion) -> DraftsAnswer:
    """The drafts of a portfolio."""
    return DraftsAnswer(tuple(read_drafts(_jobs(app).get(question.id))))


def _jobs(app: App) -> JobList:
    return JobList(app.workspace, app.endpoint)


def _places(app: App, folders: Mapping[str, Path]) -> tuple[PlaceAnswer, ...]:
    root = app.workspace.root
    return tuple(
        PlaceAnswer(name, folder.relative_to(root).as_posix()) for name, folder in folders.items()
    )


def _answer(app: App, job: JobFolder) -> JobAnswer | None:
    """A job as it is now; None for a folder that cannot be read, or has just been removed."""
    try:
        (status, state), request = job.status(), job.request()
    except CardiogramError:
        return None
    steps = (
        StepAnswer(
            STEP_NAMES.get(step.name, step.name),
            step.done,
            step.total,
            step.seconds,
            step.seconds_left,
            step.is_done,
        )
        for step in state.steps
    )
    folder = request.folder if request.kind in ("study", "panel") else ""
    is_there = folder and (app.workspace.root / folder / "results.json").is_file()
    can_resume = status in ("stopped", "interrupted", "failed") or (
        status == "done" and not state.is_complete
    )
    return JobAnswer(
        id=job.id,
        request=request,
        status=status,
        began=state.began,
        updated=state.updated,
        steps=tuple(steps),
        costs=state.costs,
        calls=state.calls,
        spent=state.spent,
        lines=state.lines,
        error=app.workspace.shorten(state.error),
        hint=app.workspace.shorten(state.hint),
        can_resume=can_resume,
        study=(app.workspace.root / folder).name if is_there else "",
        drafts=sum(1 for _ in job.drafts.glob("*/draft.json")),
    )


ENDPOINTS = (
    Endpoint("GET", "/api/jobs", list_jobs, "All jobs, the newest first."),
    Endpoint("POST", "/api/jobs/estimate", estimate, "What a job will take.", heavy=True),
    Endpoint("POST", "/api/jobs/start", start, "Start a job.", act=True),
    Endpoint("POST", "/api/jobs/stop", stop, "Ask a job to stop.", act=True),
    Endpoint("POST", "/api/jobs/resume", resume, "Go on with a job.", act=True),
    Endpoint("POST", "/api/jobs/remove", remove, "Forget a job that does not run.", act=True),
    Endpoint("GET", "/api/jobs/{id}/drafts", list_drafts, "The drafts of a portfolio."),
)

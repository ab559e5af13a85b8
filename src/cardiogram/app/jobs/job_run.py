"""A run of a job while it lasts: how far it is, told from time to time, and its end when asked."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardiogram.app.jobs.job_folder import JobFolder, JobState, JobStep, JudgeCost, now
from cardiogram.app.jobs.job_request import JobRequest
from cardiogram.app.jobs.job_terms import load_judges, models_of, study_of
from cardiogram.app.jobs.job_work import JobResult, JobWork
from cardiogram.app.workspace import Workspace
from cardiogram.errors import CardiogramError
from cardiogram.judge import count_answers
from cardiogram.judge.llm import Budget, LLMJudge

if TYPE_CHECKING:
    from cardiogram.judge.llm import CostEstimate

GRACE = 15.0
"""Seconds after which a run that was asked to stop ends wherever it is."""

_LOOK, _WRITE = 0.1, 0.5  # seconds between two looks for a stop, and between two writes
_CALLING = frozenset({"pilot", "ask"})
"""Steps in which a stop sends no further call, and waits for those in flight: they are paid for."""


class JobStopped(BaseException):
    """The job was asked to stop; nothing on the way may take this for an error."""


@dataclass(slots=True)
class _StepClock:
    """How long a step takes, by what was done of it since it was begun."""

    name: str
    first: int
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    total: int | None = None
    ended: float | None = None

    def note(self, done: int, total: int | None) -> None:
        self.done, self.total = done, total
        if total is not None and done >= total:
            self.ended = time.monotonic()

    def step(self) -> JobStep:
        seconds = (self.ended or time.monotonic()) - self.began
        done, left = self.done - self.first, None
        if self.total is not None and done > 0:
            left = round(seconds / done * max(0, self.total - self.done), 1)
        return JobStep(self.name, self.done, self.total, round(seconds, 1), left)


class JobRun:
    """A run of a job.

    Attributes
    ----------
    state
        What is written of it, but for its steps and what it has spent.
    budget
        What it may spend; a stop ends it.
    """

    def __init__(self, folder: JobFolder, state: JobState) -> None:
        self.state: JobState = state
        self.budget: Budget = Budget()
        self._folder = folder
        self._steps: dict[str, _StepClock] = {}
        self._stopping, self._over = threading.Event(), threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def on_progress(self, step: str, done: int, total: int | None) -> None:
        """Note how far a step is; ends the run where it was asked to stop.

        Raises
        ------
        JobStopped
            In the main thread alone: the map tells from another one.
        """
        clock = self._steps.get(step)
        if clock is None or done < clock.done:
            clock = self._steps[step] = _StepClock(step, done)
        clock.note(done, total)
        if self._stopping.is_set() and step not in _CALLING:
            self._end_main()

    def on_estimate(self, estimates: Mapping[str, CostEstimate]) -> None:
        """Note what language models will take; now they are asked."""
        costs = tuple(JudgeCost.of(judge, estimate) for judge, estimate in estimates.items())
        self.state = replace(self.state, costs=costs)
        if calls := sum(cost.calls for cost in costs):
            self.on_progress("ask", 0, calls)

    def end(self, **ending: Any) -> None:
        """Note how it ended."""
        self.state = replace(self.state, **ending)

    @contextlib.contextmanager
    def written(self) -> Iterator[None]:
        """Write how far the run is, while it lasts and at its end."""
        self._watcher.start()
        try:
            yield
        finally:
            self._over.set()
            self._watcher.join()
            self._write()

    def _end_main(self) -> None:
        if threading.current_thread() is threading.main_thread():
            raise JobStopped

    def _watch(self) -> None:
        """Write what is new, and end the process where it does not stop by itself."""
        until = written = 0.0
        while not self._over.wait(_LOOK):
            if not self._stopping.is_set() and self._folder.stop_path.exists():
                until = time.monotonic() + GRACE
                self._stopping.set()
            if self._stopping.is_set():
                self.budget.stopped = "the job was stopped"
                if time.monotonic() > until:
                    self.end(outcome="stopped")
                    self._write()
                    os._exit(1)
            if time.monotonic() > written + _WRITE:
                self._write()
                written = time.monotonic()

    def _write(self) -> None:
        state = replace(
            self.state,
            updated=now(),
            steps=tuple(clock.step() for clock in [*self._steps.values()]),
            calls=self.state.calls + self.budget.calls,
            spent=self.state.spent + self.budget.spent,
        )
        with contextlib.suppress(CardiogramError):  # a full disk: the work itself says so
            self._folder.write(state)


def run_job(folder: JobFolder, workspace: Workspace, state: JobState) -> None:
    """Do a job, and write how it ended."""
    run = JobRun(folder, state)
    with run.written():
        try:
            result = _do(folder, workspace, run)
        except JobStopped:
            run.end(outcome="stopped")
        except CardiogramError as error:
            run.end(outcome="failed", error=error.message, hint=error.hint)
        except Exception as error:  # a fault of ours; its words may quote a key, its place does not
            place = traceback.extract_tb(error.__traceback__)[-1]
            words = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
            run.end(outcome="failed", error=words, hint="This is a fault of cardiogram.")
        else:
            run.end(outcome="done", lines=result.lines, is_complete=result.is_complete)


def _do(folder: JobFolder, workspace: Workspace, run: JobRun) -> JobResult:
    request = folder.request()
    judges = load_judges(request)
    if models := models_of(judges):
        run.budget = _budget(request, workspace, models, run)
    work = JobWork(request, folder, workspace, judges, run.budget, run.on_progress, run.on_estimate)
    return work.do()


def _budget(
    request: JobRequest, workspace: Workspace, models: list[LLMJudge], run: JobRun
) -> Budget:
    """What is left of the job's limits: the study itself says what was paid, also after a kill."""
    calls, spent = count_answers(study_of(request, workspace), models)
    if run.state.calls_before is None:
        run.state = replace(run.state, calls_before=calls, spent_before=spent)
    calls -= run.state.calls_before or 0
    spent -= run.state.spent_before
    run.state = replace(run.state, calls=calls, spent=spent)
    return Budget(
        None if request.max_cost is None else max(0.0, request.max_cost - spent),
        None if request.max_calls is None else max(0, request.max_calls - calls),
    )

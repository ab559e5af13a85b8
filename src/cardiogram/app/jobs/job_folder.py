"""A job on the disk: what is wanted, how far it is, and whether its worker lives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cardiogram.app.jobs.job_request import JobRequest
from cardiogram.errors import DataError
from cardiogram.store import from_json, is_locked, read_error, to_json, write_atomically

if TYPE_CHECKING:
    from cardiogram.judge.llm import CostEstimate

JobStatus = Literal["running", "stopping", "stopped", "interrupted", "done", "failed"]
"""`interrupted`: its worker has gone and has not said why: killed, or the machine went off."""


READY = b"ready\n"
"""What a worker says once it holds the lock."""


@dataclass(frozen=True, slots=True)
class JobStep:
    """How far a step is.

    Attributes
    ----------
    name
        A key of :data:`cardiogram.progress.STEP_NAMES`.
    total
        None while it is not known.
    seconds, seconds_left
        That it took so far, and that it will take at this pace; None where that cannot be said.
    """

    name: str
    done: int
    total: int | None
    seconds: float
    seconds_left: float | None = None

    @property
    def is_done(self) -> bool:
        """Whether all of it is done."""
        return self.total is not None and self.done >= self.total


@dataclass(frozen=True, slots=True)
class JudgeCost:
    """What a language model will take.

    Attributes
    ----------
    cost_usd, cost_low, cost_high
        US dollars, likely and at either end; None where the price is not known.
    answers
        Answers of the model itself that the estimate rests on.
    """

    judge: str
    calls: int
    cost_usd: float | None
    cost_low: float | None
    cost_high: float | None
    seconds: float
    answers: int = 0

    @classmethod
    def of(cls, judge: str, estimate: CostEstimate) -> JudgeCost:
        """What an estimate says."""
        return cls(
            judge,
            estimate.calls,
            estimate.cost_usd,
            estimate.cost_low,
            estimate.cost_high,
            estimate.seconds,
            estimate.answers,
        )


@dataclass(frozen=True, slots=True)
class JobState:
    """How far a job is.

    Attributes
    ----------
    began
        When it was begun first: ISO 8601, in UTC.
    updated
        When this was written.
    steps
        Of the present run, in the order in which they were begun.
    costs
        What language models will take, as it was estimated last.
    calls, spent
        Answers of language models that came, and what they cost in US dollars, in all runs.
    calls_before, spent_before
        The same of earlier work on the study; None until it was counted.
    outcome
        How the last run ended; "" while it runs, and where it was killed.
    is_complete
        Whether nothing is left that another run could do.
    lines
        What came of it, a sentence each.
    """

    began: str
    updated: str = ""
    steps: tuple[JobStep, ...] = ()
    costs: tuple[JudgeCost, ...] = ()
    calls: int = 0
    spent: float = 0.0
    calls_before: int | None = None
    spent_before: float = 0.0
    outcome: Literal["", "done", "stopped", "failed"] = ""
    is_complete: bool = False
    error: str = ""
    hint: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The folder of a job: `request.json`, `state.json`, and `stop` once it is to stop."""

    root: Path

    @property
    def id(self) -> str:
        """Its name."""
        return self.root.name

    @property
    def drafts(self) -> Path:
        """Where a portfolio keeps its drafts."""
        return self.root / "drafts"

    @property
    def stop_path(self) -> Path:
        """A file that asks the worker to stop."""
        return self.root / "stop"

    def request(self) -> JobRequest:
        """What is wanted.

        Raises
        ------
        DataError
            The file cannot be read.
        """
        return from_json(JobRequest, self._read("request.json"), "the job")

    def state(self) -> JobState:
        """How far it is.

        Raises
        ------
        DataError
            The file cannot be read.
        """
        return from_json(JobState, self._read("state.json"), "the state of the job")

    def status(self) -> tuple[JobStatus, JobState]:
        """Whether it runs or how it ended, and how far it is."""
        lives = is_locked(self.root)  # first: what a worker says last, it says before it goes
        state = self.state()
        if lives:
            return "stopping" if self.stop_path.exists() else "running", state
        return state.outcome or "interrupted", state

    def write(self, value: JobRequest | JobState) -> None:
        """Replace the file of what is wanted, or of how far it is."""
        name = "request.json" if isinstance(value, JobRequest) else "state.json"
        text = json.dumps(to_json(value), ensure_ascii=False, indent=1)
        write_atomically(self.root / name, f"{text}\n".encode("utf-8", "replace"))

    def _read(self, name: str) -> object:
        path = self.root / name
        try:
            return json.loads(path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise DataError(f"no {name} in job {self.id!r}") from error
        except (OSError, ValueError) as error:
            raise read_error(path, error) from error


def now() -> str:
    """The present moment: ISO 8601, in UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")

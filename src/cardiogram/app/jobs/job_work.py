"""What a job does: one call of a public function, and what came of it in a few lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cardiogram.app.jobs.job_folder import JobFolder
from cardiogram.app.jobs.job_request import JobRequest
from cardiogram.app.jobs.job_terms import ensemble_of, source_of, study_of
from cardiogram.errors import CardiogramError, DataError
from cardiogram.hub import HubSession
from cardiogram.judge import Coverage, Judge, OnEstimate
from cardiogram.judge.llm import Budget
from cardiogram.progress import Progress
from cardiogram.report.markup import count_of
from cardiogram.store import from_json, to_json, write_atomically

if TYPE_CHECKING:
    from cardiogram.app.workspace import Workspace
    from cardiogram.improve import Draft

_SAID = 20
"""Errors of single cards that are said in full."""


class JobResult(NamedTuple):
    """What came of a job: in sentences, and whether nothing is left to do."""

    lines: tuple[str, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What is kept of a draft beside its README.md and its proof.

    Attributes
    ----------
    before, after
        Overall ratings.
    readers
        Downloads in 30 days, where the Hub says it.
    """

    id: str
    readers: int
    before: float
    after: float
    changes: int
    questions: int
    contradictions: int

    @classmethod
    def of(cls, draft: Draft) -> KeptDraft:
        """Sum up a draft."""
        before, after = (rating.scores["overall"].expected for rating in draft.ratings)
        counts = map(len, (draft.changes, draft.questions, draft.left))
        return cls(draft.id, draft.readers, before, after, *counts)


@dataclass(frozen=True, slots=True)
class JobWork:
    """What a job works on, and whom it tells.

    Attributes
    ----------
    judges
        Loaded; none where nobody rates.
    """

    request: JobRequest
    folder: JobFolder
    workspace: Workspace
    judges: Sequence[Judge]
    budget: Budget
    on_progress: Progress
    on_estimate: OnEstimate

    def do(self) -> JobResult:
        """Do all of it, or what an earlier run has left."""
        if self.request.kind == "portfolio":
            return self._draft()
        return self._snapshot() if self.request.kind == "snapshot" else self._study()

    def _study(self) -> JobResult:
        from cardiogram import pipeline

        study = study_of(self.request, self.workspace)
        done = pipeline.study(
            study.root,
            None if study.manifest() else source_of(self.request, self.workspace),
            judges=self.judges,
            how=ensemble_of(self.request),
            budget=self.budget,
            on_estimate=self.on_estimate,
            on_progress=self.on_progress,
        )
        lines = [
            f"{count_of(covered.rated, 'card')} rated by {_name(covered.judge)}"
            for covered in done.coverage
        ]
        failed = [line for covered in done.coverage for line in self._failures(covered)]
        if done.unread:
            failed.append(f"{count_of(done.unread, 'card')} could not be read")
        if done.unmapped:
            lines.append(f"No map: {done.unmapped}")
        return JobResult((*lines, *failed), not failed)

    def _failures(self, covered: Coverage) -> Iterator[str]:
        """Why cards are left without an answer."""
        for reason, count in covered.failures.items():
            why = "the job's limit was reached" if reason == self.budget.stopped else reason
            yield f"{count_of(count, 'card')} without an answer of {covered.judge}: {why}"

    def _snapshot(self) -> JobResult:
        from cardiogram.track.ledger import ModelLedger, take_snapshot

        ledger = ModelLedger.open(self.workspace.inside(self.request.folder))
        taken = take_snapshot(ledger, on_progress=self.on_progress)
        lines = [f"{count_of(taken.models, 'model')} counted on {taken.day}"]
        lines += [f"{count_of(len(ids), 'model')}: {code}" for code, ids in taken.problems.items()]
        if taken.added:
            lines.append(f"{count_of(len(taken.added), 'new model')} of the authors")
        return JobResult(tuple(lines), taken.is_complete)

    def _draft(self) -> JobResult:
        from cardiogram.improve import draft_owner, improve

        owner, session = self.request.owner, HubSession()
        drafted = {draft.id for draft in read_drafts(self.folder)}

        def make(id: str) -> Draft:
            draft = improve(id, session=session)
            _keep(draft, self.folder.drafts / id.replace("/", "__"))
            return replace(draft, repository=None)  # its files are read, and can go

        drafts, errors = draft_owner(
            owner, make, session, skip=drafted, on_progress=self.on_progress
        )
        if not (drafts or errors or drafted):
            raise DataError(f"{owner!r} has no models on the Hub")
        whole = read_drafts(self.folder)
        better = sum(draft.changes > 0 for draft in whole)
        lines = [f"{count_of(len(whole), 'card')} drafted, {better:,} of them with changes"]
        lines += [error.message for error in errors[:_SAID]]
        if len(errors) > _SAID:
            lines.append(f"and {len(errors) - _SAID:,} that could not be drafted")
        return JobResult(tuple(lines), not errors)


def _name(judge: str) -> str:
    """A judge as a person calls it."""
    if ":" in judge:
        return "all of them together"
    return "the built-in judge" if judge == "embedded" else judge


def read_drafts(folder: JobFolder) -> list[KeptDraft]:
    """The drafts of a portfolio that are finished, those first that are worth most."""
    drafts = []
    for path in folder.drafts.glob("*/draft.json"):
        try:
            drafts.append(from_json(KeptDraft, json.loads(path.read_text("utf-8"))))
        except (OSError, ValueError, CardiogramError):
            continue  # half of one, or of another version: it is made again
    return sorted(drafts, key=lambda draft: -max(draft.readers, 1) * (draft.after - draft.before))


def _keep(draft: Draft, folder: Path) -> None:
    """Write a draft, the file last that says it is whole."""
    from cardiogram.improve import proof_of

    write_atomically(folder / "README.md", draft.after.encode())
    write_atomically(folder / "README.proof.json", proof_of(draft))
    text = json.dumps(to_json(KeptDraft.of(draft)), ensure_ascii=False)
    write_atomically(folder / "draft.json", f"{text}\n".encode("utf-8", "replace"))

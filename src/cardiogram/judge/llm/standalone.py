"""Ask language models about cards that may be in no study, with the answers kept in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardiogram.cards import Card
from cardiogram.errors import ConfigError, JudgeError
from cardiogram.judge.llm.budget import Budget
from cardiogram.judge.llm.estimate import CostEstimate, estimate_cost
from cardiogram.judge.llm.judge import LLMJudge
from cardiogram.judge.llm.ledger import Ledger
from cardiogram.judge.llm.runner import OnProgress, RequestMode, ask_models
from cardiogram.judge.llm.transport import file_name
from cardiogram.judge.rating import Rating
from cardiogram.progress import Progress, silent
from cardiogram.store import Study

_MAX_FAILED = 0.05
"""Share of cards that may have no answer; above it a figure would be of cards easy to answer."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run of language models may cost, and how it is done.

    Attributes
    ----------
    budget
        Shared by all judges.
    via
        "batches" asks through the provider's batch interface.
    on_estimate
        Called with the estimate of each judge before the first call.
    """

    budget: Budget = field(default_factory=Budget)
    via: RequestMode = "calls"
    on_estimate: Callable[[Mapping[str, CostEstimate]], None] = lambda estimates: None
    on_progress: Progress = silent


def answers_folder(source: Path, named: Path | None) -> Path:
    """Where answers are kept: the folder that is named, else `answers/` of the study.

    Raises
    ------
    ConfigError
        No folder is named, and the cards are no study's.
    """
    if named is not None:
        return named
    if source.is_dir() and Study(source).manifest_path.exists():
        return source / "answers"
    raise ConfigError(
        f"{str(source)!r} is no study: the answers that are paid for need a folder",
        hint="Add --answers FOLDER, and name it again to pay for nothing twice.",
    )


def rate_with_ledgers(
    judges: Mapping[str, LLMJudge], cards: Sequence[Card], folder: Path, options: RunOptions
) -> dict[str, list[Rating]]:
    """Rate cards with several judges, one after the other; answers are kept in a folder.

    Parameters
    ----------
    judges
        By a label; they may be of one model.
    folder
        Of the ledgers, one a model: what stands there is not asked again.

    Returns
    -------
    dict
        By label, a rating for each card, in their order.

    Raises
    ------
    JudgeError
        The budget or the provider left cards without an answer: what came is kept.
    """
    home = folder.parent if folder.name == "answers" else folder
    with Study(home).lock(), ExitStack() as stack:
        ledgers = {
            judge.id: stack.enter_context(Ledger(folder / f"{file_name(judge.id)}.jsonl"))
            for judge in judges.values()
        }
        bound = {
            label: replace(judge, answers=ledgers[judge.id]) for label, judge in judges.items()
        }
        options.on_estimate({label: estimate_cost(judge, cards) for label, judge in bound.items()})
        total = sum(judge.calls_a_card for judge in bound.values()) * len(cards)
        ratings: dict[str, list[Rating]] = {}
        done = 0
        for label, judge in bound.items():
            answered = ask_models(
                [judge],
                cards,
                options.budget,
                via=options.via,
                on_progress=_shifted(options.on_progress, done, total),
            )[judge.id]
            _check(label, answered.failures, len(cards), options.budget)
            ratings[label] = answered.rate(cards)
            done += judge.calls_a_card * len(cards)
        return ratings


def _shifted(on_progress: Progress, before: int, total: int) -> OnProgress:
    return lambda done: on_progress("ask", before + done, total)


def _check(label: str, failures: Mapping[str, str], cards: int, budget: Budget) -> None:
    if failures and (budget.stopped or len(failures) > _MAX_FAILED * cards):
        reason = budget.stopped or next(iter(failures.values()))
        raise JudgeError(
            f"{label}: {len(failures):,} of {cards:,} cards have no answer: {reason}",
            hint="Run the same command again: answers that came are kept, the others are asked.",
        )

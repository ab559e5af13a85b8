"""Ask language models about cards that may be in no study, with the answers kept in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardiogram.cards import Card
from cardiogram.errors import ConfigError, JudgeError
from cardiogram.judge.llm.budget import Budget, Estimate
from cardiogram.judge.llm.judge import LLMJudge
from cardiogram.judge.llm.ledger import Ledger
from cardiogram.judge.llm.runner import Via, ask_now, estimate
from cardiogram.judge.llm.transport import file_name
from cardiogram.judge.rating import Rating
from cardiogram.progress import Progress, silent
from cardiogram.store import Study

_MISSED = 0.05
"""Share of cards that may have no answer; above it a figure would be of cards easy to answer."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What asking may cost, how it is done, and who is told.

    Attributes
    ----------
    budget
        Shared by all that is asked.
    via
        "batches" asks through the provider's batch interface.
    on_estimate
        Told what each way of asking will take, before the first call.
    """

    budget: Budget = field(default_factory=Budget)
    via: Via = "calls"
    on_estimate: Callable[[Mapping[str, Estimate]], None] = lambda estimates: None
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


def ask_kept(
    judges: Mapping[str, LLMJudge], cards: Sequence[Card], folder: Path, terms: Terms
) -> dict[str, list[Rating]]:
    """Rate cards in several ways of asking, one after the other; what is kept is not asked again.

    Parameters
    ----------
    judges
        By a label of the way of asking; they may be of one model.
    folder
        Of the ledgers, one a model.

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
        terms.on_estimate({label: estimate(judge, cards) for label, judge in bound.items()})
        total = sum(judge.calls_a_card for judge in bound.values()) * len(cards)
        found: dict[str, list[Rating]] = {}
        done = 0
        for label, judge in bound.items():
            told = _told(terms.on_progress, done, total)
            failures = ask_now([judge], cards, terms.budget, via=terms.via, told=told)[judge.id]
            _check(label, failures, len(cards), terms.budget)
            found[label] = replace(judge, failures=failures).read(cards)
            done += judge.calls_a_card * len(cards)
        return found


def _told(tell: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda count: tell("ask", before + count, total)


def _check(label: str, failures: Mapping[str, str], cards: int, budget: Budget) -> None:
    if failures and (budget.stopped or len(failures) > _MISSED * cards):
        reason = budget.stopped or next(iter(failures.values()))
        raise JudgeError(
            f"{label}: {len(failures):,} of {cards:,} cards have no answer: {reason}",
            hint="Run the same command again: answers that came are kept, the others are asked.",
        )

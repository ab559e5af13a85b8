"""Rate a study: shard by shard, and only what has changed since the last time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Literal

from cardiogram.engine import Workers, run_shards
from cardiogram.errors import DamagedFile, JudgeError
from cardiogram.judge.ask_study import OnEstimate, ask_about_study, estimate_asking
from cardiogram.judge.llm import Budget, CostEstimate, LLMJudge, RequestMode
from cardiogram.judge.rate_batch import RateBatch
from cardiogram.judge.rate_shards import JudgeKey, OnlySome, StudyShard, StudyTables
from cardiogram.judge.rated_counts import Coverage, RatedCounts
from cardiogram.judge.rating import Judge
from cardiogram.progress import Progress, silent
from cardiogram.store import Study


def rate_study(
    study: Study,
    judges: Sequence[Judge],
    *,
    budget: Budget | None = None,
    via: RequestMode = "calls",
    only: OnlySome | None = None,
    workers: Workers | None = None,
    on_estimate: OnEstimate = lambda estimates: None,
    on_progress: Progress = silent,
) -> list[Coverage]:
    """Write `ratings/` for every model of a study that has a card, and `features/` beside it.

    A rating is kept as long as its key is the same: what the judge saw (`input_sha256`), judge,
    judge version and rubric version. Language models are asked side by side, by this process;
    every answer is kept in `answers/` the moment it comes: a run that was stopped, or killed, pays
    for none of them again.

    Parameters
    ----------
    budget
        What language models may cost, all together.
    via
        "batches" asks them through their providers' batch interfaces.
    only
        Says which cards of a shard are to be rated; what is rated already stays. All by default.
    workers
        What works on the shards; by default a process for each core where there are many cards.
    on_estimate
        Called with the estimate of each language model before the first call; and again after its
        answers to 40-50 cards, where there were none and many cards are left.

    Returns
    -------
    list of Coverage
        One a judge, in their order.

    Raises
    ------
    JudgeError
        A judge rates another type of card than the study holds.
    DataError
        The disk is full, or the text of a card is not in the study.
    """
    for judge in judges:
        check_type(study, judge)
    own = [judge for judge in judges if not isinstance(judge, LLMJudge)]
    llm_judges = [judge for judge in judges if isinstance(judge, LLMJudge)]
    coverage = {}
    if own or not llm_judges:
        coverage = _rate(study, own, only, workers, on_progress)
    else:
        count_cards(study, workers, on_progress)
    if llm_judges:
        with ExitStack() as stack:
            limits = budget or Budget()
            ready = ask_about_study(
                study, llm_judges, only, limits, via, on_estimate, on_progress, stack
            )
            answered = [ready[judge.id] for judge in llm_judges]
            coverage |= _rate(study, answered, only, Workers(count=1), on_progress)
    return [coverage[judge.id] for judge in judges]


def count_cards(
    study: Study, workers: Workers | None = None, on_progress: Progress = silent
) -> None:
    """Complete `features/`: what is counted in the cards of a study.

    Raises
    ------
    DataError
        The disk is full, or the text of a card is not in the study.
    """
    _rate(study, (), None, workers, on_progress, "count")


def estimate_models(
    study: Study, judges: Iterable[LLMJudge], only: OnlySome | None = None
) -> dict[str, CostEstimate]:
    """What language models would take for a study, as :func:`rate_study` says before it asks.

    Raises
    ------
    StudyBusy
        Another process works on the study.
    """
    with study.lock():
        count_cards(study)
        return estimate_asking(study, judges, only)


def check_type(study: Study, judge: Judge) -> None:
    """Refuse a judge of models' cards in a study of datasets' cards, and the other way round."""
    rates = getattr(judge, "rates", "model")
    if rates != study.type:
        raise JudgeError(
            f"{judge.id!r} rates cards of {rates}s, and {str(study.root)!r} holds cards of "
            f"{study.type}s",
            hint=f"cardiogram rate {study.root} --type {study.type}",
        )


def _rate(
    study: Study,
    judges: Sequence[Judge],
    only: OnlySome | None,
    workers: Workers | None,
    on_progress: Progress,
    step: Literal["count", "rate"] = "rate",
) -> dict[str, Coverage]:
    """Coverage by judge; no more of a study than its counts is in the memory of this process."""
    keys = tuple(map(JudgeKey.of, judges))
    shards = [
        StudyShard(study, path.stem, _count_rows(study, path.stem), keys, only)
        for path in study.models.shards()
    ]
    sizes, done = {shard.name: shard.rows for shard in shards}, 0
    sums = [RatedCounts() for _ in judges]
    batch, tables = RateBatch(tuple(judges), study.type), StudyTables(study, keys, only)
    for name, every in run_shards(shards, batch, tables, workers):
        for count, new in zip(sums, every, strict=True):
            count.add(new)
        done += sizes[name]
        on_progress(step, done, sum(sizes.values()))
    pairs = zip(keys, sums, strict=True)
    return {key.id: count.coverage(key.id, key.version) for key, count in pairs}


def _count_rows(study: Study, shard: str) -> int:
    try:
        return study.models.count_rows(shard)
    except DamagedFile:
        return 0  # whoever reads it says so

"""Rate a study: shard by shard, and only what has changed since the last time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Protocol, runtime_checkable

from cardiogram.cards import Card, CardBatch, CountedCards, check_texts, problem_code
from cardiogram.cards.features import CardFeatures
from cardiogram.errors import JudgeError
from cardiogram.judge.llm import (
    PILOT,
    Budget,
    CostEstimate,
    Ledger,
    LLMJudge,
    RequestMode,
    ask_models,
    estimate_cost,
)
from cardiogram.judge.llm.transport import file_name
from cardiogram.judge.rating import Judge, Rating, Status
from cardiogram.progress import Progress, silent
from cardiogram.store import Row, Study

_SAMPLED = 2000
_ALL = 1 << 60
CASCADE = "cascade:"
"""What the name of a cascade starts with; its two judges follow."""

OnEstimate = Callable[[Mapping[str, CostEstimate]], None]
Key = tuple[str, str]
"""Id of a model and `input_sha256` of its card."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many models of a study one judge has rated, and what became of the others.

    Attributes
    ----------
    ends
        Models by how their rating ended; only `rated` have numbers.
    failures
        Why models have failed, with their number.
    cost_usd
        Of all ratings that are there, earlier runs included; None where a price is not known.
    answered_by
        Of a cascade: models by the judge that the rating is of.
    """

    judge: str
    version: str
    ends: Mapping[Status, int]
    failures: Mapping[str, int]
    calls: int
    cost_usd: float | None
    answered_by: Mapping[str, int] = field(default_factory=dict)

    @property
    def rated(self) -> int:
        """Models with numbers."""
        return self.ends.get("rated", 0)


@runtime_checkable
class FeatureJudge(Protocol):
    """A judge that rates by what is counted in a card, which others may have counted before."""

    def rate_read(self, cards: Sequence[CardFeatures]) -> list[Rating]:
        """As :meth:`.Judge.rate`, of cards that are counted already."""


def rate_study(
    study: Study,
    judges: Sequence[Judge],
    *,
    budget: Budget | None = None,
    via: RequestMode = "calls",
    only: Collection[str] | None = None,
    on_estimate: OnEstimate = lambda estimates: None,
    on_progress: Progress = silent,
) -> list[Coverage]:
    """Write `ratings/` for every model of a study that has a card, and `features/` beside it.

    A rating is kept as long as its key is the same: what the judge saw (`input_sha256`), judge,
    judge version and rubric version. Language models are asked side by side; every answer is kept
    in `answers/` the moment it comes: a run that was stopped, or killed, pays for none of them
    again.

    Parameters
    ----------
    budget
        What language models may cost, all together.
    via
        "batches" asks them through their providers' batch interfaces.
    only
        `input_sha256` of the cards to rate; what is rated already stays. All of them by default.
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
    """
    for judge in judges:
        check_type(study, judge)
    counted = CountedCards(study)
    with ExitStack() as stack:
        ready: dict[str, Judge] = {judge.id: judge for judge in judges}
        llm_judges = [
            _bound(study, judge, stack) for judge in judges if isinstance(judge, LLMJudge)
        ]
        if llm_judges:
            cards = partial(_different_cards, counted, only)
            count = study.cards.read(["card_sha256"]).num_rows if only is None else len(only)
            ready |= _ask(
                llm_judges, cards, count, budget or Budget(), via, on_estimate, on_progress
            )
        return _rate_shards(counted, [ready[judge.id] for judge in judges], only, on_progress)


def check_type(study: Study, judge: Judge) -> None:
    """Refuse a judge of models' cards in a study of datasets' cards, and the other way round."""
    rates = getattr(judge, "rates", "model")
    if rates != study.type:
        raise JudgeError(
            f"{judge.id!r} rates cards of {rates}s, and {str(study.root)!r} holds cards of "
            f"{study.type}s",
            hint=f"cardiogram rate {study.root} --type {study.type}",
        )


# Asking language models -------------------------------------------------------------------------


def _bound(study: Study, judge: LLMJudge, stack: ExitStack) -> LLMJudge:
    """A judge that keeps its answers in the study, and knows which ratings stand already."""
    path = study.root / "answers" / f"{file_name(judge.id)}.jsonl"
    ledger = stack.enter_context(Ledger(path))
    rows = study.ratings.read(_KEY_COLUMNS, f"{file_name(judge.id)}-").to_pylist()
    rated = frozenset(row["input_sha256"] for row in rows if _holds(row, judge))
    return replace(judge, answers=ledger, rated=rated)


def _ask(
    judges: Sequence[LLMJudge],
    read_cards: Callable[[int], Iterator[Card]],
    count: int,
    budget: Budget,
    via: RequestMode,
    on_estimate: OnEstimate,
    on_progress: Progress,
) -> Mapping[str, Judge]:
    """Get the answers that are missing; the judges that come back rate by them."""
    step = -(-count // _SAMPLED) or 1
    all_cards = list(read_cards(1)) if step == 1 else None

    def cards(every: int = 1) -> Iterable[Card]:
        return read_cards(every) if all_cards is None else all_cards[::every]

    def estimates() -> dict[str, CostEstimate]:
        made = _estimate(judges, cards, step)
        on_estimate(made)
        return made

    first = estimates()
    unknown = [judge for judge in judges if first[judge.id].needs_pilot]
    if unknown and via == "calls":  # one more than a step, so that estimates see others too
        some = islice(cards(count // PILOT + 1), PILOT)
        ask_models(unknown, some, budget, on_progress=lambda done: on_progress("pilot", done, None))
        on_progress("pilot", PILOT, PILOT)
        estimates()
    per_card = sum(judge.calls_a_card for judge in judges)
    total = per_card * (count if all_cards is None else len(all_cards))
    return ask_models(
        judges,
        cards(),
        budget,
        via=via,
        on_progress=lambda done: on_progress("ask", done, total),
    )


def _estimate(
    judges: Iterable[LLMJudge], cards: Callable[[int], Iterable[Card]], step: int
) -> dict[str, CostEstimate]:
    return {judge.id: estimate_cost(judge, cards(step)).times(step) for judge in judges}


def estimate_models(
    study: Study, judges: Iterable[LLMJudge], only: Collection[str] | None = None
) -> dict[str, CostEstimate]:
    """What language models would take for a study, as :func:`rate_study` says before it asks.

    Raises
    ------
    StudyBusy
        Another process works on the study.
    """
    with study.lock(), ExitStack() as stack:
        bound = [_bound(study, judge, stack) for judge in judges]
        count = study.cards.read(["card_sha256"]).num_rows if only is None else len(only)
        cards = partial(_different_cards, CountedCards(study), only)
        return _estimate(bound, cards, -(-count // _SAMPLED) or 1)


def count_answers(study: Study, judges: Iterable[LLMJudge]) -> tuple[int, float]:
    """Answers of language models that a study keeps, and what they cost, in US dollars.

    Raises
    ------
    StudyBusy
        Another process works on the study.
    """
    if not (study.root / "answers").is_dir():
        return 0, 0.0
    with study.lock(), ExitStack() as stack:
        bound = [_bound(study, judge, stack) for judge in judges]
        replies = [(reply, judge.price) for judge in bound for reply in judge.recent(_ALL)]
    spent = sum(price.of_reply(reply) if price else reply.cost_usd or 0 for reply, price in replies)
    return len(replies), float(spent)


def _different_cards(
    counted: CountedCards, only: Collection[str] | None, step: int
) -> Iterator[Card]:
    """Every text of a study once, or every n-th."""
    models, met = counted.study.models, set[str]()
    for path in models.shards():
        known = counted.rows(path.stem, ["id", "card_sha256", "input_sha256"])
        seen = {(row["id"], row["card_sha256"]): row["input_sha256"] for row in known}
        for row in models.read_shard(path.stem):
            text = seen.get((row["id"], row["card_sha256"]))
            if text is not None and text not in met and (only is None or text in only):
                met.add(text)
                if len(met) % step == 0:
                    yield from (card for _, card in counted.texts.cards([row]))


# Writing ratings --------------------------------------------------------------------------------

_KEY_COLUMNS = ["id", "input_sha256", "judge", "judge_version", "rubric_version", "status"]
_COUNTED = ["status", "problems", "calls", "cost_usd", "input_sha256"]


def _rate_shards(
    counted: CountedCards,
    judges: Sequence[Judge],
    only: Collection[str] | None,
    on_progress: Progress,
) -> list[Coverage]:
    study, done = counted.study, 0
    total = study.models.read(["id"]).num_rows
    counts = [_Counts() for _ in judges]
    for path in study.models.shards():
        shards = [_RatingShard(study, judge, path.stem, only) for judge in judges]
        rows = study.models.read_shard(path.stem)
        lacks = partial(_any_lacks, shards)
        read = 0
        for batch in counted.batches(path.stem, rows, lacks):
            for shard in shards:
                shard.rate(batch)
            read += len(batch.rows)
            on_progress("rate", done + read, total)
        done += len(rows)
        keys = study.features.read_shard(path.stem, ["id", "input_sha256"])
        check_texts(study, path.stem, rows)
        for shard, count in zip(shards, counts, strict=True):
            count.add(shard.finish([(row["id"], row["input_sha256"]) for row in keys]))
        on_progress("rate", done, total)
    return [
        count.coverage(judge.id, judge.version) for judge, count in zip(judges, counts, strict=True)
    ]


class _RatingShard:
    """The ratings of one judge for one shard of models: those that hold, and new ones."""

    def __init__(self, study: Study, judge: Judge, name: str, only: Collection[str] | None) -> None:
        self.judge, self.only, self.table = judge, only, study.ratings
        self.name = f"{file_name(judge.id)}-{name}"
        self.before = self.table.read_shard(self.name, [*dict.fromkeys(_KEY_COLUMNS + _COUNTED)])
        self.kept = {_key(row): row for row in self.before if _holds(row, judge)}
        self.fresh: dict[Key, Row] = {}

    def lacks(self, key: Key) -> bool:
        """Whether a card is to be rated."""
        return key not in self.kept and (self.only is None or key[1] in self.only)

    def rate(self, batch: CardBatch) -> None:
        """Rate those of some cards that are to be rated."""
        chosen = [
            place
            for place, card in enumerate(batch.cards)
            if self.lacks((card.id, card.input_sha256))
        ]
        if not chosen:
            return
        if isinstance(self.judge, FeatureJudge):
            ratings = self.judge.rate_read([batch.features[place] for place in chosen])
        else:
            ratings = self.judge.rate([batch.cards[place] for place in chosen])
        for place, rating in zip(chosen, ratings, strict=True):
            card = batch.cards[place]
            self.fresh[card.id, card.input_sha256] = rating.row(card.id, card.sha256)

    def finish(self, keys: Sequence[Key]) -> Iterable[Row]:
        """Write the shard where something has changed; the rows of all cards, in their order."""
        rows = self.kept | self.fresh
        keys = [key for key in keys if key in rows]
        if self.fresh or keys != list(map(_key, self.before)) or not self.table.has(self.name):
            before = self.table.read_shard(self.name)
            whole = {_key(row): row for row in before} | self.fresh
            if before != [whole[key] for key in keys] or not self.table.has(self.name):
                self.table.write(self.name, [whole[key] for key in keys])
        return [rows[key] for key in keys]


def _any_lacks(shards: Sequence[_RatingShard], row: Row, input_sha256: str) -> bool:
    return any(shard.lacks((row["id"], input_sha256)) for shard in shards)


def _key(row: Row) -> Key:
    return row["id"], row["input_sha256"]


def _holds(row: Row, judge: Judge) -> bool:
    """Whether a kept rating is by this judge, as it is now; what failed is tried again."""
    return row["status"] != "failed" and (
        row["judge"],
        row["judge_version"],
        row["rubric_version"],
    ) == (judge.id, judge.version, judge.rubric_version)


# Counting what became of cards ------------------------------------------------------------------


class _Counts:
    """Sums over rows of ratings; what a text cost counts once, however many models have it."""

    def __init__(self) -> None:
        self.ends: Counter[Status] = Counter()
        self.reasons: Counter[str] = Counter()
        self.paid: dict[str, tuple[int, float | None]] = {}
        self.costs_nothing: float = 0

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.ends[row["status"]] += 1
            for problem in row["problems"] or ():
                if problem_code(problem) == "not_asked":
                    self.reasons[problem.partition(": ")[2]] += 1
            calls, cost = row.get("calls") or 0, row["cost_usd"]
            self.costs_nothing = 0.0 if cost is not None else self.costs_nothing
            if calls or cost:
                self.paid[row["input_sha256"]] = calls, cost

    def coverage(self, judge: str, version: str) -> Coverage:
        costs = [cost for _, cost in self.paid.values()]
        known = [cost for cost in costs if cost is not None]
        return Coverage(
            judge=judge,
            version=version,
            ends=self.ends,
            failures=self.reasons,
            calls=sum(calls for calls, _ in self.paid.values()),
            cost_usd=sum(known, self.costs_nothing) if len(known) == len(costs) else None,
        )


def read_coverage(study: Study, judge: str) -> Coverage:
    """Count the ratings of a judge that stand in a study, derived ones too."""
    counts, versions, answered = _Counts(), set[str](), Counter[str]()
    for row in study.ratings.rows([*_COUNTED, "judge", "judge_version", "answered_by"]):
        if row["judge"] == judge:
            counts.add([row])
            versions.add(row["judge_version"] or "")
            if row["status"] == "rated":
                answered[row["answered_by"]] += 1
    counted = counts.coverage(judge, ", ".join(sorted(versions - {""})))
    if not judge.startswith(CASCADE):
        return counted
    return replace(counted, answered_by=answered)

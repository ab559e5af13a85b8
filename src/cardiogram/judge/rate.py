"""Rate a study: shard by shard, and only what has changed since the last time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from cardiogram.cards import Card, parse_card, problem_code
from cardiogram.errors import JudgeError
from cardiogram.judge.dataset_cards import DatasetJudge
from cardiogram.judge.embedded import OWN, embedded_judge, own_judge
from cardiogram.judge.garbage import collector_paused
from cardiogram.judge.gold import PREFIX, read_labels_judge
from cardiogram.judge.llm import (
    PILOT,
    Budget,
    CostEstimate,
    Ledger,
    LLMJudge,
    ModelOptions,
    RequestMode,
    ask_models,
    estimate_cost,
    is_model,
    load_model,
)
from cardiogram.judge.llm.transport import PROVIDERS, file_name
from cardiogram.judge.rating import Judge, Status
from cardiogram.progress import Progress, silent
from cardiogram.store import Study

_BATCH = 128
_SAMPLED = 2000
JUDGES = ("embedded", "dataset-rules")
"""Names that :func:`load_judge` knows, besides files of labels and language models."""

CASCADE = "cascade:"
"""What the name of a cascade starts with; its two judges follow."""

OnEstimate = Callable[[Mapping[str, CostEstimate]], None]


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


def load_judge(name: str, options: ModelOptions | None = None) -> Judge:
    """A judge by its name.

    `embedded`, `embedded:FOLDER` for one of your own, `labels:FILE`, or a language model
    `PROVIDER/MODEL`.

    Raises
    ------
    JudgeError
        There is no judge of that name, or its key or extra is missing.
    DataError
        The file of ratings cannot be used.
    """
    if name == "embedded":
        return embedded_judge()
    if name == "dataset-rules":
        return DatasetJudge()
    if name.startswith(OWN):
        return own_judge(Path(name.removeprefix(OWN)))
    if name.startswith(PREFIX):
        return read_labels_judge(Path(name.removeprefix(PREFIX)))
    if is_model(name):
        return load_model(name, options)
    known = ", ".join([*JUDGES, f"{OWN}FOLDER", f"{PREFIX}FILE", "PROVIDER/MODEL"])
    raise JudgeError(
        f"no judge {name!r}", hint=f"Judges: {known}; providers: {', '.join(PROVIDERS)}"
    )


def rate(study: Study, judge: Judge, *, on_progress: Progress = silent) -> int:
    """Write `ratings/` for every model of a study that has a card.

    A rating is kept as long as its key is the same: what the judge saw (`input_sha256`), judge,
    judge version and rubric version.

    Returns
    -------
    int
        Number of models that have a rating.

    Raises
    ------
    JudgeError
        The judge rates another type of card than the study holds.
    """
    return rate_all(study, [judge], on_progress=on_progress)[0].rated


def rate_all(
    study: Study,
    judges: Sequence[Judge],
    *,
    budget: Budget | None = None,
    via: RequestMode = "calls",
    only: Collection[str] | None = None,
    on_estimate: OnEstimate = lambda estimates: None,
    on_progress: Progress = silent,
) -> list[Coverage]:
    """Rate a study with several judges; language models are asked side by side.

    Every answer of a language model is kept in `answers/` the moment it comes: a run that was
    stopped, or killed, pays for none of them again.

    Parameters
    ----------
    budget
        What language models may cost, all together.
    via
        "batches" asks them through their providers' batch interfaces.
    only
        `input_sha256` of the cards to rate; what is rated already stays. All of them by default.
    on_estimate
        Told what each language model will take, before the first call; and again after its answers
        to 40-50 cards, where there were none and many cards are left.

    Returns
    -------
    list of Coverage
        One a judge, in their order.
    """
    for judge in judges:
        check_type(study, judge)
    with ExitStack() as stack:
        ready: dict[str, Judge] = {judge.id: judge for judge in judges}
        asked = [_bound(study, judge, stack) for judge in judges if isinstance(judge, LLMJudge)]
        if asked:
            ready |= _ask(study, asked, budget or Budget(), via, only, on_estimate, on_progress)
        return [_rate_one(study, ready[judge.id], only, on_progress) for judge in judges]


def _bound(study: Study, judge: LLMJudge, stack: ExitStack) -> LLMJudge:
    """A judge that keeps its answers in the study, and knows which ratings stand already."""
    path = study.root / "answers" / f"{file_name(judge.id)}.jsonl"
    ledger = stack.enter_context(Ledger(path))
    prefix = f"{file_name(judge.id)}-"
    columns = ["input_sha256", "judge", "judge_version", "rubric_version", "status"]
    rows = study.ratings.read(columns, prefix).to_pylist()
    rated = frozenset(row["input_sha256"] for row in rows if _holds(row, judge))
    return replace(judge, answers=ledger, rated=rated)


def _ask(
    study: Study,
    judges: Sequence[LLMJudge],
    budget: Budget,
    via: RequestMode,
    only: Collection[str] | None,
    on_estimate: OnEstimate,
    on_progress: Progress,
) -> Mapping[str, Judge]:
    """Get the answers that are missing; the judges that come back rate by them."""
    count = study.cards.read(["card_sha256"]).num_rows if only is None else len(only)
    step = -(-count // _SAMPLED) or 1
    few = list(_cards(study, only)) if step == 1 else None

    def cards(every: int = 1) -> Iterable[Card]:
        return _cards(study, only, every) if few is None else few[::every]

    def estimates() -> dict[str, CostEstimate]:
        made = {judge.id: estimate_cost(judge, cards(step)).times(step) for judge in judges}
        on_estimate(made)
        return made

    unknown = [
        judge
        for judge, found in zip(judges, estimates().values(), strict=True)
        if found.needs_pilot
    ]
    if unknown and via == "calls":  # one more than a step, so that estimates see others too
        some = islice(cards(count // PILOT + 1), PILOT)
        ask_models(unknown, some, budget, on_progress=lambda done: on_progress("pilot", done, None))
        estimates()
    per_card = sum(judge.calls_a_card for judge in judges)
    total = per_card * (count if few is None else len(few))
    return ask_models(
        judges,
        cards(),
        budget,
        via=via,
        on_progress=lambda done: on_progress("ask", done, total),
    )


def _cards(study: Study, only: Collection[str] | None = None, step: int = 1) -> Iterator[Card]:
    """Every text of a study once, or every n-th."""
    texts, met = Texts(study), set[str]()
    for path in study.models.shards():
        for row in study.models.read_shard(path.stem):
            if has_card(row):
                card = texts.card(row)
                if card.input_sha256 not in met and (only is None or card.input_sha256 in only):
                    met.add(card.input_sha256)
                    if len(met) % step == 0:
                        yield card


def _rate_one(
    study: Study, judge: Judge, only: Collection[str] | None, on_progress: Progress
) -> Coverage:
    total = study.models.read(["id"]).num_rows
    texts = Texts(study)
    done = 0
    found: list[dict[str, Any]] = []
    for path in study.models.shards():
        rows = study.models.read_shard(path.stem)
        name = f"{file_name(judge.id)}-{path.stem}"
        before = study.ratings.read_shard(name)
        kept = {(row["id"], row["input_sha256"]): row for row in before if _holds(row, judge)}
        ratings: list[dict[str, Any]] = []
        for first in range(0, len(rows), _BATCH):
            ratings += _rate_rows(rows[first : first + _BATCH], judge, texts, kept, only)
            on_progress("rate", done + min(first + _BATCH, len(rows)), total)
        if ratings != before or not study.ratings.has(name):
            study.ratings.write(name, ratings)
        done += len(rows)
        found += [{name: row.get(name) for name in _COUNTED} for row in ratings]
    return _coverage(judge.id, judge.version, found)


def read_coverage(study: Study, judge: str) -> Coverage:
    """Count the ratings of a judge that stand in a study, derived ones too."""
    columns = [*_COUNTED, "judge", "judge_version", "answered_by"]
    rows = [row for row in study.ratings.rows(columns) if row["judge"] == judge]
    versions = sorted({row["judge_version"] or "" for row in rows} - {""})
    counted = _coverage(judge, ", ".join(versions), rows)
    if not judge.startswith(CASCADE):
        return counted
    rated = [row["answered_by"] for row in rows if row["status"] == "rated"]
    return replace(counted, answered_by=Counter(rated))


_COUNTED = ("status", "problems", "calls", "cost_usd", "input_sha256")


def _coverage(judge: str, version: str, rows: Sequence[Mapping[str, Any]]) -> Coverage:
    """Count rows; what a text cost counts once, however many models have it."""
    reasons = Counter(
        problem.partition(": ")[2]
        for row in rows
        for problem in row["problems"] or ()
        if problem_code(problem) == "not_asked"
    )
    paid = {row["input_sha256"]: row for row in rows}.values()
    costs = [row["cost_usd"] for row in paid if row["calls"] or row["cost_usd"] is not None]
    return Coverage(
        judge=judge,
        version=version,
        ends=Counter(row["status"] for row in rows),
        failures=reasons,
        calls=sum(row["calls"] or 0 for row in paid),
        cost_usd=None if None in costs else sum(costs),
    )


def check_type(study: Study, judge: Judge) -> None:
    """Refuse a judge of models' cards in a study of datasets' cards, and the other way round."""
    rates = getattr(judge, "rates", "model")
    if rates != study.type:
        raise JudgeError(
            f"{judge.id!r} rates cards of {rates}s, and {str(study.root)!r} holds cards of "
            f"{study.type}s",
            hint=f"cardiogram rate {study.root} --type {study.type}",
        )


def _rate_rows(
    rows: Sequence[Mapping[str, Any]],
    judge: Judge,
    texts: Texts,
    kept: Mapping[tuple[str, str], dict[str, Any]],
    only: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Ratings of some models in their order: the kept ones that still hold, and new ones."""
    with collector_paused():
        cards = [texts.card(row) for row in rows if has_card(row)]
        if only is not None:
            cards = [c for c in cards if c.input_sha256 in only or (c.id, c.input_sha256) in kept]
        held = [kept.get((card.id, card.input_sha256)) for card in cards]
        fresh = [card for card, row in zip(cards, held, strict=True) if row is None]
        ratings = iter(judge.rate(fresh))
    return [
        next(ratings).row(card.id, card.sha256) if row is None else row
        for card, row in zip(cards, held, strict=True)
    ]


def has_card(row: Mapping[str, Any]) -> bool:
    """Whether there is a text to rate; a renamed model is rated under its new name."""
    renamed = any(problem_code(problem) == "renamed" for problem in row["problems"] or [])
    return row["card_sha256"] is not None and not renamed


def _holds(row: Mapping[str, Any], judge: Judge) -> bool:
    """Whether a kept rating is by this judge, as it is now; what failed is tried again."""
    return row["status"] != "failed" and (
        row["judge"],
        row["judge_version"],
        row["rubric_version"],
    ) == (judge.id, judge.version, judge.rubric_version)


class Texts:
    """Card texts by hash, one shard of them in memory and those shared by many kept."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.place: dict[str, str] = {}
        self.loaded: dict[str, dict[str, dict[str, Any]]] = {}
        for path in study.cards.shards():
            for row in study.cards.read_shard(path.stem, ["card_sha256"]):
                self.place[row["card_sha256"]] = path.stem

    def card(self, model: Mapping[str, Any]) -> Card:
        """Parse the card of a row of `models/`, as it was when it was collected."""
        row = self._row(model["card_sha256"])
        front = row["front_matter"]
        text = row["body"]
        if front is not None:
            blank = max(0, row["body_line"] - front.count("\n") - 2)
            text = "\n" * blank + f"---\n{front}---\n{text}"
        card = parse_card(
            text,
            id=model["id"],
            tags=model["tags"] or (),
            pipeline_tag=model["pipeline_tag"],
            library_name=model["library_name"],
            sha=model["card_sha256"],
        )
        return replace(card, problems=tuple(row["problems"]))

    def _row(self, sha: str) -> dict[str, Any]:
        shard = self.place[sha]
        if shard not in self.loaded:
            if len(self.loaded) >= 4:
                del self.loaded[next(iter(self.loaded))]
            rows = self.study.cards.read_shard(shard)
            self.loaded[shard] = {row["card_sha256"]: row for row in rows}
        return self.loaded[shard][sha]

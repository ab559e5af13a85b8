"""Language models are asked about the cards of a study before any of its shards is rated by them.

Asking stays in one process: there is one budget, and one ledger of answers. Cards are read shard by
shard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count, islice

from cardiogram.cards import Card, StoredTexts
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
from cardiogram.judge.rate_shards import RATED_AS, JudgeKey, OnlySome
from cardiogram.progress import Progress
from cardiogram.store import Study

_SAMPLED, _SHARDS = 2000, 40
"""Cards that an estimate rests on, and shards that they are from: each is read whole for them."""

_ALL = 1 << 60


@dataclass(frozen=True, slots=True)
class _Every:
    """Every n-th text of every n-th shard."""

    shard: int = 1
    text: int = 1

    @classmethod
    def of(cls, study: Study, cards: int, wanted: int) -> _Every:
        """Such that of so many cards about as many are left as are wanted."""
        step = -(-cards // wanted) or 1
        shard = max(1, min(step, len(study.models.shards()) // _SHARDS))
        return cls(shard, -(-step // shard))

    @property
    def step(self) -> int:
        """How many cards one stands for."""
        return self.shard * self.text


OnEstimate = Callable[[Mapping[str, CostEstimate]], None]


def ask_about_study(
    study: Study,
    judges: Sequence[LLMJudge],
    only: OnlySome | None,
    budget: Budget,
    via: RequestMode,
    on_estimate: OnEstimate,
    on_progress: Progress,
    stack: ExitStack,
) -> Mapping[str, LLMJudge]:
    """Get the answers that are missing; the judges that come back rate by them.

    Parameters
    ----------
    stack
        Keeps the ledgers of answers open.
    """
    bound = [_bind(study, judge, stack) for judge in judges]
    cards = _CardsToAsk(study, only)
    return _ask(bound, cards, budget, via, on_estimate, on_progress)


def _bind(study: Study, judge: LLMJudge, stack: ExitStack) -> LLMJudge:
    """A judge that keeps its answers in the study, and knows which ratings stand already."""
    path = study.root / "answers" / f"{file_name(judge.id)}.jsonl"
    ledger = stack.enter_context(Ledger(path))
    shards, key = study.ratings.shards(f"{file_name(judge.id)}-"), JudgeKey.of(judge)
    rows = chain.from_iterable(study.ratings.read_shard(path.stem, RATED_AS) for path in shards)
    rated = frozenset(row["input_sha256"] for row in rows if key.covers(row))
    return replace(judge, answers=ledger, rated=rated)


class _CardsToAsk:
    """The different cards of a study to ask about; those of a small one stay in memory."""

    def __init__(self, study: Study, only: OnlySome | None) -> None:
        self.count, self._study = _count_texts(study, only), study
        self._read = partial(_different_cards, study, only)
        self.sample = _Every.of(study, self.count, _SAMPLED)
        self._kept = list(self._read(_Every())) if self.sample.step == 1 else None
        if self._kept is not None:
            self.count = len(self._kept)

    def all(self) -> Iterable[Card]:
        """Each once."""
        return self._read(_Every()) if self._kept is None else self._kept

    def sampled(self) -> Iterable[Card]:
        """One for :attr:`sample` each."""
        return self._read(self.sample) if self._kept is None else self._kept

    def pilot(self) -> Iterable[Card]:
        """Those that are asked about first."""
        if self._kept is not None:
            return self._kept[:: self.count // PILOT + 1]
        # not those of the sample: estimates see others too
        return islice(self._read(_Every.of(self._study, self.count, PILOT - 1)), PILOT)


def _ask(
    judges: Sequence[LLMJudge],
    cards: _CardsToAsk,
    budget: Budget,
    via: RequestMode,
    on_estimate: OnEstimate,
    on_progress: Progress,
) -> Mapping[str, LLMJudge]:
    """Get the answers that are missing; the judges that come back rate by them."""

    def estimates() -> dict[str, CostEstimate]:
        made = _estimate(judges, cards)
        on_estimate(made)
        return made

    def on_pilot(done: int) -> None:
        on_progress("pilot", done, None)

    first = estimates()
    unknown = [judge for judge in judges if first[judge.id].needs_pilot]
    if unknown and via == "calls":
        ask_models(unknown, cards.pilot(), budget, on_progress=on_pilot)
        on_progress("pilot", PILOT, PILOT)
        estimates()
    total = cards.count * sum(judge.calls_a_card for judge in judges)
    return ask_models(
        judges,
        cards.all(),
        budget,
        via=via,
        on_progress=lambda done: on_progress("ask", done, total),
    )


def _estimate(judges: Iterable[LLMJudge], cards: _CardsToAsk) -> dict[str, CostEstimate]:
    step = cards.sample.step
    return {judge.id: estimate_cost(judge, cards.sampled()).times(step) for judge in judges}


def estimate_asking(
    study: Study, judges: Iterable[LLMJudge], only: OnlySome | None
) -> dict[str, CostEstimate]:
    """What the answers that are missing will take."""
    with ExitStack() as stack:
        bound = [_bind(study, judge, stack) for judge in judges]
        return _estimate(bound, _CardsToAsk(study, only))


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
        bound = [_bind(study, judge, stack) for judge in judges]
        replies = [(reply, judge.price) for judge in bound for reply in judge.recent(_ALL)]
    spent = sum(price.of_reply(reply) if price else reply.cost_usd or 0 for reply, price in replies)
    return len(replies), float(spent)


def _different_cards(study: Study, only: OnlySome | None, every: _Every) -> Iterator[Card]:
    """Every text of a study once, or some of them."""
    texts, met, seen = StoredTexts(study), set[int](), count()
    for place, path in enumerate(study.models.shards()):
        left = set[tuple[str, str]]()
        for id, sha, text in _texts(study, path.stem, only):
            short = int(text[:15], 16)  # of a study of millions no more is kept
            if short not in met:
                met.add(short)
                if place % every.shard == every.shard // 2 and not next(seen) % every.text:
                    left.add((id, sha))
        rows = study.models.read_shard(path.stem) if left else []
        chosen = (row for row in rows if (row["id"], row["card_sha256"]) in left)
        for row, card in texts.cards(chosen):
            if (key := (row["id"], row["card_sha256"])) in left:
                left.remove(key)
                yield card


def _count_texts(study: Study, only: OnlySome | None) -> int:
    """How many cards to ask about, at most."""
    if only is None:
        return sum(study.cards.count_rows(path.stem) for path in study.cards.shards())
    return sum(len(only(study, path.stem)) for path in study.models.shards())


def _texts(study: Study, shard: str, only: OnlySome | None) -> Iterator[tuple[str, str, str]]:
    """Id, hash and `input_sha256` of the cards of a shard to ask about."""
    chosen = None if only is None else only(study, shard)
    if chosen is not None and not chosen:
        return
    columns = study.features.load(shard, ["id", "card_sha256", "input_sha256"]).columns
    for id, sha, text in zip(*(column.to_pylist() for column in columns), strict=True):
        if chosen is None or text in chosen:
            yield id, sha, text

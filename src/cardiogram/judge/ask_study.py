"""Language models are asked about the cards of a study before any of its shards is rated by them.

Asking stays in one process: there is one budget, and one ledger of answers. Cards are read shard by
shard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import islice

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

_SAMPLED = 2000
_ALL = 1 << 60

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
    count, cards = _count_texts(study, only), partial(_different_cards, study, only)
    return _ask(bound, cards, count, budget, via, on_estimate, on_progress)


def _bind(study: Study, judge: LLMJudge, stack: ExitStack) -> LLMJudge:
    """A judge that keeps its answers in the study, and knows which ratings stand already."""
    path = study.root / "answers" / f"{file_name(judge.id)}.jsonl"
    ledger = stack.enter_context(Ledger(path))
    rows = study.ratings.read(RATED_AS, f"{file_name(judge.id)}-").to_pylist()
    key = JudgeKey.of(judge)
    rated = frozenset(row["input_sha256"] for row in rows if key.covers(row))
    return replace(judge, answers=ledger, rated=rated)


def _ask(
    judges: Sequence[LLMJudge],
    read_cards: Callable[[int], Iterator[Card]],
    count: int,
    budget: Budget,
    via: RequestMode,
    on_estimate: OnEstimate,
    on_progress: Progress,
) -> Mapping[str, LLMJudge]:
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


def estimate_asking(
    study: Study, judges: Iterable[LLMJudge], only: OnlySome | None
) -> dict[str, CostEstimate]:
    """What the answers that are missing will take."""
    with ExitStack() as stack:
        bound = [_bind(study, judge, stack) for judge in judges]
        cards = partial(_different_cards, study, only)
        return _estimate(bound, cards, -(-_count_texts(study, only) // _SAMPLED) or 1)


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


def _different_cards(study: Study, only: OnlySome | None, step: int) -> Iterator[Card]:
    """Every text of a study once, or every n-th."""
    texts, met = StoredTexts(study), set[int]()
    for path in study.models.shards():
        new = set[tuple[str, str]]()
        for id, sha, text in _texts(study, path.stem, only):
            short = int(text[:15], 16)  # of a study of millions no more is kept
            if short not in met:
                met.add(short)
                if len(met) % step == 0:
                    new.add((id, sha))
        rows = study.models.read_shard(path.stem) if new else []
        for row, card in texts.cards(row for row in rows if (row["id"], row["card_sha256"]) in new):
            if (key := (row["id"], row["card_sha256"])) in new:
                new.remove(key)
                yield card


def _count_texts(study: Study, only: OnlySome | None) -> int:
    """How many cards to ask about, at most."""
    if only is None:
        return sum(study.cards.count_rows(path.stem) for path in study.cards.shards())
    paths = study.models.shards()
    return len({text for path in paths for _, _, text in _texts(study, path.stem, only)})


def _texts(study: Study, shard: str, only: OnlySome | None) -> Iterator[tuple[str, str, str]]:
    """Id, hash and `input_sha256` of the cards of a shard to ask about."""
    columns = study.features.load(shard, ["id", "card_sha256", "input_sha256"]).columns
    chosen = None if only is None else only(study, shard)
    for id, sha, text in zip(*(column.to_pylist() for column in columns), strict=True):
        if chosen is None or text in chosen:
            yield id, sha, text

"""What a run of language models will take, before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from statistics import fmean, stdev

from cardiogram.cards import Card
from cardiogram.judge.llm.judge import LLMJudge, ShownCard
from cardiogram.judge.llm.transport import Reply

SECONDS = 12.0
"""Of a call, before any answer."""
_MIN_ANSWERS = 10

PILOT = 50
"""Cards that are asked about first, for an estimate that rests on answers: within 5 % of the cost
where the tokens of an answer vary by no more than a sixth of their mean."""


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """What a run will take, before it starts.

    Attributes
    ----------
    cards, calls
        Cards that still have to be asked about, and the calls for them.
    cached_tokens
        Those of `input_tokens` that the provider has in its cache.
    output_low, output_high
        Range of `output_tokens`: what the prompt allows, or two standard errors around the mean of
        the answers that are there.
    cost_usd
        None where the price is not known.
    cost_low, cost_high
        At either end of the range; before any answer the high end is without what is kept.
    seconds
        At the concurrency allowed, if the provider keeps up.
    answers
        Answers of the model itself that the estimate rests on.
    """

    cards: int = 0
    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    output_low: int = 0
    output_high: int = 0
    cost_usd: float | None = 0.0
    cost_low: float | None = 0.0
    cost_high: float | None = 0.0
    seconds: float = 0.0
    answers: int = 0

    @property
    def needs_pilot(self) -> bool:
        """Whether some answers should come first: there are none, and many cards to ask about."""
        return not self.answers and self.cards >= 4 * PILOT

    def times(self, factor: float) -> CostEstimate:
        """The same of so many times the cards, where only a sample of them was looked at."""
        scaled = {
            name: round(value * factor) if isinstance(value, int) else value * factor
            for name, value in asdict(self).items()
            if value is not None and name != "answers"
        }
        return replace(self, **scaled)


def estimate_cost(judge: LLMJudge, cards: Iterable[Card]) -> CostEstimate:
    """Estimate what it takes to ask about the cards that have no answer yet.

    Tokens of the prompts are estimated from their words. The rest is taken from the judge's last
    answers. Where there are fewer than 10, tokens of answers are in the prompt's own range, and the
    provider is taken to cache the constant beginning of the prompts where it has a price for that.
    """
    count = calls = numbers = 0
    tokens_in = constant = 0.0
    last_card: ShownCard | None = None
    for state in judge.walk(cards):
        if state.call is None:
            continue
        calls += 1
        numbers += len(state.unit.score_names)
        tokens_in += judge.count_input(state.call)
        constant += judge.count_constant(state.call)
        count += state.unit.shown is not last_card
        last_card = state.unit.shown
    last = judge.recent()
    last = last if len(last) >= _MIN_ANSWERS else []
    low, likely, high = _output_tokens(judge, last, calls, numbers)
    if last:  # the newest half: the provider had nothing yet when the first calls came
        newest = last[: len(last) // 2]
        cached = least_cached = calls * fmean(reply.cached_tokens for reply in newest)
    else:
        cached, least_cached = (
            judge.price.estimate_cached(constant, calls) if judge.price else 0.0,
            0.0,
        )
    seconds = fmean(reply.seconds for reply in last) if last else SECONDS
    costs = [
        judge.price.of(tokens_in, out, cache) if judge.price else None
        for out, cache in ((likely, cached), (low, cached), (high, least_cached))
    ]
    return CostEstimate(
        cards=count,
        calls=calls,
        input_tokens=round(tokens_in),
        cached_tokens=round(cached),
        output_tokens=round(likely),
        output_low=round(low),
        output_high=round(high),
        cost_usd=costs[0],
        cost_low=costs[1],
        cost_high=costs[2],
        seconds=calls * seconds / judge.concurrency,
        answers=len(last),
    )


def _output_tokens(
    judge: LLMJudge, last: Sequence[Reply], calls: int, numbers: int
) -> tuple[float, float, float]:
    """Tokens of all answers to come: low, likely, high."""
    if judge.decides:
        return 0.0, 0.0, 0.0
    if not last:
        each = judge.prompt.answer_tokens
        return numbers * each.low, numbers * each.likely, numbers * each.high
    sizes = [reply.output_tokens for reply in last]
    likely = calls * fmean(sizes)
    error = stdev(sizes) * sqrt(calls + calls**2 / len(sizes))
    return max(0.0, likely - 2 * error), likely, likely + 2 * error

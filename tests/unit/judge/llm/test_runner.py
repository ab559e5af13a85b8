"""A judge calls nobody; the runner asks by the transport that is passed in."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from cardiogram.cards.card import Card, parse_card
from cardiogram.judge.llm.budget import Budget
from cardiogram.judge.llm.estimate import estimate_cost
from cardiogram.judge.llm.judge import LLMJudge
from cardiogram.judge.llm.question import ask_question
from cardiogram.judge.llm.runner import ask_models, rate_with_models
from cardiogram.judge.llm.transport.messages import Call, CallSettings, Client, Rejected, Reply
from cardiogram.judge.llm.transport.providers import ModelName
from cardiogram.names import SCORES


class Table:
    """A transport on which every model gives the answer that was laid down for it."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    @asynccontextmanager
    async def calls(self, name: ModelName) -> AsyncIterator[Client]:
        yield Seat(self, str(name))

    @asynccontextmanager
    async def batches(self, name: ModelName) -> AsyncIterator[None]:
        raise AssertionError(name)
        yield


class Seat:
    def __init__(self, table: Table, model: str) -> None:
        self.table, self.model = table, model

    async def ask(self, call: Call, settings: CallSettings) -> Reply:
        self.table.asked.append(self.model)
        if self.model not in self.table.answers:
            raise Rejected("no such answer")
        return Reply(self.table.answers[self.model], "stop", self.model, 100, 0, 10, 0.1)


def answer(score: int) -> str:
    criterion = {"quote": "It repeats.", "reason": "said", "score": score}
    return json.dumps({name: criterion for name in SCORES})


def cards(count: int) -> list[Card]:
    return [parse_card(f"# Parrot {n}\n\nIt repeats.\n", id=f"a/{n}") for n in range(count)]


def judge(name: str, **options: int) -> LLMJudge:
    return LLMJudge(ModelName.parse(name), **options)  # type: ignore[arg-type]


def test_a_judge_rates_by_the_answers_that_are_there_and_calls_nobody() -> None:
    strict, some = judge("vllm/strict"), cards(3)
    (before, *_) = strict.rate(some)
    assert (before.status, before.problems[-1]) == ("failed", "not_asked: no answer yet")
    table = Table({"vllm/strict": answer(2)})
    ratings = rate_with_models([strict], some, transport=table)[strict.id]
    assert [rating.scores["overall"].value for rating in ratings] == [2, 2, 2]
    assert strict.rate(some) == ratings
    assert len(table.asked) == 3
    assert estimate_cost(strict, some).calls == 0


def test_several_judges_share_one_pass_over_a_stream_of_cards() -> None:
    read = []

    def stream() -> Iterator[Card]:
        for card in [*cards(40), *cards(5)]:  # five stand there twice
            read.append(card)
            yield card

    table = Table({"vllm/strict": answer(2), "vllm/kind": answer(4)})
    judges = [judge("vllm/strict", samples=2), judge("vllm/kind"), judge("vllm/silent")]
    done: list[int] = []
    answered = ask_models(judges, stream(), Budget(), transport=table, on_progress=done.append)
    assert len(read) == 45
    assert done == list(range(1, 4 * 40 + 1))
    assert [table.asked.count(name) for name in ("vllm/strict", "vllm/kind")] == [80, 40]
    whole = {
        name: {rating.scores["overall"].value for rating in judge.rate(cards(40)) if rating.scores}
        for name, judge in answered.items()
    }
    assert whole == {"vllm/strict": {2}, "vllm/kind": {4}, "vllm/silent": set()}
    silent = answered["vllm/silent"]
    assert len(silent.failures) == 40
    assert table.asked.count("vllm/silent") < 60  # it was given up
    assert silent.rate(cards(1))[0].problems[-1].startswith("not_asked: ")


def test_what_stands_already_is_not_asked() -> None:
    first, second = cards(2)
    table = Table({"vllm/m": answer(3)})
    known = LLMJudge(ModelName.parse("vllm/m"), rated=frozenset({first.input_sha256}))
    rate_with_models([known], [first, second], transport=table)
    assert len(table.asked) == 1
    assert estimate_cost(known, [first]).cards == 0


def test_any_question_goes_by_the_same_transport() -> None:
    table = Table({"vllm/m": '{"name": "parrots"}'})
    schema = {"type": "object", "required": ["name"]}
    given = ask_question("vllm/m", "Name it.", schema, transport=table)
    assert (given.answer, given.cost_usd) == ({"name": "parrots"}, 0.0)

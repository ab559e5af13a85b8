"""Ask a language model any question, with a form for its answer: for what is not a rating."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, cast

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.budget import Budget, count_tokens
from cardiogram.judge.llm.estimate import SECONDS, CostEstimate
from cardiogram.judge.llm.judge import ATTEMPTS, MemoryStore
from cardiogram.judge.llm.ledger import Key, Ledger, hash_options
from cardiogram.judge.llm.options import check_model
from cardiogram.judge.llm.transport import (
    Call,
    CallError,
    CallSettings,
    ModelName,
    Overloaded,
    Price,
    Reply,
    TransientError,
    Transport,
    connect,
    delay_before,
    file_name,
    price_of,
    run_async,
)
from cardiogram.text import sha256

_MAX_TRIES = 6


class ModelQuestion(NamedTuple):
    """What a model is asked, and the form of its answer.

    Attributes
    ----------
    prompt
        The question. Text that others wrote belongs between markers that they cannot know.
    schema
        JSON schema of an object; the answer has its required properties.
    """

    prompt: str
    schema: Mapping[str, object]
    system: str = ""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model answered.

    Attributes
    ----------
    answer
        In the form that was asked for.
    cost_usd
        None where the price is not known; 0 for an answer that was kept from before.
    """

    answer: dict[str, object]
    model: str
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class AskedModel:
    """A language model that is asked what is no rating.

    Attributes
    ----------
    price
        None where it is not known.
    budget
        What all its answers may cost.
    answers
        Folder in which answers are kept: the same question is paid for once.
    transport
        What opens the connection to the model.
    """

    name: ModelName
    settings: CallSettings = field(default_factory=CallSettings)
    price: Price | None = None
    budget: Budget = field(default_factory=Budget)
    answers: Path | None = None
    transport: Transport = connect

    @property
    def id(self) -> str:
        """`PROVIDER/MODEL`."""
        return str(self.name)

    def ask(self, question: ModelQuestion) -> ModelAnswer:
        """Ask, unless the answer is kept; one that has not the form is asked again.

        Raises
        ------
        JudgeError
            The key or the extra is missing, the provider refuses, the budget is used up, or no
            answer has the form.
        """
        if self.answers is None:
            return run_async(self._converse(question, MemoryStore()))
        with Ledger(self._path(self.answers)) as ledger:
            return run_async(self._converse(question, ledger))

    def estimate(self, questions: Sequence[ModelQuestion], output_tokens: int) -> CostEstimate:
        """What questions will take that have no answer yet, a card each.

        Parameters
        ----------
        output_tokens
            Of all answers together, about; half and twice as many are the bounds.
        """
        tokens_in = sum(count_tokens(each.system) + count_tokens(each.prompt) for each in questions)
        outputs = (output_tokens, output_tokens // 2, 2 * output_tokens)
        likely, low, high = (self.price.of(tokens_in, o) if self.price else None for o in outputs)
        return CostEstimate(
            cards=len(questions), calls=len(questions), input_tokens=tokens_in,
            output_tokens=outputs[0], output_low=outputs[1], output_high=outputs[2],
            cost_usd=likely, cost_low=low, cost_high=high, seconds=SECONDS * len(questions),
        )  # fmt: skip

    def has_answer(self, question: ModelQuestion) -> bool:
        """Whether an answer is kept, so that nothing is paid."""
        if self.answers is None or not (path := self._path(self.answers)).exists():
            return False
        with Ledger(path) as ledger:
            return self._key(question, 0) in ledger

    def _path(self, answers: Path) -> Path:
        return answers / f"{file_name(self.id)}.jsonl"

    def _key(self, question: ModelQuestion, attempt: int) -> Key:
        options = {
            "model": self.id,
            "schema": question.schema,
            "temperature": self.settings.temperature,
        }
        words = sha256(f"{question.system}\n{question.prompt}")
        return Key(words, hash_options(options), part="ask", attempt=attempt)

    async def _converse(self, question: ModelQuestion, store: Ledger | MemoryStore) -> ModelAnswer:
        """An answer in the form; one that is not is asked again with what is wrong."""
        fault, cost = "", 0.0
        known = True
        call = Call(question.system, question.prompt, question.schema)
        for attempt in range(ATTEMPTS):
            key = self._key(question, attempt)
            reply = store.get(key)
            if reply is None:
                reply = await self._send(call, key, store)
                paid = self.price.of_reply(reply) if self.price else reply.cost_usd
                cost, known = cost + (paid or 0.0), known and paid is not None
            try:
                answer = _parse(self.name, reply.text, question.schema)
            except JudgeError as error:
                fault = error.message
                words = f"That cannot be used: {fault}. Answer again, with the JSON object alone."
                call = replace(call, turns=((reply.text, words),))
            else:
                return ModelAnswer(answer, reply.model, cost if known else None)
        raise JudgeError(f"{self.name} gave no answer that can be used: {fault}")

    async def _send(self, call: Call, key: Key, store: Ledger | MemoryStore) -> Reply:
        """One answer, however often the call has to be sent for it; kept before it is counted."""
        check_model(self.name)
        budget, fault, reserve = self.budget, "", self._reserve_of(call)
        async with self.transport.calls(self.name) as client:
            for tries in range(1, _MAX_TRIES + 1):
                if not await budget.reserve(reserve):
                    raise JudgeError(f"{self.name}: {budget.stopped}")
                try:
                    reply = await client.ask(call, self.settings)
                except (Overloaded, TransientError) as error:
                    budget.settle(reserve)
                    fault = str(error)
                    await asyncio.sleep(delay_before(tries, getattr(error, "retry_after", None)))
                except CallError as error:
                    budget.settle(reserve)
                    raise JudgeError(f"{self.name}: {error}") from None
                else:
                    store.put(key, reply)
                    budget.settle(reserve, reply, self.price)
                    return reply
        raise JudgeError(f"{self.name}: {fault}")

    def _reserve_of(self, call: Call) -> float:
        if self.price is None:
            return 0.0
        texts = (call.system, call.user, *(text for turn in call.turns for text in turn))
        return self.price.of(1.15 * sum(map(count_tokens, texts)), self.settings.max_tokens)


def ask_question(
    model: str,
    prompt: str,
    schema: Mapping[str, object],
    *,
    system: str = "",
    base_url: str = "",
    settings: CallSettings | None = None,
    answers: Path | None = None,
    transport: Transport = connect,
) -> ModelAnswer:
    """Ask a language model one question, without a budget; see :class:`AskedModel`.

    Parameters
    ----------
    model
        `PROVIDER/MODEL`, as for a judge.
    prompt, schema, system
        As in :class:`ModelQuestion`.
    """
    name = ModelName.parse(model, base_url)
    asked = AskedModel(
        name, settings or CallSettings(), price_of(name), answers=answers, transport=transport
    )
    return asked.ask(ModelQuestion(prompt, schema, system))


def _parse(name: ModelName, text: str, schema: Mapping[str, object]) -> dict[str, object]:
    start, end = text.find("{"), text.rfind("}") + 1
    try:
        answer = json.loads(text[start:end])
    except (ValueError, RecursionError):
        answer = None
    required = cast("Sequence[str]", schema.get("required", ()))
    lacking = [key for key in required if not isinstance(answer, dict) or key not in answer]
    if not isinstance(answer, dict) or lacking:
        words = f"no {', '.join(lacking)} in it" if answer else "no JSON object"
        raise JudgeError(f"the answer of {name} has {words}")
    return answer

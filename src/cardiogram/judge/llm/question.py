"""Ask a language model any question, with a form for its answer: for what is not a rating."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.ledger import Key, Ledger, hash_options
from cardiogram.judge.llm.transport import (
    Call,
    CallError,
    CallSettings,
    ModelName,
    Overloaded,
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
    """Ask a language model one question.

    Parameters
    ----------
    model
        `PROVIDER/MODEL`, as for a judge.
    prompt
        The question. Text that others wrote belongs between markers that they cannot know.
    schema
        JSON schema of an object; the answer has its required properties.
    answers
        Folder in which the answer is kept, such as `answers/` of a study: the same question is
        paid for once.
    transport
        What opens the connection to the model.

    Returns
    -------
    ModelAnswer
        The answer, and what it cost.

    Raises
    ------
    JudgeError
        The key or the extra is missing, the provider refuses, or no answer has the form.
    """
    name = ModelName.parse(model, base_url)
    settings = settings or CallSettings()
    call = Call(system, prompt, schema)
    options = {"model": model, "schema": schema, "temperature": settings.temperature}
    key = Key(sha256(f"{system}\n{prompt}"), hash_options(options), part="ask")
    if answers is None:
        return _read(name, run_async(_ask(transport, name, call, settings)), schema)
    with Ledger(answers / f"{file_name(model)}.jsonl") as ledger:
        reply = ledger.get(key)
        if reply is not None:
            return replace(_read(name, reply, schema), cost_usd=0.0)
        reply = run_async(_ask(transport, name, call, settings))
        ledger.put(key, reply)
    return _read(name, reply, schema)


def _read(name: ModelName, reply: Reply, schema: Mapping[str, object]) -> ModelAnswer:
    price = price_of(name)
    cost = price.of_reply(reply) if price else reply.cost_usd
    return ModelAnswer(_parse(name, reply.text, schema), reply.model, cost)


async def _ask(transport: Transport, name: ModelName, call: Call, settings: CallSettings) -> Reply:
    """An answer in the form; one that is not is asked again with what is wrong."""
    fault = ""
    async with transport.calls(name) as client:
        for tries in range(1, _MAX_TRIES + 1):
            try:
                reply = await client.ask(call, settings)
                _parse(name, reply.text, call.schema or {})
            except (Overloaded, TransientError) as error:
                fault = str(error)
                await asyncio.sleep(delay_before(tries, getattr(error, "retry_after", None)))
            except CallError as error:
                raise JudgeError(f"{name}: {error}") from None
            except JudgeError as error:
                fault = error.message
                words = f"That cannot be used: {fault}. Answer again, with the JSON object alone."
                call = Call(call.system, call.user, call.schema, ((reply.text, words),))
            else:
                return reply
    raise JudgeError(f"{name} gave no answer that can be used: {fault}")


def _parse(name: ModelName, text: str, schema: Mapping[str, object]) -> dict[str, object]:
    start, end = text.find("{"), text.rfind("}") + 1
    try:
        answer = json.loads(text[start:end])
    except ValueError:
        answer = None
    required = schema.get("required", ())
    lacking = [key for key in cast("Sequence[str]", required) if key not in (answer or {})]
    if not isinstance(answer, dict) or lacking:
        words = f"no {', '.join(lacking)} in it" if answer else "no JSON object"
        raise JudgeError(f"the answer of {name} has {words}")
    return answer

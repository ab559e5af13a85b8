"""Ask a language model anything, in a form: for what is not a rating."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.ledger import Key, Ledger, hash_of
from cardiogram.judge.llm.runner import door, run
from cardiogram.judge.llm.transport import (
    Broken,
    Busy,
    Call,
    CallError,
    ModelName,
    Reply,
    Settings,
    delay_before,
    file_name,
    price_of,
)
from cardiogram.text import sha256

_TRIES = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model answered.

    Attributes
    ----------
    answer
        In the form that was asked for.
    cost_usd
        None where the price is not known; 0 for an answer that was kept from before.
    """

    answer: dict[str, Any]
    model: str
    cost_usd: float | None


def ask(
    model: str,
    prompt: str,
    schema: Mapping[str, Any],
    *,
    system: str = "",
    base_url: str = "",
    settings: Settings | None = None,
    answers: Path | None = None,
) -> Asked:
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

    Returns
    -------
    Asked
        The answer, and what it cost.

    Raises
    ------
    JudgeError
        The key or the extra is missing, the provider refuses, or no answer has the form.
    """
    name = ModelName.parse(model, base_url)
    settings = settings or Settings()
    call = Call(system, prompt, schema)
    key = Key(
        sha256(f"{system}\n{prompt}"),
        hash_of({"model": model, "schema": schema, "temperature": settings.temperature}),
        part="ask",
    )
    if answers is None:
        return _asked(name, run(_answer(name, call, settings)), schema)
    with Ledger(answers / f"{file_name(model)}.jsonl") as ledger:
        kept = ledger.get(key)
        if kept is not None:
            return _asked(name, kept, schema, paid=False)
        reply = run(_answer(name, call, settings))
        ledger.put(key, reply)
    return _asked(name, reply, schema)


def _asked(name: ModelName, reply: Reply, schema: Mapping[str, Any], *, paid: bool = True) -> Asked:
    price = price_of(name)
    cost = price.of_reply(reply) if price else reply.cost_usd
    return Asked(_object(name, reply.text, schema), reply.model, cost if paid else 0.0)


async def _answer(name: ModelName, call: Call, settings: Settings) -> Reply:
    """An answer in the form; one that is not is asked again with what is wrong."""
    fault = ""
    async with door().connect(name) as client:
        for tried in range(1, _TRIES + 1):
            try:
                reply: Reply = await client.ask(call, settings)
                _object(name, reply.text, call.schema or {})
            except (Busy, Broken) as error:
                fault = str(error)
                await asyncio.sleep(delay_before(tried, getattr(error, "retry_after", None)))
            except CallError as error:
                raise JudgeError(f"{name}: {error}") from None
            except JudgeError as error:
                fault = error.message
                said = f"That cannot be used: {fault}. Answer again, with the JSON object alone."
                call = Call(call.system, call.user, call.schema, ((reply.text, said),))
            else:
                return reply
    raise JudgeError(f"{name} gave no answer that can be used: {fault}")


def _object(name: ModelName, text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    start, end = text.find("{"), text.rfind("}") + 1
    try:
        found = json.loads(text[start:end])
    except ValueError:
        found = None
    lacking = [key for key in schema.get("required", ()) if key not in (found or {})]
    if not isinstance(found, dict) or lacking:
        words = f"no {', '.join(lacking)} in it" if found else "no JSON object"
        raise JudgeError(f"the answer of {name} has {words}")
    return found

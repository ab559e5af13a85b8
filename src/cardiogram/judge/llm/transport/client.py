"""The one door to language models: a call goes out, a reply or an error of ours comes back.

Only this module imports pydantic-ai and the providers' clients, and it is imported only when a
model is asked. Neither repeats anything here: who calls decides on that. No error that leaves
this module carries a key, a header or the body of a request.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from pydantic import TypeAdapter
from pydantic_ai import exceptions as kinds
from pydantic_ai.direct import model_request
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.batch import Batch, BatchRequest
from pydantic_ai.models.decision import DecisionQuestion, DecisionRequest, ScoreQuestion
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.transport.messages import (
    Call,
    CallError,
    CallSettings,
    CallsStopped,
    Client,
    Finish,
    Overloaded,
    Refused,
    Rejected,
    Reply,
    Token,
    TransientError,
)
from cardiogram.judge.llm.transport.providers import PROVIDERS, ModelName

Schema = Mapping[str, object] | None
"""JSON schema of an answer; None for plain text."""


@asynccontextmanager
async def connect(name: ModelName) -> AsyncIterator[Client]:
    """Open connections to a model's provider.

    Raises
    ------
    JudgeError
        The extra `llm` or the key is missing; the message says which.
    """
    async with _open(open_model(name)) as model:
        yield _Decider(model) if name.provider.wire == "decisions" else _Writer(model)


@asynccontextmanager
async def _open(model: Any) -> AsyncIterator[Any]:
    """A model whose connections are closed at the end, whoever made its client."""
    async with model:
        try:
            yield model
        finally:
            waited = model.client.close()
            if isinstance(waited, Awaitable):
                await waited


@asynccontextmanager
async def connect_batches(name: ModelName) -> AsyncIterator[Batches]:
    """Open connections to the batch interface of a model's provider.

    Raises
    ------
    JudgeError
        The provider has none, or its key is missing.
    """
    model = open_model(name, "batches")
    if not getattr(model, "batch_max_requests", None):
        raise JudgeError(
            f"{name} has no batch interface", hint="OpenAI, Anthropic and Google have one."
        )
    async with _open(model):
        yield Batches(model)


def open_model(name: ModelName, purpose: Literal["calls", "batches"] = "calls") -> Any:
    """The client library's object for a model, with its repeats turned off."""
    if missing := name.missing():
        raise JudgeError(f"{name} needs a key", hint=f"Set the environment variable {missing}.")
    key = name.provider.key() or "no-key"
    _quieten()
    if name.provider.wire == "messages":
        return _open_anthropic(name, key)
    if name.provider.wire == "google":
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        google = GoogleProvider(api_key=key, base_url=name.url or None)
        return GoogleModel(name.model, provider=google)
    if name.provider.wire == "decisions":
        from pydantic_ai.models.openai_decisions import OpenAIDecisionsModel

        return OpenAIDecisionsModel(name.model, provider=_openai(name, key))
    if purpose == "batches":
        from pydantic_ai.models.openai import OpenAIResponsesModel

        return OpenAIResponsesModel(name.model, provider=_openai(name, key))
    return _open_chat(name, key)


def _open_chat(name: ModelName, key: str) -> Any:
    """A model that fits a schema to its provider once: that takes a tenth of a call's time."""
    from pydantic_ai.models.openai import OpenAIChatModel

    class ChatModel(OpenAIChatModel):
        def customize_request_parameters(
            self, model_request_parameters: ModelRequestParameters
        ) -> ModelRequestParameters:
            form = model_request_parameters.output_object
            if id(form) not in fitted:
                made = super().customize_request_parameters(model_request_parameters)
                fitted[id(form)] = form, made.output_object
            return replace(model_request_parameters, output_object=fitted[id(form)][1])

    fitted: dict[int, tuple[OutputObjectDefinition | None, OutputObjectDefinition | None]] = {}
    return ChatModel(name.model, provider=_openai(name, key))


def _open_anthropic(name: ModelName, key: str) -> Any:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(api_key=key, base_url=name.url or None, max_retries=0)
    return AnthropicModel(name.model, provider=AnthropicProvider(anthropic_client=client))


def _openai(name: ModelName, key: str) -> Any:
    """OpenAI, or a server that speaks its wire."""
    from openai import AsyncOpenAI
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    client = AsyncOpenAI(api_key=key, base_url=name.url or None, max_retries=0)
    if name.provider.name in ("openai", "openai-decisions"):
        return OpenAIProvider(openai_client=client)
    return OpenAICompatibleProvider(name.provider.name, openai_client=client)


def _quieten() -> None:
    """Keep the client libraries' logs off: at level DEBUG they write requests and headers."""
    for name in ("openai", "anthropic", "httpx", "httpx2", "httpcore", "google_genai"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
    for name in ("OPENAI_LOG", "ANTHROPIC_LOG"):
        os.environ.pop(name, None)


class _Writer:
    """A model that writes its answer."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.forms: dict[int, tuple[Schema, ModelRequestParameters]] = {}

    async def ask(self, call: Call, settings: CallSettings) -> Reply:
        began = time.perf_counter()
        with _errors():
            response = await model_request(
                self.model,
                request_messages(call),
                model_settings=model_settings(self.model, settings),
                model_request_parameters=self._form(call.schema),
            )
            return read_response(response, time.perf_counter() - began)

    def _form(self, schema: Schema) -> ModelRequestParameters:
        """The parameters of a schema; made once, as there are few."""
        if id(schema) not in self.forms:
            self.forms[id(schema)] = (schema, request_form(self.model, schema))
        return self.forms[id(schema)][1]


class _Decider:
    """A model that answers typed questions with a probability a level."""

    def __init__(self, model: Any) -> None:
        self.model = model

    async def ask(self, call: Call, settings: CallSettings) -> Reply:
        questions: dict[str, DecisionQuestion] = {
            name: ScoreQuestion(instructions=question.text, criteria=list(question.levels))
            for name, question in call.questions.items()
        }
        request = DecisionRequest(state=call.user, questions=questions)
        began = time.perf_counter()
        try:
            with _errors():
                decided = await self.model.decide(request, {"timeout": settings.timeout})
                answers = {
                    name: [answer.probabilities[level] for level in sorted(answer.probabilities)]
                    for name, answer in decided.answers.items()
                }
        except Refused as error:
            return Reply(str(error), "refused", "", 0, 0, 0, time.perf_counter() - began)
        return Reply(
            text=json.dumps(answers),
            finish="stop",
            model=without_keys(decided.model_name),
            input_tokens=decided.usage.input_tokens,
            cached_tokens=decided.usage.cache_read_tokens,
            output_tokens=decided.usage.output_tokens,
            seconds=time.perf_counter() - began,
        )


_HANDLE = TypeAdapter(Batch)


@dataclass(frozen=True, slots=True)
class Batches:
    """A provider's batch interface."""

    model: Any

    @property
    def max_calls(self) -> int:
        """Calls that one batch can hold."""
        return min(int(self.model.batch_max_requests), 10_000)

    async def send(self, calls: Mapping[str, tuple[Call, CallSettings]]) -> str:
        """Hand calls in under their names; the batch's handle."""
        with _errors():
            encoded = [
                await self.model.batch_encode(
                    BatchRequest(
                        custom_id=name,
                        messages=request_messages(call),
                        model_settings=_batch_settings(self.model, settings),
                        model_request_parameters=request_form(self.model, call.schema),
                    )
                )
                for name, (call, settings) in calls.items()
            ]
            batch = await self.model.batch_create(encoded)
        return _without_credential(batch)

    async def poll(self, handle: str) -> tuple[str, bool]:
        """The handle as it is now, and whether the batch has ended."""
        with _errors():
            batch = await self.model.batch_status(_HANDLE.validate_json(handle))
        return _without_credential(batch), batch.status == "ended"

    async def collect(self, handle: str) -> dict[str, Reply | CallError]:
        """What an ended batch brought, by the names of the calls."""
        with _errors():
            results = await self.model.batch_results(_HANDLE.validate_json(handle))
        return {result.custom_id: self._read(result) for result in results}

    def _read(self, result: Any) -> Reply | CallError:
        request = BatchRequest(
            custom_id=result.custom_id,
            messages=request_messages(Call("", "")),
            model_settings=_batch_settings(self.model, CallSettings()),
        )
        try:
            with _errors():
                return read_response(self.model.batch_decode(result, request), 0.0)
        except CallError as error:
            return error


def _without_credential(batch: Batch) -> str:
    """A handle as JSON, without the hash of the key that the library puts into it."""
    group = json.dumps({**json.loads(batch.group), "credential": ""}, sort_keys=True)
    return _HANDLE.dump_json(replace(batch, group=group)).decode()


def _batch_settings(model: Any, settings: CallSettings) -> ModelSettings:
    """The settings of one call; a batch has no timeout of a call."""
    made = model_settings(model, settings)
    made.pop("timeout", None)
    return made


def request_messages(call: Call) -> list[ModelMessage]:
    """A call as the client library's messages."""
    system = [SystemPromptPart(content=call.system)] if call.system else []
    made: list[ModelMessage] = [ModelRequest(parts=[*system, UserPromptPart(content=call.user)])]
    for answer, said in call.turns:
        made.append(ModelResponse(parts=[TextPart(content=answer or "(nothing)")]))
        made.append(ModelRequest(parts=[UserPromptPart(content=said)]))
    return made


def request_form(model: Any, schema: Schema) -> ModelRequestParameters:
    """The form of the answer: by schema where the model can, else by the words of the prompt."""
    if schema is None or not model.profile.get("supports_json_schema_output", False):
        return ModelRequestParameters()
    form = OutputObjectDefinition(json_schema=dict(schema), name="answer", strict=True)
    return ModelRequestParameters(output_mode="native", output_object=form)


def model_settings(model: Any, settings: CallSettings) -> ModelSettings:
    """The client library's names for what was set; the constant prefix is to be cached."""
    made: dict[str, object] = {
        "max_tokens": settings.max_tokens,
        "timeout": settings.timeout,
        "cache": {"messages": False},
    }
    draws = _draws(model.profile, settings)
    if settings.temperature is not None and draws:
        made["temperature"] = settings.temperature
    if settings.thinking is not None:
        made["thinking"] = settings.thinking
    if settings.logprobs and draws:
        made |= {"openai_logprobs": True, "openai_top_logprobs": settings.logprobs}
    return cast(ModelSettings, made)


def _draws(profile: Mapping[str, object], settings: CallSettings) -> bool:
    """Whether a model takes a temperature: models that reason do not."""
    if not profile.get("openai_supports_reasoning", False):
        return not profile.get("anthropic_disallows_sampling_settings", False)
    rests = settings.thinking is None and not profile.get("thinking_enabled_by_default", False)
    return rests and bool(profile.get("openai_supports_reasoning_effort_none", False))


_SHORTEST_KEY = 8  # servers of one's own take "EMPTY" or "x", which answers may hold
_FINISH: Mapping[str, Finish] = {"length": "length", "content_filter": "refused"}


def read_response(response: Any, seconds: float) -> Reply:
    """A reply from the client library's response, without a key that a server may repeat.

    Raises
    ------
    TransientError
        It says nothing at all: what came was no answer in the provider's format.
    """
    if not response.parts and response.finish_reason is None:
        raise TransientError(_UNREADABLE)
    said = "".join(
        part.content for part in response.parts if getattr(part, "part_kind", "") == "text"
    )
    details = response.provider_details or {}
    finish = _FINISH.get(response.finish_reason or "", "stop")
    if details.get("refusal"):
        finish, said = "refused", said or str(details["refusal"])
    text = without_keys(said)
    if finish == "stop" and not text.strip():
        finish = "empty"
    cost = getattr(response.usage, "cost", None)
    return Reply(
        text=text,
        finish=finish,
        model=without_keys(response.model_name or ""),
        input_tokens=response.usage.input_tokens,
        cached_tokens=response.usage.cache_read_tokens,
        output_tokens=response.usage.output_tokens,
        seconds=seconds,
        tokens=tuple(map(_token, details.get("logprobs") or ())) if text == said else (),
        cost_usd=None if cost is None else float(cost),
    )


def _token(row: Any) -> Token:
    others = row.get("top_logprobs") or [row]
    return Token(row["token"], tuple((other["token"], other["logprob"]) for other in others))


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the client library's errors into ours; what they quote of the request stays behind."""
    try:
        yield
    except (kinds.AgentRunError, kinds.UserError) as error:
        raise call_error(error) from None
    except CallError:
        raise
    except OSError as error:
        raise TransientError(type(error).__name__) from None
    except Exception as error:  # a body that no adapter expected: they fail in any way
        raise TransientError(f"{_UNREADABLE} ({type(error).__name__})") from None


def call_error(error: Exception) -> CallError:
    """One of our errors for one of the client library's."""
    status = getattr(error, "status_code", None)
    words = f"{_words(error)} ({status})" if status else _words(error)
    closed = (
        kinds.ModelAuthenticationError,
        kinds.ModelNotFoundError,
        kinds.ModelQuotaExceededError,
    )
    if isinstance(error, kinds.ContentFilterError):
        return Refused(words)
    if isinstance(error, closed):
        return CallsStopped(words)
    if isinstance(error, (kinds.ModelRateLimitError, kinds.ModelUnavailableError)):
        return Overloaded(words, error.retry_after)
    if status in (408, 409, 425, 429):
        return Overloaded(words, getattr(error, "retry_after", None))
    if isinstance(error, (kinds.ModelRequestRejectedError, kinds.UserError)):
        return Rejected(f"{words}{_detail(error)}")
    return TransientError(words)


_UNREADABLE = "the provider sent no answer that can be read"
_WORDS = {
    "ModelAuthenticationError": "the provider refused the key",
    "ModelNotFoundError": "the provider has no such model, or the URL is wrong",
    "ModelQuotaExceededError": "the account's quota or credit is used up",
    "ModelRateLimitError": "too many requests",
    "ModelOverloadedError": "the provider is overloaded",
    "ModelUnavailableError": "the provider is not available",
    "ModelServerError": "the provider had an error",
    "ModelConnectionError": "no connection, or it broke",
    "ModelTimeoutError": "no answer in time",
    "ModelRequestTimeout": "no answer in time",
    "ModelContextWindowExceededError": "the card is too long for the model",
    "ModelRequestRejectedError": "the provider rejected the request",
    "ContentFilterError": "the provider's filter declined to answer",
    "UnexpectedModelBehavior": _UNREADABLE,
}


def _words(error: Exception) -> str:
    kinds_of_error = (kind.__name__ for kind in type(error).__mro__)
    return next((_WORDS[kind] for kind in kinds_of_error if kind in _WORDS), "the call failed")


def _detail(error: Exception) -> str:
    """What a provider says is wrong with a request, without any key."""
    body = getattr(error, "body", None)
    text = body.get("message") if isinstance(body, dict) else None
    return f": {without_keys(text)[:200]}" if isinstance(text, str) and text else ""


def without_keys(text: str) -> str:
    """A text in which no key of the environment stands; what is shorter than a key is none."""
    keys = {os.environ.get(name, "") for provider in PROVIDERS.values() for name in provider.keys}
    for key in sorted(keys, key=len, reverse=True):
        if len(key) >= _SHORTEST_KEY:
            text = text.replace(key, "[key]")
    return text

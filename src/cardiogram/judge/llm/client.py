"""The one door to language models: a call goes out, a reply or one of three errors comes back.

Neither pydantic-ai nor a provider's client repeats anything here: who calls decides on that.
No error that leaves this module carries a key, a header or the body of a request.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.models import PROVIDERS, ModelName

TIMEOUT = 180.0
"""Seconds that one answer may take."""

Finish = Literal["stop", "length", "refused", "empty"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is asked; None leaves it to the provider.

    Attributes
    ----------
    temperature
        0 for the likeliest answer, 1 for a draw from the model's own distribution.
    logprobs
        How many alternatives to each token are asked for; 0 asks for none.
    thinking
        How long a reasoning model may think.
    """

    temperature: float | None = 0.0
    max_tokens: int = 4096
    logprobs: int = 0
    thinking: Literal["minimal", "low", "medium", "high"] | None = None
    timeout: float = TIMEOUT


@dataclass(frozen=True, slots=True)
class Question:
    """A typed question with ordered levels, for a model that decides."""

    text: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to ask.

    Attributes
    ----------
    turns
        What was said after `user`: answers of the model and what we said to them, in turns.
    schema
        JSON schema of the answer; None for plain text.
    questions
        For a model that decides, in place of `system` and `schema`.
    """

    system: str
    user: str
    schema: Mapping[str, Any] | None = None
    turns: tuple[tuple[str, str], ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the answer with its likeliest alternatives and their natural log-probabilities."""

    text: str
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes
    ----------
    text
        The answer; JSON where the call had a schema or questions.
    model
        The model's name as the provider has it.
    cost_usd
        What the provider says it cost; None where it says nothing.
    """

    text: str
    finish: Finish
    model: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    seconds: float
    tokens: tuple[Token, ...] = ()
    cost_usd: float | None = None


class CallError(Exception):
    """A call that brought no answer; its text is safe to print."""


class Busy(CallError):
    """The provider has too much to do (429, 503, 529)."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Broken(CallError):
    """Something went wrong on the way or at the provider (500, a reset, a timeout)."""


class Rejected(CallError):
    """Asking this again would bring the same error: the request is at fault."""


class Closed(CallError):
    """No request at all will be answered: the key, the model's name or the account is at fault."""


class Refused(CallError):
    """The provider answered that it will not answer."""


class Client(Protocol):
    """Something that answers calls."""

    async def ask(self, call: Call, settings: Settings) -> Reply:
        """Send one call, once."""


@asynccontextmanager
async def connect(name: ModelName) -> AsyncIterator[Client]:
    """Open connections to a model's provider.

    Raises
    ------
    JudgeError
        The extra `llm` or the key is missing; the message says which.
    """
    model = open_model(name)
    try:
        yield _Decider(model) if name.provider.wire == "decisions" else _Writer(model)
    finally:
        close = getattr(getattr(model, "client", None), "close", None)
        if close is not None:
            result = close()
            if hasattr(result, "__await__"):
                await result


def open_model(name: ModelName, purpose: Literal["calls", "batches"] = "calls") -> Any:
    """The model client library's own object for a model, with its repeats turned off."""
    if missing := name.missing():
        raise JudgeError(f"{name} needs a key", hint=f"Set the environment variable {missing}.")
    key = name.provider.key() or "no-key"
    _quieten()
    if name.provider.wire == "messages":
        sdk, models = _load("anthropic"), _load("pydantic_ai.models.anthropic")
        provider = _load("pydantic_ai.providers.anthropic").AnthropicProvider
        client = sdk.AsyncAnthropic(api_key=key, base_url=name.url or None, max_retries=0)
        return models.AnthropicModel(name.model, provider=provider(anthropic_client=client))
    if name.provider.wire == "google":
        models = _load("pydantic_ai.models.google")
        provider = _load("pydantic_ai.providers.google").GoogleProvider
        return models.GoogleModel(
            name.model, provider=provider(api_key=key, base_url=name.url or None)
        )
    return _open_openai(name, key, purpose)


def _open_openai(name: ModelName, key: str, purpose: str) -> Any:
    sdk, providers = _load("openai"), _load("pydantic_ai.providers.openai")
    client = sdk.AsyncOpenAI(api_key=key, base_url=name.url or None, max_retries=0)
    if name.provider.name in ("openai", "openai-decisions"):
        provider = providers.OpenAIProvider(openai_client=client)
    else:
        module = _load("pydantic_ai.providers.openai_compatible")
        provider = module.OpenAICompatibleProvider(name.provider.name, openai_client=client)
    if name.provider.wire == "decisions":
        module = _load("pydantic_ai.models.openai_decisions")
        return module.OpenAIDecisionsModel(name.model, provider=provider)
    module = _load("pydantic_ai.models.openai")
    kind = module.OpenAIResponsesModel if purpose == "batches" else module.OpenAIChatModel
    return kind(name.model, provider=provider)


def _load(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise JudgeError(
            "language models need the extra `llm`", hint="pip install 'cardiogram[llm]'"
        ) from error


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
        self.messages = _load("pydantic_ai.messages")
        self.request = _load("pydantic_ai.direct").model_request
        self.forms: dict[int, Any] = {}

    async def ask(self, call: Call, settings: Settings) -> Reply:
        began = time.perf_counter()
        with _errors():
            response = await self.request(
                self.model,
                request_messages(call),
                model_settings=model_settings(settings),
                model_request_parameters=self._form(call.schema),
            )
        return read_response(response, time.perf_counter() - began)

    def _form(self, schema: Mapping[str, Any] | None) -> Any:
        """The parameters of a schema; made once, as there are few."""
        if id(schema) not in self.forms:
            self.forms[id(schema)] = (schema, request_form(self.model, schema))
        return self.forms[id(schema)][1]


class _Decider:
    """A model that answers typed questions with a probability a level."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.kinds = _load("pydantic_ai.models.decision")

    async def ask(self, call: Call, settings: Settings) -> Reply:
        questions = {
            name: self.kinds.ScoreQuestion(instructions=item.text, criteria=list(item.levels))
            for name, item in call.questions.items()
        }
        request = self.kinds.DecisionRequest(state=call.user, questions=questions)
        began = time.perf_counter()
        try:
            with _errors():
                found = await self.model.decide(request, {"timeout": settings.timeout})
        except Refused as error:
            return Reply(str(error), "refused", "", 0, 0, 0, time.perf_counter() - began)
        answers = {
            name: [answer.probabilities[level] for level in sorted(answer.probabilities)]
            for name, answer in found.answers.items()
        }
        return Reply(
            text=json.dumps(answers),
            finish="stop",
            model=found.model_name,
            input_tokens=found.usage.input_tokens,
            cached_tokens=found.usage.cache_read_tokens,
            output_tokens=found.usage.output_tokens,
            seconds=time.perf_counter() - began,
        )


def request_messages(call: Call) -> list[Any]:
    """A call as the client library's messages."""
    kinds = _load("pydantic_ai.messages")
    system = [kinds.SystemPromptPart(content=call.system)] if call.system else []
    made = [kinds.ModelRequest(parts=[*system, kinds.UserPromptPart(content=call.user)])]
    for answer, said in call.turns:
        made.append(kinds.ModelResponse(parts=[kinds.TextPart(content=answer or "(nothing)")]))
        made.append(kinds.ModelRequest(parts=[kinds.UserPromptPart(content=said)]))
    return made


def request_form(model: Any, schema: Mapping[str, Any] | None) -> Any:
    """The form of the answer: by schema where the model can, else by the words of the prompt."""
    models, output = _load("pydantic_ai.models"), _load("pydantic_ai.output")
    if schema is None or not model.profile.get("supports_json_schema_output", False):
        return models.ModelRequestParameters()
    found = output.OutputObjectDefinition(json_schema=dict(schema), name="answer", strict=True)
    return models.ModelRequestParameters(output_mode="native", output_object=found)


def model_settings(settings: Settings) -> dict[str, Any]:
    """The client library's names for what was set; the constant prefix is to be cached."""
    made: dict[str, Any] = {
        "max_tokens": settings.max_tokens,
        "timeout": settings.timeout,
        "cache": {"messages": False},
    }
    if settings.temperature is not None:
        made["temperature"] = settings.temperature
    if settings.thinking is not None:
        made["thinking"] = settings.thinking
    if settings.logprobs:
        made |= {"openai_logprobs": True, "openai_top_logprobs": settings.logprobs}
    return made


_FINISH: Mapping[str, Finish] = {"length": "length", "content_filter": "refused"}


def read_response(response: Any, seconds: float) -> Reply:
    """A reply from the client library's response."""
    text = "".join(
        part.content for part in response.parts if getattr(part, "part_kind", "") == "text"
    )
    details = response.provider_details or {}
    finish = _FINISH.get(response.finish_reason or "", "stop")
    if details.get("refusal"):
        finish, text = "refused", text or str(details["refusal"])
    if finish == "stop" and not text.strip():
        finish = "empty"
    cost = getattr(response.usage, "cost", None)
    return Reply(
        text=text,
        finish=finish,
        model=response.model_name or "",
        input_tokens=response.usage.input_tokens,
        cached_tokens=response.usage.cache_read_tokens,
        output_tokens=response.usage.output_tokens,
        seconds=seconds,
        tokens=tuple(_token(item) for item in details.get("logprobs") or ()),
        cost_usd=None if cost is None else float(cost),
    )


def _token(item: Mapping[str, Any]) -> Token:
    others = item.get("top_logprobs") or [item]
    return Token(item["token"], tuple((other["token"], other["logprob"]) for other in others))


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the client library's errors into ours; what they quote of the request stays behind."""
    kinds = _load("pydantic_ai.exceptions")
    try:
        yield
    except (kinds.AgentRunError, kinds.UserError) as error:
        raise call_error(error) from None
    except (OSError, ValueError) as error:  # a socket or a body that no adapter expected
        raise Broken(type(error).__name__) from None


def call_error(error: Exception) -> CallError:
    """One of our errors for one of the client library's."""
    kinds = _load("pydantic_ai.exceptions")
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
        return Closed(words)
    if isinstance(error, (kinds.ModelRateLimitError, kinds.ModelUnavailableError)):
        return Busy(words, error.retry_after)
    if status in (408, 409, 425, 429):
        return Busy(words, getattr(error, "retry_after", None))
    if isinstance(error, (kinds.ModelRequestRejectedError, kinds.UserError)):
        return Rejected(f"{words}{_detail(error)}")
    return Broken(words)


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
    "UnexpectedModelBehavior": "the provider sent no answer that can be read",
}


def _words(error: Exception) -> str:
    names = (kind.__name__ for kind in type(error).__mro__)
    return next((_WORDS[name] for name in names if name in _WORDS), "the call failed")


def _detail(error: Exception) -> str:
    """What a provider says is wrong with a request, without any key."""
    body = getattr(error, "body", None)
    text = body.get("message") if isinstance(body, dict) else None
    return f": {without_keys(text)[:200]}" if isinstance(text, str) and text else ""


def without_keys(text: str) -> str:
    """A text in which no key of the environment stands."""
    keys = {os.environ.get(name, "") for item in PROVIDERS.values() for name in item.keys}
    for key in sorted(filter(None, keys), key=len, reverse=True):
        text = text.replace(key, "[key]")
    return text

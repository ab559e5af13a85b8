"""What is asked of a language model and what comes back; nothing here knows a client library."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from cardiogram.judge.llm.transport.providers import ModelName

TIMEOUT = 180.0
"""Seconds that one answer may take."""

Finish = Literal["stop", "length", "refused", "empty"]


@dataclass(frozen=True, slots=True)
class CallSettings:
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
class TypedQuestion:
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
    schema: Mapping[str, object] | None = None
    turns: tuple[tuple[str, str], ...] = ()
    questions: Mapping[str, TypedQuestion] = field(default_factory=dict)


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


class Overloaded(CallError):
    """The provider has too much to do (429, 503, 529)."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TransientError(CallError):
    """Something went wrong on the way or at the provider (500, a reset, a timeout)."""


class Rejected(CallError):
    """Asking this again would bring the same error: the request is at fault."""


class CallsStopped(CallError):
    """No request at all will be answered: the key, the model's name or the budget is at fault."""


class Refused(CallError):
    """The provider answered that it will not answer."""


class Client(Protocol):
    """An open connection to a model that answers calls."""

    async def ask(self, call: Call, settings: CallSettings) -> Reply:
        """Send one call, once."""


class BatchClient(Protocol):
    """An open connection to a model's batch interface.

    A batch is known by a handle: plain JSON that can be kept.
    """

    @property
    def max_calls(self) -> int:
        """Calls that one batch can hold."""

    async def send(self, calls: Mapping[str, tuple[Call, CallSettings]]) -> str:
        """Hand calls in under their names; the batch's handle."""

    async def poll(self, handle: str) -> tuple[str, bool]:
        """The handle as it is now, and whether the batch has ended."""

    async def collect(self, handle: str) -> dict[str, Reply | CallError]:
        """What an ended batch brought, by the names of the calls."""


class Transport(Protocol):
    """What opens connections to models."""

    def calls(self, name: ModelName) -> AbstractAsyncContextManager[Client]:
        """Open a connection for calls."""

    def batches(self, name: ModelName) -> AbstractAsyncContextManager[BatchClient]:
        """Open a connection to the batch interface."""

"""What is asked of a language model and what comes back; nothing here knows a client library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

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

"""One address of the API: what it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_type_hints

from cardiogram.app.application import App


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A function as an address.

    Attributes
    ----------
    path
        ``/api/...``; parts in braces are fields of the question.
    call
        Takes the app and a question, a dataclass (or the app alone); gives a dataclass.
    summary
        What it answers, in one sentence.
    act
        It changes something: never there for strangers.
    public
        It is there for strangers, too.
    heavy
        It may take long: it runs in a process of its own, against the clock.
    """

    method: Literal["GET", "POST"]
    path: str
    call: Callable[..., object]
    summary: str
    act: bool = False
    public: bool = False
    heavy: bool = False

    @property
    def question(self) -> type | None:
        """The dataclass that it is asked; None where there is nothing to say."""
        return next((kind for kind in _hints(self.call)[1:-1]), None)

    @property
    def answer(self) -> type:
        """The dataclass that it answers."""
        answer: type = _hints(self.call)[-1]
        return answer

    def ask(self, app: App, question: object) -> object:
        """Call the function."""
        return self.call(app) if self.question is None else self.call(app, question)


@cache
def _hints(call: Callable[..., object]) -> tuple[Any, ...]:
    return tuple(get_type_hints(call).values())

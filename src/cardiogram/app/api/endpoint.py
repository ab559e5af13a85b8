"""One address of the API: what it is asked, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_type_hints

import msgspec

from cardiogram.app.application import App
from cardiogram.errors import ConfigError

_LONGEST_MENDED = 2_000_000


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

    def read(self, body: bytes, fields: Mapping[str, str]) -> object:
        """Read a question from a request.

        Parameters
        ----------
        body
            JSON of a POST request, decoded in one step: what is not asked never takes memory.
        fields
            Parts of the path and the query of a GET request.

        Raises
        ------
        ConfigError
            It is not what the address is asked.
        """
        if self.question is None:
            return None
        try:
            if self.method == "GET":
                return msgspec.convert(dict(fields), self.question, strict=False)
            return self._decode(body)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise ConfigError(f"the question cannot be read: {error}") from error

    def _decode(self, body: bytes) -> object:
        """Decode a question; half a character, which browsers may send, becomes a question mark."""
        try:
            return msgspec.json.decode(body, type=self.question)
        except msgspec.DecodeError:
            if b"\\ud" not in body or len(body) > _LONGEST_MENDED:
                raise
        whole = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
        return msgspec.json.decode(whole, type=self.question)

    def ask(self, app: App, question: object) -> bytes:
        """Answer as JSON."""
        answer = self.call(app) if self.question is None else self.call(app, question)
        try:
            return msgspec.json.encode(answer)
        except UnicodeEncodeError:  # a file's name may hold what no text does
            whole = json.dumps(msgspec.to_builtins(answer), ensure_ascii=False)
            return msgspec.json.encode(json.loads(whole.encode("utf-8", "replace")))


@cache
def _hints(call: Callable[..., object]) -> tuple[Any, ...]:
    return tuple(get_type_hints(call).values())

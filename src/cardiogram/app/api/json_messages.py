"""Questions and answers of the server: JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.errors import ConfigError

_LONGEST_MENDED = 2_000_000


def read_question(endpoint: Endpoint, body: bytes, fields: Mapping[str, str]) -> object:
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
    question = endpoint.question
    if question is None:
        return None
    try:
        if endpoint.method == "GET":
            return msgspec.convert(dict(fields), question, strict=False)
        return _decode(body, question)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise ConfigError(f"the question cannot be read: {error}") from error


def answer_question(endpoint: Endpoint, app: App, question: object) -> bytes:
    """Answer as JSON."""
    answer = endpoint.ask(app, question)
    try:
        return msgspec.json.encode(answer)
    except UnicodeEncodeError:  # a file's name may hold what no text does
        whole = json.dumps(msgspec.to_builtins(answer), ensure_ascii=False)
        return msgspec.json.encode(json.loads(whole.encode("utf-8", "replace")))


def _decode(body: bytes, question: type) -> object:
    """Decode a question; half a character, which browsers may send, becomes a question mark."""
    try:
        return msgspec.json.decode(body, type=question)
    except msgspec.DecodeError:
        if b"\\ud" not in body or len(body) > _LONGEST_MENDED:
            raise
    whole = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
    return msgspec.json.decode(whole, type=question)

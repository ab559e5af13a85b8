"""Answers in a page alone: questions on the card at hand, without a server and its libraries.

A page in a browser that runs this asks what it would ask a server, by the same addresses in the
same words; it has no Hub and no workspace. The Hub it may read by itself: a card at hand with its
files is a folder that was dropped.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from cardiogram.app.api.card_at_hand import CARD_ENDPOINTS, DRAFT_ENDPOINTS, PROOF_ENDPOINTS
from cardiogram.app.application import App
from cardiogram.app.guard import PRIVATE
from cardiogram.app.refusals import status_of
from cardiogram.app.workspace import Workspace
from cardiogram.errors import CardiogramError, CardNotFound, ConfigError
from cardiogram.judge.embedded import embedded_judge
from cardiogram.repository.formats import is_deep
from cardiogram.store import from_json, to_json

_ENDPOINTS = {
    endpoint.path: endpoint
    for endpoint in (*CARD_ENDPOINTS, *PROOF_ENDPOINTS, *DRAFT_ENDPOINTS)
    if endpoint.public
}
_NOWHERE = Path("/nowhere")


def answer(path: str, question: str) -> str:
    """Answer a question in JSON with JSON. Never raises.

    Parameters
    ----------
    path
        An address of the API: ``/api/rate``, ``/api/improve`` ...
    question
        What a server would be sent there.

    Returns
    -------
    str
        What a server would answer; or `error`, `hint` and the HTTP `status` of a refusal.

    Examples
    --------
    >>> answer("/api/rate", "[")
    '{"error": "the question cannot be read: it is no JSON", "hint": "", "status": 400}'
    """
    try:
        return _write(_ask(path, question))
    except CardiogramError as error:
        shorten = _app().workspace.shorten
        refused = {"error": shorten(error.message), "hint": shorten(error.hint)}
        return _write(refused | {"status": status_of(error)})
    except (Exception, RecursionError, MemoryError):
        return _write({"error": "this is a fault of cardiogram itself", "hint": "", "status": 500})


def _ask(path: str, question: str) -> object:
    endpoint = _ENDPOINTS.get(path)
    if endpoint is None or endpoint.question is None:
        raise CardNotFound(f"nothing answers at {path!r:.100}")
    if len(question) > PRIVATE.request_bytes:
        raise ConfigError(f"a question has at most {PRIVATE.request_bytes:,} characters")
    return to_json(endpoint.ask(_app(), _read(question, endpoint.question)))


def _read(question: str, kind: type) -> object:
    """Read a question; half a character, which browsers may send, becomes a question mark."""
    if is_deep(question):
        raise ConfigError("the question cannot be read: it is nested too deep")
    try:
        read: object = json.loads(question, parse_constant=_refuse_constant)
        if "\\ud" in question.lower():
            read = json.loads(_write(read))
        asked: object = from_json(kind, read, "the question")
    except (ValueError, RecursionError) as error:
        raise ConfigError("the question cannot be read: it is no JSON") from error
    return asked


def _refuse_constant(written: str) -> None:
    raise ValueError(f"{written} is no JSON")


def _write(answered: object) -> str:
    text = json.dumps(answered, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()  # a file's name may hold what no text does


@cache
def _app() -> App:
    return App(Workspace(_NOWHERE), embedded_judge(), is_public=True, has_hub=False)

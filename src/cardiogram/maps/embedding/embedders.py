"""Embedders that read sentences: a local model, or an OpenAI-compatible server."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import ArrayLike

from cardiogram.errors import ConfigError, JudgeError
from cardiogram.maps.embedding.term_embedder import Vectors

_TRIES = 4
_TIMEOUT = 120
_KEYS = ("CARDIOGRAM_EMBEDDER_KEY", "OPENAI_API_KEY")


class EncodingModel(Protocol):
    """A model of either library."""

    def encode(self, texts: list[str], /) -> ArrayLike:
        """One vector a text."""


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A sentence-transformers or model2vec model; `encode` is what both call it.

    Attributes
    ----------
    id
        Name and version; vectors of another id are never mixed with these.
    """

    id: str
    model: EncodingModel = field(repr=False)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector a text."""
        return np.asarray(self.model.encode(list(texts)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class EmbeddingServer:
    """A server that speaks OpenAI's embeddings interface.

    Parameters
    ----------
    model
        The model's name on the server.
    base_url
        Where it is, as in ``http://127.0.0.1:8000/v1``.
    key
        Sent as a bearer token where it is not empty.
    """

    model: str
    base_url: str
    key: str = field(default="", repr=False)

    @property
    def id(self) -> str:
        """Model and server."""
        return f"{self.model}@{self.base_url}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector a text.

        Raises
        ------
        JudgeError
            The server refuses, cannot be reached, or answers something else.
        """
        answer = self._ask(json.dumps({"model": self.model, "input": list(texts)}).encode())
        try:
            in_order = sorted(answer["data"], key=lambda entry: entry["index"])
            vectors = np.array([entry["embedding"] for entry in in_order], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise JudgeError(
                f"{self.base_url} did not answer with embeddings", hint="Is it the right address?"
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise JudgeError(f"{self.base_url} answered {vectors.shape} for {len(texts)} texts")
        return vectors

    def _ask(self, body: bytes) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = f"{self.base_url.rstrip('/')}/embeddings"
        request = urllib.request.Request(address, body, headers)
        for attempt in range(_TRIES):
            try:
                with urllib.request.urlopen(request, timeout=_TIMEOUT) as reply:
                    return json.loads(reply.read())
            except urllib.error.HTTPError as error:
                words = f"{self.base_url} answered {error.code} for {self.model!r}"
                if error.code not in (429, 500, 502, 503, 504) or attempt == _TRIES - 1:
                    raise JudgeError(words, hint="Check the model's name and the key.") from error
            except (OSError, ValueError) as error:
                if attempt == _TRIES - 1:
                    raise JudgeError(
                        f"cannot reach {self.base_url}: {type(error).__name__}",
                        hint="Is the server running?",
                    ) from error
            time.sleep(0.5 * 2**attempt)
        raise AssertionError("unreachable")  # pragma: no cover


def load_embedder(name: str, base_url: str = "") -> LocalModel | EmbeddingServer:
    """Load an embedder by name.

    Parameters
    ----------
    name
        A folder or a model's id; with `base_url`, the name of a model of that server. A model2vec
        model is known by its files; `model2vec:ID` or `sentence-transformers:ID` says which.
    base_url
        Of an OpenAI-compatible server. The key comes from CARDIOGRAM_EMBEDDER_KEY or
        OPENAI_API_KEY; the latter is sent to OpenAI only.

    Raises
    ------
    ConfigError
        A library is missing, the address is none, or there is no such model.
    """
    if base_url:
        host = urlsplit(base_url)
        if host.scheme not in ("http", "https") or not host.hostname:
            raise ConfigError(f"{base_url!r} is no address", hint="--base-url http://HOST:PORT/v1")
        own, openai = (os.environ.get(key, "") for key in _KEYS)
        is_openai = host.hostname == "api.openai.com"
        return EmbeddingServer(name, base_url, own or (openai if is_openai else ""))
    kind, colon, model = name.partition(":")
    if colon and kind in _LOADERS:
        return _load(kind, model)
    return _load("model2vec" if _is_model2vec(name) else "sentence-transformers", name)


def _is_model2vec(name: str) -> bool:
    """Whether a folder, or a name that says so, is a static model."""
    folder = Path(name)
    if folder.is_dir():
        modules = folder / "modules.json"
        return not modules.exists() or "StaticEmbedding" in modules.read_text("utf-8")
    return "potion" in name or "m2v" in name.lower() or "model2vec" in name.lower()


def _load(kind: str, name: str) -> LocalModel:
    module, maker, extra = _LOADERS[kind]
    try:
        library = import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"the embedder {name!r} needs {kind}", hint=f"pip install 'cardiogram[{extra}]'"
        ) from error
    try:
        model: EncodingModel = attrgetter(maker)(library)(name)
    except Exception as error:
        raise ConfigError(
            f"cannot load the embedder {name!r}: {str(error).splitlines()[0][:200]}",
            hint="Give a folder with a model, or a model's id on the Hub.",
        ) from error
    return LocalModel(f"{kind}:{name}", model)


_LOADERS = {
    "model2vec": ("model2vec", "StaticModel.from_pretrained", "embed"),
    "sentence-transformers": (
        "sentence_transformers",
        "SentenceTransformer",
        "sentence-transformers",
    ),
}
"""Module of each library, what makes a model in it, and our extra that has it."""

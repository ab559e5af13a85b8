"""Names of language models, and which providers there are; nothing here imports a client."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal
from urllib.parse import urlsplit

from cardiogram.errors import JudgeError
from cardiogram.text import sha256

Wire = Literal["chat", "messages", "google", "decisions"]
"""How a provider is spoken to: OpenAI's chat completions, Anthropic's messages and so on."""


OLD_PYTHON = sys.version_info[:2] < (3, 11)
"""Whether the client library of the providers does not run on this Python."""

NEEDED = "Python 3.11 or later" if OLD_PYTHON else "the extra `llm`"
HOW_TO_GET = "Everything else runs on this one." if OLD_PYTHON else "pip install 'cardiogram[llm]'"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who serves a model.

    Attributes
    ----------
    keys
        Environment variables that may hold the key, the first one set counts.
    base_url
        Where its server is; "" where the client library knows.
    keyless
        Whether it also works without a key, as servers on one's own machine do.
    library
        Package that speaks its wire.
    """

    name: str
    wire: Wire
    keys: tuple[str, ...]
    base_url: str = ""
    keyless: bool = False
    library: str = "openai"

    def key(self) -> str | None:
        """The key from the provider's own environment variables."""
        return next((os.environ[name] for name in self.keys if os.environ.get(name)), None)


PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("openai", "chat", ("OPENAI_API_KEY",)),
        Provider("anthropic", "messages", ("ANTHROPIC_API_KEY",), library="anthropic"),
        Provider("google", "google", ("GOOGLE_API_KEY", "GEMINI_API_KEY"), library="google.genai"),
        Provider("huggingface", "chat", ("HF_TOKEN",), "https://router.huggingface.co/v1"),
        Provider("openrouter", "chat", ("OPENROUTER_API_KEY",), "https://openrouter.ai/api/v1"),
        Provider("openai-decisions", "decisions", ("OPENAI_API_KEY",)),
        Provider("vllm", "chat", ("VLLM_API_KEY",), "http://localhost:8000/v1", keyless=True),
        Provider("ollama", "chat", ("OLLAMA_API_KEY",), "http://localhost:11434/v1", keyless=True),
        Provider("llamacpp", "chat", ("LLAMA_API_KEY",), "http://localhost:8080/v1", keyless=True),
    )
}
"""The providers by name."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model at a provider: `openai/gpt-5-mini`, `huggingface/Qwen/Qwen3-32B`.

    Attributes
    ----------
    base_url
        Another server than the provider's own, with the same wire.
    """

    provider: Provider
    model: str
    base_url: str = ""

    @classmethod
    def parse(cls, name: str, base_url: str = "") -> ModelName:
        """Read `PROVIDER/MODEL`.

        Raises
        ------
        JudgeError
            The provider is not known, or the URL is none.
        """
        provider, slash, model = name.partition("/")
        if not slash or not model or provider not in PROVIDERS:
            raise JudgeError(
                f"no judge {name!r}",
                hint=f"A language model is PROVIDER/MODEL; providers: {', '.join(PROVIDERS)}",
            )
        if base_url and urlsplit(base_url).scheme not in ("http", "https"):
            raise JudgeError(
                f"no URL of a server: {base_url!r}", hint="Such as http://localhost:8000/v1"
            )
        return cls(PROVIDERS[provider], model, base_url)

    def __str__(self) -> str:
        return f"{self.provider.name}/{self.model}"

    @property
    def url(self) -> str:
        """Where it is asked; "" where the client library knows."""
        return self.base_url or self.provider.base_url

    def missing(self) -> str:
        """The environment variable that has to hold a key first; "" where nothing is missing.

        A server that is named by its URL may do without a key.
        """
        if self.provider.keyless or self.base_url or self.provider.key():
            return ""
        return self.provider.keys[0]


def file_name(judge: str) -> str:
    """A judge's name as the beginning of a file's name; no two judges share one.

    Examples
    --------
    >>> file_name("embedded"), file_name("openai/gpt-5-mini")
    ('embedded', 'openai~gpt-5-mini')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "~", judge)
    simple = plain == judge.replace("/", "~") and "~" not in judge
    return plain if simple else f"{plain}~{sha256(judge)[:8]}"


def is_installed(provider: Provider) -> bool:
    """Whether the extra `llm` is there, as far as this provider needs it."""
    try:
        return all(find_spec(name) is not None for name in ("pydantic_ai", provider.library))
    except ModuleNotFoundError:
        return False

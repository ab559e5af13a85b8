"""A language model's name and options become a judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cardiogram.errors import ConfigError, JudgeError
from cardiogram.judge.llm.judge import Asking, LLMJudge
from cardiogram.judge.llm.prompt import DEFAULT_PROMPT, MAX_CHARS, load_prompt
from cardiogram.judge.llm.transport import (
    HOW_TO_GET,
    NEEDED,
    PROVIDERS,
    CallSettings,
    ModelName,
    is_installed,
    price_of,
)

Levels = Literal["none", "logprobs"]
Thinking = Literal["minimal", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How language models are asked.

    Attributes
    ----------
    base_urls
        `URL` for every model, or `PROVIDER=URL`.
    samples
        Answers for each card.
    orders
        Orders of the criteria among the samples, in turns; None for one each.
    temperature
        None for 0, and for 1 with several samples.
    asking
        One call for all numbers, or one call each.
    levels
        "logprobs" asks for the probability of each level, where the provider has it.
    price_in, price_out
        US dollars for a million tokens.
    concurrency
        Calls in flight at most, for each judge.
    """

    base_urls: Sequence[str] = ()
    samples: int = 1
    orders: int | None = None
    temperature: float | None = None
    asking: Asking = "all"
    levels: Levels = "none"
    thinking: Thinking | None = None
    seed: int = 0
    max_chars: int = MAX_CHARS
    max_tokens: int = 4096
    price_in: float | None = None
    price_out: float | None = None
    concurrency: int = 32
    prompt: str = DEFAULT_PROMPT


def is_model(name: str) -> bool:
    """Whether a judge's name is that of a language model.

    Examples
    --------
    >>> is_model("openai/gpt-5-mini"), is_model("embedded")
    (True, False)
    """
    return name.partition("/")[0] in PROVIDERS and "/" in name


def load_model(name: str, options: ModelOptions | None = None) -> LLMJudge:
    """A language model as a judge.

    Raises
    ------
    JudgeError
        The provider is not known, its key is missing, or the extra `llm` is not installed.
    """
    options = options or ModelOptions()
    model = name_model(name, options.base_urls)
    check_model(model)
    if options.orders is not None and options.orders > options.samples:
        raise ConfigError(
            f"{options.orders} orders need as many samples, and there are {options.samples}",
            hint=f"--samples {2 * options.orders} --orders {options.orders}",
        )
    temperature = options.temperature
    if temperature is None:
        temperature = 1.0 if options.samples > 1 else 0.0
    return LLMJudge(
        model,
        prompt=load_prompt(options.prompt),
        settings=CallSettings(
            temperature=temperature,
            max_tokens=options.max_tokens,
            logprobs=10 if options.levels == "logprobs" else 0,
            thinking=options.thinking,
        ),
        asking=options.asking,
        samples=options.samples,
        orders=options.orders,
        seed=options.seed,
        max_chars=options.max_chars,
        price=price_of(model, options.price_in, options.price_out),
        concurrency=options.concurrency,
    )


def name_model(name: str, base_urls: Sequence[str] = ()) -> ModelName:
    """A language model by its name, at the server that is named for it.

    Raises
    ------
    JudgeError
        The provider is not known, or a URL is none.
    """
    return ModelName.parse(name, _url_for(name, base_urls))


def check_model(model: ModelName) -> None:
    """Refuse a model that cannot be asked.

    Raises
    ------
    JudgeError
        Its key is missing, or the extra `llm` is not installed.
    """
    if not is_installed(model.provider):
        raise JudgeError(f"{model} needs {NEEDED}", hint=HOW_TO_GET)
    if missing := model.missing():
        raise JudgeError(f"{model} needs a key", hint=f"Set the environment variable {missing}.")


def _url_for(name: str, urls: Sequence[str]) -> str:
    """The server of a model: the one named for its provider, else the one for all."""
    provider, for_all = name.partition("/")[0], ""
    for text in urls:
        head, equals, url = text.partition("=")
        named = equals and "://" not in head
        if named and head not in PROVIDERS:
            raise ConfigError(
                f"no provider {head!r} in --base-url {text!r}",
                hint=f"Providers: {', '.join(PROVIDERS)}",
            )
        if named and head == provider:
            return url
        if not named:
            for_all = text
    return for_all

"""What a model costs: data with a date and a source, and what the user says beats it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from cardiogram.judge.llm.transport.messages import Reply
from cardiogram.judge.llm.transport.providers import ModelName
from cardiogram.names import DATA

_DATED = re.compile(r"[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$")
_MILLION = 1_000_000
MIN_CACHED = 1024
"""Tokens that prompts must at least have in common for a provider to cache them: so for OpenAI's
models and most of Anthropic's and Google's."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens.

    Attributes
    ----------
    cached
        Of input that the provider kept from an earlier call.
    batch
        What a batch costs of all this, as a share.
    """

    input: float
    output: float
    cached: float
    batch: float = 1.0

    def of(self, input_tokens: float, output_tokens: float, cached_tokens: float = 0) -> float:
        """What some tokens cost, in US dollars."""
        fresh = input_tokens - cached_tokens
        paid = fresh * self.input + cached_tokens * self.cached + output_tokens * self.output
        return paid / _MILLION

    def estimate_cached(self, constant_tokens: float, calls: int) -> float:
        """Tokens that the provider will have in its cache, of those that are in every call.

        None of them where it has no lower price for that, or where they are too few for its cache;
        the first call brings them.
        """
        if calls < 2 or self.cached >= self.input or constant_tokens / calls < MIN_CACHED:
            return 0.0
        return constant_tokens * (calls - 1) / calls

    def of_reply(self, reply: Reply) -> float:
        """What an answer cost: what its provider says, or else by its tokens."""
        if reply.cost_usd is not None:
            return reply.cost_usd
        return self.of(reply.input_tokens, reply.output_tokens, reply.cached_tokens)


class PriceList(TypedDict):
    """Shipped prices: fields of :class:`Price` by model, their date and where they come from."""

    date: str
    source: str
    models: dict[str, dict[str, float]]


@cache
def price_list() -> PriceList:
    """The shipped prices."""
    file = DATA / "prices.json"
    prices: PriceList = json.loads(file.read_text("utf-8"))
    return prices


def price_of(
    name: ModelName, price_in: float | None = None, price_out: float | None = None
) -> Price | None:
    """The price of a model; None where neither the list nor the user knows it.

    Parameters
    ----------
    price_in, price_out
        US dollars for a million tokens of input and output, instead of the list's.

    Examples
    --------
    >>> price_of(ModelName.parse("ollama/any")).of(1000, 1000)
    0.0
    """
    listed = _listed(name)
    if price_in is None and price_out is None:
        return listed
    base = listed or Price(0.0, 0.0, 0.0)
    paid_in = base.input if price_in is None else price_in
    paid_out = base.output if price_out is None else price_out
    cached = base.cached if price_in is None else price_in
    return Price(paid_in, paid_out, cached, base.batch)


def _listed(name: ModelName) -> Price | None:
    if name.provider.keyless:
        return Price(0.0, 0.0, 0.0)
    models = price_list()["models"]
    full = str(name)
    bare = _DATED.sub("", full)
    row = models.get(full) or models.get(bare) or models.get(f"{bare}-latest")
    return None if row is None else Price(**row)

"""Context and parameters of a base model, with no more requests than they are worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cardiogram.repository.fact import Fact
from cardiogram.repository.facts.contents import context
from cardiogram.repository.facts.weights import parameters

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

MOST_SHARDS = 2
_PLAIN = frozenset(("F64", "F32", "F16", "BF16"))


def context_of(base: Files) -> Iterator[Fact]:
    """The longest input of the model itself."""
    yield from (f for f in base.facts(context) if f.name == "context" and not f.about)


def parameters_of(base: Files) -> Iterator[Fact]:
    """Parameters by the headers; by the Hub's count where there are many files of plain weights."""
    shards = [path for path in base.repository.files if path.endswith(".safetensors")]
    if len(shards) <= MOST_SHARDS:
        yield from (f for f in base.facts(parameters) if not f.about)
        return
    total, types = base.in_info("safetensors", "total"), base.in_info("safetensors", "parameters")
    plain = types is not None and isinstance(types.value, dict) and types.value.keys() <= _PLAIN
    if total is not None and plain:
        yield Fact("parameters", total.value, (total,), "parameters", note="as the Hub counts")

"""All facts of a repository: every function is asked, and what cannot be read costs itself only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cardiogram.repository.access import withhold
from cardiogram.repository.fact import Fact, FactSource, RepositoryFacts, Value
from cardiogram.repository.facts.contents import CONTENT_FACTS
from cardiogram.repository.facts.lineage import LINEAGE_FACTS
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.training import TRAINING_FACTS
from cardiogram.repository.facts.weights import WEIGHT_FACTS

if TYPE_CHECKING:
    from cardiogram.cards import Card
    from cardiogram.repository.access import Repository

FUNCTIONS: tuple[FactFunction, ...] = (
    *CONTENT_FACTS,
    *WEIGHT_FACTS,
    *TRAINING_FACTS,
    *LINEAGE_FACTS,
)

SINGLE = frozenset(
    (
        *("parameters", "context", "context_original", "sliding_window", "sequence_length"),
        *("layers", "hidden_size", "vocabulary", "experts", "experts_per_token", "size"),
        *("bits", "group_size", "act_order", "rank", "lora_alpha", "lora_dropout", "dtype"),
        *("dimensions", "pooling", "similarity", "image_size", "latent_size", "patch_size"),
        *("sampling_rate", "window", "labels", "pipeline", "scheduler", "chat_template"),
        *("end_token", "begin_token", "padding_token", "lower_case", "normalised"),
        *("dtype_to_load", "heads", "key_value_heads", "intermediate_size", "model_type"),
    )
)
"""Names of which a model, or a part of it, has one value: a second one is a disagreement."""


def read_facts(repository: Repository, card: Card | None = None) -> RepositoryFacts:
    """Everything that the files of a repository prove.

    Parameters
    ----------
    card
        Its card as it is being edited, in place of the one that it holds.
    """
    files = Files(repository, card)
    every = (fact for function in FUNCTIONS for fact in files.facts(function))
    each = (_shown(fact) for fact in every if not any(map(_at_private_key, fact.sources)))
    facts, disagreements = _settle(_join(each))
    unreached = (f"{', '.join(ids)}: {why}" for why, ids in files.unreached.items())
    return RepositoryFacts(
        repo=repository.id,
        commit=repository.commit,
        facts=tuple(facts),
        problems=tuple(dict.fromkeys(withhold([*files.problems, *unreached]))),
        disagreements=tuple(disagreements),
    )


def _shown(fact: Fact) -> Fact:
    """A fact without logins, addresses and local paths, wherever a file had them."""

    def shown(source: FactSource) -> FactSource:
        return replace(source, value=withhold(source.value), quote=withhold(source.quote))

    return replace(
        fact,
        value=withhold(fact.value),
        about=withhold(fact.about),
        note=withhold(fact.note),
        sources=tuple(map(shown, fact.sources)),
    )


def _at_private_key(source: FactSource) -> bool:
    """Whether a value stands at a key that is itself to be withheld, as a path of a disk is."""
    parts = [part.replace("~1", "/") for part in source.pointer.split("/")]
    return withhold([*parts, source.header]) != [*parts, source.header]


def _join(facts: Iterable[Fact]) -> list[Fact]:
    """One fact for each value of a name, with the sources of all that say it."""
    joined: dict[tuple[str, str, str], Fact] = {}
    for fact in facts:
        key = (fact.name, fact.about, _key(fact.value))
        first = joined.get(key)
        if first is not None:
            sources = dict.fromkeys(map(repr, first.sources))
            new = tuple(s for s in fact.sources if repr(s) not in sources)
            fact = replace(first, sources=(*first.sources, *new), note=first.note or fact.note)
        joined[key] = fact
    return list(joined.values())


def _key(value: Value) -> str:
    """The same for 3 and 3.0, and for no two values that differ."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, default=str)


def _settle(facts: list[Fact]) -> tuple[list[Fact], list[tuple[Fact, Fact]]]:
    """Keep the strongest value of what has one only; the others disagree with it."""
    kept: list[Fact] = []
    first: dict[tuple[str, str], Fact] = {}
    disagreements = []
    for fact in facts:
        key = (fact.name.removesuffix("_declared"), fact.about)
        strongest = first.setdefault(key, fact)
        same = strongest is fact or strongest.value == fact.value
        if not same and key[0] in SINGLE:
            disagreements.append((strongest, fact))
        if same or key[0] not in SINGLE or fact.name != key[0]:
            kept.append(fact)
    return kept, disagreements

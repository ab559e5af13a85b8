"""What rules know of a model: big labs, quantised copies, adapters, merges, languages, domains.

Rules read the id, the tags and the metadata, and for text that a training tool wrote the card.
They say what a model is called, not what it is: a `law` in a name makes a legal model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypedDict, cast

from cardiogram.cards.card import Card
from cardiogram.cards.features.boilerplate import MERGERS, TRAINERS, find_makers
from cardiogram.cards.features.terms import scripts_of, split_words
from cardiogram.cards.vocabulary import load_vocabulary
from cardiogram.names import DATA
from cardiogram.records import dataclass

KNOWN = {
    "big lab": "of an organisation that trains foundation models",
    "quantised": "a quantised or converted copy",
    "adapter": "an adapter: LoRA or the like",
    "merge": "a merge of other models",
    "trainer": "a fine-tune whose card a training tool wrote",
    "agent": "an agent trained by reinforcement learning",
    "non-English": "for another language than English",
    "multilingual": "for several languages",
    "template": "a card on the Hub's template, left unfilled",
}
"""Known segments apart from domains, and what a model in them is."""

_ADAPTERS = frozenset({"lora", "adapter", "peft", "qlora", "loras", "dora", "ia3", "p_tuning"})
_MERGES = frozenset({"merge", "mergekit", "merged", "lazymergekit", "slerp", "moerge"})
_UNFILLED = 5
_BITS = frozenset({"4-bit", "8-bit", "bitsandbytes"})
_AGENTS = frozenset({"reinforcement-learning", "deep-reinforcement-learning"})
_SCRIPT_LANGUAGES = {
    "han": "Chinese",
    "kana": "Japanese",
    "hangul": "Korean",
    "arabic": "Arabic",
    "cyrillic": "Russian",
    "devanagari": "Hindi",
    "hebrew": "Hebrew",
    "greek": "Greek",
    "thai": "Thai",
}


@dataclass(frozen=True, slots=True)
class Facets:
    """What rules see in one model; empty where they see nothing.

    Attributes
    ----------
    known
        Names of :data:`KNOWN` and of domains.
    labs, formats, families, tasks, libraries, languages, domains
        In words fit for a name: `Meta`, `GGUF`, `Llama`, `translation`, `timm`, `Korean`, `legal`.
    """

    known: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def row(self) -> dict[str, tuple[str, ...]]:
        """What stands in the column `facets` of `features/*.parquet`."""
        return {name: getattr(self, name) for name in self.__slots__}


class FacetRules(TypedDict):
    """Words by what they stand for; of a domain, all its words."""

    formats: dict[str, str]
    families: dict[str, str]
    tasks: dict[str, str]
    libraries: dict[str, str]
    domains: dict[str, list[str]]


class Organisations(TypedDict):
    """Big labs by their names on the Hub."""

    date: str
    source: str
    organisations: dict[str, str]


@cache
def rules() -> FacetRules:
    """Words by what they stand for (data/segments/rules.json)."""
    return cast("FacetRules", _read_json("rules.json"))


@cache
def organisations() -> Organisations:
    """Big labs by their names on the Hub, with source and date."""
    return cast("Organisations", _read_json("organisations.json"))


def _read_json(name: str) -> object:
    return json.loads((DATA / "segments" / name).read_text("utf-8"))


def facets_of(card: Card, tags: Sequence[str] = (), makers: Sequence[str] | None = None) -> Facets:
    """Look at one model.

    Parameters
    ----------
    tags
        The Hub's tags of the model.
    makers
        As of :func:`.find_makers`, where they are known.
    """
    metadata, known = card.metadata, rules()
    author, _, name = card.id.rpartition("/")
    every = {tag.lower() for tag in (*tags, *metadata.texts("tags"))}
    tasks = _tasks(card, every)
    library = [*metadata.texts("library_name"), *(t for t in every if t in known["libraries"])]
    named = set(split_words(name)) | {
        word
        for base in metadata.texts("base_model")
        for word in split_words(base.rpartition("/")[2])
    }
    whole = named | every | {task.lower() for task in tasks}
    lab = organisations()["organisations"].get(author)
    facets = {
        "labs": (lab,) if lab else (),
        "formats": _named(known["formats"], [*named, *every]),
        "families": _named(known["families"], _families(named, every)),
        "tasks": _named(known["tasks"], tasks[:1]),
        "libraries": _named(known["libraries"], library),
        "languages": _languages(card, every),
        "domains": tuple(
            sorted(
                domain for domain, words in known["domains"].items() if not whole.isdisjoint(words)
            )
        ),
    }
    if methods := tuple(name for name in facets["formats"] if name not in _BITS):
        facets["formats"] = methods  # GPTQ says more than 4-bit
    made_by = {*(find_makers(card) if makers is None else makers)}
    marks = _marks(card, facets, whole | {word.lower() for word in library}, made_by, tags)
    return Facets((*marks, *facets["domains"]), **facets)


def task_of(card: Card, tags: Sequence[str] = ()) -> str:
    """A card's task in words, as its facets have it; "" where metadata and tags name none.

    Parameters
    ----------
    tags
        The Hub's tags of the model.
    """
    every = {tag.lower() for tag in (*tags, *card.metadata.texts("tags"))}
    return next(iter(_named(rules()["tasks"], _tasks(card, every)[:1])), "")


def _tasks(card: Card, every: set[str]) -> list[str]:
    """The task of the metadata first, else of the tags, by the Hub's names."""
    known = rules()["tasks"]
    return [*card.metadata.texts("pipeline_tag"), *(tag for tag in sorted(every) if tag in known)]


def _named(known: dict[str, str], words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({known[word] for word in words if word in known}))


def _families(named: set[str], every: set[str]) -> list[str]:
    """Words that may name a family: of the id and the base model, else tags."""
    words = [*named, *(["stable_diffusion"] if {"stable", "diffusion"} <= named else [])]
    known = rules()["families"]
    if any(word in known and word != "diffusion" for word in words):
        return [word for word in words if word != "diffusion"]
    return [*words, *(tag.replace("-", "_") for tag in every if tag != "clip")]


def _languages(card: Card, tags: set[str]) -> tuple[str, ...]:
    known = load_vocabulary().languages
    codes = {code.lower() for code in card.metadata.texts("language")} | (tags & known.keys())
    languages = {known[code].split(";")[0].split(",")[0] for code in codes if code in known}
    for script in scripts_of(card.body[:5_000]):
        if script in _SCRIPT_LANGUAGES and not (script == "han" and "Japanese" in languages):
            languages.add(_SCRIPT_LANGUAGES[script])
    return tuple(sorted(languages))


def _marks(
    card: Card,
    facets: dict[str, tuple[str, ...]],
    words: set[str],
    makers: set[str],
    tags: Sequence[str],
) -> list[str]:
    """Names of :data:`KNOWN` that hold."""
    from cardiogram.cards.features.traits import is_machine_made  # a task is told without

    foreign = [name for name in facets["languages"] if name != "English"]
    holds = {
        "big lab": bool(facets["labs"]),
        "quantised": bool(facets["formats"]) or is_machine_made(card.id, tags),
        "adapter": not words.isdisjoint(_ADAPTERS),
        "merge": not words.isdisjoint(_MERGES) or not makers.isdisjoint(MERGERS),
        "trainer": not makers.isdisjoint(TRAINERS) or "generated_from_trainer" in words,
        "agent": not words.isdisjoint(_AGENTS),
        "non-English": bool(foreign) and "English" not in facets["languages"],
        "multilingual": len(facets["languages"]) > 2 or "multilingual" in words,
        "template": card.text.count("[") >= _UNFILLED
        and card.text.lower().count("[more information needed]") >= _UNFILLED,
    }
    return [name for name in KNOWN if holds[name]]

"""Keys of the front matter that files prove and the card lacks."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.cards import load_vocabulary
from cardiogram.improve.additions.stating import CardVoice, is_id
from cardiogram.improve.draft import DraftChange, Sentence
from cardiogram.improve.operations import SetMetadata
from cardiogram.improve.view import README
from cardiogram.repository import Fact

_WHY = {
    "library_name": "The Hub shows how to load a model whose library it knows.",
    "pipeline_tag": "The Hub lists a model under its task.",
    "base_model": "The Hub links a model with the one that it was made from.",
    "base_model_relation": "The Hub says how a model was made from its base.",
    "datasets": "The Hub links a model with its data.",
}


def find_metadata(voice: CardVoice) -> Iterator[DraftChange]:
    """Each missing key as a change of its own; a licence is never chosen for the author."""
    values = voice.view.card.metadata.values
    for key, facts in _proven(voice):
        own = [str(fact.value) for fact in facts]
        if key in values or not own:
            continue
        value = own[0] if len(own) == 1 and key != "datasets" else tuple(own)
        sentences = [
            Sentence(name if isinstance(value, tuple) else f"{key}: {name}", (fact,))
            for name, fact in zip(own, facts, strict=True)
        ]
        yield DraftChange(
            id=f"add:{key}",
            kind="metadata",
            why=_WHY[key],
            operations=(SetMetadata(key, value),),
            sentences=tuple(sentences),
            criterion="metadata",
        )


def why_no_base(voice: CardVoice) -> tuple[str, str]:
    """A base model that a file names and the metadata do not, and why; "" where none is."""
    named = {str(f.value): f for f in voice.facts("base_model") if is_id(f.value)}
    merged = voice.facts("merged_model") or "base_model" in voice.view.card.metadata.values
    left = [] if merged or len(named) != 1 else [id for id in named if not voice.is_on_hub(id)]
    paths = [s.path for id in left for s in named[id].sources if s.path != README]
    if not paths:
        return "", ""
    return left[0], f"{paths[0]} names it; the Hub could not be asked whether it has it"


def _is_data(voice: CardVoice, fact: Fact) -> bool:
    return voice.is_on_hub(str(fact.value), "dataset")


def _proven(voice: CardVoice) -> Iterator[tuple[str, list[Fact]]]:
    known = load_vocabulary()
    libraries = [f for f in voice.facts("library") if f.value in known.libraries]
    yield "library_name", libraries[:1]
    yield "pipeline_tag", [f for f in voice.facts("task") if f.value in known.tasks][:1]
    bases = [f for f in voice.facts("base_model") if is_id(f.value)]
    merged = [f for f in voice.facts("merged_model") if is_id(f.value)]
    named = {str(f.value): f for f in (*bases, *merged)}
    dead = {
        str(c.statement.value)
        for c in voice.view.contradictions
        if c.statement.kind == "base_model"
    }
    bases = [f for id, f in named.items() if voice.is_on_hub(id) and id not in dead]
    sure = len(bases) == len(named) and (bool(merged) or len(bases) == 1)
    if sure:
        yield "base_model", bases
    relation = voice.fact("base_relation")
    there = "base_model" in voice.view.card.metadata.values or (sure and bases)
    if relation and relation.value in known.relations - {"finetune"} and there:
        yield "base_model_relation", [relation]
    yield (
        "datasets",
        [f for f in voice.facts("dataset") if is_id(f.value) and _is_data(voice, f)],
    )

"""Fields of the Hub's template that files fill."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cardiogram.improve.draft import Sentence
from cardiogram.improve.repairs.body_lines import LineSpan
from cardiogram.improve.repairs.seen_card import Repairs, SeenCard, is_proven
from cardiogram.improve.repairs.template_words import repair, unfilled_label
from cardiogram.lazy import regex
from cardiogram.repository import Fact

_FIELD = regex(r"(\s*[-*+]\s+\*\*[^*\n]{1,60}?)\s*(?:\[[Oo]ptional\])?(:?\*\*:?)(.*)")
_UNKNOWN = regex(
    r"(\s*)<!--\s*(- \*\*Training Dataset:\*\*)\s*"
    r"(?:Unknown|\[Unknown\]\([^)\n]*\))\s*-->\s*"
)


def template_fields(seen: SeenCard) -> Repairs:
    """Lines such as ``- **Finetuned from model:** [More Information Needed]``."""
    edits, sentences = [], []
    for number, line in seen.text_lines("text", "comment"):
        facts, new = _filled(seen, line)
        if facts:
            edits.append((LineSpan(number, number), (new,)))
            sentences.append(Sentence(new.strip(), tuple(facts)))
    if edits:
        yield repair("template-fields", seen.body.replaced(edits), sentences)


def _filled(seen: SeenCard, line: str) -> tuple[Sequence[Fact], str]:
    """Facts for a line, and the line with them."""
    label = unfilled_label(line)
    match = _FIELD.fullmatch(line) if label else None
    if match is not None and label in _FIELDS:
        facts, value = _FIELDS[label](seen)
        return facts, f"{match[1]}{match[2]} {value}"
    unknown = _UNKNOWN.fullmatch(line)
    if unknown is not None and "sentence_transformers" in seen.makers:
        facts, value = _data(seen)
        return facts, f"{unknown[1]}{unknown[2]} {value}"
    return (), ""


def _bases(seen: SeenCard) -> tuple[Sequence[Fact], str]:
    ids = [str(fact.value) for fact in seen.bases]
    return seen.bases, ", ".join(f"[{id}](https://huggingface.co/{id})" for id in ids)


def _data(seen: SeenCard) -> tuple[Sequence[Fact], str]:
    ids = [str(fact.value) for fact in seen.data]
    return seen.data, ", ".join(f"[{id}](https://huggingface.co/datasets/{id})" for id in ids)


def _stated(name: str, words: str) -> Callable[[SeenCard], tuple[Sequence[Fact], str]]:
    """What a file says, in these words; a card is no proof of itself."""

    def field(seen: SeenCard) -> tuple[Sequence[Fact], str]:
        facts = [f for f in seen.named(name) if is_proven(f)][:1]
        return facts, "".join(words.format(fact.value) for fact in facts)

    return field


_FIELDS: dict[str, Callable[[SeenCard], tuple[Sequence[Fact], str]]] = {
    "finetuned from model": _bases,
    "parent model": _bases,
    "training regime": _stated("precision", "{} precision"),
    "hardware type": _stated("hardware", "{}"),
    "carbon emitted": _stated("emissions", "emissions of {:g} g of CO2 equivalents"),
}

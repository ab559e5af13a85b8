"""Licences and languages that generators write whatever the base is, or leave out."""

from __future__ import annotations

from cardiogram.cards import load_vocabulary
from cardiogram.improve.operations import RemoveMetadata, RenameMetadata
from cardiogram.improve.repairs.seen_card import WRITERS, Repairs, SeenCard
from cardiogram.improve.repairs.template_words import question, repair

_SILENT = frozenset({"other", "unknown", ""})


def licence_key(seen: SeenCard) -> Repairs:
    """``licence: license`` of TRL, and the key that some authors misspell."""
    metadata = seen.view.card.metadata
    if seen.view.card.front_matter is None or "licence" not in metadata.values:
        return
    value = metadata.values["licence"]
    if value in ("license", "licence"):
        yield repair("licence-key", [RemoveMetadata("licence")])
    elif "license" not in metadata.values and isinstance(value, str):
        if value not in load_vocabulary().licenses:
            return
        yield repair("licence-spelling", [RenameMetadata("licence", "license")])


def licence(seen: SeenCard) -> Repairs:
    """A licence that the generator did not know, or wrote without asking."""
    metadata = seen.view.card.metadata
    if not seen.makers & WRITERS or any(c.kind == "licence" for c in seen.view.contradictions):
        return
    stated = str(metadata.values.get("license") or "").lower()
    parents = {
        f.about: ", ".join(map(str, f.value)) if isinstance(f.value, list) else str(f.value)
        for f in seen.view.facts.named("base_licence")
        if f.about != seen.id
    }
    for fact in seen.view.facts.named("licence_name"):  # it says what `other` does not
        if parents.get(fact.about) == "other":
            parents[fact.about] = f"{fact.value} (`other`)"
    if not stated:
        if metadata.values.get("licence") in (None, "license", "licence"):
            yield question("licence", _told(parents))
    elif stated == "other":
        if "autotrain" in seen.makers and not metadata.values.get("license_name"):
            yield question("licence", _told(parents))
    elif "unsloth" in seen.makers and stated == "apache-2.0":
        known = {value.lower() for value in parents.values()} - _SILENT
        if known != {"apache-2.0"}:
            yield question("licence", f"unsloth writes apache-2.0. {_told(parents)}".strip())


def _told(parents: dict[str, str]) -> str:
    return " ".join(f"The base model {id} is under {value}." for id, value in parents.items())


def language(seen: SeenCard) -> Repairs:
    """``en`` of unsloth where the base model and the data are in other languages."""
    if "unsloth" not in seen.makers or seen.view.card.metadata.texts("language") != ["en"]:
        return
    if any(c.kind == "language" for c in seen.view.contradictions):
        return
    for name in ("base_language", "dataset_language"):
        for fact in seen.view.facts.named(name):
            codes = fact.value if isinstance(fact.value, list) else [fact.value]
            if codes and not {"en", "eng", "multilingual"} & {str(code) for code in codes}:
                yield question("language", f"{fact.about} is in {', '.join(map(str, codes))}.")
                return

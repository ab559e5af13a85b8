"""Facts of the repositories that a model was made from: base models and data sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts.lineage.base_shape import context_of, parameters_of
from cardiogram.repository.facts.lineage.citations import base_citation
from cardiogram.repository.facts.lineage.front_facts import declared_facts, texts_of
from cardiogram.repository.facts.lineage.merges import MERGE_FACTS
from cardiogram.repository.facts.lineage.related_words import dataset_words, model_words
from cardiogram.repository.facts.training import TRAINING_FACTS, is_hub_id

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

CARD = "README.md"
MOST_BASES, MOST_DATA, MOST_SPLITS, MOST_SHARDS = 4, 4, 30, 4


def base_facts(files: Files) -> Iterator[Fact]:
    """Licence, languages, context, parameters and sentences of each model it was made from."""
    bases = {base.named: base for id in base_ids(files)[:MOST_BASES] if (base := files.other(id))}
    for base in bases.values():  # an old name and the present one are one
        for key, name in (("license", "base_licence"), ("language", "base_language")):
            source = base.at(CARD, key)
            if source is not None:
                yield from _named(name, source, base.named)
        name_source = base.at(CARD, "license_name")
        if name_source is not None and isinstance(name_source.value, str):
            yield Fact("licence_name", name_source.value, (name_source,), about=base.named)
        yield from _shape(base)
        yield from model_words(base)
        yield from base_citation(base)


def _named(name: str, source: FactSource, about: str) -> Iterator[Fact]:
    """A licence, which is one, or languages, which are a list."""
    texts = texts_of(source.value)
    if texts:
        single = len(texts) == 1 and name.endswith("licence")
        yield Fact(name, texts[0] if single else [*texts], (source,), about=about)


def _shape(base: Files) -> Iterator[Fact]:
    """Context and parameters of a base model."""
    for name, facts in (
        ("base_context", context_of(base)),
        ("base_parameters", parameters_of(base)),
    ):
        for fact in facts:
            yield replace(fact, name=name, about=base.named)


def base_ids(files: Files) -> list[str]:
    """Ids of the models that it was made from, as card and files name them."""
    named: list[object] = []
    declared = files.front.get("base_model")
    named += declared if isinstance(declared, list) else [declared]
    named += [
        files.value("adapter_config.json", "base_model_name_or_path"),
        files.value("config.json", "_name_or_path"),
        files.value("model_index.json", "_name_or_path"),
    ]
    for function in (*MERGE_FACTS, *TRAINING_FACTS):
        named += [
            f.value for f in files.facts(function) if f.name in ("base_model", "merged_model")
        ]
    ids = [str(id) for id in named if is_hub_id(id) and id != files.repository.id]
    return list(dict.fromkeys(ids))


def dataset_facts(files: Files) -> Iterator[Fact]:
    """Rows, columns, licence, languages and sentences of each data set it names.

    Of a data set, its own rows and columns, about a split or, for all of it, about nothing.
    """
    if files.repository.of == "dataset":
        yield from _own_rows(files)
        return
    for id in dataset_ids(files)[:MOST_DATA]:
        data = files.other(id, "dataset")
        if data is None:
            continue
        about = id
        for key, name in (("license", "dataset_licence"), ("language", "dataset_language")):
            source = data.at(CARD, key)
            if source is not None:
                yield from _named(name, source, about)
        name_source = data.at(CARD, "license_name")
        if name_source is not None and isinstance(name_source.value, str):
            yield Fact("licence_name", name_source.value, (name_source,), about=about)
        yield from _rows(data, about)
        yield from dataset_words(data, about)


def _own_rows(files: Files) -> Iterator[Fact]:
    """Rows of each split, and of all splits where there is one configuration."""
    facts = list(_rows(files, ""))
    yield from facts
    rows = [fact for fact in facts if fact.name == "dataset_rows"]
    if isinstance(files.front.get("dataset_info"), dict) and 0 < len(rows) < MOST_SPLITS:
        total = sum(fact.value for fact in rows if isinstance(fact.value, int))
        sources = tuple(source for fact in rows for source in fact.sources)
        note = "of all splits together"
        yield Fact("dataset_rows", total, sources, "rows", how="computed", note=note)


def _rows(data: Files, id: str) -> Iterator[Fact]:
    """Rows of each split of each configuration."""
    info = data.front.get("dataset_info")
    places = [("dataset_info",)] if isinstance(info, dict) else []
    if isinstance(info, list):
        places = [("dataset_info", index) for index in range(len(info))]  # type: ignore[misc]
    left = MOST_SPLITS
    for place in places:
        config = data.value(CARD, *place, "config_name")
        splits = data.value(CARD, *place, "splits")
        for index, split in enumerate(splits if isinstance(splits, list) else ()):
            source = data.at(CARD, *place, "splits", index, "num_examples")
            if source is None or not isinstance(source.value, int) or not left:
                continue
            left -= 1
            named = split.get("name") if isinstance(split, dict) else ""
            words = [id, str(config) if len(places) > 1 else "", str(named)]
            about = " ".join(filter(None, words))
            yield Fact("dataset_rows", source.value, (source,), "rows", about=about)
        features = data.value(CARD, *place, "features")
        sources = [
            source
            for index in range(min(len(features), 50) if isinstance(features, list) else 0)
            if (source := data.at(CARD, *place, "features", index, "name")) is not None
        ]
        if sources:
            columns: list[object] = [source.value for source in sources]
            about = f"{id} {config}".strip() if len(places) > 1 else id
            yield Fact("dataset_columns", columns, tuple(sources), about=about)


def dataset_ids(files: Files) -> list[str]:
    """Ids of the data sets that card and files name."""
    functions = (declared_facts, *TRAINING_FACTS)
    facts = (fact for function in functions for fact in files.facts(function))
    named = [str(f.value) for f in facts if f.name == "dataset" and _is_data_id(f.value)]
    return list(dict.fromkeys(named))


def _is_data_id(value: object) -> bool:
    """Whether it may be a data set of the Hub; old ones have no owner."""
    return is_hub_id(value) or (isinstance(value, str) and value.replace("_", "a").isalnum())


PARENT_FACTS = (base_facts, dataset_facts)

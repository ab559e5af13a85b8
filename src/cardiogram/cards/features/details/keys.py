"""What the metadata holds: its keys, and whether a machine or a reader gets anything from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log1p

from cardiogram.cards.features.mentions import PHRASES
from cardiogram.cards.metadata import Metadata
from cardiogram.cards.vocabulary import load_vocabulary

_TAGS = PHRASES["everyday_tags"]
_EVERYDAY, _BEGIN = frozenset(_TAGS["tags"]), tuple(_TAGS["begin"])
_OFFERED = frozenset(_TAGS["offered"])
"""Subjects that the Hub's form offers for a click: rarely about the model."""
_NAMELESS = frozenset(_TAGS["nameless_datasets"])
"""What tools write for a dataset without a name."""
_OPEN = ("other", "unknown")
_CORE = ("pipeline_tag", "library_name", "language", "base_model", "datasets")
_READ = ("license", "languages", "tags", "metrics", *_CORE)
_SHORTEST_TAG = 3
_HAS = tuple(
    f"meta_{name}"
    for name in (
        *("license", "license_other", "task", "library", "language", "datasets", "base_model"),
        *("metrics", "model_index", "results", "widget", "emissions", "arxiv"),
    )
)

Texts = Mapping[str, Sequence[str]]


def count_keys(metadata: Metadata, id: str, prose: bytes) -> dict[str, float]:
    """Numbers of the metadata, checked against the Hub's lists and against the text.

    Parameters
    ----------
    id
        The model's, lower case.
    prose
        The card's visible text, from :func:`.lower_bytes`.

    Returns
    -------
    dict
        Always the same names in the same order; counts as log(1 + count).
    """
    texts = {key: metadata.texts(key) for key in _READ}
    known = load_vocabulary()
    license, tags = texts["license"], texts["tags"]
    languages = texts["language"] + texts["languages"]
    index = metadata.values.get("model-index")
    has = {
        "license": any([name.lower() in known.licenses for name in license]),
        "license_other": license[:1] in (["other"], ["unknown"]),
        "task": not known.tasks.isdisjoint(texts["pipeline_tag"]),
        "library": not known.libraries.isdisjoint(texts["library_name"]),
        "language": any([name.lower() in known.language_codes for name in languages]),
        "datasets": bool(texts["datasets"]),
        "base_model": bool(texts["base_model"]),
        "metrics": bool(texts["metrics"]),
        "model_index": index is not None,
        "results": _has_results(index) or (index == [] and metadata.source == "tags"),
        "widget": bool(metadata.values.get("widget")),
        "emissions": metadata.values.get("co2_eq_emissions") is not None,
        "arxiv": any([tag.startswith(("arxiv:", "doi:")) for tag in tags]),
    }
    return {
        **dict(zip(_HAS, map(float, has.values()), strict=True)),
        "meta_count": float(sum(has.values())),
        "meta_tags": log1p(len(tags)),
        "meta_from_tags": float(metadata.source == "tags"),
        "meta_none": float(metadata.source == "none"),
        "meta_keys": log1p(len(metadata.values)),
        **_count_values(metadata, texts, id, has),
        **_find_in_text(texts, prose),
        "indexed_metrics": log1p(len(list(_list_results(index)))),
    }


def _has_results(index: object) -> bool:
    if not isinstance(index, list):
        return False
    return any(isinstance(entry, dict) and entry.get("results") for entry in index)


def _count_values(
    metadata: Metadata, texts: Texts, id: str, has: Mapping[str, bool]
) -> dict[str, float]:
    """What the keys say beyond what the Hub and its form add by themselves."""
    known = load_vocabulary()
    values = metadata.values
    license, tags = texts["license"], [tag.lower() for tag in texts["tags"]]
    own = [tag for tag in tags if tag not in _EVERYDAY and not tag.startswith(_BEGIN)]
    offered = len([tag for tag in tags if tag in _OFFERED])
    words = [
        tag
        for tag in own
        if len(tag) >= _SHORTEST_TAG
        and not (tag in _OFFERED or tag in known.tasks or tag in known.libraries)
    ]
    licensed = bool(license) and license[0] not in _OPEN
    good = (has["license"] and licensed) or (license == ["other"] and "license_name" in values)
    named = len([name for name in texts["datasets"] if name.lower() not in _NAMELESS])
    index = values.get("model-index")
    results = len(list(_list_results(index)))
    task = has["task"] or not known.tasks.isdisjoint(tags)
    library = bool(texts["library_name"]) or not known.libraries.isdisjoint(tags)
    facts = [good, task, library, has["language"], named, has["base_model"], has["metrics"]]
    core = [licensed, len(own) > 1, *(bool(texts[key]) for key in _CORE)]
    return {
        "meta_base_models": log1p(len(texts["base_model"])),
        "meta_dataset_count": log1p(len(texts["datasets"])),
        "meta_own_tags": log1p(len(own)),
        "meta_telling_tags": log1p(
            len([tag for tag in own if len(tag) > _SHORTEST_TAG and tag not in id])
        ),
        "meta_core": float(sum(core)),
        "meta_facts": float(sum(map(bool, [*facts, results, words]))),
        "meta_license_good": float(good),
        "meta_task_any": float(task),
        "meta_library_any": float(library),
        "meta_result_count": log1p(results),
        "meta_results_empty": float(isinstance(index, list) and bool(index) and not results),
        "meta_datasets_nameless": float(named < len(texts["datasets"])),
        "meta_offered_tags": log1p(offered),
        "meta_tag_words": log1p(len(words)),
        "meta_metric_count": log1p(len(texts["metrics"])),
        "meta_empty": log1p(len([value for value in values.values() if value in _NOTHING])),
    }


_NOTHING: tuple[object, ...] = (None, "", [], {})


def _list_results(index: object) -> Iterator[object]:
    """The values of metrics that a model index gives."""
    for entry in _list_maps(index):
        for result in _list_maps(entry.get("results")):
            for metric in _list_maps(result.get("metrics")):
                if metric.get("value") not in _NOTHING:
                    yield metric["value"]


def _list_maps(value: object) -> list[dict[str, object]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _find_in_text(texts: Texts, prose: bytes) -> dict[str, float]:
    """How many of the datasets that the keys name the text names too, and whether their base."""
    data = [name for name in texts["datasets"] if name.lower() not in _NAMELESS]
    said = _count_said(data, prose)
    return {
        "meta_datasets_said": log1p(said),
        "meta_datasets_unsaid": log1p(len(data) - said),
        "meta_base_said": float(_count_said(texts["base_model"], prose) > 0),
    }


def _count_said(ids: Sequence[str], prose: bytes) -> int:
    """How many of some repositories a text names, with or without their owners."""
    parts = [name.rpartition("/")[2].lower().encode("utf-8", "replace") for name in ids]
    return len([part for part in parts if part and part in prose])

"""Sentence Transformers: dimensions, pooling, length, prompts, similarity, in old and new keys.

References
----------
sentence-transformers 6: `pooling_mode` and `embedding_dimension` stand for the seven truth values
`pooling_mode_*` and for `word_embedding_dimension` of before.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.accord import accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files

MODULES, SETTINGS = "modules.json", "config_sentence_transformers.json"
_OLD = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_LENGTHS = ("sentence_*_config.json", "*/sentence_*_config.json")
_OWN = ("sentence_transformers.", "pylate.", "model2vec.")


def modules(files: Files) -> list[tuple[int, str, str]]:
    """The modules in their order: number, class, folder."""
    listed = files.document(MODULES)
    made = []
    for number, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict) and isinstance(entry.get("type"), str):
            made.append((number, entry["type"], str(entry.get("path") or "")))
    return made


def pooling(files: Files) -> Iterator[Fact]:
    """How token vectors become one; several ways at once are joined."""
    for path in _configs(files, "SpladePooling"):
        yield from accord("pooling", files.all_at((path, "pooling_strategy")), read=text)
    for path in _configs(files, "Pooling"):
        new = files.at(path, "pooling_mode")
        if new is not None:
            yield from accord("pooling", [new], read=_joined)
            continue
        old = [source for key in _OLD for source in files.all_at((path, key))]
        chosen = [source for source in old if source.value is True]
        words = " + ".join(_OLD[source.pointer.strip("/")] for source in chosen)
        if words:
            yield Fact("pooling", words, tuple(chosen), how="computed")


def dimensions(files: Files) -> Iterator[Fact]:
    """Dimensions of an embedding: those of the last module that changes them."""
    if not modules(files):
        return
    kinds = [*_configs(files, "Pooling"), *_configs(files, "SpladePooling")]
    pooled = [p for path in kinds for p in _pooled(files, path)]
    dense = [
        source
        for kind in ("Dense", "LSTM", "CNN")
        for path in _configs(files, kind)
        for source in files.all_at((path, "out_features"))
    ]
    last = dense[-1:] or [*pooled, *files.all_at(("config.json", "hidden_size"))]
    if not dense and len({whole(source.value) for source in last}) > 1:
        last = pooled
    yield from accord("dimensions", last, unit="dimensions", read=whole)
    cut = [files.at(SETTINGS, "truncate_dim")]
    yield from accord("dimensions", cut, unit="dimensions", about="truncated", read=whole)


def sequence_length(files: Files) -> Iterator[Fact]:
    """Tokens after which the library cuts."""
    sources = [s for path in files.paths(*_LENGTHS) for s in files.all_at((path, "max_seq_length"))]
    if not sources and modules(files):
        inner = ("tokenizer_config.json", "model_max_length")
        sources = [s for s in files.all_at(inner) if (whole(s.value) or 10**9) < 10**9]
    yield from accord("sequence_length", sources, unit="tokens", read=whole)
    lower = [s for path in files.paths(*_LENGTHS) for s in files.all_at((path, "do_lower_case"))]
    yield from accord(
        "lower_case", [s for s in lower if s.value is True], about="before the tokenizer"
    )


def normalised(files: Files) -> Iterator[Fact]:
    """Whether embeddings have length one."""
    places = [n for n, kind, _ in modules(files) if kind.rpartition(".")[2] == "Normalize"]
    sources = files.all_at(*((MODULES, number, "type") for number in places))
    if sources:
        yield Fact("normalised", True, sources, how="computed")
    elif modules(files) and _configs(files, "Pooling"):
        last = modules(files)[-1]
        source = files.all_at((MODULES, last[0], "type"))
        yield Fact("normalised", False, source, how="computed", note="no module normalises")


def settings(files: Files) -> Iterator[Fact]:
    """Similarity, prompts, and the kind of model."""
    similar = [files.at(SETTINGS, "similarity_fn_name")]
    yield from accord("similarity", similar, read=text)
    prompts = [files.at(SETTINGS, "prompts")]
    yield from accord("prompts", prompts, read=lambda v: v if v and isinstance(v, dict) else None)
    for name in files.mapping(SETTINGS, "prompts"):
        prompt = [files.at(SETTINGS, "prompts", name)]
        yield from accord("prompts", prompt, about=name, read=lambda v: v if v != "" else None)
    default = [files.at(SETTINGS, "default_prompt_name")]
    yield from accord("default_prompt", default, read=text)
    kinds = [files.at(SETTINGS, "model_type")]
    yield from accord("architecture", kinds, about="sentence-transformers", read=text)


def own_modules(files: Files) -> Iterator[Fact]:
    """Modules that only the repository's own code gives: named, and never run."""
    for number, kind, _ in modules(files):
        if not kind.startswith(_OWN):
            sources = files.all_at((MODULES, number, "type"))
            note = "code of a repository, which was not run"
            yield Fact("custom_code", kind, sources, about=f"module {number}", note=note)


def _configs(files: Files, kind: str) -> list[str]:
    """Configurations of the modules of a class."""
    made = []
    for _, name, folder in modules(files):
        if name.rpartition(".")[2] == kind and folder:
            made.append(posixpath.join(folder, "config.json"))
    return [path for path in made if path in files]


def _pooled(files: Files, path: str) -> list[FactSource]:
    """The width after pooling: as many times that of a token as there are ways at once."""
    sources = files.all_at((path, "embedding_dimension"), (path, "word_embedding_dimension"))
    mode = files.value(path, "pooling_mode")
    ways = len(mode) if isinstance(mode, list) else 1
    if mode is None:
        ways = sum(files.value(path, key) is True for key in _OLD)
    return list(sources) if ways == 1 else []


def _joined(value: Value) -> str | None:
    if isinstance(value, list):
        return " + ".join(str(way) for way in value) or None
    return text(value)


FUNCTIONS: tuple[FactFunction, ...] = (
    dimensions,
    pooling,
    sequence_length,
    normalised,
    settings,
    own_modules,
)

"""What GGUF files say: models, split ones too; imatrix, projector and adapter files are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, Value
from cardiogram.repository.facts.accord import Reader, accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights.weight_files import weight_files
from cardiogram.repository.formats import GgufArray, GgufHeader

WHOLE_HEADERS = 4
"""Models whose tensors are read; of the others the keys that stand before the vocabulary."""
MOST_HEADERS = 8
_SPLIT = regex(r"-(\d{5})-of-(\d{5})\.gguf$")
_NO_MODEL = regex(r"mmproj|imatrix|\blora\b", re.IGNORECASE)
_OTHER = {"mmproj": "projector of a vision model", "imatrix": "importance matrix"}
FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS",
    23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M",
    30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4_MOE",
    39: "NVFP4", 40: "Q1_0",
}  # fmt: skip
"""`general.file_type` of llama.cpp: the type of most tensors."""
_SHAPE = {
    "context": ("context_length", "tokens"),
    "context_original": ("rope.scaling.original_context_length", "tokens"),
    "layers": ("block_count", "layers"),
    "hidden_size": ("embedding_length", ""),
    "intermediate_size": ("feed_forward_length", ""),
    "heads": ("attention.head_count", ""),
    "key_value_heads": ("attention.head_count_kv", ""),
    "experts": ("expert_count", "experts"),
    "experts_per_token": ("expert_used_count", "experts"),
    "sliding_window": ("attention.sliding_window", "tokens"),
}


@dataclass(frozen=True, slots=True)
class GgufModel:
    """A model in one file or several: its first file holds the keys."""

    path: str
    parts: tuple[str, ...]
    header: GgufHeader


def gguf_models(files: Files) -> tuple[GgufModel, ...]:
    """Models in GGUF files, each once, the smallest names first."""
    return files.once(_gguf_models)


def model_headers(files: Files) -> dict[str, GgufHeader]:
    """The header of each model by the path of its first file."""
    return {model.path: model.header for model in gguf_models(files)}


def _gguf_models(files: Files) -> tuple[GgufModel, ...]:
    groups: dict[str, list[str]] = {}
    for path in files.paths("*.gguf"):
        if not _NO_MODEL.search(path):
            groups.setdefault(_SPLIT.sub("", path), []).append(path)
    models = []
    for number, parts in enumerate(groups.values()):
        header = None
        if number < MOST_HEADERS:
            header = files.gguf(parts[0], brief=number >= WHOLE_HEADERS)
        if header is not None and _is_model(header):
            models.append(GgufModel(parts[0], tuple(parts), header))
    return tuple(models)


def _is_model(header: GgufHeader) -> bool:
    kind, family = header.values.get("general.type"), header.values.get("general.architecture")
    return kind in (None, "model") and family not in ("clip", "imatrix", None)


def architecture(files: Files) -> Iterator[Fact]:
    """The family, as llama.cpp names it."""
    yield from _by_key(files, "architecture", "general.architecture", read=text)


def shape(files: Files) -> Iterator[Fact]:
    """Context, layers, widths and experts: keys that begin with the family."""
    for name, (key, unit) in _SHAPE.items():
        read: Reader = _several if name == "experts" else whole
        yield from _by_key(files, name, "{}." + key, unit=unit, read=read)


def vocabulary(files: Files) -> Iterator[Fact]:
    """Entries of the vocabulary."""
    yield from _by_key(files, "vocabulary", "tokenizer.ggml.tokens", unit="tokens", read=whole)


def chat_template(files: Files) -> Iterator[Fact]:
    """The template of a chat that the file carries; it may differ from the tokenizer's."""
    yield from _by_key(files, "chat_template", "tokenizer.chat_template", read=text)


def parameters(files: Files) -> Iterator[Fact]:
    """Parameters by the tensors' shapes, over all parts of a split model."""
    sources = []
    for model in gguf_models(files):
        headers = [files.gguf(part) for part in model.parts] if model.header.whole else []
        lacking = len(model.parts) != _declared_parts(model)
        if not headers or None in headers or lacking:
            continue
        counted = [(p, h.numbers) for p, h in zip(model.parts, headers, strict=True) if h]
        total = sum(number for _, number in counted)
        if len(counted) > 1:
            proof = tuple(files.counted(part, "parameters", number) for part, number in counted)
            yield Fact("parameters", total, proof, "parameters", _about(files, model), "computed")
        elif total:
            sources.append(files.counted(model.path, "parameters", total))
    counted_by_hub = files.in_info("gguf", "total")
    if sources and counted_by_hub is not None:
        sources.append(counted_by_hub)
    about = "" if not weight_files(files) else "GGUF"
    yield from accord("parameters", sources, unit="parameters", about=about, read=whole)
    if not sources and not gguf_models(files):
        yield from accord(
            "parameters", [counted_by_hub], unit="parameters", note="as the Hub counts"
        )


def quantisation(files: Files) -> Iterator[Fact]:
    """The quantisation of each file: the type of most of its tensors."""
    for model in gguf_models(files):
        value = model.header.values.get("general.file_type")
        name = FILE_TYPES.get(value & 1023) if isinstance(value, int) else None
        if name is not None:
            source = (files.header(model.path, "general.file_type", value),)
            note = "the type of most tensors; others are mixed in"
            yield Fact("quantisation", name, source, about=model.path, how="computed", note=note)


def named(files: Files) -> Iterator[Fact]:
    """Licence, languages, author of the quantisation and size, as the file's keys state them."""
    note = "copied from a card when the file was made"
    yield from _by_key(files, "licence", "general.license", note=note, about="GGUF", read=text)
    yield from _by_key(files, "parameters_label", "general.size_label", read=text)
    yield from _by_key(files, "name", "general.name", read=text)
    yield from _by_key(files, "quantised_by", "general.quantized_by", read=text)
    for model in gguf_models(files):
        languages = model.header.values.get("general.languages")
        if isinstance(languages, GgufArray):
            value: Value = [text(str(code)) for code in languages.first]
            source = files.header(model.path, "general.languages", value)
            yield Fact("language", value, (source,), about="GGUF", note=note)
        for number in range(8):
            key = f"general.dataset.{number}.repo_url"
            address = model.header.values.get(key)
            if isinstance(address, str):
                id = address.rpartition("/datasets/")[2].strip("/")
                proof = (files.header(model.path, key, address),)
                yield Fact("dataset", id, proof, how="computed")


def shards(files: Files) -> Iterator[Fact]:
    """Files that a split model is spread over."""
    for model in gguf_models(files):
        count = model.header.values.get("split.count")
        if len(model.parts) > 1 and isinstance(count, int):
            source = (files.header(model.path, "split.count", count),)
            yield Fact("shards", count, source, "files", _about(files, model))


def other_files(files: Files) -> Iterator[Fact]:
    """Files that are no models: the importance matrix, and the projector of a vision model."""
    for path in files.paths("*.gguf", "*imatrix*"):
        for word, use in _OTHER.items():
            if word in path.lower():
                yield Fact("file", use, (files.size(path),), about=path, how="computed")


def _by_key(
    files: Files,
    name: str,
    key: str,
    *,
    unit: str = "",
    note: str = "",
    about: str | None = None,
    read: Reader = text,
) -> Iterator[Fact]:
    """A fact from one key of all models; what differs from file to file is of its file."""
    sources = []
    for model in gguf_models(files):
        place = key.format(model.header.values.get("general.architecture"))
        value = model.header.values.get(place)
        if isinstance(value, GgufArray):
            value = value.length
        if value is not None:
            sources.append(files.header(model.path, place, value))
    facts = list(accord(name, sources, unit=unit, note=note, read=read))
    for fact in facts:
        of = fact.sources[0].path if len(facts) > 1 else about
        yield replace(fact, about=_side(files) if of is None else of)


def _several(value: Value) -> int | None:
    """A count of experts: a model of one has none."""
    number = whole(value)
    return number if number is not None and number > 1 else None


def _side(files: Files) -> str:
    """Where GGUF files are the whole model it is ""; beside other weights they are ``GGUF``."""
    return "GGUF" if weight_files(files) else ""


def _about(files: Files, model: GgufModel) -> str:
    return model.path if len(gguf_models(files)) > 1 else _side(files)


def _declared_parts(model: GgufModel) -> int:
    match = _SPLIT.search(model.path)
    count = model.header.values.get("split.count")
    stated = count if isinstance(count, int) and count else 1
    return int(match[2]) if match else stated


FUNCTIONS: tuple[FactFunction, ...] = (
    architecture,
    shape,
    vocabulary,
    chat_template,
    parameters,
    quantisation,
    named,
    shards,
    other_files,
)

"""Parameters, types, shards and sizes, counted in the headers of safetensors files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, How, Value
from cardiogram.repository.facts.accord import accord, how_of, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights.packing import WeightCount, count_weights
from cardiogram.repository.facts.weights.quantisation import is_quantised, packing
from cardiogram.repository.facts.weights.weight_files import (
    WeightFile,
    main_weights,
    weight_files,
)

_PLAIN = frozenset(("F64", "F32", "F16", "BF16"))
_IN_MEMORY = (32, 16, 8, 4)
"""Bits of a weight that memory is given for: 32 only where the files store so many."""
_LEAST = 100_000_000
"""Parameters under which nobody asks for the memory."""
_EMBEDDING = regex(
    r"(^|\.)(embed_tokens|wte|word_embeddings|tok_embeddings|embed_in|lm_head|embed_out)\.weight$"
)
_EMBEDDED = regex(r"embed_tokens\.weight$|(^|\.)wte\.weight$|word_embeddings\.weight$")
_PARTS = {
    "vision": r"(^|\.)(vision_tower|visual|vision_model|vision_encoder|vpm|vision)\.",
    "audio": r"(^|\.)(audio_tower|audio_model|audio_encoder|apm)\.",
    "projector": r"(^|\.)(multi_modal_projector|mm_projector|connector|embed_vision)\.",
    "text": r"(^|\.)(text_model|language_model|llm)\.",
}
_NEXT = ("num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_layers")
_LAYER, _MTP = regex(r"(?:^|\.)layers\.(\d{1,4})\."), regex(r"(^|\.)mtp\.")
_EXPERT = regex(r"\.experts\.(?:\d+\.)?")
_EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
_PER_TOKEN = (
    "num_experts_per_tok",
    "num_experts_per_token",
    "moe_top_k",
    "moe_topk",
    "top_k_experts",
)
CONFIGS: tuple[tuple[str, ...], ...] = (
    ("config.json",),
    *(
        ("config.json", key)
        for key in ("text_config", "llm_config", "language_config", "ffn_config", "decoder")
    ),
    ("config.json", "thinker_config", "text_config"),
)
"""Where the configuration of the language model stands, by how many parts a model has."""


def parameters(files: Files) -> Iterator[Fact]:
    """Parameters of the model, of its components and of adapters, each for itself."""
    for weights in weight_files(files):
        if not weights.headers:
            continue
        count = count_of(files, weights)
        if not count.known:
            continue
        twice = _tied(files, weights, count)
        number = count.counted - twice
        note = "of the adapter, not of the model" if weights.kind != "model" else ""
        if count.counted != count.stored:
            less = count.counted < count.stored
            note = "without scales and masks" if less else "packed weights, counted one by one"
        note = "the tied output layer is counted once" if twice else note
        sources = _sources(files, weights, count)
        if weights.about == "" and number == count.stored:
            sources += _declared_as(files, weights, number)
        how = how_of(number, sources[0])
        yield Fact("parameters", number, tuple(sources), "parameters", weights.about, how, note)
    if not any(weights.headers for weights in weight_files(files)) and not is_quantised(files):
        yield from _as_the_hub_counts(files)


def parameters_declared(files: Files) -> Iterator[Fact]:
    """What an index or the Hub declares where the headers count another number."""
    main = main_weights(files)
    if main is None or not main.headers:
        return
    count = count_of(files, main)
    places = (files.in_info("safetensors", "total"), _in_index(files, main, "total_parameters"))
    true = {count.stored, count.counted - _tied(files, main, count)}
    for source in places:
        if source is not None and whole(source.value) not in true:
            note = "declared; the headers count another number"
            yield from accord("parameters_declared", [source], unit="parameters", note=note)


def stored_numbers(files: Files) -> Iterator[Fact]:
    """Numbers in the files where several weights are packed into one, or one is stored twice."""
    main = main_weights(files)
    sources: list[FactSource] = []
    note = "as they are stored: packed ones are more, tied ones and masks fewer"
    if main is not None and main.headers:
        count = count_of(files, main)
        if count.known and count.stored == count.counted - _tied(files, main, count):
            return
        sources = _sources(files, main, count) + _declared_as(files, main, count.stored)
        if len(main.shards) > 1 and main.path not in files:
            sources = sources[len(main.shards) :]
    elif is_quantised(files):
        sources = _present(files.in_info("safetensors", "total"))
    yield from accord("stored_numbers", sources, unit="numbers", note=note)


def active_parameters(files: Files) -> Iterator[Fact]:
    """Parameters that a token goes through, where the tensors' names show the experts."""
    main = main_weights(files)
    experts, per_token = _first(files, _EXPERTS), _first(files, _PER_TOKEN)
    if main is None or not main.headers or experts is None or per_token is None:
        return
    count = count_of(files, main)
    number, chosen = whole(experts.value), whole(per_token.value)
    in_experts = sum(n for name, n in count.weights.items() if _EXPERT.search(name))
    if not number or not chosen or chosen >= number or not in_experts or not count.known:
        return
    active = count.counted - _tied(files, main, count) - in_experts
    active += in_experts * chosen // number
    sources = (*_sources(files, main, count), experts, per_token)
    note = "with the embeddings, which some leave out"
    yield Fact("parameters", active, sources, "parameters", "active", "computed", note)


def parts(files: Files) -> Iterator[Fact]:
    """Parameters of modules beside the language model, and of all but the embeddings."""
    main = main_weights(files)
    if main is None or not main.headers:
        return
    count = count_of(files, main)
    if not count.known:
        return
    sources = tuple(_sources(files, main, count))
    numbers = {
        part: sum(n for name, n in count.weights.items() if re.search(pattern, name))
        for part, pattern in _PARTS.items()
    }
    numbers["multi-token prediction"] = extra = _in_extra_layers(files, count)
    tables = sum(n for name, n in count.weights.items() if _EMBEDDING.search(name))
    numbers["without multi-token prediction"] = count.counted - extra if extra else 0
    numbers["without embeddings"] = count.counted - tables if tables else 0
    for part, number in numbers.items():
        if 0 < number < count.counted:
            yield Fact("parameters", number, sources, "parameters", part, "computed")


def dtype(files: Files) -> Iterator[Fact]:
    """The type that the weights are stored in; a few norms in another type do not change it."""
    for weights in weight_files(files):
        if not weights.headers:
            continue
        count = count_of(files, weights)
        numbers: Counter[str] = Counter()
        for tensor in count.tensors:
            numbers[tensor.dtype] += tensor.numbers
        total = sum(numbers.values())
        if not total:
            continue
        types = sorted(numbers)
        main, share = numbers.most_common(1)[0]
        packed = not count.known or count.counted > count.stored
        value: str | list[object] = main
        note = ""
        if packed:
            value, note = list(types), "packed: one stored number holds several weights"
        elif len(types) > 1:
            value = main if share > 0.95 * total else list(types)
            note = "a small part in " + ", ".join(t for t in types if t != main)
        source = files.counted(weights.path, "dtypes", types, len(weights.shards))
        how: How = "read" if value == types or [value] == types else "computed"
        yield Fact("dtype", value, (source,), "", weights.about, how, note)
    if not any(weights.headers for weights in weight_files(files)):
        yield from accord("dtype", [files.in_info("safetensors", "parameters")], read=_only_type)


def shards(files: Files) -> Iterator[Fact]:
    """Files that the weights are split over, each with a tensor that stands in it."""
    for weights in weight_files(files):
        if len(weights.shards) < 2:
            continue
        seen: dict[object, FactSource] = {}
        places = files.mapping(weights.path, "weight_map").items()
        for name, shard in sorted(places, key=lambda place: not _EMBEDDED.search(place[0])):
            source = None if shard in seen else files.at(weights.path, "weight_map", name)
            if source is not None:
                seen[shard] = source
        sources = tuple(seen.values()) or tuple(files.size(path) for path in weights.shards)
        yield Fact("shards", len(weights.shards), sources, "files", weights.about, "computed")


def size_of_weights(files: Files) -> Iterator[Fact]:
    """Bytes of all weights of an index, as the headers give them, and as it declares them."""
    for weights in weight_files(files):
        declared = _in_index(files, weights, "total_size")
        if declared is None or len(weights.shards) < 2:
            continue
        counted = sum(tensor.bytes for tensor in weights.tensors)
        if counted and counted != declared.value:
            sources = tuple(files.size(path) for path in weights.shards)
            note = "weights without headers"
            yield Fact("size", counted, sources, "bytes", weights.about, "computed", note)
        yield from accord("size", [declared], unit="bytes", about=weights.about, read=whole)


def memory(files: Files) -> Iterator[Fact]:
    """Bytes that the weights alone take at so many bits each, where whole ones are counted."""
    main = main_weights(files)
    stored = next((fact for fact in files.facts(dtype) if fact.about == ""), None)
    counted = next((fact for fact in files.facts(parameters) if fact.about == ""), None)
    if main is None or not main.headers or main.kind != "model" or is_quantised(files):
        return
    number = whole(counted.value) if counted is not None else None
    if counted is None or number is None or number < _LEAST:
        return
    if {tensor.dtype for tensor in main.tensors} - _PLAIN:
        return  # packed, or scaled: a number is no weight
    for bits in _IN_MEMORY:
        if bits < 32 or (stored is not None and stored.value == "F32"):
            size, about = number * bits // 8, f"{bits} bits"
            note = "the weights alone; in memory the context comes on top"
            yield Fact("memory", size, counted.sources, "bytes", about, "computed", note)


def experts(files: Files) -> Iterator[Fact]:
    """Experts of a layer, and those that a token goes through; one expert is none."""
    if _first(files, _EXPERTS) is None:
        return
    for name, keys in (("experts", _EXPERTS), ("experts_per_token", _PER_TOKEN)):
        sources = [files.at(*place, key) for place in CONFIGS for key in keys]
        if name == "experts" and not any(s is not None and _several(s.value) for s in sources):
            return
        yield from accord(name, sources, unit="experts", read=whole)


def count_of(files: Files, weights: WeightFile) -> WeightCount:
    """The weights of a set of files, counted once."""
    return files.once(_counts)[weights.path]


def _counts(files: Files) -> dict[str, WeightCount]:
    stated = packing(files)
    return {made.path: count_weights(made.tensors, stated) for made in weight_files(files)}


def _tied(files: Files, weights: WeightFile, count: WeightCount) -> int:
    """Weights of an output layer that is saved although it is the embedding."""
    tie = next((t for t in (files.at(*c, "tie_word_embeddings") for c in CONFIGS[::-1]) if t), None)
    if weights.about != "" or tie is None or tie.value is not True:
        return 0
    heads = {n: w for n, w in count.weights.items() if n.endswith("lm_head.weight")}
    tables = {n: w for n, w in count.weights.items() if n.endswith("embed_tokens.weight")}
    return max((w for w in heads.values() if w in tables.values()), default=0)


def _in_extra_layers(files: Files, count: WeightCount) -> int:
    """Weights of the heads that predict further tokens: `mtp`, or layers beyond the last one."""
    layers, extra = _first(files, ("num_hidden_layers",)), _first(files, _NEXT)
    last = whole(layers.value) if layers is not None and extra is not None else None
    total = 0
    for name, number in count.weights.items():
        match = _LAYER.search(name)
        beyond = last is not None and match is not None and int(match[1]) >= last
        total += number if beyond or _MTP.search(name) else 0
    return total


def _sources(files: Files, weights: WeightFile, count: WeightCount) -> list[FactSource]:
    """What the number is counted over: a file, the shards of an index, or each shard alone."""
    if weights.path in files:
        return [files.counted(weights.path, "parameters", count.stored, len(weights.shards))]
    return [
        files.counted(path, "parameters", header.numbers)
        for path, header in zip(weights.shards, weights.headers, strict=True)
    ]


def _declared_as(files: Files, weights: WeightFile, number: int) -> list[FactSource]:
    places = (files.in_info("safetensors", "total"), _in_index(files, weights, "total_parameters"))
    return [source for source in _present(*places) if source.value == number]


def _as_the_hub_counts(files: Files) -> Iterator[Fact]:
    """What the Hub counted, for files that are not given or too many; packed weights are not so."""
    types = files.in_info("safetensors", "parameters")
    plain = types is None or (isinstance(types.value, dict) and set(types.value) <= _PLAIN)
    if plain:
        source = files.in_info("safetensors", "total")
        note = "as the Hub counts"
        yield from accord("parameters", [source], unit="parameters", note=note, read=whole)


def _in_index(files: Files, weights: WeightFile, key: str) -> FactSource | None:
    if not weights.path.endswith(".json"):
        return None
    return files.at(weights.path, "metadata", key)


def _first(files: Files, keys: tuple[str, ...]) -> FactSource | None:
    sources = (files.at(*place, key) for place in CONFIGS for key in keys)
    return next((source for source in sources if source is not None), None)


def _only_type(value: Value) -> str | None:
    """The one type of the numbers that the Hub counted."""
    return next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None


def _several(value: object) -> bool:
    return isinstance(value, int | float) and value > 1


def _present(*sources: FactSource | None) -> list[FactSource]:
    return [source for source in sources if source is not None]


FUNCTIONS: tuple[FactFunction, ...] = (
    parameters,
    parameters_declared,
    stored_numbers,
    active_parameters,
    parts,
    dtype,
    shards,
    size_of_weights,
    memory,
    experts,
)

"""Libraries, and what scikit-learn, Keras, spaCy, OpenCLIP and SetFit write in their JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, Value
from cardiogram.repository.facts.accord import accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files

CONFIG, CLIP = "config.json", "open_clip_config.json"
_SIGNS: tuple[tuple[str, tuple[str | int, ...]], ...] = (
    ("peft", ("adapter_config.json", "peft_type")),
    ("diffusers", ("model_index.json", "_diffusers_version")),
    ("diffusers", ("model_index.json", "_class_name")),
    ("diffusers", ("modular_model_index.json", "_class_name")),
    ("sentence-transformers", ("modules.json", 0, "type")),
    ("sentence-transformers", ("config_sentence_transformers.json", "__version__")),
    ("setfit", ("config_setfit.json", "labels")),
    ("setfit", ("config_setfit.json", "normalize_embeddings")),
    ("spacy", ("meta.json", "spacy_version")),
    ("open_clip", (CLIP, "model_cfg")),
    ("sklearn", (CONFIG, "sklearn", "environment")),
    ("keras", ("metadata.json", "keras_version")),
    ("keras-hub", ("metadata.json", "keras_hub_version")),
    ("transformers", (CONFIG, "transformers_version")),
)
"""A library's name on the Hub, and a place that only this library writes."""
_VERSIONS: tuple[tuple[str, tuple[str | int, ...]], ...] = (
    ("transformers", (CONFIG, "transformers_version")),
    ("diffusers", ("model_index.json", "_diffusers_version")),
    ("diffusers", ("modular_model_index.json", "_diffusers_version")),
    ("keras", ("metadata.json", "keras_version")),
    ("keras-hub", ("metadata.json", "keras_hub_version")),
    ("spacy", ("meta.json", "spacy_version")),
    ("peft", ("adapter_config.json", "peft_version")),
)
_QUANTISERS = regex(
    r"aqlm|auto[-_]round|awq|bitnet|bitsandbytes|compressed[-_]tensors|eetq|f\w*[-_]fp8|fp[-_]?quant|fp8|gptq"
    r"|higgs|hqq|mxfp4|quanto|quark|spqr|torchao|vptq"
)
"""Methods of quantisation that transformers reads."""
_WEIGHTS = regex(r"((?:pytorch_)?model)(?:(?:\.\w+)?-\d{1,6}-of-(\d{1,6}))?\.(safetensors|bin)")
_OWN = frozenset(("load_in_4bit", "load_in_8bit"))
_OWN_VERSIONS = ("config_sentence_transformers.json", "__version__")


def libraries(files: Files) -> Iterator[Fact]:
    """Libraries that wrote the files, by what only they write."""
    made = []
    for library in dict.fromkeys(name for name, _ in _SIGNS):
        sources = files.all_at(*(place for name, place in _SIGNS if name == library))
        if sources and (library != "transformers" or _is_read(files)):
            made.append(Fact("library", library, sources, how="computed"))
    sources = files.all_at((CONFIG, "architectures", 0), (CONFIG, "model_type"))
    if not made and len(sources) == 2 and _is_read(files) and holds_weights(files.repository.files):
        made.append(Fact("library", "transformers", sources, how="computed"))
    yield from made


def holds_weights(paths: Collection[str]) -> bool:
    """Whether there are weights under the names that transformers loads, every shard of them.

    Examples
    --------
    >>> holds_weights(["model.safetensors"]), holds_weights(["tf_model.h5", "onnx/model.onnx"])
    (True, False)
    """
    matches = [match for path in paths if (match := _WEIGHTS.fullmatch(path))]
    shards = Counter(match.group(1, 2, 3) for match in matches)
    indexes = frozenset(path for path in paths if path.endswith(".index.json"))
    return any(
        number is None or (f"{stem}.{end}.index.json" in indexes and count == int(number))
        for (stem, number, end), count in shards.items()
    )


def _is_read(files: Files) -> bool:
    """Whether transformers reads the weights; others may have quantised them for themselves."""
    quantised = files.mapping(CONFIG, "quantization_config")
    method = str(quantised.get("quant_method", "bitsandbytes" if _OWN & quantised.keys() else ""))
    return not quantised or _QUANTISERS.match(method.lower()) is not None


def versions(files: Files) -> Iterator[Fact]:
    """Versions of the libraries that wrote the files, which are not the least that read them."""
    note = "wrote the file"
    for library, place in _VERSIONS:
        sources = files.all_at(place)
        yield from accord("library_version", sources, about=library, note=note, read=text)
    for library in files.mapping(*_OWN_VERSIONS):
        sources = files.all_at((*_OWN_VERSIONS, library))
        about = library.replace("_", "-")
        yield from accord("library_version", sources, about=about, note=note, read=text)
    environment = files.value(CONFIG, "sklearn", "environment")
    for number, entry in enumerate(environment if isinstance(environment, list) else []):
        name, _, version = str(entry).partition("=")
        sources = files.all_at((CONFIG, "sklearn", "environment", number))
        if version:
            version = version.lstrip("=")
            yield Fact("library_version", version, sources, about=name, how="computed", note=note)


def sklearn(files: Files) -> Iterator[Fact]:
    """What skops writes: task, file, columns, an example of the input."""
    for name, key in (("task", "task"), ("columns", "columns"), ("example_input", "example_input")):
        sources = [
            files.at(CONFIG, "sklearn", key),
            files.in_info("config", "sklearn", key),
        ]
        yield from accord(name, sources, read=lambda value: value or None)
    stored = files.all_at((CONFIG, "sklearn", "model", "file"))
    if stored and isinstance(stored[0].value, str):
        present = stored[0].value in files
        note = "the model" if present else "named as the model, and not there"
        yield Fact("file", stored[0].value, stored, about=stored[0].value, note=note)
    form = files.all_at((CONFIG, "sklearn", "model_format"))
    yield from accord("file_format", form, read=text)


def keras(files: Files) -> Iterator[Fact]:
    """The class of a Keras model, its input, and what it was compiled with."""
    if not isinstance(files.value(CONFIG, "class_name"), str):
        return
    yield from accord("architecture", files.all_at((CONFIG, "class_name")), read=text)
    compiled = (CONFIG, "compile_config")
    optimizer = files.all_at((*compiled, "optimizer", "class_name"), (*compiled, "optimizer"))
    yield from accord("optimizer", optimizer, read=text)
    rate = files.all_at((*compiled, "optimizer", "config", "learning_rate"))
    yield from accord("learning_rate", rate, read=_number)
    loss = files.all_at((*compiled, "loss", "class_name"), (*compiled, "loss"))
    yield from accord("loss_function", loss, read=text)
    first = (CONFIG, "config", "layers", 0, "config")
    shapes = files.all_at((*first, "batch_shape"), (*first, "batch_input_shape"))
    yield from accord("image_size", shapes, unit="pixels", read=_picture)
    yield from accord("input_shape", shapes, read=lambda v: v if isinstance(v, list) else None)
    counted = files.all_at(("metadata.json", "parameter_count"))
    yield from accord("parameters_declared", counted, unit="parameters", read=whole)


def spacy(files: Files) -> Iterator[Fact]:
    """What spaCy writes: language, parts, labels, width of the vectors, scores."""
    meta = "meta.json"
    if files.at(meta, "spacy_version") is None:
        return
    yield from accord("language", files.all_at((meta, "lang")), read=text)
    licence = files.all_at((meta, "license"))
    yield from accord("licence", licence, about=meta, note="as meta.json states it", read=text)
    yield from accord("components", files.all_at((meta, "pipeline")))
    for part in files.mapping(meta, "labels"):
        sources = files.all_at((meta, "labels", part))
        yield from accord("labels", sources, about=part, read=lambda value: value or None)
    width = files.all_at((meta, "vectors", "width"))
    yield from accord("dimensions", width, about="word vectors", read=whole)
    number = files.all_at((meta, "vectors", "vectors"))
    yield from accord("vocabulary", number, about="word vectors", read=whole)
    for name in files.mapping(meta, "performance"):
        sources = files.all_at((meta, "performance", name))
        yield from accord("metric", sources, about=name, read=_number)


def open_clip(files: Files) -> Iterator[Fact]:
    """What OpenCLIP writes: width of the embedding, sizes, length of a text."""
    model = (CLIP, "model_cfg")
    yield from accord("dimensions", files.all_at((*model, "embed_dim")), read=whole)
    for name, key in (("image_size", "image_size"), ("patch_size", "patch_size")):
        sources = files.all_at((*model, "vision_cfg", key))
        yield from accord(name, sources, unit="pixels", read=whole)
    length = files.all_at((*model, "text_cfg", "context_length"))
    yield from accord("context", length, unit="tokens", read=whole)
    size = files.all_at((*model, "text_cfg", "vocab_size"))
    yield from accord("vocabulary", size, unit="tokens", read=whole)
    for name, key in (("image_mean", "mean"), ("image_std", "std")):
        yield from accord(name, files.all_at((CLIP, "preprocess_cfg", key)))


def setfit(files: Files) -> Iterator[Fact]:
    """The labels of a SetFit model."""
    sources = files.all_at(("config_setfit.json", "labels"))
    yield from accord("labels", sources, read=lambda v: v if v and isinstance(v, list) else None)


def _number(value: Value) -> Value:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def _picture(value: Value) -> Value:
    """Height and width of a batch of pictures, channels last."""
    if not isinstance(value, list) or len(value) != 4 or value[3] not in (1, 3, 4):
        return None
    height, width = value[1], value[2]
    if not isinstance(height, int) or not isinstance(width, int):
        return None
    return height if height == width else [height, width]


FUNCTIONS: tuple[FactFunction, ...] = (
    libraries,
    versions,
    sklearn,
    keras,
    spacy,
    open_clip,
    setfit,
)

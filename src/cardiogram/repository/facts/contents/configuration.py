"""What config.json says of a model: class, type, shape, labels, code of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.accord import accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights import CONFIGS

CONFIG = "config.json"
_SHAPE: dict[str, tuple[str, ...]] = {
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden_size": ("hidden_size", "d_model", "n_embd", "dim", "hidden_dim"),
    "vocabulary": ("vocab_size", "padded_vocab_size"),
    "heads": ("num_attention_heads", "n_head", "n_heads"),
    "key_value_heads": (
        "num_key_value_heads",
        "n_head_kv",
        "num_kv_heads",
        "multi_query_group_num",
    ),
    "intermediate_size": ("intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size", "d_ff"),
}
_SETTINGS = (
    *("head_dim", "hidden_act", "rope_theta", "position_embedding_type", "num_channels"),
    *("max_source_positions", "max_target_positions", "num_labels", "tie_word_embeddings"),
)
_UNITS = {"layers": "layers", "vocabulary": "tokens"}
_SIDES = (("encoder", "encoder_layers"), ("decoder", "decoder_layers"))
_PARTS = ("vision", "text", "audio")
_NO_NAME = regex(r"label[_ ]?\d+|\d+", re.IGNORECASE)
TASKS: tuple[tuple[str, str], ...] = (
    ("ForSequenceClassification", "text-classification"),
    ("ForTokenClassification", "token-classification"),
    ("ForQuestionAnswering", "question-answering"),
    ("ForMaskedLM", "fill-mask"),
    ("ForImageClassification", "image-classification"),
    ("ForObjectDetection", "object-detection"),
    ("ForSemanticSegmentation", "image-segmentation"),
    ("ForInstanceSegmentation", "image-segmentation"),
    ("ForUniversalSegmentation", "image-segmentation"),
    ("ForDepthEstimation", "depth-estimation"),
    ("ForAudioClassification", "audio-classification"),
    ("WhisperForConditionalGeneration", "automatic-speech-recognition"),
    ("ForSpeechSeq2Seq", "automatic-speech-recognition"),
    ("ForCTC", "automatic-speech-recognition"),
    ("ForVideoClassification", "video-classification"),
    ("ForMultipleChoice", "multiple-choice"),
    ("ForCausalLM", "text-generation"),
    ("LMHeadModel", "text-generation"),
)
"""The task that a class of transformers is made for, by the end of its name."""
_HEARS = regex(r"Wav2Vec2|Hubert|WavLM|UniSpeech|SEW|Data2VecAudio|AST[A-Z]")
_SEES = regex(r"Vilt|Blip|Tapas|Git[A-Z]|Fuyu|Kosmos|TrOCR|LayoutLM\w*ForQuestion")
"""Classes that take sound, pictures or tables, whose ends are those of classes for text."""


def architecture(files: Files) -> Iterator[Fact]:
    """The class of the model; code of the repository is named, never run."""
    named = files.value(CONFIG, "architectures")
    count = len(named) if isinstance(named, list) else 1
    for number in range(max(1, count)):
        sources = [*_here(files, "architectures", number), files.at(CONFIG, "architecture")]
        yield from accord("architecture", sources, read=text, note=_own_code(files))


def model_type(files: Files) -> Iterator[Fact]:
    """The family of the model."""
    yield from accord("model_type", _here(files, "model_type"), read=text)
    for part in _PARTS:
        sources = [files.at(CONFIG, f"{part}_config", "model_type")]
        yield from accord("model_type", sources, about=part, read=text)


def custom_code(files: Files) -> Iterator[Fact]:
    """Classes that only code of a repository gives: named here, and never run."""
    for path in (CONFIG, "tokenizer_config.json", "processor_config.json"):
        for name in files.mapping(path, "auto_map"):
            sources = files.all_at((path, "auto_map", name))
            note = "code of a repository, which was not run"
            yield from accord("custom_code", sources, about=name, note=note, read=_reference)


def shape(files: Files) -> Iterator[Fact]:
    """Layers, widths, heads and vocabulary, of nested configurations too."""
    for name, keys in _SHAPE.items():
        sources = [files.at(*place, key) for place in CONFIGS for key in keys]
        note = "may be padded beyond the tokenizer's own" if name == "vocabulary" else ""
        unit = _UNITS.get(name, "")
        yield from accord(name, _first_home(sources), unit=unit, note=note, read=whole)
        for part in ("vision", "audio"):
            inside = [files.at(CONFIG, f"{part}_config", key) for key in keys]
            yield from accord(name, inside, unit=unit, about=part, read=whole)
    for side, key in _SIDES:
        sources = [files.at(CONFIG, key)]
        yield from accord("layers", sources, unit="layers", about=side, read=whole)


def settings(files: Files) -> Iterator[Fact]:
    """Further settings that readers ask for, as they stand."""
    for key in _SETTINGS:
        sources = _first_home([files.at(*place, key) for place in CONFIGS])
        yield from accord("setting", sources, about=key, read=_scalar)


def labels(files: Files) -> Iterator[Fact]:
    """Names of the classes; LABEL_0 is no name."""
    sources = [*_here(files, "id2label"), files.at(CONFIG, "label_names")]
    yield from accord("labels", sources, read=_names)


def task(files: Files) -> Iterator[Fact]:
    """The task that the class of the model is made for, or that a setting names."""
    sources = _here(files, "architectures", 0)
    senses = any(files.mapping(CONFIG, f"{part}_config") for part in ("vision", "audio"))
    if not (senses and any(s and _task(s.value) == "text-generation" for s in sources)):
        yield from accord("task", sources, read=_task)
    for key in ("task", "finetuning_task"):
        named = [files.at("generation_config.json", key), files.at(CONFIG, key)]
        yield from accord("task", named, about="setting", read=text)
    yield from accord("task", [files.at(CONFIG, "problem_type")], about="problem", read=text)


def type_to_load(files: Files) -> Iterator[Fact]:
    """The type that the configuration loads weights in, which may not be the stored one."""
    keys = ("dtype", "torch_dtype")
    sources = [files.at(*place, key) for place in CONFIGS for key in keys]
    note = "what to load in, not what is stored"
    yield from accord("dtype_to_load", _first_home(sources), note=note, read=_type)


def sliding_window(files: Files) -> Iterator[Fact]:
    """The window of the attention; a configuration may name one and not use it."""
    for place in CONFIGS:
        if files.value(*place, "use_sliding_window") is False:
            continue
        sources = [files.at(*place, "sliding_window")]
        yield from accord("sliding_window", sources, unit="tokens", read=whole)


def _here(files: Files, *parts: str | int) -> list[FactSource | None]:
    """A place of config.json, and its copy in what the Hub says."""
    return [files.at(CONFIG, *parts), files.in_info("config", *parts)]


def _first_home(sources: list[FactSource | None]) -> list[FactSource]:
    """The outermost place that says something: inner ones speak of parts."""
    present = [source for source in sources if source is not None]
    home = {source.pointer.rpartition("/")[0] for source in present[:1]}
    return [source for source in present if source.pointer.rpartition("/")[0] in home]


def _own_code(files: Files) -> str:
    own = files.mapping(CONFIG, "auto_map")
    return "code of the repository, which was not run" if own else ""


def _names(value: Value) -> Value:
    if isinstance(value, dict):
        keys = list(value)
        if all(key.isdecimal() for key in keys):
            keys.sort(key=int)
        value = [value[key] for key in keys]
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        return None
    return None if all(_NO_NAME.fullmatch(str(name)) for name in value) else value


def _task(value: Value) -> str | None:
    task = next((task for end, task in TASKS if str(value).endswith(end)), None)
    if _HEARS.match(str(value)):
        heard = "audio-classification" if task == "text-classification" else str(task)
        return heard if heard.startswith(("audio", "automatic")) else None
    return None if _SEES.match(str(value)) and str(task).endswith(("answering", "ion")) else task


def _type(value: Value) -> str | None:
    return value.removeprefix("torch.") or None if isinstance(value, str) else None


def _scalar(value: Value) -> Value:
    return value if isinstance(value, bool | int | float | str) else None


def _reference(value: Value) -> Value:
    """A class in code: a text, or a list of a slow and a fast one."""
    if isinstance(value, list):
        return next((name for name in value if isinstance(name, str)), None)
    return text(value)


FUNCTIONS: tuple[FactFunction, ...] = (
    architecture,
    model_type,
    task,
    labels,
    shape,
    settings,
    sliding_window,
    type_to_load,
    custom_code,
)

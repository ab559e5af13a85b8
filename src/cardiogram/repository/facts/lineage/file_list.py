"""Facts of the list of files: what each is for, how large it is, and how large all weights are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cardiogram.repository.fact import Fact

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

MOST_FILES = 200
_PURPOSES = (
    ("adapter weights", r"(?:.*/)?adapter_model\.(?:safetensors|bin)|.*lora_weights\.safetensors"),
    ("importance matrix", r"(?i).*imatrix.*\.(?:gguf|dat)"),
    ("vision projector", r"(?i).*mmproj.*\.gguf"),
    ("state of the optimiser", r"(?:.*/)?(?:optimizer|scheduler|rng_state.*|scaler)"
     r"\.(?:pt|pth|bin)"),
    ("arguments of the training, as a pickle", r"(?:.*/)?training_args\.bin"),
    ("index of weights", r".*\.(?:safetensors|bin)\.index\.json|.*\.index"),
    ("weights", r".*\.(?:safetensors|gguf|bin|pt|pth|ckpt|onnx|onnx_data|h5|keras|tflite|msgpack"
     r"|skops|joblib|pkl|pickle|mlmodel|nemo|ot|data-\d+-of-\d+|npz|pdparams)"),
    ("tokenizer", r"(?:.*/)?(?:tokenizer.*|vocab.*|merges\.txt|special_tokens_map\.json"
     r"|added_tokens\.json|spiece\.model|sentencepiece.*|.*\.tiktoken)"),
    ("chat template", r"(?:.*/)?(?:chat_template\..*|additional_chat_templates/.*)"),
    ("defaults of generation", r"(?:.*/)?generation_config\.json"),
    ("configuration of the adapter", r"(?:.*/)?adapter_config\.json"),
    ("results", r".*results.*\.json|\.eval_results/.*"),
    ("log of the training", r"(?:.*/)?trainer_(?:state\.json|log\.jsonl)|.*tfevents.*"
     r"|(?:.*/)?(?:wandb|mlruns)/.*"),
    ("input processor", r"(?:.*/)?(?:pre|image_|video_)?processor_config\.json"),
    ("licence", r"(?i)(?:.*/)?(?:licen[cs]e|copying|notice)(?:\..*)?"),
    ("model card", r"README\.md"),
    ("settings of git", r"(?:.*/)?\.git.*"),
    ("configuration", r".*\.(?:json|ya?ml|toml|ini)"),
    ("code", r".*\.(?:py|ipynb|sh)"),
    ("picture", r"(?i).*\.(?:png|jpe?g|gif|webp|svg)"),
)  # fmt: skip
_PURPOSE = [(purpose, re.compile(words)) for purpose, words in _PURPOSES]
_FORMATS = ("safetensors", "gguf", "onnx", "keras", "h5", "msgpack", "bin", "pt", "pth", "ckpt")
"""Formats of the same weights, that one first which a reader should take."""


def purpose_of(path: str) -> str:
    """What a file is for, by its name; "" where that does not say.

    Examples
    --------
    >>> purpose_of("model-00001-of-00002.safetensors"), purpose_of("unet/config.json")
    ('weights', 'configuration')
    """
    return next((purpose for purpose, words in _PURPOSE if words.fullmatch(path)), "")


def file_facts(files: Files) -> Iterator[Fact]:
    """Every file with its purpose and its size; weights first where there are too many."""
    paths = [path for path in files.repository.files if purpose_of(path) != "settings of git"]
    paths.sort(key=lambda path: (purpose_of(path) != "weights", path))
    for path in paths[:MOST_FILES]:
        source = files.size(path)
        yield Fact("file", purpose_of(path), (source,), about=path, how="computed")
        yield Fact("size", source.value, (source,), "bytes", about=path)


def weight_facts(files: Files) -> Iterator[Fact]:
    """Bytes of all weights; a copy in another format, or in another precision, counts once."""
    weights = [p for p in files.repository.files if purpose_of(p) in ("weights", "adapter weights")]
    chosen = once(weights)
    if not chosen or any(path.endswith(".gguf") for path in chosen):
        return  # GGUF files of a repository are quantisations of one model: each stands alone
    if files.paths("*.safetensors.index.json"):
        return  # whose total is the fact
    sources = tuple(files.size(path) for path in chosen)
    total = sum(files.repository.files[path].size for path in chosen)
    note = "the weights alone; in memory the context comes on top"
    if len(chosen) < len(weights):
        note += "; copies in other formats are not counted"
    yield Fact("size", total, sources, "bytes", how="computed", note=note)


def once(paths: list[str]) -> list[str]:
    """One of each set of weights: those of the best format in each folder.

    Examples
    --------
    >>> once(["model.safetensors", "pytorch_model.bin", "unet/model.fp16.safetensors"])
    ['model.safetensors', 'unet/model.fp16.safetensors']
    """
    folders: dict[str, dict[str, list[str]]] = {}
    for path in paths:
        where = PurePosixPath(path)
        if re.search(r"(?:^|/)(?:checkpoint|global_step)-?\d+/|training_args", path):
            continue
        kind = where.suffix[1:]
        if kind in _FORMATS:
            folders.setdefault(str(where.parent), {}).setdefault(kind, []).append(path)
    chosen = []
    for kinds in folders.values():
        best = min(kinds, key=_FORMATS.index)
        plain = [p for p in kinds[best] if not re.search(r"\.(?:fp16|bf16|fp32|non_ema)\b", p)]
        chosen += plain or kinds[best]
    return sorted(chosen)


LIST_OF_FILES = (file_facts, weight_facts)

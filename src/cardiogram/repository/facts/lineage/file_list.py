"""Facts of the list of files: what each is for, how large it is, and how large all weights are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

MOST_FILES = 200
MOST_OPENED = 4
"""Files of one model whose first bytes are looked at: each is a request."""
LEAST_WEIGHTS = 1000
"""Bytes under which a file of weights is a placeholder, or points to the file."""
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
_PURPOSE = [(purpose, regex(words)) for purpose, words in _PURPOSES]
_FORMATS = ("safetensors", "gguf", "onnx", "keras", "h5", "msgpack", "bin", "pt", "pth", "ckpt")
"""Formats of the same weights, that one first which a reader should take."""
_MAGIC = (b"PK\x03\x04", *(b"\x80" + bytes([n]) for n in (2, 3, 4, 5)), b"\x89HDF\r\n\x1a\n")
"""First bytes of what PyTorch and Keras write: a zip, a pickle, HDF5."""


_VARIANT = regex(
    r"\.(?:fp16|bf16|fp32|non_ema)\b|_(?:quantized|u?int8|fp16|q\d\w*|bnb4)\.onnx"
    r"|[-_]\d{6,9}\.safetensors"
)
"""The same weights once more: in another precision, or of an earlier step."""


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
    if not all(_are_weights(files, path, n < MOST_OPENED) for n, path in enumerate(chosen)):
        return
    sources = tuple(files.size(path) for path in chosen)
    total = sum(files.repository.files[path].size for path in chosen)
    note = "the weights alone; in memory the context comes on top"
    if len(chosen) < len(weights):
        note += "; copies in other formats are not counted"
    yield Fact("size", total, sources, "bytes", how="computed", note=note)


def _are_weights(files: Files, path: str, opened: bool) -> bool:
    """Whether a file is what its name says, by its first bytes; a pointer to a file is none."""
    if files.repository.files[path].size < LEAST_WEIGHTS:
        return False
    if not opened:
        return True
    if path.endswith(".safetensors"):
        return files.safetensors(path) is not None
    start = files.start(path)
    return any(start.startswith(magic) for magic in _MAGIC) or path.endswith((".onnx", ".msgpack"))


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
        plain = [p for p in kinds[best] if not _VARIANT.search(p)]
        chosen += plain or kinds[best]
    return sorted(chosen)


LIST_OF_FILES = (file_facts, weight_facts)

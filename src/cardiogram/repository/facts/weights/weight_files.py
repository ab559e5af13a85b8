"""Which safetensors files belong together: shards of an index, variants, adapters, components."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cardiogram.lazy import regex
from cardiogram.repository.facts.repository_files import Files
from cardiogram.repository.formats import SafetensorsHeader, Tensor

MAX_SHARDS = 12
"""Shards whose headers are asked of the Hub: beyond, what the Hub counted stands for them."""
_ASIDE = regex(r"(^|/)(checkpoint-\d+|onnx|original|runs|logs|wandb|mlruns|\.[^/]*)/")
_SHARD = regex(r"^(.*)-(\d{5})-of-(\d{5})(\.[\w-]+)?\.safetensors$")
_INDEX = regex(r"\.safetensors\.index(\.[\w-]+)?\.json$")
_VARIANT = regex(r"[.-](fp16|bf16|fp32|fp8|non_ema|ema)(?=[.-])")
_FIRST = (
    *("model.safetensors.index.json", "diffusion_pytorch_model.safetensors.index.json"),
    *("model.safetensors", "diffusion_pytorch_model.safetensors"),
    *("open_clip_model.safetensors", "pytorch_model.safetensors"),
)
Kind = Literal["model", "adapter", "lora"]


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of weights, or the index of its shards.

    Attributes
    ----------
    path
        The file, or the index that names its shards.
    about
        What it is of: "" for the model, ``adapter``, a folder, or the file itself where several
        stand side by side.
    headers
        Of all shards; empty where they were not read.
    """

    path: str
    about: str
    kind: Kind
    shards: tuple[str, ...]
    headers: tuple[SafetensorsHeader, ...]

    @property
    def tensors(self) -> Iterator[Tensor]:
        """Tensors of all shards."""
        for header in self.headers:
            yield from header.tensors


def weight_files(files: Files) -> tuple[WeightFile, ...]:
    """Every set of weights once: of variants of one file the plain one."""
    return files.once(_weight_files)


def main_weights(files: Files) -> WeightFile | None:
    """The weights of the model itself."""
    return next((made for made in weight_files(files) if made.about == ""), None)


def stored_types(files: Files) -> set[str]:
    """Types of the numbers that the model's own files hold."""
    main = main_weights(files)
    return {tensor.dtype for tensor in main.tensors} if main else set()


def _weight_files(files: Files) -> tuple[WeightFile, ...]:
    paths = [path for path in files.paths("*.safetensors") if not _ASIDE.search(path)]
    made: dict[str, tuple[str, ...]] = {}
    for index in files.paths("*.safetensors.index*.json"):
        if _INDEX.search(index) and not _ASIDE.search(index):
            made[index] = _of_index(files, index)
    taken = {path for shards in made.values() for path in shards}
    for path in paths:
        match = _SHARD.match(path)
        if path not in taken:
            key = f"{match[1]}-of-{match[3]}{match[4] or ''}" if match else path
            made[key] = (*made.get(key, ()), path)
    folders: dict[str, list[str]] = {}
    for path in made:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    return tuple(
        weights
        for folder, paths in folders.items()
        for weights in _in_folder(files, folder, paths, made)
    )


def _of_index(files: Files, index: str) -> tuple[str, ...]:
    """Shards that an index names, whether they are there or not."""
    paths = {str(name) for name in files.mapping(index, "weight_map").values()}
    folder = posixpath.dirname(index)
    return tuple(sorted(posixpath.join(folder, name) for name in paths))


def _in_folder(
    files: Files, folder: str, paths: list[str], made: dict[str, tuple[str, ...]]
) -> Iterator[WeightFile]:
    kept = _without_copies(paths)
    opened = {name: _open(files, name, made[name]) for name in kept}
    kinds = {name: _kind(name, headers) for name, headers in opened.items() if headers is not None}
    models = [name for name, kind in kinds.items() if kind == "model"]
    main = models[0] if len(models) == 1 or (models and _order(models[0])[0] < len(_FIRST)) else ""
    for name, kind in kinds.items():
        about = name
        if name == main or (folder and len(kinds) == 1):
            about = folder
        elif kind == "adapter" or (kind == "lora" and len(kinds) == 1):
            about = "adapter"
        yield WeightFile(name, about, kind, made[name], opened[name] or ())


def _without_copies(paths: list[str]) -> list[str]:
    """Leave out variants in another precision, and the same weights in another layout."""
    kept = {_VARIANT.sub("", name): name for name in sorted(paths)}  # the plain name comes last
    if any(posixpath.basename(name) in _FIRST for name in kept.values()):
        kept = {k: n for k, n in kept.items() if not posixpath.basename(n).startswith("consolid")}
    return sorted(kept.values(), key=_order)


def _order(name: str) -> tuple[int, str]:
    base = posixpath.basename(name)
    return (_FIRST.index(base) if base in _FIRST else len(_FIRST), name)


def _open(files: Files, name: str, shards: tuple[str, ...]) -> tuple[SafetensorsHeader, ...] | None:
    """Headers of all shards; empty for too many of them, None where one is missing or broken."""
    match = _SHARD.match(shards[0]) if shards else None
    lacking = [path for path in shards if path not in files]
    if not shards:
        return None
    if lacking or (match is not None and len(shards) != int(match[3])):
        what = f"{lacking[0]!r} is not there" if lacking else "shards are not there"
        files.problems.append(f"{name}: {what}, so nothing is counted")
        return None
    if len(shards) > MAX_SHARDS and files.repository.info:
        return ()
    headers = [files.safetensors(path) for path in shards]
    return tuple(h for h in headers if h is not None) if None not in headers else None


def _kind(name: str, headers: tuple[SafetensorsHeader, ...]) -> Kind:
    base = posixpath.basename(name)
    if base.startswith("adapter_model"):
        return "adapter"
    if base.startswith("pytorch_lora_weights"):
        return "lora"
    low = sum("lora" in tensor.name for header in headers for tensor in header.tensors)
    total = sum(len(header.tensors) for header in headers)
    return "lora" if total and low == total else "model"

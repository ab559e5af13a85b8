"""Folders with cards below them: where cards are looked for, and where a model has none."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from cardiogram.text import decode

README = "README.md"
READ = (".json", ".jsonl", ".yaml", ".yml", ".jinja", ".safetensors", ".gguf", ".skops", ".keras")
"""How names of files end that facts are read from."""
_NO_CARDS = frozenset({"node_modules", "site-packages", "__pycache__"})
_WEIGHTS = (".safetensors", ".gguf", ".onnx", ".ckpt", ".keras", ".skops")
_OF_MODELS = frozenset({"adapter_config.json", "model_index.json", "pytorch_model.bin"})
_CONFIG = "config.json"
_IN_CONFIG = (b'"model_type"', b'"architecture', b'"_class_name"')
_HEAD = 1 << 16


def look_for_cards(folder: Path) -> Iterator[Path | None]:
    """The README.md of each folder below one in order, or None: no hidden or installed ones."""
    for place, files in _walk(folder):
        yield place / README if _has_readme(place, files) else None


def look_for_models(folder: Path) -> Iterator[Path]:
    """The folders below one in which files of a model lie, in order."""
    for place, files in _walk(folder):
        if holds_model(place, files):
            yield place


def has_cards_below(folder: Path) -> bool:
    """Whether a README.md with metadata, or beside a model's files, lies in a folder below."""
    return any(
        place != folder
        and _has_readme(place, files)
        and (holds_model(place, files) or _has_metadata(place / README))
        for place, files in _walk(folder)
    )


def holds_model(folder: Path, files: Collection[str] | None = None) -> bool:
    """Whether weights lie in a folder, or the configuration of a model.

    Parameters
    ----------
    files
        Their names, where they are known.
    """
    try:
        files = os.listdir(folder) if files is None else files
    except OSError:
        return False
    return any(name in _OF_MODELS or name.endswith(_WEIGHTS) for name in files) or (
        _CONFIG in files and any(word in _head(folder / _CONFIG) for word in _IN_CONFIG)
    )


def may_hold_cards(folder: str) -> bool:
    """Whether cards are looked for in a folder of this name."""
    return not folder.startswith(".") and folder not in _NO_CARDS


def is_file(path: Path) -> bool:
    """Whether a regular file lies there: no pipe, which would never end."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _walk(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(filter(may_hold_cards, folders))
        yield Path(place), files


def _has_readme(folder: Path, files: Iterable[str]) -> bool:
    return README in files and is_file(folder / README)


def _has_metadata(path: Path) -> bool:
    return decode(_head(path)).text.lstrip().startswith("---\n")


def _head(path: Path) -> bytes:
    """How a file begins; nothing of what is none, or cannot be read."""
    if not is_file(path):
        return b""
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""

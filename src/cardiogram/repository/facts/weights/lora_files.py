"""LoRA files for diffusers: what the trainer wrote into the header, private things left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cardiogram.errors import CardiogramError
from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.accord import accord, text
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights.adapters import ranks_in_headers
from cardiogram.repository.facts.weights.weight_files import WeightFile, weight_files
from cardiogram.repository.formats import read_json

DIFFUSERS = "lora_adapter_metadata"
_KOHYA = {
    "ss_network_dim": "rank",
    "ss_network_alpha": "lora_alpha",
    "ss_network_module": "method",
    "ss_base_model_version": "base_version",
    "modelspec.architecture": "architecture",
    "ss_learning_rate": "learning_rate",
    "ss_lr_scheduler": "schedule",
    "ss_lr_warmup_steps": "warmup_steps",
    "ss_epoch": "epochs",
    "ss_steps": "steps",
    "modelspec.title": "name",
    "modelspec.trigger_phrase": "trigger",
    "ss_seed": "seed",
    "ss_optimizer": "optimizer",
    "ss_mixed_precision": "precision",
    "ss_total_batch_size": "total_batch_size",
    "ss_batch_size_per_device": "batch_size",
    "ss_gradient_accumulation_steps": "accumulation",
}
"""Keys of kohya's trainer that may be told; tags, folders, notes and output names are private."""
_SETTINGS = (
    *("modelspec.resolution", "ss_resolution", "ss_clip_skip", "ss_noise_offset", "ss_v2"),
    *("ss_min_snr_gamma", "ss_unet_lr", "ss_text_encoder_lr"),
    *("ss_num_train_images", "ss_max_train_steps", "ss_num_epochs"),
)
"""Images are counted with their repeats; the last two were planned, not made."""
_PEFT = {"r": "rank", "lora_alpha": "lora_alpha", "lora_dropout": "lora_dropout",
         "target_modules": "target_modules"}  # fmt: skip
_BASE = "ss_sd_model_name"
_NUMBER = regex(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_PATH = regex(r"\\|^[/~.]|^\w:|/.*/")


def from_metadata(files: Files) -> Iterator[Fact]:
    """Rank, alpha and settings of the training, as the header's metadata give them."""
    for weights, metadata in _with_metadata(files):
        for key, name in _KOHYA.items():
            yield from accord(name, [_source(files, weights, key)], about=weights.about, read=_read)
        for key in _SETTINGS:
            about = key.removeprefix("ss_")
            source = [_source(files, weights, key)]
            yield from accord("hyperparameter", source, about=about, read=_read)
        yield from _of_diffusers(files, weights, metadata)


def base(files: Files) -> Iterator[Fact]:
    """The checkpoint that a LoRA was trained on: its file's name, never its folder."""
    for weights, metadata in _with_metadata(files):
        words = metadata.get(_BASE, "")
        name = re.split(r"[\\/]", words)[-1]
        if words and words.count("/") == 1 and not words.startswith(("/", ".", "~")):
            name = words
        if name:
            source = files.header(weights.path, _BASE, name)
            note = "a file's name, which may be no model of the Hub"
            yield Fact("base_checkpoint", name, (source,), about=weights.about, note=note)


def rank_of_weights(files: Files) -> Iterator[Fact]:
    """The rank that the shapes show, where no metadata and no configuration states it."""
    for weights in weight_files(files):
        if weights.kind != "lora" or "ss_network_dim" in _metadata(weights):
            continue
        folder = weights.path.rpartition("/")[0]
        ranks = ranks_in_headers(files, folder)
        if len(ranks) == 1 and DIFFUSERS not in _metadata(weights):
            rank = next(iter(ranks))
            source = files.counted(weights.path, "shapes", rank, len(weights.shards))
            yield Fact("rank", rank, (source,), "", weights.about, "computed")


def _of_diffusers(files: Files, weights: WeightFile, metadata: Mapping[str, str]) -> Iterator[Fact]:
    """What diffusers writes: the configuration of PEFT, each key after its component."""
    try:
        settings = read_json(metadata.get(DIFFUSERS, "{}").encode())
    except CardiogramError as error:
        files.problems.append(f"{weights.path}: {DIFFUSERS}: {error}")
        return
    for key, value in settings.items() if isinstance(settings, dict) else ():
        part, _, last = key.rpartition(".")
        if last in _PEFT and isinstance(value, int | float | str | list):
            source = files.header(weights.path, DIFFUSERS, value)
            about = part if part and part not in ("transformer", "unet") else weights.about
            yield Fact(_PEFT[last], value, (source,), about=about, how="computed")


def _with_metadata(files: Files) -> Iterator[tuple[WeightFile, Mapping[str, str]]]:
    for weights in weight_files(files):
        metadata = _metadata(weights)
        if weights.kind != "model" and metadata:
            yield weights, metadata


def _metadata(weights: WeightFile) -> Mapping[str, str]:
    return weights.headers[0].metadata if weights.headers else {}


def _source(files: Files, weights: WeightFile, key: str) -> FactSource | None:
    value = _metadata(weights).get(key)
    return None if value is None else files.header(weights.path, key, value)


def _read(value: Value) -> Value:
    """A number as a number; words where they hold no path."""
    words = text(value)
    if words is None or words in ("None", "null", ""):
        return None
    if _NUMBER.fullmatch(words):
        return float(words) if set(words) & set(".eE") else int(words)
    return None if _PATH.search(words) else words


FUNCTIONS: tuple[FactFunction, ...] = (from_metadata, base, rank_of_weights)

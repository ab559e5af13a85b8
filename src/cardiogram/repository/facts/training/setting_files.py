"""Facts of files that hold settings of a training: LLaMA-Factory, AutoTrain, axolotl and more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact
from cardiogram.repository.facts.training.hyperparameters import setting_fact

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

SETTING_FILES = (
    *("training_args.yaml", "training_args.yml", "training_args.json", "train_args.json"),
    *("training_params.json", "training_config.json", "training_config.yaml", "args.json"),
    *("train_config.json", "train_config.yaml", "hparams.yaml", "hparams.yml"),
    *("hyperparams.yaml", "hyperparameters.json", "hyperparameters.yaml"),
    *("axolotl_config.yml", "axolotl_config.yaml", "axolotl.yml", "axolotl.yaml"),
    *("config.yml", "config.yaml"),
)
_TRAINING_KEYS = frozenset(
    (
        *("learning_rate", "lr", "num_epochs", "num_train_epochs", "epochs", "max_steps"),
        *("micro_batch_size", "batch_size", "per_device_train_batch_size"),
    )
)
_BASE_KEYS = ("model_name_or_path", "base_model", "pretrained_model_name_or_path", "model")
_STAGES = {"sft": "SFT", "dpo": "DPO", "kto": "KTO", "ppo": "PPO", "rm": "RM", "pt": "PT"}
_ID = regex(r"[A-Za-z0-9][\w.-]*/[\w.-]*\w")


def is_hub_id(value: object) -> bool:
    """Whether a text may be the id of a repository of the Hub, and is no path of a machine.

    Examples
    --------
    >>> is_hub_id("ospreylm/osprey-7b"), is_hub_id("./out/run"), is_hub_id("data/train.jsonl")
    (True, False, False)
    """
    return (
        isinstance(value, str)
        and len(value) < 120
        and bool(_ID.fullmatch(value))
        and ".." not in value
        and not re.search(r"(?i)\.(?:jsonl?|csv|tsv|txt|parquet|arrow|py|yaml|bin|pt)$", value)
        and not re.match(r"(?i)(?:data|dataset|datasets|output|outputs|saves|models?|checkpoints?"
                         r"|results?|out|tmp|home|mnt|workspace|content|runs?)/", value)
    )  # fmt: skip


def file_facts(files: Files) -> Iterator[Fact]:
    """Settings, the base model and data sets of every file of settings at the root."""
    for path in SETTING_FILES:
        document = files.mapping(path) if path in files else {}
        if not _TRAINING_KEYS & document.keys():
            continue
        for key, value in document.items():
            source = files.at(path, key)
            if source is not None and not key.endswith(("_dir", "_path", "_file")):
                fact = setting_fact(key, value, [source])
                if fact is not None:
                    yield fact
        yield from _named(files, path, document)


def _named(files: Files, path: str, document: Mapping[str, object]) -> Iterator[Fact]:
    """The model and the data that it names, and how it trains."""
    for key in _BASE_KEYS:
        source = files.at(path, key)
        if source is not None and is_hub_id(source.value):
            yield Fact("base_model", source.value, (source,))
            break
    stage = files.at(path, "stage") or files.at(path, "rl")
    if stage is not None and isinstance(stage.value, str):
        method = _STAGES.get(stage.value, stage.value.upper())
        yield Fact("method", method, (stage,), how="computed")
    datasets = document.get("datasets")
    for index, entry in enumerate(datasets if isinstance(datasets, list) else ()):
        place = ("path",) if isinstance(entry, dict) else ()
        source = files.at(path, "datasets", index, *place)
        if source is not None and is_hub_id(source.value):
            yield Fact("dataset", source.value, (source,))


FILE_FACTS = (file_facts,)

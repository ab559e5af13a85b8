"""What settings of a training are called by the tools that write them, and which fact each is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, How, Value

MOST_CHARACTERS = 300
"""A longer value is no setting but a document."""
LONGEST_KEY, LONGEST_WORDS = 40, 60
"""Longer ones, of a setting without a name here, are sentences."""

_TWICE = regex(r"\(([^(),]+), \1\)")  # SetFit: of the embedding, and of the head
_NUMBER = regex(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_PRECISIONS = {"bf16": "bf16", "fp16": "fp16", "tf32": "tf32", "fp8": "fp8"}
_BY_NAME = {
    "learning_rate": "learning_rate lr base_lr body_learning_rate",
    "schedule": "lr_scheduler_type lr_scheduler scheduler_type",
    "warmup_steps": "warmup_steps lr_scheduler_warmup_steps lr_warmup_steps num_warmup_steps",
    "batch_size": "batch_size train_batch_size per_device_train_batch_size micro_batch_size "
    "per_gpu_train_batch_size per_device_batch_size",
    "total_batch_size": "total_train_batch_size global_batch_size effective_batch_size",
    "accumulation": "gradient_accumulation_steps accumulate_grad_batches",
    "epochs": "num_epochs num_train_epochs epochs n_epochs max_epochs",
    "steps": "training_steps max_steps max_train_steps train_steps",
    "seed": "seed random_seed",
    "optimizer": "optimizer optim",
    "precision": "mixed_precision_training mixed_precision training_precision precision "
    "bf16 fp16 tf32 fp8",
    "cutoff": "cutoff_len sequence_len max_seq_length max_length block_size model_max_length",
    "rank": "lora_r lora_rank",
    "lora_alpha": "lora_alpha",
    "lora_dropout": "lora_dropout",
    "loss_function": "loss",
}
_NAMES = {key: name for name, keys in _BY_NAME.items() for key in keys.split()}
_UNITS = {
    "warmup_steps": "steps",
    "steps": "steps",
    "accumulation": "steps",
    "batch_size": "examples",
    "total_batch_size": "examples",
    "epochs": "epochs",
    "cutoff": "tokens",
}
_NUMBERS = frozenset((*_UNITS, "seed", "learning_rate", "rank", "lora_alpha", "lora_dropout"))
_OTHER_KEYS = """
    eval_batch_size per_device_eval_batch_size total_eval_batch_size num_devices
    distributed_type warmup_ratio lr_scheduler_warmup_ratio weight_decay max_grad_norm
    adam_beta1 adam_beta2 adam_epsilon label_smoothing_factor dropout attention_dropout
    hidden_dropout finetuning_type stage template packing sample_packing neftune_noise_alpha
    gradient_checkpointing flash_attention resolution image_resolution image_size margin
    distance_metric num_iterations sampling_strategy warmup_proportion l2_weight beta rl trainer
    adapter load_in_4bit load_in_8bit quantization_bit peft mixture train_on_inputs val_set_size
    pad_to_sequence_len train_on_completions lora_target_linear use_rslora use_dora ema_decay
    snr_gamma prior_loss_weight validation_split patience early_stopping
"""
_OTHERS = frozenset(_OTHER_KEYS.split())
"""Settings without a name of their own that files of any tool may give."""


def parse_setting(text: str) -> Value:
    """The value that a list of a card writes.

    Examples
    --------
    >>> parse_setting("5e-05"), parse_setting("`True`"), parse_setting("linear")
    (5e-05, True, 'linear')
    """
    text = _TWICE.sub(r"\1", text.strip().strip("`").strip())
    if _NUMBER.fullmatch(text):
        return float(text) if re.search(r"[.eE]", text) else int(text[:30])
    words: dict[str, Value] = {"true": True, "false": False, "none": None, "null": None}
    return words.get(text.casefold(), text)


def setting_fact(
    key: str, value: object, sources: Iterable[FactSource], *, listed: bool = False, note: str = ""
) -> Fact | None:
    """The fact that a setting is; None for one that says nothing, or that no fact is about.

    Parameters
    ----------
    key
        As the tool writes it.
    listed
        Whether a generator listed it as a setting, so that it counts whatever its name.
    """
    plain = re.sub(r"[\s-]+", "_", key.strip().strip("`*").casefold())
    name = _NAMES.get(plain)
    if not _says_something(plain, value) or not (name or listed or plain in _OTHERS):
        return None
    if plain in _PRECISIONS:
        if value is not True:
            return None
        value = _PRECISIONS[plain]
    if name == "loss_function" and not (isinstance(value, str) and value[:1].isalpha()):
        return None
    if name in _NUMBERS:
        value = parse_setting(value) if isinstance(value, str) else value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None  # such as "auto", or a schedule written as a phrase
    if name is None:
        if len(plain) > LONGEST_KEY or (isinstance(value, str) and len(value) > LONGEST_WORDS):
            return None
        return _stated(
            Fact("hyperparameter", _as_value(value), (), about=plain, note=note), sources
        )
    unit = _UNITS.get(name, "")
    return _stated(Fact(name, _as_value(value), (), unit, note=note), sources)


def _stated(fact: Fact, sources: Iterable[FactSource]) -> Fact:
    """A fact with its sources: those that are lines say its value, as their words are the quote."""
    places = tuple(replace(s, value=fact.value) if s.line else s for s in sources)
    how: How = "read" if all(s.value == fact.value for s in places) else "computed"
    return replace(fact, sources=places, how=how)


def _says_something(key: str, value: object) -> bool:
    if value is None or value == "" or isinstance(value, dict):
        return False
    if isinstance(value, str):
        return len(value) <= MOST_CHARACTERS and value.casefold() not in ("none", "null", "auto")
    if isinstance(value, list):
        return len(value) <= 20 and all(isinstance(v, str | int | float) for v in value)
    if _NAMES.get(key) in ("steps", "warmup_steps", "cutoff"):
        return isinstance(value, int | float) and value > 0  # -1 and 0 are "not set"
    return True


def _as_value(value: object) -> Value:
    assert isinstance(value, str | int | float | bool | list)
    return value

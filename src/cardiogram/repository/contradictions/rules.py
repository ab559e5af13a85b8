"""Rules of contradictions, with ids beside the linter's."""

from __future__ import annotations

import json
from functools import cache
from typing import NamedTuple

from cardiogram.names import DATA


class ContradictionRule(NamedTuple):
    """A kind of contradiction; its words are data (data/contradictions.json).

    Attributes
    ----------
    kinds
        Kinds of the statements that it speaks of.
    """

    id: str
    name: str
    kinds: tuple[str, ...]

    @property
    def words(self) -> dict[str, str]:
        """What the documentation says of it: `what`, `why` and `example`."""
        return load_contradiction_words()[self.id]


CONTRADICTION_RULES = (
    ContradictionRule("CG501", "parameters", ("parameters", "experts", "experts_per_token")),
    ContradictionRule(
        "CG502", "input-length", ("context", "sequence_length", "sliding_window", "cutoff")
    ),
    ContradictionRule(
        "CG503",
        "stored-weights",
        ("dtype", "bits", "group_size", "quantisation", "shards", "memory"),
    ),
    ContradictionRule("CG504", "licence", ("licence", "licence_name", "dataset_licence")),
    ContradictionRule("CG505", "language", ("language", "languages")),
    ContradictionRule("CG506", "base-model", ("base_model", "base_relation", "merged_model")),
    ContradictionRule(
        "CG507",
        "data-set",
        ("dataset", "dataset_rows", "dataset_columns", "train_samples", "eval_samples"),
    ),
    ContradictionRule("CG508", "architecture", ("architecture", "library", "task", "method")),
    ContradictionRule("CG509", "missing-repository", ("repository",)),
    ContradictionRule("CG510", "repository-file", ("file", "size")),
    ContradictionRule(
        "CG511",
        "shape",
        (
            *("layers", "heads", "hidden_size", "vocabulary", "dimensions", "labels", "pooling"),
            *("similarity", "image_size", "patch_size", "sampling_rate", "window"),
        ),
    ),
    ContradictionRule(
        "CG512",
        "training-value",
        (
            *("learning_rate", "epochs", "steps", "batch_size", "total_batch_size", "seed"),
            *("accumulation", "warmup_steps", "rank", "lora_alpha", "lora_dropout"),
            *("optimizer", "schedule", "precision", "training_seconds", "setting"),
            *("merge_weight", "merge_density", "target_modules"),
        ),
    ),
    ContradictionRule("CG513", "result", ("metric", "eval_result", "log")),
    ContradictionRule(
        "CG514", "access", ("gated", "chat_template", "end_token", "begin_token", "padding_token")
    ),
)
"""All rules, by id."""
_BY_KIND = {kind: rule.id for rule in CONTRADICTION_RULES for kind in rule.kinds}


def rule_of(kind: str) -> str:
    """Id of the rule on a kind of statement."""
    return _BY_KIND[kind]


@cache
def load_contradiction_words() -> dict[str, dict[str, str]]:
    """The words of all rules by id."""
    words: dict[str, dict[str, str]] = json.loads((DATA / "contradictions.json").read_text("utf-8"))
    return words

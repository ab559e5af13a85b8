"""Rules on the metadata of datasets: what the Hub's filters and its viewer are made from."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.cards.features import SIZE_CATEGORIES, configs_fault
from cardiogram.cards.lint.findings import DATASETS, Breach, LintedCard, Rule
from cardiogram.cards.lint.rules_metadata import _block, _line, _missing, _same, _unknown, _written
from cardiogram.cards.vocabulary import load_vocabulary

_CREATORS = ("found", "crowdsourced", "expert-generated", "machine-generated", "other")
_KEPT = {
    "annotations_creators": (*_CREATORS, "no-annotation"),
    "language_creators": _CREATORS,
    "multilinguality": ("monolingual", "multilingual", "translation", "other"),
}
"""Keys with a fixed list of values.

References
----------
`DatasetCardData` of huggingface_hub 2.4.
"""


def _task_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        yield from _unknown(source, "task_categories", _same(load_vocabulary().tasks))


def _size_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        yield from _unknown(source, "size_categories", _same(SIZE_CATEGORIES))


def _value_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        for key, values in _KEPT.items():
            yield from _unknown(source, key, _same(values))


def _configs(source: LintedCard) -> Iterator[Breach]:
    values = source.card.metadata.values
    if _written(source) and "configs" in values:
        wrong = configs_fault(values["configs"])
        if wrong:
            yield Breach(_line(source, "configs"), f"the Hub cannot read `configs`: {wrong}.")


def _several_defaults(source: LintedCard) -> Iterator[Breach]:
    configs = source.card.metadata.values.get("configs")
    if _written(source) and isinstance(configs, list):
        marked = [c for c in configs if isinstance(c, dict) and c.get("default") is True]
        if len(marked) > 1:
            yield Breach(_line(source, "configs"), f"{len(marked)} configurations are the default.")


RULES: tuple[Rule, ...] = (
    Rule(
        "CG130",
        "task-category-missing",
        "note",
        "The metadata has no task category.",
        "The task filter does not find the dataset.",
        _block("license: mit"),
        _block("license: mit\ntask_categories:\n- translation"),
        _missing("task_categories", "no `task_categories:` in the metadata."),
        of=DATASETS,
    ),
    Rule(
        "CG131",
        "task-category-unknown",
        "warning",
        "A task category is not on the Hub's list.",
        "The task filter does not find the dataset.",
        _block("task_categories: text generation"),
        _block("task_categories: text-generation"),
        _task_unknown,
        "Replaces another spelling of a known task by its id.",
        DATASETS,
    ),
    Rule(
        "CG132",
        "size-category-unknown",
        "warning",
        "A size category is not on the Hub's list.",
        "The size filter does not find the dataset.",
        _block("size_categories: 1k<n<10k"),
        _block("size_categories: 1K<n<10K"),
        _size_unknown,
        "Replaces another spelling of a known category.",
        DATASETS,
    ),
    Rule(
        "CG133",
        "creator-unknown",
        "note",
        "A value of `annotations_creators`, `language_creators` or `multilinguality` is not on "
        "the Hub's list.",
        "The filter leaves the dataset out.",
        _block("multilinguality: Multilingual"),
        _block("multilinguality: multilingual"),
        _value_unknown,
        "Replaces another spelling of a known value.",
        DATASETS,
    ),
    Rule(
        "CG134",
        "dataset-language-missing",
        "note",
        "The metadata has no language.",
        "The language filter does not find the dataset; data without words can leave it out.",
        _block("license: mit"),
        _block("license: mit\nlanguage: en"),
        _missing("language", "no `language:` in the metadata."),
        of=DATASETS,
    ),
    Rule(
        "CG135",
        "configs-malformed",
        "error",
        "The Hub cannot read `configs`.",
        "The viewer shows nothing, and the data do not load.",
        _block("configs:\n- data_files: a.csv"),
        _block("configs:\n- config_name: default\n  data_files: a.csv"),
        _configs,
        of=DATASETS,
    ),
    Rule(
        "CG136",
        "several-defaults",
        "error",
        "More than one configuration is the default.",
        "Which one loads without a name is not defined.",
        _block(
            "configs:\n- config_name: a\n  data_files: a.csv\n  default: true\n"
            "- config_name: b\n  data_files: b.csv\n  default: true"
        ),
        _block("configs:\n- config_name: a\n  data_files: a.csv\n  default: true"),
        _several_defaults,
        of=DATASETS,
    ),
)
"""Rules CG13x, of datasets only."""

"""Rules on the metadata of datasets: what the Hub's filters and its viewer are made from."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.cards.lint.findings import DATASETS, Breach, LintedCard, Rule
from cardiogram.cards.lint.rules_metadata import _line, _missing, _same, _unknown, _written
from cardiogram.cards.metadata import SIZE_CATEGORIES, configs_fault
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
        _missing("task_categories", "no `task_categories:` in the metadata."),
        of=DATASETS,
    ),
    Rule("CG131", "task-category-unknown", "warning", _task_unknown, of=DATASETS),
    Rule("CG132", "size-category-unknown", "warning", _size_unknown, of=DATASETS),
    Rule("CG133", "creator-unknown", "note", _value_unknown, of=DATASETS),
    Rule(
        "CG134",
        "dataset-language-missing",
        "note",
        _missing("language", "no `language:` in the metadata."),
        of=DATASETS,
    ),
    Rule("CG135", "configs-malformed", "error", _configs, of=DATASETS),
    Rule("CG136", "several-defaults", "error", _several_defaults, of=DATASETS),
)
"""Rules CG13x, of datasets only."""

"""Rules on keys of the metadata that only some cards have, each with values of its own."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.cards.lint.findings import MODELS, Breach, LintedCard, Rule
from cardiogram.cards.lint.rules_metadata import _ID, _line, _same, _short, _unknown, _written
from cardiogram.cards.vocabulary import load_vocabulary

_FIELDS = frozenset({"text", "checkbox", "date_picker", "country", "ip_location", "select"})
"""What a reader of a gated repository may be asked for.

References
----------
models-gated.md of hub-docs.
"""


def _subtask_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        yield from _unknown(source, "task_ids", _same(load_vocabulary().subtasks))


def _relation_unknown(source: LintedCard) -> Iterator[Breach]:
    if _written(source):
        yield from _unknown(source, "base_model_relation", _same(load_vocabulary().relations))


def _new_version(source: LintedCard) -> Iterator[Breach]:
    value = source.card.metadata.values.get("new_version")
    if not _written(source) or value is None:
        return
    if not isinstance(value, str) or not _ID.fullmatch(value):
        words = f"{_short(str(value))} is no id on the Hub (owner/name)."
        yield Breach(_line(source, "new_version"), words)
    elif value == source.card.id:
        yield Breach(_line(source, "new_version"), "a model is no new version of itself.")


def _gated_fields(source: LintedCard) -> Iterator[Breach]:
    fields = source.card.metadata.values.get("extra_gated_fields")
    if not _written(source) or fields is None:
        return
    line = _line(source, "extra_gated_fields")
    if not isinstance(fields, dict):
        yield Breach(line, "`extra_gated_fields` is no map of labels to kinds of field.")
        return
    for label, field in fields.items():
        if wrong := _field_fault(field):
            yield Breach(line, f"the field {_short(str(label))} {wrong}.")


def _field_fault(field: object) -> str:
    """What is wrong with a field of a gated repository's form; "" where nothing is."""
    kind = field.get("type") if isinstance(field, dict) else field
    if not isinstance(kind, str) or kind not in _FIELDS:
        return f"is of no kind that the Hub knows: {_short(str(kind))}"
    if kind != "select":
        return ""
    options = field.get("options") if isinstance(field, dict) else None
    return "" if isinstance(options, list) and options else "has no list of `options`"


RULES: tuple[Rule, ...] = (
    Rule("CG125", "subtask-unknown", "warning", _subtask_unknown),
    Rule("CG126", "relation-unknown", "warning", _relation_unknown, of=MODELS),
    Rule("CG127", "new-version-no-id", "warning", _new_version, of=MODELS),
    Rule("CG128", "gated-fields-malformed", "warning", _gated_fields),
)
"""Rules CG125 to CG128."""

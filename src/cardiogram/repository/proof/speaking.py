"""Whether a fact proves a statement: the same subject, and the same value within its rounding.

Contradictions give way where a reader may mean something near; a proof does not.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache

from cardiogram.lazy import regex
from cardiogram.names import DATA
from cardiogram.repository.contradictions import CONTRADICTION_RULES
from cardiogram.repository.fact import Value
from cardiogram.repository.statements import Statement, is_of_another
from cardiogram.repository.statements.readers import metric_name

_FACTS = {
    "metric": ("metric", "eval_result"),
    "architecture": ("architecture", "model_type", "pipeline"),
}
"""Names of the facts that speak to a kind of statement, where it is not only its own."""
_IDS = frozenset({"base_model", "dataset", "merged_model", "demo", "quantised_version", "paper"})
_TYPES = {
    "float64": "f64", "float32": "f32", "fp32": "f32", "float": "f32", "float16": "f16",
    "fp16": "f16", "half": "f16", "bfloat16": "bf16", "int8": "i8",
}  # fmt: skip
_READ = frozenset(kind for rule in CONTRADICTION_RULES for kind in rule.kinds)
"""Kinds of which statements are read."""
_DENIED = regex(r"\b(?:not?|never|without|neither|nor|cannot|kein\w*|nicht|ohne)\b|n['’]t\b")
_CODE = {
    "library": r"(?:from|import) {}\b",
    "task": r"pipeline\(\"{}\"|(?:task|aufgabe|tâche|tarea|任务|タスク)\S*[^.`]{0,24}`{}`",
    "listed_library": r"(?:from|import) {}\b",
}
"""Forms of code and of our own sentences that say a kind."""
_TELLING = 6
"""Characters of a text that says by itself what it is, such as an id."""
_SCALES = {"metric": (1.0, 100.0, 0.01)}
"""A result is the same as a fraction and in per cent."""


def facts_for(kind: str) -> tuple[str, ...]:
    """Names of the facts that can prove a statement of a kind."""
    return _FACTS.get(kind, (kind,))


def speaks_to(name: str, about: str, statement: Statement) -> bool:
    """Whether a fact and a statement are on the same: the model, a file, a metric of a data set."""
    if name not in facts_for(statement.kind):
        return False
    if statement.kind == "file":
        return _same_file(about, str(statement.value))
    if statement.kind == "eval_samples":
        return True  # of whichever split
    if statement.kind == "metric":
        return _same_metric(about, statement.about)
    return about == statement.about or _same_file(about, statement.about)


def agrees(statement: Statement, value: Value) -> bool:
    """Whether a value is what a statement says, within the rounding of what stands there.

    Examples
    --------
    >>> said = Statement("parameters", 7e9, 1, "7B", "text", low=6.5e9, high=7.5e9)
    >>> agrees(said, 7_241_732_096), agrees(said, 8_030_261_248)
    (True, False)
    """
    if statement.kind == "file":
        return True  # it is there
    if isinstance(statement.value, bool) or isinstance(value, bool):
        return bool(value) == bool(statement.value)
    if isinstance(statement.value, int | float):
        return _same_number(statement, value)
    if statement.kind == "chat_template":
        return bool(value) == bool(statement.value)
    mine, theirs = _words(statement.value), _words(value)
    if statement.kind in _IDS:
        return bool(mine) and mine <= theirs
    mine, theirs = _plain(mine), _plain(theirs)
    if statement.kind in ("dtype", "dtype_to_load"):
        return mine == theirs
    if statement.kind == "architecture":  # "Whisper" is said of WhisperForConditionalGeneration
        return any(len(word) > 2 and other.startswith(word) for word in mine for other in theirs)
    return bool(mine) and mine <= theirs


_TRAINED_ON = regex(r"\b(?:on|of) (?:the |its )?train(?:ing)?[ -](?:set|split|data)\b")


def stands_in(name: str, value: Value, sentence: str, about: str = "") -> bool:
    """Whether a sentence holds a value to the letter, and a word of what it is of.

    What can be read must be read: a kind of which statements are read counts only where the
    sentence is one of ours, a row with its reviewed label, or code that says so by its form.

    Examples
    --------
    >>> stands_in("key_value_heads", 12, "It has 12 key-value heads.")
    True
    >>> stands_in("architecture", "BertModel", "| Architektur | BertModel |")
    True
    >>> stands_in("metric", 0.9, "Other models reach an accuracy of 0.9.", about="accuracy")
    False
    """
    words = sentence.casefold()
    if _is_code(name, value, words):
        return True
    ours = _is_ours(name, words)
    quoted = name.endswith(("_words", "chat_prompt", "citation"))  # as others wrote, denials too
    parts_of = (about.casefold(), *(label[:6] for label in _labels().get(about, ())))
    of_part = len(about) > 2 and any(part in words for part in parts_of)
    of_part = of_part and not is_of_another(sentence)
    if name == "metric" and _TRAINED_ON.search(words) and "train" not in about:
        return False  # of other data than those that a file has it of
    if (name in _READ and not (ours or of_part)) or (not quoted and _DENIED.search(words)):
        return False
    if isinstance(value, list | dict):
        parts = list(value.values()) if isinstance(value, dict) else value
        return bool(parts) and all(stands_in(name, part, sentence, about) for part in parts)  # type: ignore[arg-type]
    stems = [word[:4] for word in name.split("_") if len(word) > 2]
    named = ours or of_part or any(stem in words for stem in stems)
    if isinstance(value, bool) or value is None:
        return named and (value is True or str(value).lower() in words)
    if isinstance(value, str):
        telling = len(value) >= _TELLING and name not in _READ
        return _holds(value.casefold(), words) and (named or telling)
    if name == "memory":  # a row of ours, each size before its bits
        beside = rf"[^\d,]{{1,6}}{about.partition(' ')[0]}(?!\d)"
        return ours and any(_holds(text, words, beside) for text in _forms(value))
    return named and any(_holds(text, words) for text in _forms(value))


def _is_ours(name: str, words: str) -> bool:
    """Whether a line begins with the label that drafts give a fact."""
    start = words.lstrip("|-*+• `")
    return any(start.startswith(label) for label in _labels().get(name, ()))


def _is_code(name: str, value: Value, words: str) -> bool:
    """Whether words are code that says it, or an id alone, as the metadata list it."""
    text = str(value).casefold()
    if name in _IDS and words.strip("- '\"") == text:
        return True
    form = _CODE.get(name)
    said = re.escape(text.replace("-", "_") if name.endswith("library") else text)
    return form is not None and re.search(form.replace("{}", said), words) is not None


def _holds(text: str, words: str, beside: str = "") -> bool:
    """Whether a text stands in words, is no part of a longer word or number, and before what."""
    form = rf"(?<![\w.,]){re.escape(text)}(?![\w%]|[.,]\d){beside}"
    return re.search(form, words) is not None


def _forms(value: float) -> set[str]:
    """A number as drafts write it: grouped, or rounded to three digits or more."""
    forms = {str(value), f"{value:g}", f"{value:,}"}
    forms |= {
        f"{value / size:.{digits}f} {unit}"
        for size, unit in ((1e9, "gb"), (1e6, "mb"), (1e3, "kb"))
        for digits in range(3)
        if 1 <= abs(value) / size < (1e6 if unit == "gb" else 1000)
        and len(f"{value / size:.{digits}f}".replace(".", "")) > 2
    }
    if isinstance(value, float):
        forms |= {f"{value:.{digits}g}" for digits in range(3, 7)} - {f"{value:.3e}"}
        forms |= {f"{value:,.0f}"} if abs(value) >= 100 else set()
    forms |= {form.replace(",", mark) for form in forms for mark in (".", "\u202f", "")}
    return forms | {form.replace(".", ",") for form in forms if form.count(".") == 1}


@cache
def _labels() -> dict[str, tuple[str, ...]]:
    """Labels of facts in six languages, as drafts write them (data/improve/sentences.json)."""
    words = json.loads((DATA / "improve" / "sentences.json").read_text("utf-8"))
    labels: dict[str, list[str]] = {}
    for name, languages in words["labels"].items():
        own = labels.setdefault(name.removeprefix("adapter_"), [])
        own += {label.casefold() for label in languages.values()}
    labels["licence_name"] = [*labels["base_licence"], *labels["dataset_licence"]]
    return {name: tuple(own) for name, own in labels.items()}


def _same_number(statement: Statement, value: Value) -> bool:
    number = statement.value
    assert isinstance(number, int | float)
    if statement.kind == "labels" and isinstance(value, list | dict):
        value = len(value)
    if isinstance(value, list):
        return bool(value) and all(_same_number(statement, part) for part in value)  # type: ignore[arg-type]
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return False
    if not isinstance(value, int | float) or not math.isfinite(value):
        return False
    bounded = bool(statement.low or statement.high)
    low, high = (statement.low, statement.high) if bounded else (number, number)
    margin = 1e-9 * max(abs(low), abs(high))
    return any(
        low - margin <= value * scale <= high + margin
        for scale in _SCALES.get(statement.kind, (1.0,))
    )


def _same_metric(about: str, said: str) -> bool:
    """Whether a metric of a file, ``name, data set, split``, is that of a card, ``name|...``."""
    name, *others = [part.strip() for part in about.split(",")]
    mine, *where = said.split("|")
    name = name.removeprefix("eval_")
    if _plain({mine}).isdisjoint(_plain({name}) | _plain({metric_name(name)})):
        return False
    data = next((part for part in where if "/" in part), "")
    other = next((part for part in others if "/" in part), "")
    return not (data and other) or data == other


def _same_file(path: str, written: str) -> bool:
    files = {each.rpartition("/")[2].lower() for each in (path, written)}
    return bool(path and written) and len(files) == 1


def _words(value: Value) -> frozenset[str]:
    parts = value if isinstance(value, list) else [value]
    return frozenset(str(part) for part in parts if part is not None)


def _plain(words: frozenset[str] | set[str]) -> frozenset[str]:
    """Words without case and marks, types of weights by one name each."""
    plain = (re.sub(r"[\W_]", "", word.removeprefix("torch.").lower()) for word in words)
    return frozenset(_TYPES.get(word, word) for word in plain)

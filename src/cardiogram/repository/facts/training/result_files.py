"""Facts of the files that hold results of the Trainer: all_results.json and its like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, Value

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

RESULTS = (
    "all_results.json",
    "eval_results.json",
    "train_results.json",
    "test_results.json",
    "predict_results.json",
)

_PREFIX = regex(r"^(eval|test|predict)[_/]")
_NO_METRIC = regex(
    r"(?:[_/ ]|^)(?:runtime|samples|samples_per_second|steps_per_second|tokens_per_second|epoch"
    r"|step|compilation_time|model_preparation_time|num_tokens|num[_ ]input[_ ]tokens[_ ]seen"
    r"|mem_.*|flos|total_flos)$"
)
_PLAIN = {
    "train_loss": ("train_loss", ""),
    "train_runtime": ("training_seconds", "seconds"),
    "train_samples": ("train_samples", "examples"),
    "eval_samples": ("eval_samples", "examples"),
    "predict_samples": ("eval_samples", "examples"),
    "test_samples": ("eval_samples", "examples"),
}
_UNNAMED = "no file names the data that it was measured on"


def number_of(value: object) -> float | None:
    """A finite number; None for anything else, a truth value too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None


def is_metric(key: str) -> bool:
    """Whether a key of results is one: not a runtime, a count or a rate.

    Examples
    --------
    >>> is_metric("eval_f1"), is_metric("eval_samples_per_second"), is_metric("train_loss")
    (True, False, False)
    """
    return bool(_PREFIX.match(key)) and not _NO_METRIC.search(key)


def metric_fact(
    key: str, value: object, sources: Sequence[FactSource], *, part: str = "", note: str = ""
) -> Iterator[Fact]:
    """The result that a key holds; nothing where it is no finite number.

    Parameters
    ----------
    part
        What else tells it from others of its name: a split, or the checkpoint.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or number_of(value) is None:
        return
    prefix = _PREFIX.match(key)
    split = "test" if prefix and prefix[1] != "eval" else ""
    about = ", ".join(filter(None, (_PREFIX.sub("", key), part, split)))
    yield Fact("metric", value, tuple(sources), about=about, note=note or _UNNAMED)


def result_facts(files: Files) -> Iterator[Fact]:
    """Losses, results, counts and seconds; a value that several files hold is one fact."""
    places: dict[tuple[str, str, str], list[FactSource]] = {}
    for path in RESULTS:
        for key, value in files.mapping(path).items():
            if key in _PLAIN or is_metric(key):
                source = files.at(path, key)
                if source is not None and _is_number(source.value):
                    places.setdefault((key, repr(value), ""), []).append(source)
    for (key, _, _), sources in places.items():
        value = sources[0].value
        if key in _PLAIN:
            name, unit = _PLAIN[key]
            about = "test" if key.startswith(("test_", "predict_")) else ""
            yield Fact(name, value, tuple(sources), unit, about=about)
        else:
            yield from metric_fact(key, value, sources)


def _is_number(value: Value) -> bool:
    return number_of(value) is not None


RESULT_FACTS = (result_facts,)

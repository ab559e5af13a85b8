"""The rule on results beside a card, in `.eval_results`: what the Hub's client reads of them.

References
----------
eval_results.yaml of hub-docs; `EvalResultEntry` of huggingface_hub 2.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardiogram.cards.front_matter import parse_metadata
from cardiogram.cards.lint.findings import MODELS, Breach, LintedCard, Rule
from cardiogram.cards.problems import explain_problem

_SOURCE = ("name", "user", "org")


def _results(source: LintedCard) -> Iterator[Breach]:
    for name, text in source.results.items():
        for fault in find_faults(text):
            yield Breach(1, f"`.eval_results/{name}`: {fault}.")


def find_faults(text: str) -> list[str]:
    r"""What keeps the Hub's client from reading a file of results.

    Examples
    --------
    >>> find_faults("- dataset: {id: cais/hle, task_id: default}\n  value: 20.9\n")
    []
    >>> find_faults("- dataset: {id: cais/hle}\n  value: 20.9\n")
    ['result 1 has no `dataset.task_id`']
    """
    read = parse_metadata(f"results:\n{text.removeprefix('---').lstrip(chr(10))}", above=-1)
    if read.problems:
        return [explain_problem(read.problems[0]).replace("the metadata", "the file")]
    entries = read.values.get("results")
    if not isinstance(entries, list) or len(read.values) > 1:
        return ["it is no list of results"]
    faults = ((number, _fault(entry)) for number, entry in enumerate(entries, 1))
    return [f"result {number} {fault}" for number, fault in faults if fault]


def _fault(entry: object) -> str:
    """What is wrong with one result; "" where nothing is."""
    if not isinstance(entry, Mapping):
        return "is no map"
    dataset, source = entry.get("dataset"), entry.get("source")
    for key in ("id", "task_id"):
        if not isinstance(dataset, Mapping) or dataset.get(key) in (None, ""):
            return f"has no `dataset.{key}`"
    if entry.get("value") in (None, ""):
        return "has no `value`"
    if isinstance(source, Mapping) and any(source.get(key) for key in _SOURCE):
        return "" if source.get("url") else "names a source without its `url`"
    return ""


RULES: tuple[Rule, ...] = (Rule("CG129", "eval-results-malformed", "warning", _results, of=MODELS),)
"""Rule CG129."""

"""Results for the metadata: those of which files prove task, data set, metric and value."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.cards import load_vocabulary
from cardiogram.improve.additions.stating import CardVoice, is_plain
from cardiogram.improve.draft import DraftChange, Sentence
from cardiogram.improve.editing import ListedResult
from cardiogram.improve.operations import AddResults
from cardiogram.repository import Fact

_MOST = 40
_WHY = "Results in the metadata are compared on the Hub; these name their data, metric and split."


def find_index(voice: CardVoice) -> Iterator[DraftChange]:
    """What harnesses measured, as a `model-index`; a result without its data set is not written."""
    task = voice.fact("task")
    if task is None or task.value not in load_vocabulary().tasks:
        return
    metrics: dict[str, list[Fact]] = {}
    for fact in voice.view.facts.named("metric"):
        if ", " in fact.about and not fact.note and _is_written(fact) and voice.proves(fact):
            metrics.setdefault(fact.about.partition(", ")[2], []).append(fact)
    present, results, sentences = _present(voice), list[ListedResult](), list[Sentence]()
    for part, own in metrics.items():
        result, facts = _result(voice, part, own, str(task.value))
        if result is None or len(results) == _MOST:
            continue
        if (result.data, result.config) not in present and result.name not in present:
            results.append(result)
            sentences += _said(result, facts, own)
    name = voice.view.facts.repo.rpartition("/")[2]
    if results and name:
        yield DraftChange(
            "add:model-index", "metadata", _WHY, (AddResults(name, tuple(results)),),
            tuple(sentences), "metadata",
        )  # fmt: skip


def _is_written(fact: Fact) -> bool:
    """Whether a value is a number that every reader of YAML takes for that number."""
    value = fact.value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and "e" not in repr(value) and is_plain(fact.about)


def _number(fact: Fact) -> float:
    """The value as the file has it: 55 stays 55."""
    return fact.value if isinstance(fact.value, int | float) else 0.0


def _result(
    voice: CardVoice, part: str, metrics: list[Fact], task: str
) -> tuple[ListedResult | None, dict[str, Fact]]:
    """The result of a task of a harness, and the facts on its data."""
    facts = {}
    for name in ("data", "config", "split", "revision", "shots"):
        stated = [f for f in voice.facts(f"result_{name}", part) if is_plain(f.value)]
        if len(stated) > 1:
            return None, {}
        if stated:
            facts[name] = stated[0]
    if "data" not in facts:
        return None, {}
    said = {name: str(fact.value) for name, fact in facts.items()}
    name = said["data"] if part.startswith(f"{said['data']} ") else part
    shots = f" ({said['shots']}-shot)" if said.get("shots", "0") != "0" else ""
    values = {fact.about.partition(", ")[0]: fact for fact in metrics}
    if len(values) < len(metrics):
        return None, {}  # two files that differ
    more = {key: said.get(key, "") for key in ("config", "split", "revision")}
    listed = tuple((key, _number(fact)) for key, fact in values.items())
    return ListedResult(task, name + shots, said["data"], listed, **more), facts


def _said(result: ListedResult, facts: dict[str, Fact], metrics: list[Fact]) -> Iterator[Sentence]:
    """Lines of the entry with what proves them."""
    keys = {"data": "type", "config": "config", "split": "split", "revision": "revision"}
    for name, key in keys.items():
        if name in facts and facts[name].value:
            line = next(x for x in result.lines() if x.lstrip().startswith(f"{key}: "))
            if name == "data":  # the first `type:` is the task's
                line = next(x for x in reversed([*result.lines()]) if result.data in x)
            yield Sentence(line.strip(), (facts[name],))
    for fact in metrics:
        yield Sentence(f"value: {_number(fact)}", (fact,))


def _present(voice: CardVoice) -> set[object]:
    """Data sets of the results that the metadata, or `.eval_results`, have already."""
    index = voice.view.card.metadata.values.get("model-index")
    present: set[object] = set()
    for model in index if isinstance(index, list) else ():
        results = model.get("results") if isinstance(model, dict) else None
        for result in results if isinstance(results, list) else ():
            data = result.get("dataset") if isinstance(result, dict) else None
            if isinstance(data, dict):
                present |= {str(data.get("name")), (data.get("type"), str(data.get("config", "")))}
    for fact in voice.view.facts.named("eval_result"):
        present.add((fact.about.partition(", ")[0], ""))
    return present

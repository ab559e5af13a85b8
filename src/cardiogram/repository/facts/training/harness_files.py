"""Facts of what harnesses write: lm-evaluation-harness, and MTEB; with the data of each task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts.training.result_files import number_of

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

MOST_FILES, MOST_TASKS, MOST_METRICS = 5, 20, 200
_TASK = {
    "result_data": ("dataset_path",),
    "result_config": ("dataset_name",),
    "result_split": ("test_split", "validation_split"),
    "result_shots": ("num_fewshot",),
}
"""What a task says of its data, by the keys of lm-evaluation-harness."""
_PRETRAINED = regex(r"(?:^|,)pretrained=([^,]+)")
_HUB_ID = regex(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_MTEB = regex(r"(?:.*/)?(?:results|mteb)[^/]*/(?:.*/)?[A-Z][\w.-]*\.json")


def harness_facts(files: Files) -> Iterator[Fact]:
    """Results of lm-evaluation-harness: task by task, with the metric's filter left out."""
    left = MOST_METRICS
    for path in files.paths("results*.json", "*/results*.json")[:MOST_FILES]:
        if not files.mapping(path, "configs") and not files.mapping(path, "versions"):
            continue
        if _is_of_another(files, path):
            continue
        for task, results in files.mapping(path, "results").items():
            if isinstance(results, dict) and left:
                yield from _data(files, path, task)
            for key in results if isinstance(results, dict) else ():
                metric, _, _ = key.partition(",")
                source = files.at(path, "results", task, key)
                if source is None or "stderr" in metric or not _is_number(source) or not left:
                    continue
                left -= 1
                yield Fact("metric", source.value, (source,), about=f"{metric}, {task}")


def _is_of_another(files: Files, path: str) -> bool:
    """Whether a harness ran another model of the Hub; a place on a disk may be this one."""
    arguments = files.value(path, "config", "model_args")
    name = arguments.get("pretrained") if isinstance(arguments, dict) else None
    if isinstance(arguments, str) and (match := _PRETRAINED.search(arguments)):
        name = match[1]
    name = name or files.value(path, "model_name")
    named = isinstance(name, str) and _HUB_ID.fullmatch(name)
    return bool(named and files.repository.id and name != files.repository.id)


def _data(files: Files, path: str, task: str) -> Iterator[Fact]:
    """On which data a task was measured, and how."""
    if files.at(path, "configs", task, "dataset_path") is None:
        return
    for name, keys in _TASK.items():
        source = next(iter(files.all_at(*((path, "configs", task, key) for key in keys))), None)
        if source is not None and isinstance(source.value, str | int):
            yield Fact(name, source.value, (source,), about=task)


def mteb_facts(files: Files) -> Iterator[Fact]:
    """Main scores of MTEB, a file a task: by subset and split."""
    left = MOST_METRICS
    own = files.repository.id.replace("/", "__")
    for path in [path for path in files.paths("*.json") if _MTEB.fullmatch(path)][:MOST_TASKS]:
        folders = [part for part in path.split("/")[:-1] if "__" in part]
        if (own and any(part != own for part in folders)) or not files.value(path, "mteb_version"):
            continue
        for split, subsets in files.mapping(path, "scores").items():
            for index, _ in enumerate(subsets if isinstance(subsets, list) else ()):
                if left > 0:
                    left -= 1
                    yield from _score(files, path, split, index)


def _score(files: Files, path: str, split: str, index: int) -> Iterator[Fact]:
    """The main score of a subset, and what it is of."""
    task, subset = files.at(path, "task_name"), files.at(path, "scores", split, index, "hf_subset")
    source = files.at(path, "scores", split, index, "main_score")
    if task is None or subset is None or source is None or not _is_number(source):
        return
    part = f"{task.value} {subset.value} {split}"
    yield Fact("metric", source.value, (source,), about=f"main_score, {part}")
    yield Fact("result_data", task.value, (task,), about=part)
    yield Fact("result_config", subset.value, (subset,), about=part)
    yield Fact("result_split", split, (source,), about=part, how="computed")
    revision = files.at(path, "dataset_revision")
    if revision is not None and isinstance(revision.value, str):
        yield Fact("result_revision", revision.value, (revision,), about=part)


def _is_number(source: FactSource) -> bool:
    return number_of(source.value) is not None


HARNESS_FACTS = (harness_facts, mteb_facts)

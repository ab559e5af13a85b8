"""Facts of a run that a tracker recorded: W&B's local files and MLflow's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts.training.hyperparameters import parse_setting, setting_fact
from cardiogram.repository.facts.training.result_files import number_of

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

MOST_RUNS, MOST_KEYS = 8, 200

_EVALUATION = regex(r"^(eval|evaluation|val|valid|validation|test)[/_](.+)$")
_COUNTS = regex(r"(?:runtime|_per_second|samples|step|epoch|timestamp|num_tokens)$")
_PLAIN = {
    "train/loss": ("train_loss", ""),
    "train_loss": ("train_loss", ""),
    "train/train_loss": ("train_loss", ""),
    "train_runtime": ("training_seconds", "seconds"),
    "train/train_runtime": ("training_seconds", "seconds"),
    "train/global_step": ("steps", "steps"),
}


@dataclass(slots=True)
class TrackedRun:
    """One run of a tracker.

    Attributes
    ----------
    settings, last
        Settings, and the last value of each metric; each with the place that holds it.
    """

    name: str
    settings: dict[str, tuple[object, FactSource]] = field(default_factory=dict)
    last: dict[str, tuple[object, FactSource]] = field(default_factory=dict)


def run_facts(runs: list[TrackedRun]) -> Iterator[Fact]:
    """Facts of runs; where there are several, each says of which run it is."""
    for run in runs[:MOST_RUNS]:
        part = f"run {run.name}" if len(runs) > 1 else ""
        for fact in (*_settings(run), *_results(run)):
            yield replace(fact, about=", ".join(filter(None, (fact.about, part))))


def _settings(run: TrackedRun) -> Iterator[Fact]:
    for key, (value, source) in list(run.settings.items())[:MOST_KEYS]:
        fact = setting_fact(key, value, [source])
        if fact is not None:
            yield fact


def _results(run: TrackedRun) -> Iterator[Fact]:
    for key, (value, source) in list(run.last.items())[:MOST_KEYS]:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or number_of(value) is None
        ):
            continue
        evaluation = _EVALUATION.match(key)
        if key in _PLAIN:
            name, unit = _PLAIN[key]
            note = "last that was logged" if name == "train_loss" else ""
            yield Fact(name, value, (source,), unit, note=note)
        elif evaluation and not _COUNTS.search(key):
            split = "test" if evaluation[1] == "test" else ""
            about = ", ".join(filter(None, (evaluation[2], split)))
            yield Fact("metric", value, (source,), about=about, note="last that was logged")


def wandb_facts(files: Files) -> Iterator[Fact]:
    """Runs of W&B that were saved beside the model: summary, settings, hardware."""
    runs = []
    for path in files.paths("wandb-summary.json", "*/wandb-summary.json")[:MOST_RUNS]:
        folder = str(PurePosixPath(path).parent)
        run = TrackedRun(PurePosixPath(folder).parent.name or folder)
        run.last = _placed(files, path, files.mapping(path))
        config = str(PurePosixPath(folder) / "config.yaml").removeprefix("./")
        for key, entry in files.mapping(config).items():
            source = files.at(config, key, "value")
            if isinstance(entry, dict) and source is not None:
                run.settings[key] = (source.value, source)
        runs.append(run)
        yield from _hardware(files, str(PurePosixPath(folder) / "wandb-metadata.json"))
    yield from run_facts(runs)


def _placed(
    files: Files, path: str, values: Mapping[str, object]
) -> dict[str, tuple[object, FactSource]]:
    at: dict[str, tuple[object, FactSource]] = {}
    for key in list(values)[:MOST_KEYS]:
        source = files.at(path, key)
        if source is not None:
            at[key] = (source.value, source)
    return at


def _hardware(files: Files, path: str) -> Iterator[Fact]:
    """The graphics cards alone: the rest names a machine and who sat at it."""
    gpu, count = files.at(path, "gpu"), files.at(path, "gpu_count")
    if gpu is not None and isinstance(gpu.value, str):
        number = count.value if count is not None and isinstance(count.value, int) else 1
        sources = tuple(source for source in (gpu, count) if source is not None)
        yield Fact("hardware", f"{number} x {gpu.value}", sources, how="computed")


def mlflow_facts(files: Files) -> Iterator[Fact]:
    """Runs of an `mlruns` folder: a file for each setting, and one for each metric."""
    runs: dict[str, TrackedRun] = {}
    for kind, read in (("params", _read_param), ("metrics", _read_metric)):
        for path in files.paths(f"mlruns/*/{kind}/*", f"*/mlruns/*/{kind}/*")[:1000]:
            folder, _, key = path.partition(f"/{kind}/")
            if folder not in runs and len(runs) == MOST_RUNS:
                continue
            run = runs.setdefault(folder, TrackedRun(PurePosixPath(folder).name))
            placed = read(files, path)
            if placed is not None and files.repository.files[path].size <= 1 << 20:
                (run.settings if kind == "params" else run.last)[key] = placed
    yield from run_facts(list(runs.values()))


def _read_param(files: Files, path: str) -> tuple[object, FactSource] | None:
    text = files.text(path).strip()
    return (parse_setting(text), files.line(path, 1, text)) if text and "\n" not in text else None


def _read_metric(files: Files, path: str) -> tuple[object, FactSource] | None:
    """The last line: time, value, step."""
    lines = files.text(path).rstrip().split("\n")
    words = lines[-1].split()
    value = parse_setting(words[1]) if len(words) in (2, 3) else None
    if isinstance(value, str) or value is None:
        return None
    return value, files.line(path, len(lines), lines[-1], value)


TRACKER_FACTS = (wandb_facts, mlflow_facts)

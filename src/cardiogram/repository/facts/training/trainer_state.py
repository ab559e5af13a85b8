"""Facts of trainer_state.json and trainer_log.jsonl: steps, epochs, losses, evaluations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, make_pointer
from cardiogram.repository.facts.training.result_files import is_metric, metric_fact, number_of
from cardiogram.repository.formats import stream_json

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

STATE, LOG = "trainer_state.json", "trainer_log.jsonl"
KEPT_WHOLE = 4 << 20
"""A longer file is read in parts."""

_CHECKPOINT = regex(r"(?:.*/)?checkpoint-(\d{1,12})/trainer_state\.json")
_MOST_OTHERS = 4
"""Runs in other folders that are looked at: what a card says may be of one of them."""
Entry = Mapping[str, object]


@dataclass(slots=True)
class _Log:
    """What counts of `log_history`: indices and entries.

    Attributes
    ----------
    loss, evaluation, best, peak, summary
        Last entry with a loss; last and best evaluation; highest learning rate; the end's summary.
    """

    loss: tuple[int, Entry] | None = None
    evaluation: tuple[int, Entry] | None = None
    best: tuple[int, Entry] | None = None
    peak: tuple[int, Entry] | None = None
    summary: tuple[int, Entry] | None = None
    summaries: int = 0
    last_step: float = 0.0
    falls: bool = False

    def add(self, index: int, entry: Entry, best_metric: float | None, step: float | None) -> None:
        """Take in the next entry."""
        at = number_of(entry.get("step"))
        if at is not None:
            self.falls |= at < self.last_step
            self.last_step = at
        rate = number_of(entry.get("learning_rate"))
        if rate is not None and rate > (self.peak_rate or 0.0):
            self.peak = (index, entry)
        if number_of(entry.get("loss")) is not None:
            self.loss = (index, entry)
        if "train_runtime" in entry:
            self.summary, self.summaries = (index, entry), self.summaries + 1
        elif any(key.startswith("eval_") for key in entry):
            self.evaluation = (index, entry)
            at_best = step is None or at == step
            if best_metric is not None and at_best and best_metric in entry.values():
                self.best = (index, entry)

    @property
    def peak_rate(self) -> float | None:
        """The highest learning rate so far."""
        return number_of(self.peak[1].get("learning_rate")) if self.peak else None


@dataclass(slots=True)
class _State:
    path: str
    values: dict[str, object] = field(default_factory=dict)
    log: _Log = field(default_factory=_Log)

    def number(self, key: str) -> float | None:
        return number_of(self.values.get(key))


def state_facts(files: Files) -> Iterator[Fact]:
    """Steps, epochs, batch, losses and evaluations of the Trainer's state."""
    path = state_path(files)
    others = [p for p in files.paths(f"*/{STATE}") if p != path and not _CHECKPOINT.fullmatch(p)]
    for each in [path, *others[:_MOST_OTHERS]] if path else others[:_MOST_OTHERS]:
        state, where = _read(files, each), each.removesuffix(STATE).rstrip("/")
        for fact in (*_top(files, state), *(_logged(files, state) if each == path else ())):
            about = ", ".join(filter(None, (fact.about, where)))
            yield replace(fact, about=about) if where else fact


def state_path(files: Files) -> str:
    """The state at the root, else that of the last checkpoint."""
    if STATE in files:
        return STATE
    matches = ((_CHECKPOINT.fullmatch(p), p) for p in files.paths(f"*{STATE}"))
    return max(((int(m[1]), p) for m, p in matches if m), default=(0, ""))[1]


def _read(files: Files, path: str) -> _State:
    state = _State(path)
    if files.repository.files[path].size <= KEPT_WHOLE:
        document = files.mapping(path)
        state.values = {k: v for k, v in document.items() if not isinstance(v, list | dict)}
        history = document.get("log_history")
        entries = list(enumerate(history)) if isinstance(history, list) else []
    else:
        entries = []
        for key, index, value in stream_json(files.repository.stream(path), "log_history"):
            if index < 0 and not isinstance(value, list | dict):
                state.values[key] = value
            elif key == "log_history" and isinstance(value, dict):
                _take(state, index, value)
    for index, entry in entries:
        if isinstance(entry, dict):
            _take(state, index, entry)
    return state


def _take(state: _State, index: int, entry: Entry) -> None:
    state.log.add(index, entry, state.number("best_metric"), state.number("best_global_step"))


def _source(files: Files, state: _State, *parts: str | int, value: object) -> FactSource:
    bare = files.header(state.path, "", value)
    return replace(bare, header="", pointer=make_pointer(parts))


def _top(files: Files, state: _State) -> Iterator[Fact]:
    """What stands at the top: how far it came, and with which batch."""

    def at(key: str) -> FactSource:
        return _source(files, state, key, value=state.values[key])

    steps, planned = state.number("global_step"), state.number("max_steps")
    if steps:
        note, sources = "", [at("global_step")]
        if planned == steps:
            sources.append(at("max_steps"))
        elif planned and planned > steps:
            note = f"stopped early: {planned:.0f} were planned"
        yield Fact("steps", int(steps), tuple(sources), "steps", note=note)
    yield from _epochs(state, at)
    if batch := state.number("train_batch_size"):
        yield Fact("batch_size", int(batch), (at("train_batch_size"),), "examples")
    best, step = state.number("best_metric"), state.number("best_global_step")
    if best is not None:
        named = state.log.best[1] if state.log.best else {}
        metric = next((k for k, v in named.items() if v == best and k != "step"), "")
        note = f"chose the checkpoint of step {step:.0f}" if step else ""
        sources = [at("best_metric")]
        if metric and state.log.best:
            place = ("log_history", state.log.best[0], metric)
            sources.append(_source(files, state, *place, value=best))
        about = metric.removeprefix("eval_")
        yield Fact("best_metric", best, tuple(sources), about=about, note=note)


def _epochs(state: _State, source: Callable[[str], FactSource]) -> Iterator[Fact]:
    """Epochs done; those that were asked for where both are the same.

    With a number of steps the Trainer rounds the epochs that were asked for up, so they say
    nothing.
    """
    done, planned = state.number("epoch"), state.number("num_train_epochs")
    if planned and (not done or abs(done - planned) < 0.01):
        sources = (source("num_train_epochs"), *((source("epoch"),) if done else ()))
        yield Fact("epochs", planned, sources, "epochs")
    elif done:
        yield Fact("epochs", done, (source("epoch"),), "epochs", note="done, a fraction")


def _logged(files: Files, state: _State) -> Iterator[Fact]:
    """What the log says: the end's summary, the last loss, the last and the best evaluation."""
    log = state.log
    resumed = log.falls or log.summaries > 1
    again = "the run was resumed: this is of its last part" if resumed else ""

    def at(entry: tuple[int, Entry], key: str) -> FactSource:
        return _source(files, state, "log_history", entry[0], key, value=entry[1][key])

    if log.summary is not None:
        keys = {"train_loss": ("train_loss", ""), "train_runtime": ("training_seconds", "seconds")}
        for key, (name, unit) in keys.items():
            value = number_of(log.summary[1].get(key))
            if value is not None:
                yield Fact(name, value, (at(log.summary, key),), unit, note=again)
    if log.loss is not None and (step := number_of(log.loss[1].get("step"))) is not None:
        value = number_of(log.loss[1]["loss"])
        yield Fact("train_loss", value, (at(log.loss, "loss"),), about=f"step {step:.0f}")
    if log.peak is not None and log.peak_rate:
        source = at(log.peak, "learning_rate")
        steps = [number_of(log.peak[1].get("step")), state.number("max_steps")]
        about = " of ".join(f"{step:.0f}" for step in steps if step is not None)
        yield Fact(
            "learning_rate_logged",
            log.peak_rate,
            (source,),
            about=f"step {about}" if about else "",
            note="highest in the log",
        )
    yield from _evaluations(log, at)


def _evaluations(
    log: _Log, source: Callable[[tuple[int, Entry], str], FactSource]
) -> Iterator[Fact]:
    """Results of the last evaluation, and of the best one where that is another."""
    if log.evaluation is None:
        return
    last, best = log.evaluation, log.best
    other = best is not None and best[0] != last[0]
    for key in filter(is_metric, last[1]):
        note = ""
        if other and best is not None:
            note = f"last evaluation; the best one was at step {best[1].get('step')}"
        yield from metric_fact(key, last[1][key], [source(last, key)], note=note)
    if other and best is not None:
        for key in filter(is_metric, best[1]):
            yield from metric_fact(key, best[1][key], [source(best, key)], part="best checkpoint")


def log_facts(files: Files) -> Iterator[Fact]:
    """The last loss and the steps of LLaMA-Factory's log."""
    for path in files.paths(LOG, f"*/{LOG}")[:1]:
        entries = files.document(path)
        if not isinstance(entries, list):
            continue
        for index in range(len(entries) - 1, -1, -1):
            entry = entries[index]
            if not isinstance(entry, dict) or number_of(entry.get("loss")) is None:
                continue
            step = number_of(entry.get("current_steps"))
            source = files.at(path, index, "loss")
            if source is not None and step is not None:
                yield Fact("train_loss", source.value, (source,), about=f"step {step:.0f}")
            break


STATE_FACTS = (state_facts, log_facts)

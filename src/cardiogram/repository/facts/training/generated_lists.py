"""Facts that generators of cards list: hyperparameters, versions, losses, sizes, methods.

Only lists that a generator opens with its own words count; each fact is one line of the card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.training.hyperparameters import parse_setting, setting_fact
from cardiogram.repository.facts.training.result_files import RESULTS, is_metric, metric_fact

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

CARD = "README.md"

_LISTS = (
    (regex(r"(?i)hyper-?parameters? (?:were|was) used (?:during|for) training"), "setting"),
    (regex(r"(?i)quantization config was used (?:during|for) training"), "setting"),
    (regex(r"(?i)these are the key hyperparameters used during training"), "setting"),
    (regex(r"(?i)#+\s*(?:non-default |training )hyperparameters\s*$"), "setting"),
    (regex(r"(?i)#+\s*all hyperparameters\s*$"), "default"),
    (regex(r"(?i)#+\s*framework versions?\s*$"), "version"),
    (regex(r"(?i)achieves the following results on the evaluation set"), "result"),
    (regex(r"(?i)#{2,}\s*(?:training|evaluation) datasets?\s*$"), "data"),
)
_SIZE = regex(r"([\d,.]+) (training|evaluation) samples")
_VERSION = regex(r"[-*] ([A-Za-z][\w .-]{1,40}?):? v?(\d[\w.+-]*)\s*$")
_METHOD = regex(
    r"This model was trained with ((?:Online |Iterative )?(?:SFT|DPO|KTO|ORPO|CPO|GRPO|RLOO|PPO|XPO"
    r"|BCO|GKD|Nash-MD|PRM|Reward))(?=[.,])"
)
_TUNED = regex(
    r"(?:pipeline was finetuned from|LoRA adaption weights for|is a fine-tuned version of)"
    r".{0,300}? on the \**\[?([\w.-]+/[\w.-]*\w)\]?(?:\([^)]*\))?\** dataset"
)
_LEADING_NUMBER = regex(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\d.]|,\d)")
_LONGEST_LIST = 80


def listed_facts(files: Files) -> Iterator[Fact]:
    """Entries of every list of a generator."""
    kind, left = "", 0
    lines, data_set = files.lines(CARD), ""
    fenced = False
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced or not line.strip():
            continue
        opened = next((what for start, what in _LISTS if start.search(line)), "")
        if opened:
            kind, left, data_set = opened, _LONGEST_LIST, _data_set(line)
        elif line.startswith("#"):
            if kind == "data" and line.startswith("####"):
                data_set = line.strip("# ") if "/" in line else ""
            else:
                kind = ""
        elif kind in ("setting", "result") and line[0] not in "-* \t>|<":
            kind = ""  # prose: the list has ended
        elif kind and left:
            left -= 1
            yield from _entry(files, number, line, kind, data_set)


def has_results(files: Files) -> bool:
    """Whether files say in full what the card rounds."""
    return any(path in files for path in (*RESULTS, "trainer_state.json"))


def _data_set(line: str) -> str:
    return "evaluation" if "valuation" in line else ""


def _entry(files: Files, number: int, line: str, kind: str, part: str) -> Iterator[Fact]:
    source = files.line(CARD, number, line.strip())
    if kind == "version":
        version = _VERSION.match(line.strip())
        if version:
            stated = replace(source, value=version[2])
            yield Fact("library_version", version[2], (stated,), about=version[1].casefold())
        return
    key, value = _key_and_value(line)
    if not key or not value:
        return
    if value.startswith("[More") or "<!--" in value:  # the template's placeholders
        return
    if kind in ("setting", "default"):
        fact = setting_fact(key, parse_setting(value), [source], listed=kind == "setting")
        if fact is not None:
            yield fact
    elif kind == "result" and not has_results(files):
        yield from _result(key.casefold(), parse_setting(value), source)
    elif size := _SIZE.search(value):
        name = "train_samples" if size[2] == "training" else "eval_samples"
        count = int(re.sub(r"\D", "", size[1]) or 0)
        about = part if "/" in part else ""
        yield Fact(name, count, (replace(source, value=count),), "examples", about=about)
    elif key.casefold() == "loss" and (loss := re.search(r"\w*Loss\b", value)):
        yield Fact("loss_function", loss[0], (replace(source, value=loss[0]),))


def _key_and_value(line: str) -> tuple[str, str]:
    """Both sides of an entry such as ``- `seed`: 42`` or ``- **Seed:** 42``; "" for none."""
    entry = line.strip()
    if not entry.startswith(("- ", "* ")):
        return "", ""
    key, _, value = entry[2:].partition(":")
    return key.strip("*` "), value.removeprefix("**").strip()


def _result(key: str, value: Value, source: FactSource) -> Iterator[Fact]:
    """A result of the Trainer's list, or of that of Keras, which names the split."""
    if key == "train loss":
        yield Fact("train_loss", value, (replace(source, value=value),))
    elif is_metric(f"eval_{key}") and not key.startswith("train "):
        sources = [replace(source, value=value)]
        yield from metric_fact(f"eval_{key.removeprefix('validation ')}", value, sources)


def said_facts(files: Files) -> Iterator[Fact]:
    """Sentences of generators: the method of TRL, the data of diffusers and the Trainer."""
    for number, line in enumerate(files.lines(CARD), 1):
        if len(line) > 2000:
            continue
        if method := _METHOD.match(line.strip()):
            source = files.line(CARD, number, method[0], method[1])
            yield Fact("method", method[1], (source,))
        if tuned := _TUNED.search(line):
            yield Fact("dataset", tuned[1], (files.line(CARD, number, tuned[1]),))


def table_facts(files: Files) -> Iterator[Fact]:
    """Settings in tables of two columns: skops writes such, and people do.

    Only the number that opens the cell counts: what follows it is prose.
    """
    for number, line in enumerate(files.lines(CARD), 1):
        if not line.startswith("|") or len(line) > 5000:
            continue
        before, *cells, after = line.strip().split("|")
        if len(cells) != 2 or before or after:
            continue
        key, value = (cell.strip().strip("*` ") for cell in cells)
        lead = _LEADING_NUMBER.match(value)
        estimator, _, setting = key.rpartition("__")
        source = files.line(CARD, number, line.strip() if len(line) < 300 else key)
        if estimator:  # skops: histgradientboostingclassifier__learning_rate
            about = f"{estimator} {setting}"
            if lead and lead[0] == value:
                number_given = parse_setting(value)
                stated = replace(source, value=number_given)
                yield Fact("hyperparameter", number_given, (stated,), about=about)
        elif key == "steps" and value.startswith("[("):
            steps = re.findall(r"\('[\w-]+', (\w+)\(", value)
            if steps:
                stated = replace(source, value=[*steps])
                yield Fact("components", [*steps], (stated,), note="steps of the pipeline")
        elif lead:
            fact = setting_fact(key, parse_setting(lead[0]), [source])
            if fact is not None:
                yield fact


def tag_facts(files: Files) -> Iterator[Fact]:
    """Tags that generators set: the loss, the size of the data, the method."""
    tags = files.front.get("tags")
    for index, tag in enumerate(tags if isinstance(tags, list) else ()):
        source = files.at(CARD, "tags", index)
        if source is None or not isinstance(tag, str):
            continue
        name, _, value = tag.partition(":")
        if name == "loss" and value:
            yield Fact("loss_function", value, (source,), how="computed")
        elif name == "dataset_size" and value.isdecimal() and len(value) < 15:
            yield Fact("train_samples", int(value), (source,), "examples", how="computed")


LIST_FACTS = (listed_facts, said_facts, table_facts, tag_facts)

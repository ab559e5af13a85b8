"""Facts of the front matter, of licence files and of `.eval_results`: what the author declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, How, Value

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

CARD = "README.md"
MOST_RESULTS = 200

_LICENCE_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING")
_LICENCE_WORDS = (
    ("apache-2.0", regex(r"Apache License,?\s+Version 2\.0|^\s*Apache License\s*$", re.M)),
    ("mit", regex(r"^\W*(?:The )?MIT License\b", re.M)),
    ("agpl-3.0", regex(r"GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3", re.M)),
    ("lgpl-3.0", regex(r"GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3", re.M)),
    ("gpl-3.0", regex(r"GNU GENERAL PUBLIC LICENSE\s+Version 3", re.M)),
    ("gpl-2.0", regex(r"GNU GENERAL PUBLIC LICENSE\s+Version 2", re.M)),
    ("cc-by-nc-sa-4.0", regex(r"Attribution-NonCommercial-ShareAlike 4\.0 International")),
    (
        "cc-by-nc-nd-4.0",
        regex(r"Attribution-NonCommercial-NoDerivatives 4\.0 International"),
    ),
    ("cc-by-nc-4.0", regex(r"Attribution-NonCommercial 4\.0 International")),
    ("cc-by-sa-4.0", regex(r"Attribution-ShareAlike 4\.0 International")),
    ("cc-by-nd-4.0", regex(r"Attribution-NoDerivatives 4\.0 International")),
    ("cc-by-4.0", regex(r"Attribution 4\.0 International")),
    ("cc0-1.0", regex(r"CC0 1\.0 Universal")),
    ("llama2", regex(r"LLAMA 2 COMMUNITY LICENSE AGREEMENT")),
    ("llama3", regex(r"META LLAMA 3 COMMUNITY LICENSE AGREEMENT")),
    ("llama3.1", regex(r"LLAMA 3\.1 COMMUNITY LICENSE AGREEMENT")),
    ("llama3.2", regex(r"LLAMA 3\.2 COMMUNITY LICENSE AGREEMENT")),
    ("llama3.3", regex(r"LLAMA 3\.3 COMMUNITY LICENSE AGREEMENT")),
    ("gemma", regex(r"Gemma Terms of Use")),
)

_OF_THE_TEMPLATE = "1910.09700"
"""The paper on emissions that the Hub's template of cards names."""


def licence_facts(files: Files) -> Iterator[Fact]:
    """The licence of the card, and that of the licence file by its title."""
    for key, name in (("license", "licence"), ("license_name", "licence_name")):
        source = files.at(CARD, key)
        if source is not None and (ids := texts_of(source.value)):
            value: Value = ids[0] if len(ids) == 1 else [*ids]
            how: How = "read" if value == source.value else "computed"
            yield Fact(name, value, (source,), how=how)
    yield from _licence_file(files)


def texts_of(value: object) -> list[str]:
    """The texts of a value that may be one or a list of them.

    Examples
    --------
    >>> texts_of("en"), texts_of(["en", 3, ""]), texts_of({"en": 1})
    (['en'], ['en'], [])
    """
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text]


def _licence_file(files: Files) -> Iterator[Fact]:
    path = next((p for p in _LICENCE_FILES if p in files), "")
    if not path or files.repository.files[path].size > 1 << 20:
        return
    top = "\n".join(files.lines(path)[:30])
    matches = [(id, match) for id, words in _LICENCE_WORDS if (match := words.search(top))]
    if matches:
        id, match = matches[0]
        lead = match.start() + len(match[0]) - len(match[0].lstrip())
        line = top[:lead].count("\n") + 1
        source = files.line(path, line, files.lines(path)[line - 1].strip(), id)
        yield Fact("licence", id, (source,), about=path, note="of the licence file, by its title")


def declared_facts(files: Files) -> Iterator[Fact]:
    """Languages, task and data sets of the front matter."""
    language = files.at(CARD, "language")
    if language is not None and (codes := texts_of(language.value)):
        yield Fact("language", [*codes], (language,))
    task = files.at(CARD, "pipeline_tag")
    if task is not None and isinstance(task.value, str):
        yield Fact("task", task.value, (task,))
    declared = files.front.get("datasets")
    if isinstance(declared, str):
        source = files.at(CARD, "datasets")
        if source is not None:
            yield Fact("dataset", declared, (source,))
    for index in range(len(declared) if isinstance(declared, list) else 0):
        source = files.at(CARD, "datasets", index)
        if source is not None and isinstance(source.value, str):
            yield Fact("dataset", source.value, (source,))


def index_facts(files: Files) -> Iterator[Fact]:
    """Results of the model-index, each with the data set and split that it names."""
    left = MOST_RESULTS
    for model, entry in enumerate(_list(files.front.get("model-index"))):
        for result, told in enumerate(_list(entry.get("results"))):
            for metric, values in enumerate(_list(told.get("metrics"))):
                place = ("model-index", model, "results", result, "metrics", metric, "value")
                source = files.at(CARD, *place)
                if source is None or not left or isinstance(source.value, list | dict | bool):
                    continue
                left -= 1
                about = ", ".join(_names(values, told.get("dataset")))
                yield Fact(
                    "metric", source.value, (source,), about=about, note="as the card has it"
                )


def _names(metric: Mapping[str, object], dataset: object) -> list[str]:
    """Metric, data set and split, as far as they are named."""
    data = dataset if isinstance(dataset, dict) else {}
    parts = [
        metric.get("type") or metric.get("name"),
        data.get("type") or data.get("name"),
        data.get("split"),
    ]
    return [str(part)[:120] for part in parts if part]


def _list(value: object) -> list[Mapping[str, object]]:
    return [v if isinstance(v, dict) else {} for v in value] if isinstance(value, list) else []


def eval_result_facts(files: Files) -> Iterator[Fact]:
    """Results of `.eval_results`, committed by who owns the repository."""
    for path in files.paths(".eval_results/*.yaml", ".eval_results/*.yml")[:20]:
        document = files.document(path)
        for index, entry in enumerate(_list(document)[:MOST_RESULTS]):
            source = files.at(path, index, "value")
            data = entry.get("dataset")
            parts = [data.get("id"), data.get("task_id")] if isinstance(data, dict) else [data]
            if source is not None and isinstance(source.value, int | float | str):
                about = ", ".join(str(part) for part in parts if part)
                note = str(entry.get("notes") or "")[:200]
                yield Fact("eval_result", source.value, (source,), about=about, note=note)


def paper_facts(files: Files) -> Iterator[Fact]:
    """Papers on arXiv that the card names; whether a paper is of this model it need not say."""
    ids: dict[str, FactSource] = {}
    for number, line in enumerate(files.lines(CARD), 1):
        for match in re.finditer(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})(?:v\d+)?", line):
            if len(ids) < 20 and match[1] != _OF_THE_TEMPLATE:
                ids.setdefault(match[1], files.line(CARD, number, match[0], match[1]))
    for id, source in ids.items():
        yield Fact("paper", id, (source,), note="named in the card; it may be of what it uses")


def script_facts(files: Files) -> Iterator[Fact]:
    """The learning rate that a training script takes unless told otherwise."""
    default = re.compile(
        r"--(?:learning[-_]rate|lr)['\"].{0,120}?(default\s*=\s*([\d.]+(?:e-?\d+)?))"
    )
    for path in files.paths("train*.py")[:2]:
        if files.repository.files[path].size > 1 << 18 or "/" in path:
            continue
        for number, line in enumerate(files.lines(path), 1):
            if len(line) < 1000 and (match := default.search(line)):
                source = files.line(path, number, match[1], float(match[2]))
                note = "default of the script; a run may have set another"
                yield Fact("learning_rate", float(match[2]), (source,), about=path, note=note)


def emission_facts(files: Files) -> Iterator[Fact]:
    """Emissions and hardware of the front matter, and emissions of CodeCarbon's file."""
    key = "co2_eq_emissions"
    emissions = files.at(CARD, key, "emissions") or files.at(CARD, key)
    if emissions is not None and not isinstance(emissions.value, str | list | dict | bool):
        yield Fact("emissions", emissions.value, (emissions,), "grams")
    hardware = files.at(CARD, key, "hardware_used")
    if hardware is not None and isinstance(hardware.value, str):
        yield Fact("hardware", hardware.value, (hardware,))
    rows = [row.split(",") for row in files.lines("emissions.csv") if row.strip()][:10_000]
    if len(rows) == 2 and "emissions" in rows[0] and len(rows[0]) == len(rows[1]):
        text = rows[1][rows[0].index("emissions")]  # of the row nothing else: it has a place in it
        if re.fullmatch(r"\d+(?:\.\d+)?(?:e-?\d{1,2})?", text):
            source = files.line("emissions.csv", 2, text, float(text))
            yield Fact("emissions", 1000 * float(text), (source,), "grams", how="computed")


FRONT_FACTS = (
    licence_facts,
    declared_facts,
    index_facts,
    eval_result_facts,
    paper_facts,
    script_facts,
    emission_facts,
)

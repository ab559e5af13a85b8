"""Results: the metadata against text, tables and files; rounding and per cent agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cardiogram.lazy import regex
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import (
    Known,
    contradiction,
    number,
    source_of,
    sources_of,
)
from cardiogram.repository.fact import Fact
from cardiogram.repository.statements import Statement


def same_result(one_value: float, other: float, step: float = 0.0) -> bool:
    """Whether two results agree: rounded or cut, as a fraction or in per cent.

    Examples
    --------
    >>> same_result(0.8843, 88.4, 0.1), same_result(16.9127, 18.4213)
    (True, False)
    """
    for scale in (1.0, 100.0, 0.01):
        scaled = one_value * scale
        if abs(scaled - other) <= max(step, _step(other), _step(one_value) * scale) * 1.01:
            return True
    return False


def _step(value: float) -> float:
    """The last decimal that a number is written with; none where it may just end in zeros."""
    text = repr(value)
    decimals = len(text.partition(".")[2]) if "e" not in text else 0
    return 10.0 ** -min(decimals, 12) if decimals > 1 else 0.0


def compare_results(known: Known) -> Iterator[Contradiction]:
    """Each metric that the metadata and the generator's list, or files, both give once."""
    index = _by_metric(known, "front matter")
    for metric, statements in index.items():
        if len(statements) != 1:
            continue
        mine = statements[0]
        facts = _facts_of(known, metric)
        text = _of_text(known, metric)
        listed = [s for s in text if s.about.endswith("|trainer")]
        if listed:
            yield from _against_list(known, mine, listed, facts)
        elif facts:
            if not any(_fact_agrees(mine, f) for f in facts):
                yield _against_facts(mine, metric, facts)
        elif len({s.value for s in text}) == 1 and not _agrees(mine, text[0]):
            yield contradiction(
                mine,
                (source_of(text[0]),),
                f"The metadata say {metric} {number(mine.value)}, "
                f"the text says {number(text[0].value)}.",
                sure=False,
            )
    yield from _text_against_files(known, set(index))


def _against_list(
    known: Known, mine: Statement, listed: Sequence[Statement], facts: Sequence[Fact]
) -> Iterator[Contradiction]:
    """The metadata against the list that a generator wrote.

    Where people wrote the metadata, these may be of the test split and the list of another one;
    where the words above the list name other data, or none, of these.
    """
    if len({s.value for s in listed}) != 1 or _agrees(mine, listed[0]):
        return
    split = mine.about.rpartition("|")[2]
    generated = split.startswith("trainer")
    sure = generated and _is_of_named_data(known, mine, listed[0])
    backed = [f for f in facts if _fact_agrees(listed[0], f)]
    against = [f for f in facts if _fact_agrees(mine, f)]
    if not generated and "test" in split and not against:
        return
    metric = mine.about.partition("|")[0]
    if against and not backed:
        yield contradiction(
            listed[0],
            (source_of(mine), *sources_of(against)),
            f"The text says {metric} {number(listed[0].value)}, "
            f"metadata and files say {number(mine.value)}.",
            sure=sure,
        )
        return
    also = " and files say" if backed else " says"
    yield contradiction(
        mine,
        (source_of(listed[0]), *sources_of(backed)),
        f"The metadata say {metric} {number(mine.value)}, the text{also} "
        f"{number(listed[0].value)}.",
        sure=sure,
    )


_ON_DATA = regex(r"\bon the (.{1,300}?) dataset\b")


def _is_of_named_data(known: Known, mine: Statement, listed: Statement) -> bool:
    """Whether the generator's words above a list name the data set of a result in the metadata."""
    above = [b for b in known.card.document.blocks if b.kind == "paragraph"]
    above = [block for block in above if block.line < listed.line]
    named = _ON_DATA.search(" ".join(above[-1].text.split())) if above else None
    data = _data_of(known, mine)
    return named is not None and _plain(named[1]) in {_plain(data.get(k)) for k in ("name", "type")}


def _data_of(known: Known, mine: Statement) -> dict[str, object]:
    """The data set of a result in the metadata."""
    value: object = known.card.metadata.values
    for key in mine.pointer.strip("/").split("/")[:4]:
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            value = value.get(key) if isinstance(value, dict) else None
    data = value.get("dataset") if isinstance(value, dict) else None
    return data if isinstance(data, dict) else {}


def _plain(value: object) -> str:
    return re.sub(r"[\W_]", "", str(value or "").lower())


def _against_facts(mine: Statement, metric: str, facts: Sequence[Fact]) -> Contradiction:
    """A question alone: no file names the data of these results."""
    return contradiction(
        mine,
        sources_of(facts),
        f"The card says {metric} {number(mine.value)}{'%' if mine.unit == '%' else ''}; "
        f"{facts[0].sources[0].path} says {number(facts[0].value)}.",
        sure=False,
    )


def _text_against_files(known: Known, indexed: set[str]) -> Iterator[Contradiction]:
    """What the text gives for a metric that the metadata leave out, against files of results."""
    for metric in dict.fromkeys(s.about.partition("|")[0] for s in known.said("metric")):
        if metric in indexed or metric == "loss":
            continue
        facts = _facts_of(known, metric)
        text = [s for s in _of_text(known, metric) if s.certain]
        listed = [s for s in text if s.about.endswith("|trainer")]
        open_ = [s for s in text if s.about.endswith("|")]
        said = listed or (open_ if len(text) == len(open_) else _of_one_split(text, facts))
        if len({s.value for s in said}) != 1 or not facts:
            continue
        if not any(_fact_agrees(said[0], f) for f in facts):
            yield _against_facts(said[0], metric, facts)
    yield from _list_against_log(known)


_TRAINED_ON = regex(r"(?<![a-z])train", re.I)
_OF_SPLIT = regex(r"(?<![a-z])(?:train|dev|valid|test)", re.I)


def _of_one_split(text: list[Statement], facts: list[Fact]) -> list[Statement]:
    """A result that is of a split by its words, where the files name none and are far from it."""
    if not facts or len({s.about for s in text}) != 1 or len({s.value for s in text}) != 1:
        return []
    split = text[0].about.rpartition("|")[2]
    if _TRAINED_ON.match(split) or any(_OF_SPLIT.search(f.about) for f in facts):
        return []
    mine = float(str(text[0].value))
    near = (abs(float(str(f.value)) * scale - mine) for f in facts for scale in (1.0, 100.0, 0.01))
    return text if min(near) > _NEAR * abs(mine) else []


_NEAR = 0.02
"""How far the result of another split commonly is, of the result itself."""


def compare_eval_results(known: Known) -> Iterator[Contradiction]:
    """Results under .eval_results against those of the metadata and of the text."""
    for fact in known.named(("eval_result",)):
        words = f"{fact.note} {fact.about}".lower()
        metrics = {s.about.partition("|")[0] for s in known.said("metric")} - {"loss", ""}
        named = [m for m in metrics if re.search(rf"(?<![a-z]){re.escape(m)}(?![a-z])", words)]
        said = [s for s in known.said("metric") if s.about.partition("|")[0] in named]
        said = [s for s in said if s.certain]
        same = [s for s in said if _is_of_data_of(known, s, fact)]
        said = same or [s for s in said if not _data_of(known, s)]
        if len(named) != 1 or not said or any(_fact_agrees(s, fact) for s in said):
            continue
        yield contradiction(
            said[0],
            sources_of([fact]),
            f"The card says {named[0]} {number(said[0].value)}; "
            f"{fact.sources[0].path} says {number(fact.value)}.",
            sure=len(same) == 1,
        )


def _is_of_data_of(known: Known, mine: Statement, fact: Fact) -> bool:
    """Whether a result of the metadata is of the data, the part and the split of a file's."""
    data = _data_of(known, mine)
    id, _, task = fact.about.partition(", ")
    parts = {_plain(data.get(key)) for key in (("config", "split") if task else ("config",))}
    splits = {_split_of(text) for text in (str(data.get("split") or ""), fact.note)} - {""}
    same = id.lower() in (str(data.get(key) or "").lower() for key in ("type", "name"))
    return same and bool(id) and _plain(task) in parts and len(splits) < 2


def _split_of(text: str) -> str:
    """The split that words name; "" where they name none."""
    split = _OF_SPLIT.search(text)
    return split[0].lower() if split else ""


def _list_against_log(known: Known) -> Iterator[Contradiction]:
    """The generator's list against the rows of the log below it, one of which it repeats."""
    for statement in known.said("metric"):
        metric = statement.about.partition("|")[0]
        rows = [s for s in known.said("log") if s.about.partition("|")[0] == metric]
        if not statement.about.endswith("|trainer") or not rows:
            continue
        if len(rows) > 1 and not any(_is_near(statement, row) for row in rows):
            yield contradiction(
                statement,
                (source_of(rows[-1]),),
                f"The list says {metric} {number(statement.value)}; "
                f"the last row of the log says {number(rows[-1].value)}, no row the same.",
                sure=False,
            )


def _is_near(statement: Statement, row: Statement) -> bool:
    """Whether a result may be one of another evaluation of the same training."""
    mine, theirs = float(str(statement.value)), float(str(row.value))
    return abs(mine - theirs) <= 0.3 * max(abs(mine), abs(theirs)) or _agrees(statement, row)


def _by_metric(known: Known, place: str) -> dict[str, list[Statement]]:
    metrics: dict[str, list[Statement]] = {}
    for statement in known.said("metric", place):
        metrics.setdefault(statement.about.partition("|")[0], []).append(statement)
    return metrics


def _of_text(known: Known, metric: str) -> list[Statement]:
    return [
        s
        for s in known.said("metric")
        if s.place != "front matter" and s.about.partition("|")[0] == metric
    ]


def _facts_of(known: Known, metric: str) -> list[Fact]:
    """Results of files by the name of the metric."""
    return [
        f
        for f in known.named(("metric", "best_metric", "eval_result"))
        if f.about.split(",")[0].strip().lower().removeprefix("eval_") == metric
        and isinstance(f.value, int | float)
        and ("," not in f.about or f.note)  # a harness names the data, which may be others
    ]


def _agrees(mine: Statement, other: Statement) -> bool:
    return same_result(float(str(mine.value)), float(str(other.value)), _rounding(other))


def _fact_agrees(statement: Statement, fact: Fact) -> bool:
    return same_result(float(str(fact.value)), float(str(statement.value)), _rounding(statement))


def _rounding(statement: Statement) -> float:
    """The last decimal of a result; a whole number of per cent is rounded to one."""
    value = float(str(statement.value))
    return statement.high - statement.low or (1.0 if value >= 10 and value % 1 == 0 else 0.0)


def compare_benchmarks(known: Known) -> Iterator[Contradiction]:
    """Benchmarks of the metadata against the model's own row of a table."""
    said: dict[str, list[Statement]] = {}
    for statement in known.said("eval_result"):
        said.setdefault(statement.about, []).append(statement)
    for statements in said.values():
        if len(statements) != 2 or statements[0].place == statements[1].place:
            continue
        mine, other = statements
        if not _agrees(mine, other):
            yield contradiction(
                mine,
                (source_of(other),),
                f"The metadata say {number(mine.value)}, the table says {number(other.value)}.",
                sure=False,
            )

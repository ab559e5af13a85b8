"""Results: the metadata against text, tables and files; rounding and per cent agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    """The last decimal that a number is written with."""
    text = repr(value)
    if "e" in text or "." not in text:
        return 0.0 if "e" in text else 1.0 if abs(value) >= 10 else 0.0
    decimals = len(text.partition(".")[2].rstrip("0"))
    return 10.0 ** -min(decimals, 12) if decimals else 0.1


def compare_results(known: Known) -> Iterator[Contradiction]:
    """Each metric that the metadata and the generator's list, or files, both give once."""
    index = _by_metric(known, "front matter")
    for metric, statements in index.items():
        if len(statements) != 1:
            continue
        mine = statements[0]
        listed = [s for s in _of_text(known, metric) if s.about.endswith("|trainer")]
        own = [s for s in _of_text(known, metric) if not s.about.endswith("|trainer")]
        facts = _facts_of(known, metric)
        if len({s.value for s in listed}) == 1 and not _agrees(mine, listed[0]):
            yield _odd_one(mine, listed[0], facts)
        elif not listed and facts and not any(_fact_agrees(mine, f) for f in facts):
            yield contradiction(
                mine,
                sources_of(facts),
                f"The metadata say {metric} {number(mine.value)}; "
                f"{facts[0].sources[0].path} says {number(facts[0].value)}.",
                sure=False,
            )
        elif not listed and len({s.value for s in own}) == 1 and not _agrees(mine, own[0]):
            yield contradiction(
                mine,
                (source_of(own[0]),),
                f"The metadata say {metric} {number(mine.value)}, "
                f"the text says {number(own[0].value)}.",
                sure=False,
            )
    yield from _text_against_files(known, set(index))


def _odd_one(mine: Statement, listed: Statement, facts: Sequence[Fact]) -> Contradiction:
    """The side that files disagree with is the statement; the other one and they contradict it."""
    metric = mine.about.partition("|")[0]
    backed = [f for f in facts if _fact_agrees(listed, f)]
    against = [f for f in facts if _fact_agrees(mine, f)]
    if against and not backed:
        return contradiction(
            listed,
            (source_of(mine), *sources_of(against)),
            f"The text says {metric} {number(listed.value)}, "
            f"metadata and files say {number(mine.value)}.",
        )
    also = " and files say" if backed else " says"
    return contradiction(
        mine,
        (source_of(listed), *sources_of(backed)),
        f"The metadata say {metric} {number(mine.value)}, the text{also} {number(listed.value)}.",
    )


def _text_against_files(known: Known, indexed: set[str]) -> Iterator[Contradiction]:
    """The generator's list against the files of results, for what the metadata leave out."""
    for statement in known.said("metric"):
        metric = statement.about.partition("|")[0]
        if not statement.about.endswith("|trainer") or metric in indexed:
            continue
        facts = _facts_of(known, metric)
        if facts and not any(_fact_agrees(statement, f) for f in facts):
            yield contradiction(
                statement,
                sources_of(facts),
                f"The card says {metric} {number(statement.value)}; "
                f"{facts[0].sources[0].path} says {number(facts[0].value)}.",
            )


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
    ]


def _agrees(mine: Statement, other: Statement) -> bool:
    return same_result(float(str(mine.value)), float(str(other.value)), other.high - other.low)


def _fact_agrees(statement: Statement, fact: Fact) -> bool:
    step = statement.high - statement.low
    return same_result(float(str(fact.value)), float(str(statement.value)), step)

"""results.json as one list of rows: every number once, with its interval, method, call and seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cardiogram.analysis import Results

if TYPE_CHECKING:
    from cardiogram.analysis import AssociationNumber, KendallNumber, Number, TraitRank

COLUMNS = (
    "part",
    "predictor",
    "outcome",
    "group",
    "item",
    "method",
    "n",
    "estimate",
    "low",
    "high",
    "interval",
    "cluster_low",
    "cluster_high",
    "cluster_interval",
    "clusters",
    "draws",
    "p_value",
    "cluster_p_value",
    "q_value",
    "call",
    "seed",
    "reason",
)
_ABOUT = ("predictor", "outcome", "trait")
_GROUPS = ("by", "stratum", "group")


def all_numbers(results: Results) -> Iterator[Mapping[str, object]]:
    """Every number as one row of the same columns."""
    for association in results.associations:
        yield _row("associations", association)
        yield from _kendall("associations", association, association)
    yield from _rows("partial", results.partial)
    yield from _strata(results)
    yield from _regressions(results)
    yield from _rows("comparisons", results.comparisons)
    yield from _rows("power", results.power)
    if results.outliers:
        yield from _rows("outliers", results.outliers.entries)
    if results.duplicates:
        yield from _rows("duplicates", results.duplicates.entries)
    yield from _traits(results)
    if results.corrected:
        yield from _rows("corrected", results.corrected.entries)
    if results.traits:
        yield from _rows("machine_made", results.traits.machine_made.entries)


def _strata(results: Results) -> Iterator[Mapping[str, object]]:
    for strata in results.strata:
        yield _row("strata", strata)
        for group in strata.strata:
            yield _row("strata", group, by=strata.by, **_about(strata))


def _regressions(results: Results) -> Iterator[Mapping[str, object]]:
    for regression in results.regressions:
        yield _row("regressions", regression)
        if without := regression.without_largest_author:
            author = f"without {without.author}"
            yield _row("regressions", without, group=author, **_about(regression))


def _traits(results: Results) -> Iterator[Mapping[str, object]]:
    for trait in results.traits.entries if results.traits else ():
        yield _row("traits", trait)
        yield _row("traits", trait.spearman, **_about(trait))
        yield from _kendall("traits", trait.spearman, trait)
        yield _row("traits", trait.partial, **_about(trait))


def _rows(part: str, numbers: Iterable[Number]) -> Iterator[Mapping[str, object]]:
    return (_row(part, number) for number in numbers)


def _kendall(
    part: str, ranks: AssociationNumber | TraitRank, of: Number
) -> Iterator[Mapping[str, object]]:
    if ranks.kendall:
        yield _row(part, ranks.kendall, **_about(of))


def _about(number: Number) -> dict[str, str]:
    return {key: getattr(number, key) for key in _ABOUT if hasattr(number, key)}


def _row(part: str, number: Number | KendallNumber, **about: str) -> Mapping[str, object]:
    """A number in the columns of the list; `about` says what it is of where it does not itself."""

    def read(key: str) -> object:
        return about.get(key, getattr(number, key, None))

    plain, author = number.interval, number.cluster_interval
    return {
        **{key: read(key) for key in COLUMNS},
        "part": part,
        "group": " ".join(str(read(key)) for key in _GROUPS if read(key) is not None),
        "item": read("trait") or read("rule"),
        "low": plain and plain.low,
        "high": plain and plain.high,
        "interval": plain and plain.method,
        "cluster_low": author and author.low,
        "cluster_high": author and author.high,
        "cluster_interval": author and author.method,
        "clusters": author and author.clusters,
        "draws": author and author.draws,
    }

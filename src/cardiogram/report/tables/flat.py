"""results.json as one list of rows: every number once, with its interval, method, call and seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cardiogram.analysis import Results

if TYPE_CHECKING:
    from cardiogram.analysis import ExtendedResults, RatioEnds
    from cardiogram.stats.resampling import Interval

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
    for conclusion in results.conclusions:
        for number in conclusion.evidence:
            ends = {"cluster_low": number.low, "cluster_high": number.high}
            yield _row("conclusions", number, item=conclusion.about, method=number.name, **ends)
    yield from (
        _row("missed", number, item=number.key, method="share", estimate=number.share)
        for number in results.missed
    )
    yield from _rows("associations", results.associations)
    yield from _rows("partial", results.partial)
    yield from _rows("regressions", results.regressions)
    yield from _rows("comparisons", results.comparisons)
    for link in results.links:
        yield _row("links", link, **_ends(link.simultaneous))
    if results.duplicates:
        yield from _rows("duplicates", results.duplicates.entries)
    for within in results.within_authors:
        ratio = {"estimate": within.ratio, "n": within.models, **_ends(within.ratio_interval)}
        yield _row("within_authors", within, **ratio)
    yield from _rows("traits", results.odds)
    for point in results.curve:
        choices = f"{point.estimator}; {', '.join(point.controls) or 'nothing held equal'}"
        about = {"item": choices, "group": point.rows, "cluster_p_value": point.p_value}
        yield _row("curve", point, **about, p_value=None)
    if results.corrected:
        yield from _rows("corrected", results.corrected.entries)
    if results.extended:
        yield from _extended(results.extended)


def _extended(extended: ExtendedResults) -> Iterator[Mapping[str, object]]:
    for association in extended.associations:
        yield _row("all_associations", association)
        if association.kendall:
            yield _row("all_associations", association.kendall, **_about(association))
    yield from _rows("all_partial", extended.partial)
    for strata in extended.strata:
        yield _row("strata", strata)
        for group in strata.strata:
            yield _row("strata", group, by=strata.by, **_about(strata))
    yield from _rows("all_regressions", extended.regressions)
    yield from _rows("all_comparisons", extended.comparisons)
    yield from _rows("power", extended.power)
    if extended.outliers:
        yield from _rows("outliers", extended.outliers.entries)
    yield from _rows("trait_ranks", extended.trait_ranks)
    if extended.copies:
        yield from _rows("machine_made", extended.copies.entries)


def _rows(part: str, numbers: Iterable[object]) -> Iterator[Mapping[str, object]]:
    return (_row(part, number) for number in numbers)


def _about(number: object) -> dict[str, object]:
    return {key: getattr(number, key) for key in _ABOUT if hasattr(number, key)}


def _ends(ends: Interval | RatioEnds | None) -> dict[str, object]:
    method = getattr(ends, "method", None)
    return {
        "cluster_low": ends and ends.low,
        "cluster_high": ends and ends.high,
        "cluster_interval": method,
    }


def _row(part: str, number: object, **about: object) -> Mapping[str, object]:
    """A number in the columns of the list; `about` says what it does not say itself."""

    def read(key: str) -> object:
        return about.get(key, getattr(number, key, None))

    plain: Interval | None = getattr(number, "interval", None)
    author: Interval | None = getattr(number, "cluster_interval", None)
    return {
        **{key: read(key) for key in COLUMNS},
        "part": part,
        "group": " ".join(str(read(key)) for key in _GROUPS if read(key) is not None),
        "item": read("item") or read("trait") or read("rule"),
        "low": plain and plain.low,
        "high": plain and plain.high,
        "interval": plain and plain.method,
        **_ends(author),
        "clusters": author and author.clusters,
        "draws": author and author.draws,
        **{key: value for key, value in about.items() if key.startswith("cluster_")},
    }

"""results.json as one list of rows: every number once, with its interval, method, call and seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Numbers = Mapping[str, Any]
Row = Mapping[str, object]

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


def all_numbers(results: Numbers) -> Iterator[Row]:
    """Every number as one row of the same columns."""
    for part in ("associations", "partial", "strata", "regressions", "comparisons", "power"):
        for found in results[part]:
            yield _tidy(part, found)
            yield from _inner(part, found)
    for part in ("outliers", "duplicates", "traits"):
        for found in results[part]["entries"]:
            yield _tidy(part, found)
            for ranks in (found[key] for key in ("spearman", "partial") if key in found):
                yield _tidy(part, {**_where(found), **ranks})
                yield from _inner(part, {**_where(found), **ranks})
    for found in results.get("corrected", {"entries": ()})["entries"]:
        yield _tidy("corrected", found)
    for found in results["traits"]["machine_made"]["entries"]:
        yield _tidy("machine_made", found)


def _inner(part: str, found: Numbers) -> Iterator[Row]:
    """The numbers inside another one: groups, Kendall's, one author left out."""
    for group in found.get("strata", ()):
        yield _tidy(part, {**group, **{k: found[k] for k in ("predictor", "outcome", "by")}})
    if found.get("kendall"):
        yield _tidy(part, {**_where(found), **found["kendall"]})
    if found.get("without_largest_author"):
        without = found["without_largest_author"]
        yield _tidy(part, {**_where(found), **without, "group": f"without {without['author']}"})


def _where(found: Numbers) -> dict[str, Any]:
    return {key: found[key] for key in ("predictor", "outcome", "trait") if key in found}


def _tidy(part: str, found: Numbers) -> Row:
    plain, author = found.get("interval") or {}, found.get("cluster_interval") or {}
    group = " ".join(str(found[key]) for key in ("by", "stratum", "group") if key in found)
    return {
        **{key: found.get(key) for key in COLUMNS},
        "part": part,
        "group": group,
        "item": found.get("trait") or found.get("rule"),
        "low": plain.get("low"),
        "high": plain.get("high"),
        "interval": plain.get("method"),
        "cluster_low": author.get("low"),
        "cluster_high": author.get("high"),
        "cluster_interval": author.get("method"),
        "clusters": author.get("clusters"),
        "draws": author.get("draws"),
    }

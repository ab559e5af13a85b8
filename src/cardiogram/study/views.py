"""results.json as tables: for a terminal, as Markdown, as LaTeX, or as one CSV of all numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cardiogram.study.tables import Row, escape_latex, render_table
from cardiogram.study.words import figure, ratio

Format = Literal["text", "markdown", "latex", "csv"]
Numbers = Mapping[str, Any]

_BARS = 40
_TRAITS_SHOWN = 100
_CSV = ("part", "predictor", "outcome", "group", "item", "method", "n", "estimate", "low", "high",
        "interval", "cluster_low", "cluster_high", "cluster_interval", "clusters", "draws",
        "p_value", "cluster_p_value", "q_value", "call", "seed", "reason")  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """One table with its heading and the sentences under it."""

    heading: str
    rows: Sequence[Row]
    words: Sequence[str] = ()


def render_results(results: Numbers, format: Format) -> str:
    """Render everything in `results.json`.

    Parameters
    ----------
    results
        Its contents.
    format
        `csv` has one row a number, with interval, method, call and seed.
    """
    if format == "csv":
        return render_table(list(_all_numbers(results)), "csv", columns=_CSV)
    head = _head(results)
    views = [build(results) for build in _VIEWS]
    if "corrected" in results:
        views.insert(2, _corrected(results))
    if "changes" in results:
        views.insert(1, _changes(results))
    writer: Mapping[str, Callable[[str, Sequence[View], Sequence[str]], str]] = {
        "text": _text,
        "markdown": _markdown,
        "latex": _latex,
    }
    return writer[format](head, views, results["notes"])


def _text(head: str, views: Sequence[View], notes: Sequence[str]) -> str:
    lines = [head]
    for view in views:
        lines += ["", view.heading, "-" * len(view.heading), ""]
        if view.rows:
            lines.append(render_table(view.rows).rstrip("\n"))
            lines += [""] * bool(view.words)
        lines += view.words
    return "\n".join([*lines, "", *notes]) + "\n"


def _markdown(head: str, views: Sequence[View], notes: Sequence[str]) -> str:
    parts = [head]
    for view in views:
        parts.append(f"## {view.heading}")
        if view.rows:
            parts.append(render_table(view.rows, "markdown").rstrip("\n"))
        parts += view.words
    return "\n\n".join([*parts, *notes]) + "\n"


def _latex(head: str, views: Sequence[View], notes: Sequence[str]) -> str:
    parts = [_comment(head)]
    for view in views:
        if view.rows:
            caption = escape_latex(view.heading)
            table = render_table(view.rows, "latex")
            words = "".join(f"{_comment(line)}\n" for line in view.words)
            parts.append(
                f"\\begin{{table}}\n\\centering\n\\caption{{{caption}}}\n{table}\\end{{table}}\n{words}"
            )
    return "\n".join([*parts, *map(_comment, notes)]) + "\n"


def _comment(line: str) -> str:
    """A LaTeX comment; a name that holds a line end must not end it."""
    return f"% {' '.join(line.split())}"


def _head(results: Numbers) -> str:
    cover, judge = results["coverage"], results["judge"]
    version = f" {judge['version']}" if judge["version"] else ""
    line = (
        f"{cover['models']:,} models of {cover['authors']:,} authors: {cover['rated']:,} rated by "
        f"{judge['id']}{version}, {cover['without_rating']:,} without a rating"
    )
    if not cover["problems"]:
        return line
    return line + ". Problems: " + ", ".join(f"{n:,} {name}" for name, n in
                                             cover["problems"].items())  # fmt: skip


def _ratings(results: Numbers) -> View:
    counts = results["ratings"]["overall"]["histogram"]
    longest = max(1, *counts.values())
    rows = [{"rating": score, "cards": count, "": "█" * round(_BARS * count / longest)}
            for score, count in counts.items()]  # fmt: skip
    return View("Overall rating", rows)


def _changes(results: Numbers) -> View:
    found = results["changes"]
    rows = [
        {
            "outcome": name,
            "what it is": item["words"],
            "models with both": item["n"],
            "median": _figure(results["outcomes"][name]["median"]),
            "none": results["outcomes"][name]["zeros"],
        }
        for name, item in found["outcomes"].items()
    ]
    heading = f"What changed from {found['before']} to {found['after']} ({found['days']} days)"
    return View(heading, rows, found["words"])


def _associations(results: Numbers) -> View:
    rows = [
        {
            **_pair(found),
            "n": found["n"],
            "rho": _figure(found["estimate"]),
            "Bonett-Wright": _bounds(found["interval"], found["reason"]),
            "by author": _bounds(found["cluster_interval"], found["cluster_reason"]),
            "q": found["q_value"],
            "tau-b": _figure((found["kendall"] or {}).get("estimate")),
            "one author out": _bounds(found["leave_one_author_out"], None),
        }
        for found in results["associations"]
    ]
    words = [found["words"] for found in results["associations"] if _is_main(found)]
    return View("Spearman's rho with 95 % intervals", rows, words)


def _corrected(results: Numbers) -> View:
    found = results["corrected"]
    rows = [
        {
            "outcome": item["outcome"],
            "number": {"spearman": "rho", "slope": "slope of log1p"}[item["statistic"]],
            "raw": _figure(item["raw"]["estimate"]),
            "raw by author": _bounds(item["raw"]["cluster_interval"], item["reason"]),
            "gold alone": _figure(item["gold"]["estimate"]),
            "its interval": _bounds(item["gold"]["cluster_interval"], None),
            "corrected": _figure(item["estimate"]),
            "by author": _bounds(item["cluster_interval"], item["reason"]),
            "judge's weight": _figure(item["weight"]),
        }
        for item in found["entries"]
    ]
    words = [
        f"Gold for {found['labelled']:,} models; corrected: what the judge gets wrong on them is "
        "taken out of what it says of all (prediction-powered inference, power-tuned).",
        "It holds where these models are a random part of the study: the judge's mean rating is "
        f"{found['mean_rating_labelled']:.2f} on them and "
        f"{_figure(found['mean_rating_unlabelled'])} on the others.",
    ]
    return View("The overall rating's associations, raw and corrected for its error", rows, words)


def _partial(results: Numbers) -> View:
    rows = [
        {
            **_pair(found),
            "n": found["n"],
            "rho": _figure(found["estimate"]),
            "Bonett-Wright": _bounds(found["interval"], found["reason"]),
            "by author": _bounds(found["cluster_interval"], found["cluster_reason"]),
        }
        for found in results["partial"]
    ]
    return View("Partial rho given age, size, library and task", rows)


def _strata(results: Numbers) -> View:
    rows: list[Row] = []
    for found in filter(_is_main, results["strata"]):
        rows += [
            {
                "outcome": found["outcome"],
                "by": found["by"],
                "group": group["stratum"],
                "n": group["n"],
                "rho": _figure(group["estimate"]),
                "by author": _bounds(group["cluster_interval"],
                                     group["reason"] or group["cluster_reason"]),
            }
            for group in found["strata"]
        ]  # fmt: skip
        rows.append({
            "outcome": found["outcome"],
            "by": found["by"],
            "group": "random-effects mean",
            "n": found["n"],
            "rho": _figure(found["estimate"]),
            "by author": _bounds(found["cluster_interval"], found["reason"]),
        })  # fmt: skip
    words = ["Groups are weighed by their standard errors by author; " + _first(
        results["strata"], "method") + "."]  # fmt: skip
    return View("The overall rating's rho within groups of models", rows, words)


def _regressions(results: Numbers) -> View:
    rows = [
        {
            **_pair(found),
            "model": found["method"],
            "n": found["n"],
            "slope": _figure(found["estimate"]),
            "by author": _bounds(found["cluster_interval"],
                                 found["reason"] or found["cluster_reason"]),
            "times": None if found["ratio"] is None else ratio(found["ratio"]),
        }
        for found in results["regressions"]
    ]  # fmt: skip
    words = [
        found["words"] for found in results["regressions"] if _is_main(found) and found["words"]
    ]
    return View("Regressions of the outcome on the rating, per point", rows, words)


def _outliers(results: Numbers) -> View:
    rows = [
        {
            "outcome": found["outcome"],
            "rule": found["rule"],
            "dropped": found.get("dropped"),
            "of the better rated half": _share(found.get("dropped_above_median_rating")),
            "number": found["method"],
            "n": found["n"],
            "estimate": _figure(found["estimate"]),
            "by author": _bounds(found["cluster_interval"], found["reason"]),
        }
        for found in results["outliers"]["entries"]
    ]
    words = list(results["outliers"]["why"])
    for found in results["outliers"]["entries"]:
        if found.get("dropped_ids"):
            ids = ", ".join(found["dropped_ids"])
            words.append(f"{found['rule']} on {found['outcome']} drops, largest first: {ids}")
    return View("What rules for outliers would change (overall rating)", rows, words)


def _comparisons(results: Numbers) -> View:
    rows = [
        {
            "rating": _name(found),
            "outcomes": found["outcome"],
            "models": found["stratum"] if found["by"] == "all" else
            f"{found['by']} {found['stratum']}",
            "n": found["n"],
            "difference": _figure(found["estimate"]),
            "Zou": _bounds(found["interval"], found["reason"]),
            "Williams p": (found["williams"] or {}).get("p_value"),
            "by author": _bounds(found["cluster_interval"], found["cluster_reason"]),
        }
        for found in results["comparisons"]
        if found["estimate"] is not None
    ]  # fmt: skip
    words = [found["words"] for found in results["comparisons"]
             if _is_main(found) and found["by"] == "all"]  # fmt: skip
    return View("Stronger with likes than with downloads?", rows, words)


def _duplicates(results: Numbers) -> View:
    found = results["duplicates"]
    rows = [
        {
            **_pair(item),
            "n": item["n"],
            "rho, one card a cluster": _figure(item["estimate"]),
            "by author": _bounds(item["cluster_interval"], item["reason"]),
            "rho, all cards": _figure(item["all_cards"]["estimate"]),
        }
        for item in found["entries"]
        if _is_main(item)
    ]
    words = [
        f"{found['cards']:,} of {found['n']:,} cards are near-duplicates in "
        f"{found['clusters']:,} clusters ({found['one_author']:,} of one author, "
        f"{found['several_authors']:,} of several);"
        f" the largest has {found['largest']:,} cards."
    ]
    return View("Near-duplicate cards", rows, words)


def _traits(results: Numbers) -> View:
    found = results["traits"]
    rows = [
        {
            "trait": item["trait"],
            "outcome": item["outcome"],
            "have it": _share(item["prevalence"]),
            "lowest": _share(_tenth(item, 0)),
            "highest": _share(_tenth(item, -1)),
            "rho": _figure(item["spearman"]["estimate"]),
            "odds ratio": None if item["estimate"] is None else ratio(item["estimate"]),
            "by author": _bounds(item["cluster_interval"], item["reason"]),
            "q": item["q_value"],
        }
        for item in found["entries"]
        if not item["outcome"].startswith("downloads_all_time")
    ]
    words = [
        "Odds of being among the upper quarter with the trait over those without it, given age, "
        f"size, library and task. {found['correction']}.",
    ]
    return View("Traits of popular models", rows[: 2 * _TRAITS_SHOWN], words)


def _machine(results: Numbers) -> View:
    found = results["traits"]["machine_made"]
    medians = {(item["group"], item["outcome"]): item["median"] for item in found["medians"]}
    rows = [
        {
            "models": item["group"],
            "outcome": item["outcome"],
            "n": item["n"],
            "median": medians[item["group"], item["outcome"]],
            "rho": _figure(item["estimate"]),
            "by author": _bounds(
                item["cluster_interval"], item["reason"] or item["cluster_reason"]
            ),
        }
        for item in found["entries"]
    ]
    return View("Machine-made models apart (overall rating)", rows, [found["words"]])


def _power(results: Numbers) -> View:
    rows = [
        {
            "outcome": found["outcome"],
            "n": found["n"],
            "smallest": _figure(found["estimate"]),
            "of": found["method"],
            "if independent": _figure(found.get("if_independent")),
            "design effect": found.get("design_effect"),
        }
        for found in results["power"]
    ]
    return View("What this study could have seen (overall rating)", rows)


_VIEWS = (_ratings, _associations, _partial, _strata, _regressions, _outliers, _comparisons,
          _duplicates, _traits, _machine, _power)  # fmt: skip


def _all_numbers(results: Numbers) -> Iterator[Row]:
    """Every number as one row of the same columns."""
    for part in ("associations", "partial", "strata", "regressions", "comparisons", "power"):
        for found in results[part]:
            yield _tidy(part, found)
            for group in found.get("strata", ()):
                yield _tidy(
                    part, {**group, **{k: found[k] for k in ("predictor", "outcome", "by")}}
                )
            if found.get("kendall"):
                yield _tidy(part, {**_where(found), **found["kendall"]})
            if found.get("without_largest_author"):
                without = found["without_largest_author"]
                group = {"group": f"without {without['author']}"}
                yield _tidy(part, {**_where(found), **without, **group})
    for part in ("outliers", "duplicates", "traits"):
        for found in results[part]["entries"]:
            yield _tidy(part, found)
            if "spearman" in found:
                yield _tidy(part, {**_where(found), **found["spearman"]})
    corrected = results.get("corrected", {"entries": ()})["entries"]
    yield from (_tidy("corrected", found) for found in corrected)
    for found in results["traits"]["machine_made"]["entries"]:
        yield _tidy("machine_made", found)


def _where(found: Numbers) -> dict[str, Any]:
    return {key: found[key] for key in ("predictor", "outcome", "trait") if key in found}


def _tidy(part: str, found: Numbers) -> Row:
    plain, author = found.get("interval") or {}, found.get("cluster_interval") or {}
    group = " ".join(str(found[key]) for key in ("by", "stratum", "group") if key in found)
    return {
        **{key: found.get(key) for key in _CSV},
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


def _pair(found: Numbers) -> dict[str, object]:
    return {"rating": _name(found), "outcome": found["outcome"]}


def _name(found: Numbers) -> str:
    return str(found["predictor"]).removesuffix("_expected")


def _is_main(found: Numbers) -> bool:
    return _name(found) == "overall"


def _figure(value: float | None) -> str:
    return "" if value is None else figure(value)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _bounds(interval: Numbers | None, reason: str | None) -> str:
    if interval is None:
        return reason or ""
    return f"{figure(interval['low'])} to {figure(interval['high'])}"


def _tenth(item: Numbers, place: int) -> float | None:
    tenths = item["prevalence_by_decile"]
    return tenths[place]["share"] if tenths else None


def _first(found: Sequence[Numbers], key: str) -> str:
    return str(found[0][key]) if found else ""

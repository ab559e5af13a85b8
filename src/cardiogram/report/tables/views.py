"""results.json as tables: for a terminal, as Markdown, or as one CSV of all numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from cardiogram.analysis import (
    NAMES,
    Results,
    describe_coverage,
    figure,
    is_impossible,
    p_value,
    ratio,
    ratios,
)
from cardiogram.report.tables.cells import Cell, Section, Table
from cardiogram.report.tables.flat import COLUMNS, all_numbers
from cardiogram.report.tables.writers import render_table, write_markdown, write_text

Format = Literal["text", "markdown", "csv"]
Row = Mapping[str, object]
Numbers = Mapping[str, Any]

_BARS = 40
_IDS = 5  # models that a rule for outliers drops, by name
_PLURALS = {"library": "libraries", "task": "tasks", "segment": "segments"}
_MODELS = {
    "Poisson pseudo-likelihood with task and library effects": "Poisson, task and library effects",
    "Poisson pseudo-likelihood": "Poisson",
    "Huber's M-estimator of log1p": "Huber, of log1p",
    "Tukey's M-estimator of log1p": "Tukey, of log1p",
    "Theil-Sen line of log1p": "Theil-Sen, of log1p",
    "least squares of log1p": "least squares, of log1p",
    "hurdle: any at all (log odds)": "hurdle: any at all (odds)",
    "hurdle: log of the counts above 0": "hurdle: how many, if any",
}
"""Methods by a name that leaves room for their numbers."""


def render_results(whole: Results, format: Format = "text") -> str:
    """Render everything in `results.json`.

    Parameters
    ----------
    format
        `csv` has one row a number, with interval, method, call and seed.
    """
    results = whole.as_dict()
    if format == "csv":
        return render_table(list(all_numbers(results)), "csv", columns=COLUMNS)
    views = [build(results) for build in _VIEWS]
    if "corrected" in results:
        views.insert(2, _corrected(results))
    if "changes" in results:
        views.insert(1, _changes(results))
    write = write_text if format == "text" else write_markdown
    return write(views, _head(whole, results), [*_absent_words(results), *results["notes"]])


def _head(whole: Results, results: Numbers) -> str:
    cover, judge = results["coverage"], results["judge"]
    version = f" {judge['version']}" if judge["version"] else ""
    line = (
        f"{cover['models']:,} models of {cover['authors']:,} authors: {cover['rated']:,} rated by "
        f"{judge['id']}{version}, {cover['without_rating']:,} without a rating"
        f"{describe_coverage(whole.coverage)}"
    )
    if not cover["problems"]:
        return line
    return (
        line + ". Problems: " + ", ".join(f"{n:,} {name}" for name, n in cover["problems"].items())
    )


def absent(results: Numbers) -> list[str]:
    """Outcomes that no model has: one sentence says so, and no table repeats it."""
    return [name for name, found in results["outcomes"].items() if not found["n"]]


def _absent_words(results: Numbers) -> list[str]:
    names = [NAMES.get(name, name) for name in absent(results)]
    return [f"No model of this study has {name}: nothing is said of it." for name in names]


def _by_outcome(results: Numbers, found: Iterable[Numbers]) -> Iterator[tuple[str, list[Numbers]]]:
    """Entries of each outcome that any model has, with its words."""
    entries = list(found)
    missing = set(absent(results))
    for outcome in dict.fromkeys(str(item["outcome"]) for item in entries):
        if not missing & set(outcome.split(" - ")):
            yield outcome, [item for item in entries if item["outcome"] == outcome]


def _counted(outcome: str, found: Sequence[Numbers]) -> str:
    """Title of an outcome's table, with the number of models where it is one for all."""
    first, _, second = (NAMES.get(name, name) for name in outcome.partition(" - "))
    title = f"{first} against {second}" if second else first
    sizes = {item["n"] for item in found}
    return f"{title} ({sizes.pop():,} models)" if len(sizes) == 1 else title


def _sized(found: Sequence[Numbers], item: Numbers) -> Row:
    """A cell for n where it differs between the rows."""
    return {"n": item["n"]} if len({other["n"] for other in found}) > 1 else {}


def _ratings(results: Numbers) -> Section:
    counts = results["ratings"]["overall"]["histogram"]
    longest = max(1, *counts.values())
    rows = [
        {"rating": score, "cards": count, "": "█" * round(_BARS * count / longest)}
        for score, count in counts.items()
    ]
    return Section("Overall rating", [Table.of(rows)])


def _changes(results: Numbers) -> Section:
    found = results["changes"]
    rows = [
        {
            "outcome": item["words"],
            "n": item["n"],
            "median": _figure(results["outcomes"][name]["median"]),
            "none": results["outcomes"][name]["zeros"],
        }
        for name, item in found["outcomes"].items()
    ]
    heading = f"What changed from {found['before']} to {found['after']} ({found['days']} days)"
    return Section(heading, [Table.of(rows)], found["words"])


def _associations(results: Numbers) -> Section:
    sheets = [
        _sheet(
            _counted(outcome, found),
            [
                {
                    "rating": _name(item),
                    **_sized(found, item),
                    "rho": _estimate(item),
                    "Bonett-Wright": _bounds(item["interval"], item["interval_reason"]),
                    "by author": _by_author(item),
                    "q": p_value(item["q_value"]),
                    "tau-b": _figure((item["kendall"] or {}).get("estimate")),
                    "one author out": _bounds(item["leave_one_author_out"], None),
                }
                for item in found
            ],
        )
        for outcome, found in _by_outcome(results, results["associations"])
    ]
    missing = absent(results)
    words = [
        item["words"]
        for item in results["associations"]
        if _is_main(item) and item["outcome"] not in missing
    ]
    return Section("Spearman's rho with 95 % intervals", sheets, words)


def _corrected(results: Numbers) -> Section:
    found = results["corrected"]
    rows = [
        {
            "outcome": item["outcome"],
            "number": {"spearman": "rho", "slope": "slope"}[item["statistic"]],
            "raw": _figure(item["raw"]["estimate"]),
            "by author": _bounds(item["raw"]["cluster_interval"], item["reason"]),
            "gold": _figure(item["gold"]["estimate"]),
            "corrected": _estimate(item),
            "its interval": _bounds(item["cluster_interval"], item["reason"]),
            "weight": _figure(item["weight"]),
        }
        for item in found["entries"]
    ]
    words = [
        f"Gold for {found['labelled']:,} models; corrected: what the judge gets wrong on them is "
        "taken out of what it says of all (prediction-powered inference, power-tuned). Slopes are "
        "of log1p; weight is the judge's.",
        "It holds where these models are a random part of the study: the judge's mean rating is "
        f"{found['mean_rating_labelled']:.2f} on them and "
        f"{_figure(found['mean_rating_unlabelled'])} on the others.",
        *found.get("words", ()),
    ]
    heading = "The overall rating's associations, raw and corrected for its error"
    return Section(heading, [Table.of(rows)], words)


def _partial(results: Numbers) -> Section:
    sheets = [
        _sheet(
            _counted(outcome, found),
            [
                {
                    "rating": _name(item),
                    **_sized(found, item),
                    "rho": _estimate(item),
                    "Bonett-Wright": _bounds(item["interval"], None),
                    "by author": _by_author(item),
                }
                for item in found
            ],
        )
        for outcome, found in _by_outcome(results, results["partial"])
    ]
    return Section("Partial rho given age, size, library and task", sheets)


def _strata(results: Numbers) -> Section:
    sheets, words = [], []
    for _, found in _by_outcome(results, filter(_is_main, results["strata"])):
        for item in found:
            title = f"{_PLURALS.get(item['by'], item['by'])}: {_outcome(item)}"
            rows: list[Row] = [
                {
                    "group": group["stratum"],
                    "n": group["n"],
                    "rho": _estimate(group),
                    "by author": _by_author(group),
                }
                for group in item["strata"]
            ]
            if item["estimate"] is not None:
                rows.append(
                    {
                        "group": f"mean of {item['groups']} (random effects)",
                        "n": item["n"],
                        "rho": _estimate(item),
                        "by author": _by_author(item),
                    }
                )
            if rows:
                sheets.append(Table.of(rows, title))
            words.append(item["words"])
    method = next((str(item["method"]) for item in results["strata"]), "")
    words.append(
        f"Groups of 15 models or more, weighed by their standard errors by author; {method}."
    )
    return Section("The overall rating's rho within groups of models", sheets, words)


def _regressions(results: Numbers) -> Section:
    entries, missing = results["regressions"], absent(results)
    sheets = []
    for outcome, found in _by_outcome(results, filter(_is_main, entries)):
        title = f"{NAMES.get(outcome, outcome)}: every model, of the overall rating"
        sheets.append(
            _sheet(title, [{"model": _model(item["method"]), **_slope(item)} for item in found])
        )
    for outcome, found in _by_outcome(results, [item for item in entries if item["main"]]):
        title = f"{NAMES.get(outcome, outcome)}: the first model, of every rating"
        sheets.append(_sheet(title, [{"rating": _name(item), **_slope(item)} for item in found]))
    words = [
        item["words"]
        for item in entries
        if _is_main(item) and item["words"] and item["outcome"] not in missing
    ]
    return Section("How many times the outcome a point of the rating goes with", sheets, words)


def _model(method: str) -> str:
    known = next((key for key in _MODELS if method.startswith(key)), None)
    return method if known is None else _MODELS[known] + method.removeprefix(known)


def _slope(item: Numbers) -> Row:
    """The slope and the ratio that it stands for."""
    ends = item["ratio_cluster_interval"]
    why = item["reason"] or item["cluster_reason"]
    return {
        "n": item["n"],
        "slope": _estimate(item),
        "times": "" if item["ratio"] is None else ratio(item["ratio"]),
        "by author": ratios(ends["low"], ends["high"]) if ends else _why(why),
    }


def _outliers(results: Numbers) -> Section:
    entries, sheets, words = results["outliers"]["entries"], [], list(results["outliers"]["why"])
    words.append("Well rated is the share of the dropped models that are rated above the median.")
    for outcome, found in _by_outcome(results, entries):
        rules = list(dict.fromkeys(item["rule"] for item in found))
        rows = [_rule([item for item in found if item["rule"] == rule]) for rule in rules]
        sheets.append(_sheet(NAMES.get(outcome, outcome), rows))
        words += _dropped(outcome, found)
    return Section("What rules for outliers would change (overall rating)", sheets, words)


def _rule(found: Sequence[Numbers]) -> Row:
    """One rule: what it drops, and rho and both slopes without that."""
    rho = found[0]
    slopes = {item["method"].partition(" ")[0]: _estimate(item) for item in found[1:]}
    return {
        "rule": rho["rule"],
        "dropped": rho.get("dropped"),
        "well rated": _share(rho.get("dropped_above_median_rating")),
        "rho": _estimate(rho),
        "by author": _by_author(rho),
        "Poisson slope": slopes.get("Poisson", ""),
        "least squares": slopes.get("least", ""),
    }


def _dropped(outcome: str, found: Sequence[Numbers]) -> Iterator[str]:
    """Which models rules drop; rules that drop the same largest ones share a sentence."""
    rules: dict[tuple[str, ...], list[str]] = {}
    for item in found:
        if item.get("dropped_ids"):
            rules.setdefault(tuple(item["dropped_ids"][:_IDS]), []).append(item["rule"])
    for ids, names in rules.items():
        drop = f"{', '.join(names)} drop{'s' * (len(names) == 1)}"
        yield f"From {NAMES.get(outcome, outcome)} {drop}, largest first: {', '.join(ids)} ..."


def _comparisons(results: Numbers) -> Section:
    sheets, missing = [], set(absent(results))
    for outcome, found in _by_outcome(results, results["comparisons"]):
        whole = [item for item in found if item["by"] == "all"]
        sheets.append(
            _sheet(
                _counted(outcome, whole),
                [{"rating": _name(item), **_sized(whole, item), **_gap(item)} for item in whole],
            )
        )
        for by in dict.fromkeys(item["by"] for item in found if item["by"] != "all"):
            inside = [item for item in found if item["by"] == by]
            title = f"{_counted(outcome, ())}, overall rating within {_PLURALS.get(by, by)}"
            sheets.append(
                _sheet(
                    title,
                    [
                        {by: item["stratum"], "n": item["n"], **_gap(item, ("williams",))}
                        for item in inside
                    ],
                )
            )
    words = [
        item["words"]
        for item in results["comparisons"]
        if _is_main(item) and item["by"] == "all" and not missing & {item["first"], item["second"]}
    ]
    words.append(
        "A gap is a difference of two rho, the first outcome's minus the second's. Zou's interval "
        "and the p values of Williams, Steiger and Meng take models as independent."
    )
    return Section("Stronger with likes than with downloads?", sheets, words)


def _gap(item: Numbers, tests: Sequence[str] = ("williams", "steiger", "meng")) -> Row:
    """A difference of two correlations with what tests it."""
    plain = {"Zou": _bounds(item["interval"], None)} if len(tests) > 1 else {}
    found = {test.title(): p_value((item[test] or {}).get("p_value")) for test in tests}
    ends = item["cluster_interval"]
    wide = ends is not None and is_impossible(ends["low"], ends["high"])
    told = _why("the interval is wider than any difference can be") if wide else _by_author(item)
    return {"gap": _estimate(item), "by author": told, **plain, **found}


def _duplicates(results: Numbers) -> Section:
    found, missing = results["duplicates"], absent(results)
    rows = [
        {
            "outcome": item["outcome"],
            "n": item["n"],
            "rho, one card a cluster": _estimate(item),
            "by author": _by_author(item),
            "rho, all cards": _figure(item["all_cards"]["estimate"]),
        }
        for item in found["entries"]
        if _is_main(item) and item["outcome"] not in missing
    ]
    words = [
        f"{found['cards']:,} of {found['n']:,} cards are near-duplicates in "
        f"{found['clusters']:,} clusters ({found['one_author']:,} of one author, "
        f"{found['several_authors']:,} of several);"
        f" the largest has {found['largest']:,} cards."
    ]
    return Section("Near-duplicate cards", [Table.of(rows)], words)


def _traits(results: Numbers) -> Section:
    found = results["traits"]
    sheets, words = [], []
    for outcome, entries in _by_outcome(results, found["entries"]):
        if outcome.startswith("downloads_all_time") and len(results["outcomes"]) > 1:
            continue  # much the same as downloads; results.json and the CSV have it
        told = [item for item in entries if item["spearman"]["estimate"] is not None]
        if told:
            name = NAMES.get(outcome, outcome)
            ranks = [_trait_rank(item) for item in told]
            sheets.append(_sheet(f"{name}: rank correlation with each trait", ranks))
            odds = [_trait_odds(item) for item in told]
            sheets.append(_sheet(f"{name}: share with each trait by tenth, and odds", odds))
        elif entries:
            words.append(f"{NAMES.get(outcome, outcome)}: {entries[0]['spearman']['reason']}.")
    words += [
        "The rho of a trait is its point-biserial correlation with mid-ranks; partial is given "
        f"age, size, library and task. {found['rho_correction']}.",
        "Odds of being among the upper quarter with the trait over those without it, given age, "
        f"size, library and task. {found['correction']}.",
    ]
    if none := _without_rho(found["entries"]):
        words.append(f"Traits that all models have or none has: {', '.join(none)}.")
    return Section("Traits of popular models", sheets, words)


def _without_rho(entries: Sequence[Numbers]) -> list[str]:
    """Traits that have no correlation with any outcome."""
    told = {item["trait"] for item in entries if item["spearman"]["estimate"] is not None}
    names = dict.fromkeys(item["trait"] for item in entries)
    return [name for name in names if name not in told] if told else []


def _trait_rank(item: Numbers) -> Row:
    ranks = item["spearman"]
    return {
        "trait": item["trait"],
        "rho": _two(ranks["estimate"]),
        "Bonett-Wright": _bounds(ranks["interval"], None),
        "by author": _by_author(ranks),
        "q": p_value(ranks["q_value"]),
        "tau-b": _two((ranks["kendall"] or {}).get("estimate")),
        "partial": _two(item["partial"]["estimate"]),
    }


def _trait_odds(item: Numbers) -> Row:
    ends = item["cluster_interval"]
    rare = "too few models with the trait, or without it, among the most popular or the rest"
    why = rare if "one of the four groups" in (item["reason"] or "") else item["reason"]
    return {
        "trait": item["trait"],
        "have it": _share(item["prevalence"]),
        "lowest": _share(_tenth(item, 0)),
        "highest": _share(_tenth(item, -1)),
        "odds": "" if item["estimate"] is None else ratio(item["estimate"]),
        "by author": ratios(ends["low"], ends["high"]) if ends else _why(why),
        "q": p_value(item["q_value"]),
    }


def _machine(results: Numbers) -> Section:
    found, missing = results["traits"]["machine_made"], absent(results)
    medians = {(item["group"], item["outcome"]): item["median"] for item in found["medians"]}
    rows = [
        {
            "models": item["group"],
            "outcome": item["outcome"],
            "n": item["n"],
            "median": medians[item["group"], item["outcome"]],
            "rho": _estimate(item),
            "by author": _by_author(item),
        }
        for item in found["entries"]
        if item["outcome"] not in missing
    ]
    return Section("Machine-made models apart (overall rating)", [Table.of(rows)], [found["words"]])


def _power(results: Numbers) -> Section:
    rows = [
        {
            "outcome": outcome,
            "n": item["n"],
            "smallest": _estimate(item),
            "if independent": _figure(item.get("if_independent")),
            "design effect": item.get("design_effect"),
        }
        for outcome, found in _by_outcome(results, results["power"])
        for item in found
    ]
    words = [
        "The smallest |rho|, or difference of two rho, that this study shows with a power of "
        "80 %, by author where there are enough authors. What is smaller can have been missed.",
    ]
    return Section("What this study could have seen (overall rating)", [Table.of(rows)], words)


_VIEWS = (
    _ratings,
    _associations,
    _partial,
    _strata,
    _regressions,
    _outliers,
    _comparisons,
    _duplicates,
    _traits,
    _machine,
    _power,
)


def _outcome(found: Numbers) -> str:
    return NAMES.get(found["outcome"], str(found["outcome"]))


def _name(found: Numbers) -> str:
    return str(found["predictor"]).removesuffix("_expected")


def _is_main(found: Numbers) -> bool:
    return _name(found) == "overall"


def _figure(value: float | None) -> str:
    return "" if value is None else figure(value)


def _two(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-0.00", "0.00")


def _estimate(found: Numbers) -> object:
    """A number, or the mark of the reason why there is none."""
    return _why(found["reason"]) if found["estimate"] is None else figure(found["estimate"])


def _by_author(found: Numbers) -> object:
    """The interval by author, or why a number that is there has none."""
    if found["estimate"] is None:
        return ""
    return _bounds(found["cluster_interval"], found.get("cluster_reason"))


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f} %"


def _bounds(interval: Numbers | None, reason: str | None) -> object:
    if interval is None:
        return _why(reason)
    return f"{figure(interval['low'])} to {figure(interval['high'])}"


def _why(reason: str | None) -> object:
    return Cell(reason, "reason") if reason else ""


def _sheet(title: str, rows: Sequence[Row]) -> Table:
    return Table.of(rows, title)


def _tenth(item: Numbers, place: int) -> float | None:
    tenths = item["prevalence_by_decile"]
    return tenths[place]["share"] if tenths else None

"""Load a study, relate its ratings to popularity, and write `results.json`.

The one place of the statistics that writes: columns are read by :mod:`~cardiogram.analysis.load`,
numbers are made in :mod:`~cardiogram.analysis.parts`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from cardiogram.analysis import parts, text_parts
from cardiogram.analysis.changes import kind_of
from cardiogram.analysis.ends import notes_of_ends
from cardiogram.analysis.gold import corrected
from cardiogram.analysis.load import OUTCOMES, Loaded, load
from cardiogram.analysis.results import Number, finite
from cardiogram.errors import ConfigError
from cardiogram.judge import read_coverage
from cardiogram.names import SCORES
from cardiogram.optional import one_thread, scipy, sklearn, statsmodels
from cardiogram.report.tables import Format, render_results
from cardiogram.stats import OutcomeSummary, RatingSummary, Rule, describe_outcome, describe_ratings
from cardiogram.stats.ranks import check_level, relate
from cardiogram.stats.resampling import LARGE_SHARE
from cardiogram.store import Study, write_atomically

FORMAT = 1
"""Version of the layout of results.json."""

__all__ = ["FORMAT", "OUTCOMES", "Results", "analyze", "render"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the numbers rest on.

    Attributes
    ----------
    problems
        Rows of models and cards by problem code.
    ends
        Models by how the judge's rating ended: only `rated` have numbers.
    answered_by
        Of a cascade: models by the judge that rated them.
    calls, cost_usd
        Of the language model's answers that the ratings rest on; None where a price is not known.
    """

    models: int
    rated: int
    without_rating: int
    authors: int
    problems: Mapping[str, int]
    ends: Mapping[str, int]
    answered_by: Mapping[str, int]
    calls: int
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class JudgeUsed:
    """Whose ratings were read; versions are empty where there is no rating."""

    id: str
    version: str
    rubric_version: str


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that `results.json` holds.

    Attributes
    ----------
    associations
        Every rating with every outcome.
    parts
        The further parts by name, as `results.json` has them: partial, strata, regressions,
        outliers, comparisons, duplicates, traits, power, groups; and changes, where there are two
        snapshots to compare.
    """

    seed: int
    draws: int
    coverage: Coverage
    judge: JudgeUsed
    ratings: Mapping[str, RatingSummary]
    outcomes: Mapping[str, OutcomeSummary]
    associations: tuple[Number, ...]
    notes: tuple[str, ...]
    parts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Lay the results out as `results.json` has them."""
        whole = {
            "format": FORMAT,
            "cardiogram": version("cardiogram"),
            "seed": self.seed,
            "coverage": asdict(self.coverage),
            "judge": asdict(self.judge),
            "ratings": {name: _rating_dict(found) for name, found in self.ratings.items()},
            "outcomes": {name: asdict(found) for name, found in self.outcomes.items()},
            "associations": [found.as_dict() for found in self.associations],
            "notes": list(self.notes),
            "draws": self.draws,
            **self.parts,
        }
        answer: dict[str, Any] = finite(whole)
        return answer


def analyze(
    study: Study,
    *,
    judge: str = "embedded",
    draws: int = 2000,
    seed: int = 0,
    outliers: Rule = "none",
    gold: Path | None = None,
    snapshots: Sequence[Path] = (),
) -> Results:
    """Relate one judge's ratings to popularity and write `results.json`.

    Parameters
    ----------
    judge
        Id of the judge whose ratings are read.
    draws, seed
        Of the author-cluster bootstrap; the seed is that of every other draw, too.
    outliers
        Rule that drops outcomes before anything is computed; by default none does.
    gold
        Gold ratings of a random part of the models: with them, the overall rating's associations
        are also given corrected for the judge's error.
    snapshots
        Studies or tables with counts of the models on other days, beside the study's own
        snapshots. From two that lie 25 to 35 days apart come the changes of downloads and likes.

    Returns
    -------
    Results
        What was written. A statistic that cannot be computed is None, with a reason.

    Raises
    ------
    ConfigError
        An extra is missing, an unknown rule, or fewer than 100 draws.
    DataError
        There is no model, or this judge has rated none of the cards.
    """
    scipy("stats"), statsmodels(), sklearn("ensemble")  # a missing extra shows before a long load
    resampling = check_level(0.95, draws, seed)
    if outliers not in get_args(Rule):
        raise ConfigError(
            f"no rule {outliers!r} for outliers", hint=f"Rules: {', '.join(get_args(Rule))}"
        )
    at = parts.subject(load(study, judge, snapshots), resampling, outliers)
    with one_thread():
        found, further = _numbers(at)
        if gold is not None:
            further["corrected"] = corrected(at.loaded, gold, resampling, judge)
    if changed := at.loaded.changed.as_dict():
        further["changes"] = changed
    results = _results(study, judge, at, found, further)
    text = json.dumps(results.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(study.results_path, f"{text}\n".encode())
    return results


def render(results: Results, format: Format = "text") -> str:
    """Write the results as tables: text for a terminal, Markdown, or one CSV of all.

    Parameters
    ----------
    format
        `csv` has one row a number, with its interval, method, call and seed.
    """
    return render_results(results.as_dict(), format)


def _numbers(at: parts.Subject) -> tuple[list[Number], dict[str, Any]]:
    """The associations, and every further part by its name."""
    related = relate(at.table, at.resampling)
    within = parts.strata(at)
    return parts.associations(at, related), {
        "groups": _dicts(parts.groups(at)),
        "partial": _dicts(parts.partials(at, related)),
        "strata": _dicts(parts.summaries(at, within)),
        "regressions": _dicts(parts.regressions(at)),
        "outliers": parts.sensitivity(at),
        "comparisons": _dicts(parts.comparisons(at, related, within)),
        "duplicates": text_parts.duplicates(at, related),
        "traits": text_parts.traits(at),
        "power": _dicts(parts.power(at, related)),
    }


def _results(
    study: Study,
    judge: str,
    at: parts.Subject,
    found: Sequence[Number],
    further: Mapping[str, Any],
) -> Results:
    """Put the numbers beside what they rest on."""
    loaded = at.loaded
    ended = read_coverage(study, judge)
    return Results(
        seed=at.resampling.seed,
        draws=at.resampling.draws,
        coverage=Coverage(
            models=len(loaded.ids),
            rated=loaded.rated,
            without_rating=len(loaded.ids) - loaded.rated,
            authors=len(set(loaded.authors)),
            problems=loaded.problems,
            ends={str(end): count for end, count in ended.ends.items()},
            answered_by=dict(ended.answered_by),
            calls=ended.calls,
            cost_usd=ended.cost_usd if ended.calls else None,
        ),
        judge=JudgeUsed(judge, loaded.versions["judge"], loaded.versions["rubric"]),
        ratings={name: describe_ratings(loaded.scores[name]) for name in SCORES},
        outcomes={
            name: describe_outcome(found, 0.0 if kind_of(name) == "count" else -math.inf)
            for name, found in at.outcomes.items()
        },
        associations=tuple(found),
        notes=(*notes_of_ends(ended.ends), *_notes(study, loaded, found, further)),
        parts=further,
    )


def _dicts(found: Sequence[Number]) -> list[dict[str, Any]]:
    return [number.as_dict() for number in found]


def _notes(
    study: Study, loaded: Loaded, found: Sequence[Number], further: Mapping[str, Any]
) -> tuple[str, ...]:
    tested = sum(number.cluster_p_value is not None for number in found)
    notes = [
        "An association is no effect: well known models get both better cards and more users.",
        "p values and the Bonett-Wright interval take models as independent. They are not: judge "
        "by the interval that resamples authors, and by q, which rests on it.",
    ]
    if tested:
        notes.append(
            f"{tested} associations were tested; q values are Benjamini-Hochberg over all "
            f"{tested}. About {tested * 0.05:.1f} of {tested} intervals would exclude 0 by chance."
        )
    manifest = study.manifest()
    sample = manifest.get("sample", {}).get("method")
    if sample == "top" and manifest.get("source", {}).get("kind") == "hub":
        notes.append("Only the top of a list was studied: associations differ in the whole Hub.")
    if sample == "stratified":
        notes.append("The sample is stratified; the numbers are of its models, unweighted.")
    if loaded.repeated:
        notes.append(f"{loaded.repeated} rows repeat a model; its last row counts.")
    if loaded.outdated:
        notes.append(
            f"{loaded.outdated} ratings are of an older text of the card and were left out; "
            "rate the study again."
        )
    name, most = Counter(loaded.authors).most_common(1)[0]
    if most > LARGE_SHARE * len(loaded.ids) and most > 1:
        notes.append(
            f"{name} made {most / len(loaded.ids):.0%} of the models: see how far the numbers move "
            "without them (one author out)."
        )
    notes += _outlier_notes(further["outliers"])
    if floor := int(loaded.at_floor.sum()):
        notes.append(
            f"{floor} models carry the day before which the Hub knows no date (2022-03-02); their "
            "age is a level of its own."
        )
    return (*notes, loaded.changed.words)


def _outlier_notes(found: Mapping[str, Any]) -> list[str]:
    errors = {name: count for name, count in found["data_errors"].items() if count}
    notes = [
        f"{count} impossible values of {name} were left out." for name, count in errors.items()
    ]
    if found["rule"] == "none":
        return [*notes, " ".join(found["why"])]
    dropped = {
        entry["outcome"]: entry["dropped"]
        for entry in found["entries"]
        if entry["rule"] == found["rule"] and "dropped" in entry
    }
    counted = ", ".join(
        f"{count} of {name}" if count is not None else f"none of {name}"
        for name, count in dropped.items()
    )
    return [
        *notes,
        f"All numbers leave out outcomes {found['rule_words']}: {counted}. The most popular models "
        "are no errors, and dropping them moves the association itself.",
    ]


def _rating_dict(found: RatingSummary) -> dict[str, Any]:
    return {
        "n": found.n,
        "mean": found.mean,
        "median": found.median,
        "quantiles": {"0.25": found.quantiles.lower, "0.75": found.quantiles.upper},
        "histogram": found.histogram.by_score(),
    }

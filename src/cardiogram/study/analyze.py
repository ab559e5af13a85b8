"""Load a study, relate its ratings to popularity, and write `results.json`.

The one place of the statistics that reads and writes: the numbers are made by
:mod:`~cardiogram.study.associations` and :mod:`~cardiogram.study.describe`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.problems import code
from cardiogram.errors import DataError
from cardiogram.store import SCORES, Study, write_atomically
from cardiogram.study.associations import (
    Association,
    Interval,
    load_scipy_stats,
    spearman_pairs,
)
from cardiogram.study.describe import (
    OutcomeSummary,
    RatingSummary,
    describe_outcome,
    describe_ratings,
)
from cardiogram.study.tables import render_table

FORMAT = 1
"""Version of the layout of results.json."""

OUTCOMES = {
    "downloads": "downloads in the last 30 days",
    "likes": "likes",
    "downloads_all_time": "downloads of all time",
}
"""What ratings are related to: the column of the models, and its words."""

_VERSION = "0.1.0"
_BARS = 40


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the numbers rest on; `problems` counts rows of models and cards by problem code."""

    models: int
    rated: int
    without_rating: int
    authors: int
    problems: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class JudgeUsed:
    """Whose ratings were read; versions are empty where there is no rating."""

    id: str
    version: str
    rubric_version: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One association, what it is between, and the sentence that its numbers allow.

    Attributes
    ----------
    q_value
        Benjamini-Hochberg's, over all findings of the study; None where there is no p-value.
    """

    predictor: str
    outcome: str
    association: Association
    q_value: float | None
    words: str

    def as_dict(self) -> dict[str, Any]:
        """Lay the finding out as `results.json` has it."""
        found = self.association
        return {
            "predictor": self.predictor,
            "outcome": self.outcome,
            "method": "spearman",
            "n": found.n,
            "estimate": found.estimate,
            "p_value": found.p_value,
            "q_value": self.q_value,
            "interval": _interval_dict(found.interval),
            "interval_reason": found.interval_reason,
            "cluster_interval": _interval_dict(found.cluster_interval),
            "cluster_reason": found.cluster_reason,
            "call": "scipy.stats.spearmanr",
            "words": self.words,
            "reason": found.reason,
        }


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that `results.json` holds."""

    seed: int
    coverage: Coverage
    judge: JudgeUsed
    ratings: Mapping[str, RatingSummary]
    outcomes: Mapping[str, OutcomeSummary]
    associations: tuple[Finding, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Lay the results out as `results.json` has them."""
        return {
            "format": FORMAT,
            "cardiogram": _VERSION,
            "seed": self.seed,
            "coverage": asdict(self.coverage),
            "judge": asdict(self.judge),
            "ratings": {name: _rating_dict(found) for name, found in self.ratings.items()},
            "outcomes": {name: asdict(found) for name, found in self.outcomes.items()},
            "associations": [found.as_dict() for found in self.associations],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Models of the study, each beside its rating or None, and what was left out on the way."""

    models: Sequence[Mapping[str, Any]]
    ratings: Sequence[Mapping[str, Any] | None]
    problems: Mapping[str, int]
    repeated: int
    outdated: int

    def rating_column(self, name: str) -> NDArray[np.float64]:
        return np.array([r[name] if r else None for r in self.ratings], dtype=np.float64)

    def model_column(self, name: str) -> NDArray[np.float64]:
        return np.array([model[name] for model in self.models], dtype=np.float64)

    def authors(self) -> list[str]:
        return [model["author"] or model["id"].split("/")[0] for model in self.models]


def analyze(study: Study, *, judge: str = "embedded", draws: int = 2000, seed: int = 0) -> Results:
    """Relate one judge's ratings to popularity and write `results.json`.

    Parameters
    ----------
    judge
        Id of the judge whose ratings are read.
    draws, seed
        Of the author-cluster bootstrap.

    Returns
    -------
    Results
        What was written. A statistic that cannot be computed is None, with a reason.

    Raises
    ------
    ConfigError
        scipy is missing, or there are fewer than 100 draws.
    DataError
        There is no model, or this judge has rated none of the cards.
    """
    load_scipy_stats()  # a missing extra must show before a long load, not after
    loaded = _load(study, judge)
    predictors = {f"{name}_expected": loaded.rating_column(f"{name}_expected") for name in SCORES}
    outcomes = {name: loaded.model_column(name) for name in OUTCOMES}
    pairs = spearman_pairs(predictors, outcomes, loaded.authors(), draws=draws, seed=seed)
    findings = _findings(pairs)
    rated = [found for found in loaded.ratings if found and found["overall"] is not None]
    results = Results(
        seed=seed,
        coverage=Coverage(
            models=len(loaded.models),
            rated=len(rated),
            without_rating=len(loaded.models) - len(rated),
            authors=len(set(loaded.authors())),
            problems=loaded.problems,
        ),
        judge=JudgeUsed(judge, *(_versions(rated, key) for key in ("judge", "rubric"))),
        ratings={name: describe_ratings(loaded.rating_column(name)) for name in SCORES},
        outcomes={name: describe_outcome(counts) for name, counts in outcomes.items()},
        associations=findings,
        notes=_notes(study, loaded, findings),
    )
    text = json.dumps(results.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(study.results_path, f"{text}\n".encode())
    return results


def render(results: Results) -> str:
    """Write the results for a terminal: coverage, histogram, associations, notes."""
    cover, judge = results.coverage, results.judge
    version = f" {judge.version}" if judge.version else ""
    lines = [
        f"{cover.models:,} models of {cover.authors:,} authors: {cover.rated:,} rated by "
        f"{judge.id}{version}, {cover.without_rating:,} without a rating",
    ]
    if cover.problems:
        lines.append(
            "Problems: " + ", ".join(f"{n:,} {name}" for name, n in cover.problems.items())
        )
    lines += ["", "Overall rating", *_bars(results.ratings["overall"])]
    lines += ["", "Spearman's rho with 95 % intervals", ""]
    lines += render_table([_table_row(found) for found in results.associations]).splitlines()
    overall = [found.words for found in results.associations if "overall" in found.predictor]
    return "\n".join([*lines, "", *overall, "", *results.notes]) + "\n"


def _load(study: Study, judge: str) -> _Loaded:
    columns = ["id", "author", "card_sha256", "problems", *OUTCOMES]
    problems: Counter[str] = Counter()
    models: dict[str, dict[str, Any]] = {}
    usable = 0
    for row in study.models.rows(columns):
        codes = {code(problem) for problem in row["problems"] or ()}
        problems.update(codes)
        # A renamed repository is studied under its new name, and a row without id names no model.
        if "renamed" not in codes and row["id"]:
            usable += 1
            models[row["id"]] = row
    if not models:
        raise DataError(
            f"no models in {str(study.root)!r}", hint=f"cardiogram collect {study.root}"
        )
    for row in study.cards.rows(["problems"]):
        problems.update({code(problem) for problem in row["problems"] or ()})
    ratings = _ratings(study, judge)
    if not ratings and any(model["card_sha256"] for model in models.values()):
        raise DataError(
            f"no ratings by {judge!r} in {str(study.root)!r}",
            hint=f"cardiogram rate {study.root} --judge {judge}",
        )
    current = {id: ratings[id] for id, row in models.items() if _is_current(row, ratings.get(id))}
    return _Loaded(
        models=list(models.values()),
        ratings=[current.get(id) for id in models],
        problems=dict(sorted(problems.items(), key=lambda item: (-item[1], item[0]))),
        repeated=usable - len(models),
        outdated=len(models.keys() & ratings.keys()) - len(current),
    )


def _ratings(study: Study, judge: str) -> dict[str, dict[str, Any]]:
    """Find the judge's last rating of each model; what it refused or failed at is none."""
    numbers = [column for name in SCORES for column in (name, f"{name}_expected")]
    columns = ["id", "card_sha256", "judge", "judge_version", "rubric_version", "status", *numbers]
    return {
        row["id"]: row
        for row in study.ratings.rows(columns)
        if row["judge"] == judge and row["status"] == "rated"
    }


def _is_current(model: Mapping[str, Any], rating: Mapping[str, Any] | None) -> bool:
    """Whether a rating is of the text that the model's card has now."""
    if rating is None:
        return False
    return rating["card_sha256"] in (None, model["card_sha256"])


def _versions(rated: Sequence[Mapping[str, Any]], kind: str) -> str:
    return ", ".join(sorted({str(rating[f"{kind}_version"] or "") for rating in rated}))


def _findings(pairs: Mapping[tuple[str, str], Association]) -> tuple[Finding, ...]:
    tested = {pair: found.p_value for pair, found in pairs.items() if found.p_value is not None}
    q_values: dict[tuple[str, str], float] = {}
    if tested:
        adjusted = load_scipy_stats().false_discovery_control(list(tested.values()), method="bh")
        q_values = dict(zip(tested, map(float, adjusted), strict=True))
    return tuple(
        Finding(*pair, found, q_values.get(pair), describe_finding(*pair, found))
        for pair, found in pairs.items()
    )


def describe_finding(predictor: str, outcome: str, found: Association) -> str:
    """Say what an association allows to be said, and nothing more.

    Examples
    --------
    >>> describe_finding("usage_expected", "likes", Association(3, reason="only 3 models"))
    'No association of the rating of usage with likes can be told from these data: only 3 models.'
    """
    name, counted = predictor.removesuffix("_expected"), OUTCOMES.get(outcome, outcome)
    subject = "Better rated cards" if name == "overall" else f"Cards rated better on {name}"
    rating = "the overall rating" if name == "overall" else f"the rating of {name}"
    none = f"No association of {rating} with {counted} can be told from these data"
    if found.estimate is None:
        return f"{none}: {found.reason}."
    rho, interval = f"rho {_figure(found.estimate)}", found.cluster_interval
    if interval is None:
        return f"{none} ({rho}, no interval by author: {found.cluster_reason})."
    bounds = f"{_figure(interval.low)} to {_figure(interval.high)} by author"
    numbers = f"({rho}, {interval.level * 100:g} % interval {bounds})"
    if not interval.excludes_zero:
        return f"{none} {numbers}."
    direction = "more" if interval.low > 0 else "fewer"
    return f"{subject} are associated with {direction} {counted} {numbers}."


def _figure(value: float) -> str:
    """Two decimals, or one figure where these would show a 0 that is none."""
    return f"{value:.2f}" if abs(value) >= 0.005 or value == 0 else f"{value:.1g}"


def _notes(study: Study, loaded: _Loaded, findings: Sequence[Finding]) -> tuple[str, ...]:
    tested = sum(found.association.p_value is not None for found in findings)
    notes = [
        "An association is no effect: well known models get both better cards and more users.",
        "p and q values and the Bonett-Wright interval take models as independent. They are not: "
        "judge by the interval that resamples authors.",
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
    return tuple(notes)


def _rating_dict(found: RatingSummary) -> dict[str, Any]:
    return {
        "n": found.n,
        "mean": found.mean,
        "median": found.median,
        "quantiles": {"0.25": found.quantiles.lower, "0.75": found.quantiles.upper},
        "histogram": found.histogram.by_score(),
    }


def _interval_dict(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    return {key: value for key, value in asdict(interval).items() if value is not None}


def _bars(overall: RatingSummary) -> list[str]:
    counts = overall.histogram.by_score()
    longest = max(1, *counts.values())
    width = len(f"{longest:,}")
    return [
        f"  {score}  {count:>{width},}  {'█' * round(_BARS * count / longest)}".rstrip()
        for score, count in counts.items()
    ]


def _table_row(finding: Finding) -> dict[str, object]:
    found = finding.association
    return {
        "rating": finding.predictor.removesuffix("_expected"),
        "outcome": finding.outcome,
        "n": found.n,
        "rho": "" if found.estimate is None else _figure(found.estimate),
        "Bonett-Wright": _bounds(found.interval, found.reason or found.interval_reason),
        "by author": _bounds(found.cluster_interval, found.reason or found.cluster_reason),
        "q": finding.q_value,
    }


def _bounds(interval: Interval | None, reason: str | None) -> str:
    if interval is None:
        return reason or ""
    return f"{_figure(interval.low)} to {_figure(interval.high)}"

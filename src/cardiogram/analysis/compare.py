"""Two studies side by side: what is the same, what changed, and which changes can be told.

An author who is in both studies moves both, so whole authors are drawn from the two studies
together; every interval of a difference comes from these draws. Models that both studies hold are
compared in pairs, which other models cannot disturb.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.analysis.results import JudgeUsed, Results
from cardiogram.cards import is_studied
from cardiogram.errors import DataError
from cardiogram.names import SCORES
from cardiogram.stats import quadratic_kappa
from cardiogram.stats.resampling import MINIMUM_CLUSTERS, Floats, Integers, author_codes
from cardiogram.store import Study

COMPARED = ("downloads", "likes")
MINIMUM_PAIRS = 10
"""Fewer common models than these are counted, and nothing is said of their change."""

_LEVEL = 0.95
_METHOD = "author-cluster bootstrap over both studies, percentiles"

Statistic = Callable[[Floats], float]
"""A number from one weight a row of both studies, one after the other."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of one study.

    Attributes
    ----------
    asked
        Judge, judge version, rubric, source, sample and question: name to value.
    models, rated
        Numbers of models.
    days
        First and last day on which its cards were read, ISO.
    histogram
        Cards by overall rating 1-5.
    """

    name: str
    asked: Mapping[str, str]
    days: tuple[str, str]
    models: int
    rated: int
    mean: float | None
    histogram: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """A number in both studies, and their difference: the second minus the first.

    Attributes
    ----------
    what
        Name of the number.
    over
        Which models: all, common, same text, or changed text.
    n
        Models in the first and in the second study.
    low, high
        95 % interval of the difference; None where `reason` says why.
    """

    what: str
    over: str
    n: tuple[int, int]
    first: float | None
    second: float | None
    difference: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    @property
    def is_certain(self) -> bool:
        """Whether the interval of the difference lies on one side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Models in both studies and in one only; `same_text` of the common ones."""

    common: int
    first_only: int
    second_only: int
    same_text: int
    both_rated: int


@dataclass(frozen=True, slots=True)
class StudyComparison:
    """Two studies compared.

    Attributes
    ----------
    same, differs
        Names of what was asked alike, and of what was not.
    moves
        Common cards by overall rating in the first (rows, 1-5) and in the second study.
    kappa
        Quadratic-weighted kappa of the two studies' ratings of the same texts; None where that
        cannot be computed.
    changes
        Differences of ratings, correlations and counts.
    """

    first: Side
    second: Side
    same: tuple[str, ...]
    differs: tuple[str, ...]
    overlap: Overlap
    moves: tuple[tuple[int, ...], ...]
    kappa: float | None
    changes: tuple[Change, ...]
    draws: int
    seed: int
    level: float = _LEVEL
    method: str = _METHOD

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        whole = asdict(self)
        for change, row in zip(self.changes, whole["changes"], strict=True):
            row["told"] = change.is_certain
        return whole

    def change(self, what: str, over: str) -> Change:
        """One of the changes by its names."""
        return next(change for change in self.changes if (change.what, change.over) == (what, over))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Models of a study in columns; NaN where there is none."""

    side: Side
    ids: tuple[str, ...]
    authors: tuple[str, ...]
    cards: tuple[str | None, ...]
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    whole: Floats = field(default_factory=lambda: np.zeros(0))

    def take(self, rows: Sequence[int]) -> _Rows:
        """Some rows, in the order given."""
        places = np.array(rows, dtype=np.int64)
        return _Rows(
            self.side,
            tuple(self.ids[i] for i in rows),
            tuple(self.authors[i] for i in rows),
            tuple(self.cards[i] for i in rows),
            {name: values[places] for name, values in self.numbers.items()},
            self.whole[places],
        )


def compare_studies(
    first: Study, second: Study, *, draws: int = 2000, seed: int = 0
) -> StudyComparison:
    """Compare two studies: two dates, two judges or two samples.

    Parameters
    ----------
    first, second
        Folders that `analyze` has run on; differences are second minus first.
    draws, seed
        Draws of authors for the intervals, and their seed.

    Raises
    ------
    DataError
        A folder has no results, or is a study of another type.
    """
    a, b = _read(first), _read(second)
    place = {name: i for i, name in enumerate(b.ids)}
    pairs = [(i, place[name]) for i, name in enumerate(a.ids) if name in place]
    common = a.take([i for i, _ in pairs]), b.take([k for _, k in pairs])
    text = [
        text is not None and text == other
        for text, other in zip(common[0].cards, common[1].cards, strict=True)
    ]
    both = np.isfinite(common[0].whole) & np.isfinite(common[1].whole)
    unchanged, changed = _pick(common, text, True), _pick(common, text, False)
    keys = sorted(a.side.asked.keys() | b.side.asked.keys())
    alike = {key: a.side.asked.get(key) == b.side.asked.get(key) for key in keys}
    drawn = _Draws(draws, seed)
    return StudyComparison(
        first=a.side,
        second=b.side,
        same=tuple(key for key in keys if alike[key]),
        differs=tuple(key for key in keys if not alike[key]),
        overlap=Overlap(
            len(pairs), len(a.ids) - len(pairs), len(b.ids) - len(pairs), sum(text), int(both.sum())
        ),
        moves=_moves(common[0].whole[both], common[1].whole[both]),
        kappa=_kappa(unchanged),
        changes=(
            *drawn.shifts((a, b), "all"),
            *drawn.shifts(common, "common"),
            *drawn.shifts(unchanged, "same text"),
            *drawn.shifts(changed, "changed text"),
            *drawn.correlations((a, b), "all"),
            *drawn.correlations(common, "common"),
            *drawn.counts(common),
        ),
        draws=draws,
        seed=seed,
    )


def _pick(pair: tuple[_Rows, _Rows], text: Sequence[bool], wanted: bool) -> tuple[_Rows, _Rows]:
    rows = [i for i, same in enumerate(text) if same == wanted]
    return pair[0].take(rows), pair[1].take(rows)


# Reading -------------------------------------------------------------------------------------


def _read(study: Study) -> _Rows:
    if study.type != "model":
        raise DataError(
            f"{str(study.root)!r} is a study of dataset cards, which have no results to compare"
        )
    used = Results.load(study.results_path).judge
    models: dict[str, dict[str, Any]] = {}
    for row in study.models.rows(
        ["id", "author", "card_sha256", "problems", "fetched_at", *COMPARED]
    ):
        if is_studied(row):
            models[row["id"]] = row
    rated = _ratings(study, used.id, models)
    ratings = [rated.get(name, {}) for name in models]
    whole = _column(ratings, "overall")
    side = Side(
        name=study.root.resolve().name,
        asked=_asked(study, used),
        days=_days(study, list(models.values())),
        models=len(models),
        rated=int(np.isfinite(whole).sum()),
        mean=float(np.nanmean(whole)) if np.isfinite(whole).any() else None,
        histogram={score: int((whole == score).sum()) for score in range(1, 6)},
    )
    return _Rows(
        side,
        tuple(models),
        tuple(row["author"] or name.partition("/")[0] for name, row in models.items()),
        tuple(row["card_sha256"] for row in models.values()),
        {
            **{name: _column(ratings, f"{name}_expected") for name in SCORES},
            **{name: _column(list(models.values()), name) for name in COMPARED},
        },
        whole,
    )


def _ratings(
    study: Study, judge: str, models: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The judge's rating of the text that each model has now."""
    numbers = [column for name in SCORES for column in (name, f"{name}_expected")]
    columns = ["id", "card_sha256", "judge", "status", *numbers]
    return {
        row["id"]: row
        for row in study.ratings.rows(columns)
        if row["judge"] == judge
        and row["status"] == "rated"
        and row["id"] in models
        and row["card_sha256"] in (None, models[row["id"]]["card_sha256"])
    }


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> Floats:
    return np.array([row.get(name) for row in rows], dtype=np.float64)


def _asked(study: Study, judge: JudgeUsed) -> dict[str, str]:
    manifest = study.manifest()
    source, sample = manifest.get("source", {}), manifest.get("sample", {})
    query = manifest.get("query", {})
    return {
        "judge": judge.id,
        "judge version": judge.version,
        "rubric": judge.rubric_version,
        "source": str(source.get("kind", "")),
        "file": PurePath(str(source.get("path") or "")).name,
        "sample": str(sample.get("method", "")),
        "asked": ", ".join(f"{key} {value}" for key, value in sorted(query.items())),
    }


def _days(study: Study, rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    days = sorted(row["fetched_at"].date().isoformat() for row in rows if row["fetched_at"])
    made = str(study.manifest().get("created_at", ""))[:10]
    return (days[0], days[-1]) if days else (made, made)


def _moves(before: Floats, after: Floats) -> tuple[tuple[int, ...], ...]:
    counts = np.zeros((5, 5), dtype=np.int64)
    np.add.at(counts, (before.astype(int) - 1, after.astype(int) - 1), 1)
    return tuple(tuple(int(n) for n in row) for row in counts)


def _kappa(pair: tuple[_Rows, _Rows]) -> float | None:
    both = np.isfinite(pair[0].whole) & np.isfinite(pair[1].whole)
    if both.sum() < MINIMUM_PAIRS:
        return None
    return quadratic_kappa(pair[0].whole[both], pair[1].whole[both])


# Numbers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draws:
    """How differences are computed: draws of authors, from one seed for all of them."""

    draws: int
    seed: int

    def shifts(self, pair: tuple[_Rows, _Rows], over: str) -> list[Change]:
        """Mean expected ratings and their difference, for each of the nine numbers."""
        scores = SCORES if over in ("all", "common") else SCORES[:1]
        return [self._means(pair, name, over, f"mean {name} rating") for name in scores]

    def counts(self, common: tuple[_Rows, _Rows]) -> list[Change]:
        """Geometric means of the counts, as log(1 + count), over models in both studies."""
        logs = [
            (
                side,
                {name: np.log1p(np.maximum(side.numbers[name], 0)) for name in COMPARED},
            )
            for side in common
        ]
        first, second = (
            _Rows(side.side, side.ids, side.authors, side.cards, numbers, side.whole)
            for side, numbers in logs
        )
        return [self._means((first, second), name, "common", f"log {name}") for name in COMPARED]

    def correlations(self, pair: tuple[_Rows, _Rows], over: str) -> list[Change]:
        """Spearman's rho of the overall rating with each outcome, and its difference."""
        changes = []
        for outcome in COMPARED:
            rows = self._complete(pair, ("overall", outcome), over)
            a, b = (_Ranks(side.numbers["overall"], side.numbers[outcome]) for side in rows)
            changes.append(self._change(rows, f"rho overall {outcome}", over, a.rho, b.rho))
        return changes

    def _means(self, pair: tuple[_Rows, _Rows], name: str, over: str, what: str) -> Change:
        rows = self._complete(pair, (name,), over)
        a, b = (_mean_of(side.numbers[name]) for side in rows)
        return self._change(rows, what, over, a, b)

    def _complete(
        self, pair: tuple[_Rows, _Rows], columns: Sequence[str], over: str
    ) -> tuple[_Rows, _Rows]:
        """Rows that have all numbers; of pairs, those that have them in both studies."""
        keep = [np.all([np.isfinite(side.numbers[n]) for n in columns], axis=0) for side in pair]
        if over != "all":
            keep = [keep[0] & keep[1]] * 2
        first, second = (
            side.take(np.flatnonzero(rows).tolist()) for side, rows in zip(pair, keep, strict=True)
        )
        return first, second

    def _change(
        self,
        rows: tuple[_Rows, _Rows],
        what: str,
        over: str,
        first: Statistic,
        second: Statistic,
    ) -> Change:
        """Both numbers and their difference, with the interval from the draws."""
        n = len(rows[0].ids), len(rows[1].ids)
        if min(n) < MINIMUM_PAIRS:
            why = f"fewer than {MINIMUM_PAIRS} models"
            return Change(what, over, n, None, None, None, reason=why)
        a, b = first(np.ones(n[0])), second(np.ones(n[1]))
        if not (math.isfinite(a) and math.isfinite(b)):
            return Change(what, over, n, None, None, None, reason="all values are equal")
        codes = author_codes([*rows[0].authors, *rows[1].authors])
        spread = self._draw(codes, n[0], first, second)
        if spread is None:
            why = f"fewer than {MINIMUM_CLUSTERS} authors"
            return Change(what, over, n, a, b, b - a, reason=why)
        low, high = np.quantile(spread, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
        return Change(what, over, n, a, b, b - a, float(low), float(high))

    def _draw(
        self, codes: Integers, cut: int, first: Statistic, second: Statistic
    ) -> NDArray[np.float64] | None:
        """Differences in every draw of authors; None with too few authors."""
        clusters = int(codes.max()) + 1
        if clusters < MINIMUM_CLUSTERS:
            return None
        drawn = np.random.default_rng(self.seed)
        differences = np.empty(self.draws)
        for draw in range(self.draws):
            times = np.bincount(drawn.integers(0, clusters, clusters), minlength=clusters)
            weights = times[codes].astype(np.float64)
            differences[draw] = second(weights[cut:]) - first(weights[:cut])
        return differences[np.isfinite(differences)]


def _mean_of(values: Floats) -> Statistic:
    def mean(weights: Floats) -> float:
        total = float(weights.sum())
        return float(weights @ values) / total if total else math.nan

    return mean


class _Ranks:
    """Spearman's rho of two columns under weights; levels are found once."""

    def __init__(self, x: Floats, y: Floats) -> None:
        self._levels = [np.unique(values, return_inverse=True)[1] for values in (x, y)]

    def rho(self, weights: Floats) -> float:
        """Correlation of the weighted mid-ranks; NaN where one column is constant."""
        ranks = []
        for level in self._levels:
            times = np.bincount(level, weights)
            ranks.append((np.cumsum(times) - times / 2)[level])
        total = weights.sum()
        if not total:
            return math.nan
        x, y = (rank - float(weights @ rank) / total for rank in ranks)
        norm = float(weights @ (x * x)) * float(weights @ (y * y))
        return float(weights @ (x * y)) / math.sqrt(norm) if norm > 0 else math.nan

"""Associations of some of a study's models, chosen by whoever looks at them.

The estimators, covariates and intervals are the study's own. What a look cannot have is a rule
that was fixed before the data were seen: of twenty looks at nothing, one shows an interval that
leaves out 0. So nothing here becomes a conclusion, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cardiogram.analysis.changes import clean
from cardiogram.analysis.columns import IdIndex
from cardiogram.analysis.load import Loaded, load
from cardiogram.analysis.parts import (
    MAIN,
    STATED,
    adjusted_for,
    covariate_names,
    number_authors,
)
from cardiogram.analysis.results import Results
from cardiogram.optional import one_thread
from cardiogram.stats.ranks import Association, RatingTable, clean_numbers, relate_ratings
from cardiogram.stats.resampling import Floats, Integers, Resampling, is_linear
from cardiogram.store import Study

_CELLS = 20_000_000
"""Models times draws, and five times models times authors left out: what a look may cost."""

_DRAWS, _FEWEST_DRAWS, _LEFT_OUT = 2000, 200, 400


@dataclass(frozen=True, slots=True)
class Looked:
    """One rank correlation of the overall rating with an outcome.

    Attributes
    ----------
    outcome
        `downloads`, `likes`, or what changed of them.
    models
        Those that have both numbers.
    estimate, low, high
        Spearman's rho and its 95 % interval by author; null where `reason` says why.
    reason
        Why there is no number, or no interval; "" where there is one.
    """

    outcome: str
    models: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Exploration:
    """What a look at some models shows.

    Attributes
    ----------
    models, authors
        Chosen models that are rated, and who made them.
    held_equal
        What `adjusted` holds equal: age, size, library, task.
    adjusted
        One an outcome, with these held equal.
    plain
        The same with nothing held equal.
    """

    models: int
    authors: int
    held_equal: tuple[str, ...]
    adjusted: tuple[Looked, ...]
    plain: tuple[Looked, ...]


@dataclass(frozen=True, slots=True)
class Explorable:
    """A study's models in columns, ready to be looked at."""

    loaded: Loaded
    ratings: Floats
    places: IdIndex

    @classmethod
    def of(cls, study: Study) -> Explorable:
        """Read a study that was analyzed, with the ratings of the judge that it was analyzed by.

        Raises
        ------
        DataError
            There are no results yet, or a file cannot be read.
        """
        loaded = load(study, Results.load(study.results_path).judge.id, texts=False)
        return cls(loaded, clean_numbers(loaded.ratings[MAIN]), IdIndex.of(loaded.ids))

    def explore(self, ids: Sequence[str]) -> Exploration:
        """Relate ratings and outcomes of some models.

        Parameters
        ----------
        ids
            Of the models; one that was not rated, or is none of the study's, does not count.
        """
        rows = np.unique(self.places.find(pa.array(ids, pa.string())))
        rows = rows[rows >= 0]
        is_rated = np.isfinite(self.ratings[rows])
        loaded = self.loaded.take(
            rows
        )  # all of them: the study's covariates are of all models, too
        codes = number_authors(loaded.authors)
        covariates = adjusted_for(loaded)
        outcomes = {
            name: clean(name, column) for name, column in loaded.outcomes.items() if name in STATED
        }
        resampling, left_out = _afford(codes)
        table = RatingTable(
            {MAIN: self.ratings[rows]}, outcomes, codes, covariates, (), "none", left_out
        )
        with one_thread():
            related = relate_ratings(table, resampling)
        return Exploration(
            models=int(is_rated.sum()),
            authors=len(set(codes[is_rated].tolist())),
            held_equal=covariate_names(covariates),
            adjusted=tuple(_looked(y, rho) for (_, y), rho in related.partial.items()),
            plain=tuple(_looked(y, rho) for (_, y), rho in related.plain.items()),
        )


def _afford(codes: Integers) -> tuple[Resampling, int]:
    """Draws, and authors left out one by one: fewer where there are very many models."""
    each = _CELLS // max(1, codes.size)
    draws = _DRAWS if not codes.size or is_linear(codes) else max(_FEWEST_DRAWS, each)
    return Resampling(draws=min(_DRAWS, draws)), min(_LEFT_OUT, each // 5)


def _looked(outcome: str, rho: Association) -> Looked:
    interval = rho.cluster_interval
    return Looked(
        outcome,
        rho.n,
        rho.estimate,
        interval.low if interval else None,
        interval.high if interval else None,
        rho.reason or ("" if interval else rho.cluster_reason or ""),
    )

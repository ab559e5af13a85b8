"""Models whose slope is fixed at a value, and what each author's rows then say against it.

The score of a row is how far it would pull the slope away, once all else has been fitted. Over all
rows scores add up to 0 at the estimate; :mod:`.score_bootstrap` asks how far from 0 they may
be elsewhere.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cardiogram.optional import statsmodels
from cardiogram.stats.resampling import Floats, Integers

_CONVERGED = 1e-8
_NEWTON_STEPS = 50
_SMALL_STEP = 1e-7  # convergence is quadratic: the step after such a one is below the last bit


class RestrictedFit(Protocol):
    """A model with everything but the slope that is asked about."""

    @property
    def author(self) -> Integers:
        """Author of each row, 0 first; the most influential ones come first."""

    def scores(self, slope: float) -> Floats:
        """Score of the slope by author where it is fixed at this value."""


@dataclass(frozen=True, slots=True)
class RestrictedPoisson:
    """A Poisson model with effects of groups.

    Attributes
    ----------
    rating, outcome
        Shape (n,).
    author
        Author of each row.
    cell
        Which row of `effects` each row has.
    effects
        The different rows of the other columns of the design, shape (cells, k).
    counted
        Sum of the outcome in each cell.
    last
        Effects fitted at the slope before, shape (k,): where the next fit starts.
    """

    rating: Floats
    outcome: Floats
    author: Integers
    cell: Integers
    effects: Floats
    counted: Floats
    last: Floats

    @classmethod
    def of(
        cls, rating: Floats, outcome: Floats, codes: Integers, effects: Floats
    ) -> RestrictedPoisson:
        """Group rows that have the same effects, which must be indicators."""
        packed = np.packbits(effects != 0, axis=1)
        _, first, cell = np.unique(packed, axis=0, return_index=True, return_inverse=True)
        middle = float(np.average(rating, weights=outcome))
        author = by_influence(codes, outcome * (1 + (rating - middle) ** 2))
        cell, last = cell.ravel(), np.full(effects.shape[1], np.nan)
        counted = np.bincount(cell, outcome).astype(np.float64)
        return cls(rating - middle, outcome, author, cell, effects[first], counted, last)

    def scores(self, slope: float) -> Floats:
        """Score by author.

        Rows of one cell are fitted as one count whose exposure is the sum of exp(slope * rating):
        its likelihood differs by a constant only, whatever the number of rows.
        """
        exposure = np.exp(np.clip(slope * self.rating, -300, 300))
        total = np.bincount(self.cell, exposure).astype(np.float64)
        rate = self._fit_rates(total)
        mean = rate[self.cell] * exposure
        weight = np.bincount(self.cell, mean)
        rating = np.bincount(self.cell, mean * self.rating) / weight
        root = np.sqrt(weight)
        by_effects = np.linalg.lstsq(self.effects * root[:, None], rating * root, rcond=1e-15)[0]
        unexplained = self.rating - (self.effects @ by_effects)[self.cell]
        return _by_author(self.author, unexplained * (self.outcome - mean))

    def _fit_rates(self, total: Floats) -> Floats:
        """Counts a unit of exposure in each cell, by maximum likelihood: Newton's method.

        Raises
        ------
        LinAlgError
            The effects of the groups have no maximum.
        """
        for start in (self.last, self._first_effects(total)):
            fitted = self._climb(start, total) if np.isfinite(start).all() else None
            if fitted is not None:
                self.last[:] = fitted
                return np.exp(self.effects @ fitted)
        raise np.linalg.LinAlgError("the effects of the groups have no maximum")

    def _first_effects(self, total: Floats) -> Floats:
        """Effects by least squares on counts half way to their mean, as `statsmodels` starts."""
        mean = (self.counted + self.counted.mean()) / 2
        root = np.sqrt(mean)
        working = np.log(mean / total) + (self.counted - mean) / mean
        design = self.effects * root[:, None]
        effects: Floats = np.linalg.lstsq(design, working * root, rcond=1e-15)[0]
        return effects

    def _climb(self, effect: Floats, total: Floats) -> Floats | None:
        """Newton's steps from here; None where they do not arrive."""
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(_NEWTON_STEPS):
                mean = total * np.exp(self.effects @ effect)
                if not np.isfinite(mean).all():
                    return None
                root = np.sqrt(np.maximum(mean, np.finfo(np.float64).eps))
                pull = (self.counted - mean) / root
                step = np.linalg.lstsq(self.effects * root[:, None], pull, rcond=1e-15)[0]
                effect = effect + step
                if np.abs(step).max() < _SMALL_STEP:
                    return effect
        return None


@dataclass(frozen=True, slots=True)
class RestrictedLine:
    """Least squares: the only other number is the intercept, and a mean is its fit."""

    rating: Floats
    outcome: Floats
    author: Integers

    @classmethod
    def of(cls, rating: Floats, outcome: Floats, codes: Integers) -> RestrictedLine:
        """Centre the ratings."""
        rating = rating - rating.mean()
        return cls(rating, outcome, by_influence(codes, 1 + rating**2))

    def scores(self, slope: float) -> Floats:
        """Score by author."""
        residuals = self.outcome - slope * self.rating
        return _by_author(self.author, self.rating * (residuals - residuals.mean()))


@dataclass(frozen=True, slots=True)
class RestrictedRobust:
    """An M-estimator: location and scale are fitted to what the slope leaves.

    Attributes
    ----------
    norm
        Name of the loss in `statsmodels.api.robust.norms`.
    """

    rating: Floats
    outcome: Floats
    author: Integers
    norm: str

    @classmethod
    def of(cls, rating: Floats, outcome: Floats, codes: Integers, norm: str) -> RestrictedRobust:
        """Centre the ratings."""
        rating = rating - rating.mean()
        return cls(rating, outcome, by_influence(codes, 1 + rating**2), norm)

    def scores(self, slope: float) -> Floats:
        """Score by author; 0 for all where the scale collapses."""
        api = statsmodels()
        loss = getattr(api.robust.norms, self.norm)()
        constant, outcome = np.ones((self.rating.size, 1)), self.outcome - slope * self.rating
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a scale of 0 divides by zero
            fit = api.RLM(outcome, constant, M=loss).fit(conv="coefs", maxiter=500, tol=_CONVERGED)
        if not fit.scale > 0:
            return np.zeros(int(self.author.max()) + 1)
        standard = fit.resid / fit.scale
        weight = loss.psi_deriv(standard)
        rating = self.rating - float(weight @ self.rating) / float(weight.sum())
        return _by_author(self.author, rating * loss.psi(standard))


@dataclass(frozen=True, slots=True)
class RestrictedGlm:
    """A generalised linear model without other effects than its intercept.

    Attributes
    ----------
    family
        A family of `statsmodels.api.families`; a dispersion in it is fixed at its estimate.
    """

    rating: Floats
    outcome: Floats
    author: Integers
    family: object

    @classmethod
    def of(cls, rating: Floats, outcome: Floats, codes: Integers, family: object) -> RestrictedGlm:
        """Centre the ratings."""
        rating = rating - rating.mean()
        return cls(rating, outcome, by_influence(codes, 1 + rating**2), family)

    def scores(self, slope: float) -> Floats:
        """Score by author."""
        constant, offset = np.ones((self.rating.size, 1)), slope * self.rating
        model = statsmodels().GLM(self.outcome, constant, self.family, offset=offset)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the test says where a slope cannot be fixed
            fit = model.fit(maxiter=100, tol=_CONVERGED)
        weight = model.hessian_factor(fit.params, observed=False)
        rating = self.rating - float(weight @ self.rating) / float(weight.sum())
        return _by_author(self.author, rating * model.score_factor(fit.params))


def by_influence(codes: Integers, influence: Floats) -> Integers:
    """Number authors anew, the one whose rows have most influence first."""
    codes = np.unique(codes, return_inverse=True)[1]
    order = np.argsort(-np.bincount(codes, influence), kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return place[codes].astype(np.int64)


def _by_author(author: Integers, scores: Floats) -> Floats:
    return np.bincount(author, scores).astype(np.float64)

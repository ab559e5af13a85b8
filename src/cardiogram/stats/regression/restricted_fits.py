"""Models whose slope is held at a value, and what each author's rows then say against it.

The score of a row is how far it would pull the slope away, once all else has been fitted. Over all
rows scores add up to 0 at the estimate; :mod:`.score_bootstrap` asks how far from 0 they may
be elsewhere. Every fit is the library's.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cardiogram.optional import statsmodels
from cardiogram.stats.resampling import Floats, Integers

_CONVERGED = 1e-8


class Held(Protocol):
    """A model with everything but the slope that is asked about."""

    @property
    def author(self) -> Integers:
        """Author of each row, 0 first; the most influential ones come first."""

    def scores(self, slope: float) -> Floats:
        """Score of the slope by author where it is held at this value."""


@dataclass(frozen=True, slots=True)
class HeldPoisson:
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
    """

    rating: Floats
    outcome: Floats
    author: Integers
    cell: Integers
    effects: Floats

    @classmethod
    def of(cls, rating: Floats, outcome: Floats, codes: Integers, effects: Floats) -> HeldPoisson:
        """Group rows that have the same effects, which must be indicators."""
        packed = np.packbits(effects != 0, axis=1)
        _, first, cell = np.unique(packed, axis=0, return_index=True, return_inverse=True)
        middle = float(np.average(rating, weights=outcome))
        author = by_influence(codes, outcome * (1 + (rating - middle) ** 2))
        return cls(rating - middle, outcome, author, cell.ravel(), effects[first])

    def scores(self, slope: float) -> Floats:
        """Score by author.

        Rows of one cell are fitted as one count whose exposure is the sum of exp(slope * rating):
        its likelihood differs by a constant only, whatever the number of rows.
        """
        api = statsmodels()
        exposure = np.exp(np.clip(slope * self.rating, -300, 300))
        total, counted = (np.bincount(self.cell, column) for column in (exposure, self.outcome))
        poisson, offset = api.families.Poisson(), np.log(total)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no freedom where cells are few, and none is used
            fit = api.GLM(counted, self.effects, poisson, offset=offset).fit(maxiter=100, tol=1e-10)
            mean = (fit.fittedvalues / total)[self.cell] * exposure
            weight = np.bincount(self.cell, mean)
            rating = np.bincount(self.cell, mean * self.rating) / weight
            told = api.WLS(rating, self.effects, weights=weight).fit().fittedvalues
        rest = self.rating - told[self.cell]
        return _by_author(self.author, rest * (self.outcome - mean))


@dataclass(frozen=True, slots=True)
class HeldLine:
    """Least squares: the only other number is the intercept, and a mean is its fit."""

    rating: Floats
    outcome: Floats
    author: Integers

    @classmethod
    def of(cls, rating: Floats, outcome: Floats, codes: Integers) -> HeldLine:
        """Centre the ratings."""
        rating = rating - rating.mean()
        return cls(rating, outcome, by_influence(codes, 1 + rating**2))

    def scores(self, slope: float) -> Floats:
        """Score by author."""
        rest = self.outcome - slope * self.rating
        return _by_author(self.author, self.rating * (rest - rest.mean()))


@dataclass(frozen=True, slots=True)
class HeldRobust:
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
    def of(cls, rating: Floats, outcome: Floats, codes: Integers, norm: str) -> HeldRobust:
        """Centre the ratings."""
        rating = rating - rating.mean()
        return cls(rating, outcome, by_influence(codes, 1 + rating**2), norm)

    def scores(self, slope: float) -> Floats:
        """Score by author; 0 for all where the scale collapses."""
        api = statsmodels()
        loss = getattr(api.robust.norms, self.norm)()
        one, rest = np.ones((self.rating.size, 1)), self.outcome - slope * self.rating
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a scale of 0 divides by zero
            fit = api.RLM(rest, one, M=loss).fit(conv="coefs", maxiter=500, tol=_CONVERGED)
        if not fit.scale > 0:
            return np.zeros(int(self.author.max()) + 1)
        standard = fit.resid / fit.scale
        weight = loss.psi_deriv(standard)
        rating = self.rating - float(weight @ self.rating) / float(weight.sum())
        return _by_author(self.author, rating * loss.psi(standard))


@dataclass(frozen=True, slots=True)
class HeldGlm:
    """A generalised linear model without other effects than its intercept.

    Attributes
    ----------
    family
        A family of `statsmodels.api.families`; a dispersion in it is held at its estimate.
    """

    rating: Floats
    outcome: Floats
    author: Integers
    family: Any

    @classmethod
    def of(cls, rating: Floats, outcome: Floats, codes: Integers, family: Any) -> HeldGlm:
        """Centre the ratings."""
        rating = rating - rating.mean()
        return cls(rating, outcome, by_influence(codes, 1 + rating**2), family)

    def scores(self, slope: float) -> Floats:
        """Score by author."""
        one, offset = np.ones((self.rating.size, 1)), slope * self.rating
        model = statsmodels().GLM(self.outcome, one, self.family, offset=offset)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the test says where a slope cannot be held
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

"""Models whose slope is fixed at a value, and what each author's rows then say against it.

The score of a row is how far it would pull the slope away, once all else has been fitted. Over all
rows scores add up to 0 at the estimate; :mod:`.score_bootstrap` asks how far from 0 they may
be elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from cardiogram.stats.resampling import Floats, Integers

Norm = Literal["huber", "tukey"]

_CONVERGED = 1e-10
_TINY_SCALE = 1e-8
_ROBUST_STEPS = 2000
_NORMAL_MAD = 0.6744897501960817  # of a standard normal number, as statsmodels has it
_NEWTON_STEPS = 50
_SMALL_STEP = 1e-7  # convergence is quadratic: the step after such a one is below the last bit


class FamilyLink(Protocol):
    """A link of statsmodels."""

    def deriv(self, p: Floats) -> Floats:
        """Its derivative by the mean."""


class Family(Protocol):
    """A family of statsmodels."""

    link: FamilyLink

    def fitted(self, lin_pred: Floats) -> Floats:
        """Means."""

    def predict(self, mu: Floats) -> Floats:
        """Linear predictors of means."""

    def variance(self, mu: Floats) -> Floats:
        """Variances of means."""


class RestrictedFit(Protocol):
    """A model with everything but the slope that is asked about."""

    @property
    def author(self) -> Integers:
        """Author of each row, 0 first; the most influential ones come first."""

    @property
    def inflation(self) -> Floats:
        """Factor of each author's score as it would be had the author not been fitted.

        References
        ----------
        MacKinnon, Nielsen and Webb (2023), Fast and reliable jackknife and bootstrap methods for
        cluster-robust inference, J. Applied Econometrics 38(5), 671-694.
        """

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

    @property
    def inflation(self) -> Floats:
        """One: its effects are of groups, which no author fits alone, and its test is cautious."""
        return np.ones(int(self.author.max()) + 1)

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
    """Least squares: what covariates leave of ratings and outcomes, whatever the slope."""

    rating: Floats
    outcome: Floats
    author: Integers
    inflation: Floats

    @classmethod
    def of(
        cls, rating: Floats, outcome: Floats, codes: Integers, covariates: Floats | None = None
    ) -> RestrictedLine:
        """Take the covariates, shape (n, k), out of both; without them the mean."""
        basis = _basis(rating.size, covariates)
        rating, outcome = (values - basis @ (basis.T @ values) for values in (rating, outcome))
        author = by_influence(codes, 1 + rating**2)
        return cls(rating, outcome, author, _inflation(rating, basis, author))

    def scores(self, slope: float) -> Floats:
        """Score by author."""
        return _by_author(self.author, self.rating * (self.outcome - slope * self.rating))


@dataclass(frozen=True, slots=True)
class RestrictedRobust:
    """An M-estimator: the covariates' slopes and the scale are fitted to what the slope leaves.

    Attributes
    ----------
    basis
        Orthonormal columns that span the covariates, shape (n, k).
    norm
        Name of the loss.
    last
        What was fitted at the slope before, shape (k,): where the next fit starts.
    """

    rating: Floats
    outcome: Floats
    author: Integers
    inflation: Floats
    basis: Floats
    norm: Norm
    last: Floats

    @classmethod
    def of(
        cls,
        rating: Floats,
        outcome: Floats,
        codes: Integers,
        norm: Norm,
        covariates: Floats | None = None,
    ) -> RestrictedRobust:
        """Take the covariates out of the ratings."""
        basis = _basis(rating.size, covariates)
        rating = rating - basis @ (basis.T @ rating)
        author = by_influence(codes, 1 + rating**2)
        inflation = _inflation(rating, basis, author)
        return cls(rating, outcome, author, inflation, basis, norm, basis.T @ outcome)

    def scores(self, slope: float) -> Floats:
        """Score by author; 0 for all where the scale collapses."""
        fit = fit_robust(self.basis, self.outcome - slope * self.rating, self.norm, self.last)
        if not fit.scale > 0:
            return np.zeros(int(self.author.max()) + 1)
        self.last[:] = fit.slopes
        standard = fit.residuals / fit.scale
        rating = self.rating - _explain(self.basis, LOSSES[self.norm].slope(standard), self.rating)
        return _by_author(self.author, rating * LOSSES[self.norm].psi(standard))


@dataclass(frozen=True, slots=True)
class RestrictedGlm:
    """A generalised linear model whose covariates are fitted anew with each slope.

    Attributes
    ----------
    basis
        Orthonormal columns that span the covariates, shape (n, k).
    family
        A family of `statsmodels.api.families`; a dispersion in it is fixed at its estimate.
    last
        What was fitted at the slope before, shape (k,).
    """

    rating: Floats
    outcome: Floats
    author: Integers
    inflation: Floats
    basis: Floats
    family: Family
    last: Floats

    @classmethod
    def of(
        cls,
        rating: Floats,
        outcome: Floats,
        codes: Integers,
        family: Family,
        covariates: Floats | None = None,
    ) -> RestrictedGlm:
        """Take the covariates out of the ratings."""
        basis = _basis(rating.size, covariates)
        rating = rating - basis @ (basis.T @ rating)
        author, start = by_influence(codes, 1 + rating**2), np.full(basis.shape[1], np.nan)
        return cls(rating, outcome, author, _inflation(rating, basis, author), basis, family, start)

    def scores(self, slope: float) -> Floats:
        """Score by author."""
        rows = self.rows(slope)
        rating = self.rating - _explain(self.basis, rows.weight, self.rating)
        return _by_author(self.author, rating * rows.score)

    def rows(self, slope: float) -> GlmRows:
        """What every row says once the covariates are fitted: Newton's method.

        Raises
        ------
        LinAlgError
            The covariates' slopes have no maximum.
        """
        offset = slope * self.rating
        middle = self.family.predict(np.full(1, self.outcome.mean()))[0]
        flat = self.basis.T @ (middle - offset)
        for start in (self.last, flat):
            effect = start.copy()
            for _ in range(_NEWTON_STEPS if np.isfinite(effect).all() else 0):
                rows = GlmRows.at(self.family, self.outcome, offset + self.basis @ effect)
                curvature = (self.basis.T * rows.weight) @ self.basis
                step = np.linalg.solve(curvature, self.basis.T @ rows.score)
                effect += step
                if not np.isfinite(effect).all():
                    break
                if np.abs(step).max() < _SMALL_STEP:
                    self.last[:] = effect
                    return GlmRows.at(self.family, self.outcome, offset + self.basis @ effect)
        raise np.linalg.LinAlgError("the covariates' slopes have no maximum")


@dataclass(frozen=True, slots=True)
class GlmRows:
    """How far each row would pull its own linear predictor, and how stiff that is."""

    score: Floats
    weight: Floats

    @classmethod
    def at(cls, family: Family, outcome: Floats, predictor: Floats) -> GlmRows:
        """At values of the linear predictor."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a slope far away
            mean = family.fitted(predictor)
            slope, variance = family.link.deriv(mean), family.variance(mean)
            return cls((outcome - mean) / (slope * variance), 1 / (slope**2 * variance))


@dataclass(frozen=True, slots=True)
class RobustFit:
    """An M-estimate with a scale by the median absolute residual.

    Attributes
    ----------
    slopes
        Of the basis, shape (k,).
    residuals
        Shape (n,).
    scale
        0 where more than half of the rows are fitted exactly.
    """

    slopes: Floats
    residuals: Floats
    scale: float


@dataclass(frozen=True, slots=True)
class Loss:
    """The derivatives of a loss, of standardised residuals."""

    psi: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


_HUBER, _TUKEY = 1.345, 4.685


def _huber_psi(u: Floats) -> Floats:
    return np.asarray(np.clip(u, -_HUBER, _HUBER))


def _huber_slope(u: Floats) -> Floats:
    return np.asarray(np.abs(u) <= _HUBER, dtype=np.float64)


def _tukey_psi(u: Floats) -> Floats:
    return np.asarray(u * np.maximum(1 - (u / _TUKEY) ** 2, 0) ** 2)


def _tukey_slope(u: Floats) -> Floats:
    inside = np.maximum(1 - (u / _TUKEY) ** 2, 0)
    return np.asarray(inside * (5 * inside - 4))


LOSSES: Mapping[Norm, Loss] = {
    "huber": Loss(_huber_psi, _huber_slope),
    "tukey": Loss(_tukey_psi, _tukey_slope),
}
"""As in `statsmodels.api.robust.norms`, with its constants."""


def fit_robust(basis: Floats, outcome: Floats, norm: Norm, start: Floats) -> RobustFit:
    """Huber's method of modified residuals: no matrix is weighed and solved anew.

    Parameters
    ----------
    basis
        Orthonormal columns, shape (n, k).
    start
        Slopes to start at, shape (k,).

    References
    ----------
    Huber and Ronchetti (2009), Robust Statistics, 2nd ed., section 7.8.
    """
    loss, slopes, scale = LOSSES[norm], start, math.inf
    for _ in range(_ROBUST_STEPS):
        residuals = outcome - basis @ slopes
        before, scale = scale, float(np.median(np.abs(residuals))) / _NORMAL_MAD
        if scale < _TINY_SCALE:
            return RobustFit(slopes, residuals, 0.0)
        standard = residuals / scale
        stiff = max(0.5, float(loss.slope(standard).mean()))
        step = basis.T @ loss.psi(standard) * (scale / stiff)
        slopes = slopes + step
        far = float(np.abs(step).max()) + abs(scale - before)
        if far < _CONVERGED * scale:
            break
    return RobustFit(slopes, outcome - basis @ slopes, scale)


def _basis(n: int, covariates: Floats | None) -> Floats:
    """Orthonormal columns that span the covariates, or the constant alone."""
    if covariates is None:
        return np.full((n, 1), 1 / math.sqrt(n))
    return np.asarray(np.linalg.qr(covariates)[0], dtype=np.float64)


def _inflation(rating: Floats, basis: Floats, author: Integers) -> Floats:
    """What is left of an author's ratings, over what is left of it in residuals.

    Covariates fit an author's own rows, whose residuals are then too small; at most tenfold.
    """
    authors = int(author.max()) + 1
    own = np.bincount(author, rating**2, authors)
    fitted = np.zeros((authors, basis.shape[1]))
    np.add.at(fitted, author, basis * rating[:, None])
    left = np.maximum(own - np.einsum("ak,ak->a", fitted, fitted), own / 10)
    return np.asarray(np.divide(own, left, out=np.ones(authors), where=left > 0))


def _explain(basis: Floats, weight: Floats, values: Floats) -> Floats:
    """What a basis says of values by weighted least squares."""
    weighted = basis.T * weight
    slopes = np.linalg.lstsq(weighted @ basis, weighted @ values, rcond=1e-12)[0]
    return np.asarray(basis @ slopes)


def by_influence(codes: Integers, influence: Floats) -> Integers:
    """Number authors anew, the one whose rows have most influence first."""
    codes = np.unique(codes, return_inverse=True)[1]
    order = np.argsort(-np.bincount(codes, influence), kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return place[codes].astype(np.int64)


def _by_author(author: Integers, scores: Floats) -> Floats:
    return np.bincount(author, scores).astype(np.float64)

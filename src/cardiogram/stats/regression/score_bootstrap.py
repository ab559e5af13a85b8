"""How sure a slope is where authors are few or a few have most of the models or the outcome.

A standard error by author takes the slope to be normal. It is not where one author has a third
of all downloads: placebos are then "significant" three times of ten. Here each slope that might be
true is tested under itself: the model is fitted with that slope fixed
(:mod:`.restricted_fits`), and the sum of its scores is compared with the sums under random
signs, one sign an author. The interval is the slopes that are not refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.regression.restricted_fits import RestrictedFit
from cardiogram.stats.resampling import Floats, Resampling

METHOD = "author-cluster wild score bootstrap"
_MOST_SIGNED = 1000  # authors with a sign of their own; the sum of all others is drawn as a normal
_STEPS = 40
_EQUAL = 2e-6  # sums in single precision


@dataclass(frozen=True, slots=True)
class RademacherWeights:
    """Random signs, one an author and draw.

    Attributes
    ----------
    matrix
        1 or -1, shape (draws, authors with a sign of their own).
    normal
        Standard normal numbers for the sum of all other authors, shape (draws,).
    """

    matrix: NDArray[np.float32]
    normal: Floats

    def sums(self, scores: Floats) -> Floats:
        """Absolute sums of the authors' scores in every draw.

        Parameters
        ----------
        scores
            Shape (authors,), or (authors, k) for k slopes at once: then the sums are (draws, k).
        """
        own, others = np.split(scores, [self.matrix.shape[1]])
        drawn = self.matrix @ own.astype(np.float32)
        spread = np.sqrt((others**2).sum(axis=0))
        return np.asarray(np.abs(drawn + np.multiply.outer(self.normal, spread)))


@lru_cache(maxsize=4)  # the regressions of one study have much the same authors
def draw_weights(authors: int, draws: int, seed: int) -> RademacherWeights:
    """Draw signs for so many authors."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, 2, (draws, min(authors, _MOST_SIGNED)), dtype=np.int8)
    return RademacherWeights((2 * drawn - 1).astype(np.float32), rng.standard_normal(draws))


@dataclass(frozen=True, slots=True)
class SlopeBounds:
    """Bounds of a slope and the p-value of 0; None where there is no such bound."""

    low: float | None
    high: float | None
    p_value: float


def score_bootstrap_test(
    restricted: RestrictedFit, slope: float, se: float, resampling: Resampling, limit: float
) -> SlopeBounds:
    """Test slopes against random signs of the authors' scores.

    Parameters
    ----------
    slope, se
        Where the scores add up to 0, and a first guess of how far to look.
    limit
        Slopes further from 0 than this are not looked at: there is no bound.

    References
    ----------
    Kline and Santos (2012), A score based approach to wild bootstrap inference, J. Econometric
    Methods 1(1), 23-41; Hu and Zidek (1995), A bootstrap based on the estimating equations of the
    linear model, Biometrika 82(2), 263-275. Signs are given to the scores that an author would
    have had the author not been fitted, as MacKinnon, Nielsen and Webb (2023) advise: with the
    bare ones a placebo of likes is told apart from chance in one study of ten.
    """
    weights = draw_weights(int(restricted.author.max()) + 1, resampling.draws, resampling.seed)

    def excess(value: float) -> float:
        scores = restricted.scores(value)
        drawn = float(np.quantile(weights.sums(scores * restricted.inflation), resampling.level))
        # A sum that no draw exceeds is as usual as it can be: of five authors one draw in sixteen.
        return abs(float(scores.sum())) / drawn - 1 - _EQUAL if drawn > 0 else -1.0

    low, high = (crossing(excess, slope, side * 2 * se, limit) for side in (-1, 1))
    return SlopeBounds(low, high, no_slope_p_value(restricted, resampling))


def no_slope_p_value(restricted: RestrictedFit, resampling: Resampling) -> float:
    """The p-value of a slope of 0: how many draws of signs are as far from 0 as the scores are."""
    scores = restricted.scores(0.0)[:, None]
    inflated = scores * restricted.inflation[:, None]
    return float(no_slope_p_values(scores, inflated, resampling)[0])


def no_slope_p_values(scores: Floats, signed: Floats, resampling: Resampling) -> Floats:
    """The same of many slopes from their authors' scores at 0, and those that get a random sign.

    Parameters
    ----------
    scores, signed
        Shape (authors, k).
    """
    weights = draw_weights(scores.shape[0], resampling.draws, resampling.seed)
    beyond = weights.sums(signed) >= np.abs(scores.sum(axis=0)) * (1 - _EQUAL)
    return np.asarray((1 + beyond.sum(axis=0)) / (1 + resampling.draws))


def crossing(
    test: Callable[[float], float], start: float, step: float, limit: float = math.inf
) -> float | None:
    """Where a function that is below 0 at `start` first rises above it; None if it does not."""
    inner = start
    for _ in range(_STEPS):
        outer = inner + step
        if abs(outer) > limit:
            return None
        if test(outer) >= 0:
            tolerance = abs(step) * 1e-3
            root = scipy("optimize").brentq
            return float(root(_value_at, inner, outer, args=(test,), xtol=tolerance))
        inner, step = outer, step * 1.5
    return None


def _value_at(place: float, test: Callable[[float], float]) -> float:
    """What a function gives.

    The root finder makes a cycle of the function that it is given: all that `test` holds would stay
    until the collector comes, of the traits of a million models a gigabyte.
    """
    return test(place)

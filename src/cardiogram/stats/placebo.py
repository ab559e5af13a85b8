"""Ratings that have nothing to do with popularity, on the study's own authors.

What an analysis finds in them it would find in any study of these models: each claim of a link
should be drawn from one placebo study in twenty. In the first design ratings are noise; in the
second they are what task, library and age say of them, and noise: a link with popularity that is
nothing but these.
"""

from __future__ import annotations

import numpy as np

from cardiogram.stats.ranks import Covariates
from cardiogram.stats.regression import RowMask
from cardiogram.stats.resampling import Floats, Integers


def permute_ratings(ratings: Floats, codes: Integers, rng: np.random.Generator) -> Floats:
    """Placebo A: authors' mean ratings change places, and so do deviations from them.

    Parameters
    ----------
    ratings
        Shape (n,) or (n, k): k ratings of one model go together. NaN where there is none.
    codes
        Author of each model as 0, 1, 2, ...

    Returns
    -------
    numpy.ndarray
        Of the same shape. Authors keep their numbers of models, so that the part of the variance
        that lies between authors stays; deviations are exchanged among the models of authors who
        have several.

    Examples
    --------
    >>> permute_ratings(np.array([1.0, 1, 1, 3]), np.array([0, 0, 0, 1]), np.random.default_rng(2))
    array([3., 3., 3., 1.])
    """
    columns = ratings.reshape(ratings.shape[0], -1)
    rated = np.isfinite(columns).all(axis=1)
    author = np.unique(codes[rated], return_inverse=True)[1]
    known, size = columns[rated], np.bincount(author)
    means = np.column_stack([np.bincount(author, column) / size for column in known.T])
    deviations = known - means[author]
    several = np.flatnonzero(size[author] > 1)
    deviations[several] = deviations[rng.permutation(several)]
    placebo = np.full(columns.shape, np.nan)
    placebo[rated] = means[rng.permutation(size.size)][author] + deviations
    return placebo.reshape(ratings.shape)


def confounded_ratings(
    ratings: Floats, covariates: Covariates, codes: Integers, rng: np.random.Generator
) -> Floats:
    """Placebo B: what covariates say of the ratings, and the rest as in :func:`permute_ratings`.

    Parameters
    ----------
    ratings
        Shape (n,) or (n, k); NaN where there is none.
    covariates
        Of the same n models.
    codes
        Author of each model as 0, 1, 2, ...
    """
    columns = ratings.reshape(ratings.shape[0], -1)
    rated: RowMask = np.logical_and.reduce(np.isfinite(columns), axis=1)
    design = covariates.rows(rated).matrix
    fitted = np.full(columns.shape, np.nan)
    fitted[rated] = design @ np.linalg.lstsq(design, columns[rated], rcond=None)[0]
    placebo = fitted + permute_ratings(columns - fitted, codes, rng)
    return np.asarray(placebo.reshape(ratings.shape))

"""Odds of the traits of very many models: one fit a trait, tested by its author sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.large.author_draws import sum_by
from cardiogram.stats.large.lines import (
    OneStepScores,
    fit_logit,
    informative,
    one_step_test,
)
from cardiogram.stats.prevalence import (
    EVENTS_PER_COVARIATE,
    Odds,
    refuse_cells,
    refuse_left,
    threshold_of_top,
)
from cardiogram.stats.ranks import CodedDesign
from cardiogram.stats.regression import (
    RowMask,
    SlopeEstimate,
    by_influence,
    few_authors,
    no_slope_p_values,
)
from cardiogram.stats.resampling import Floats, Integers, Resampling

Flags = NDArray[np.int8]
_WORKERS = 2


@dataclass(frozen=True, slots=True)
class ManyPopular:
    """The design that all traits of one outcome share.

    Attributes
    ----------
    rows
        Models used, as a mask over those given.
    top
        Whether each of them is among the most popular.
    start, mean
        Slopes of the covariates alone, and what they expect of each model.
    author
        Whose sign each model's score has: its author's, or its own where authors are few.
    """

    rows: RowMask
    top: Floats
    design: CodedDesign
    start: Floats
    mean: Floats
    author: Integers
    reason: str | None = None

    def within(self, rows: RowMask) -> ManyPopular:
        """The same as a mask over more models, of which `rows` were given."""
        whole = np.zeros(rows.size, dtype=bool)
        whole[rows] = self.rows
        return replace(self, rows=whole)


def find_many_popular(outcome: Floats, design: CodedDesign, codes: Integers) -> ManyPopular:
    """:func:`.find_popular` of very many models."""
    top = (outcome >= threshold_of_top(outcome)).astype(np.float64)
    rows, none = np.ones(outcome.size, dtype=bool), np.zeros(0)
    events = int(min(top.sum(), top.size - top.sum()))
    limit = events // EVENTS_PER_COVARIATE
    if limit < 1:
        scarce = f"only {events} models are among the most popular or among the rest"
        reason = scarce if events else "all outcomes are equal"
        return ManyPopular(rows, top, design, none, none, codes, reason)
    design = design.columns(np.arange(len(design.used)) <= limit)
    rows = informative(top, design)
    design, top, codes = design.rows(rows), top[rows], codes[rows]
    fit = fit_logit(design, top)
    if fit.slopes is None:
        return ManyPopular(rows, top, design, none, none, codes, "the covariates say it all")
    codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    signs = np.arange(codes.size) if few_authors(codes) else codes
    return ManyPopular(rows, top, design, fit.slopes, fit.mean, signs)


def odds_of_many(flags: Flags, among: ManyPopular, resampling: Resampling) -> list[Odds]:
    """:func:`.odds_ratios` of very many models, one trait at a time.

    Parameters
    ----------
    flags
        1 or 0, shape (n, traits).
    """
    if among.reason is not None:
        held = [int(flag[among.rows].sum()) for flag in flags.T]
        return [Odds(int(among.rows.sum()), count, reason=among.reason) for count in held]
    author = by_influence(among.author, np.abs(among.top - among.mean))
    weight = among.mean * (1 - among.mean)
    grams = (among.design.gram(), among.design.gram(weight))

    def one(place: int) -> Odds:
        flag = flags[:, place][among.rows].astype(np.float64)
        n, held = flag.size, int(flag.sum())
        if reason := _refuse(flag, among, grams[0]):
            return Odds(n, held, reason=reason)
        first, sums = _at_none(flag, among, author, weight, grams[1])
        start = np.append(first, among.start)
        fit = fit_logit(among.design.with_column(flag, "trait"), among.top, start)
        if fit.slopes is None:
            separated = "the trait separates the most popular models perfectly"
            return Odds(n, held, reason=separated)
        p_value = float(no_slope_p_values(sums, sums, resampling)[0])
        return Odds(n, held, math.exp(float(fit.slopes[0])), None, p_value)

    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(one, range(flags.shape[1])))


def bound_many_odds(
    odds: Sequence[Odds],
    flags: Flags,
    chosen: Sequence[bool],
    among: ManyPopular,
    resampling: Resampling,
) -> list[Odds]:
    """Add the intervals of some: the odds that signs of one-step scores do not refuse."""

    def bound(place: int) -> Odds:
        known = odds[place]
        if not chosen[place] or known.estimate is None:
            return known
        flag = flags[:, place][among.rows].astype(np.float64)
        slope, design = math.log(known.estimate), among.design
        start = np.append(slope, among.start)
        fit = fit_logit(design.with_column(flag, "trait"), among.top, start)
        stiff = fit.mean * (1 - fit.mean)
        left = flag - design.apply(design.solve(design.products(stiff * flag), design.gram(stiff)))
        scores = OneStepScores.of(
            slope, left, among.top - fit.mean, stiff, among.author, CodedDesign.constant(flag.size)
        )
        scores = replace(scores, inflation=np.ones_like(scores.inflation))
        by_author = one_step_test(scores, SlopeEstimate(slope, 0.5), None, resampling)
        return known.between(by_author.interval)

    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(bound, range(flags.shape[1])))


def _at_none(
    flag: Floats, among: ManyPopular, author: Integers, weight: Floats, gram: Floats
) -> tuple[float, Floats]:
    """Newton's first step from no slope, and the sums of the scores there, shape (authors, 1)."""
    design = among.design
    left = flag - design.apply(design.solve(design.products(weight * flag), gram))
    score = left * (among.top - among.mean)
    return float(score.sum() / float(left**2 @ weight)), sum_by(author, score)[:, None]


def _refuse(flag: Floats, among: ManyPopular, gram: Floats) -> str | None:
    """Why a trait has no odds; None where it may have."""
    return refuse_cells(flag, among.top) or refuse_left(flag - among.design.explain(flag, gram))

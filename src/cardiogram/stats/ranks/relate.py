"""Everything that is drawn together for one set of models: plain, partial, and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.ranks.associations import (
    Association,
    CompleteBlock,
    Formulas,
    associate_pair,
    block_columns,
    blocks,
    complete_pair,
    correlate_ranks,
    refuse_pair,
)
from cardiogram.stats.ranks.coded_design import CodedDesign
from cardiogram.stats.ranks.dependent import (
    CorrelationComparison,
    Correlations,
    compare_correlations,
)
from cardiogram.stats.ranks.jackknife import (
    LEFT_OUT,
    jackknife_test,
    leave_authors_out_of_partials,
)
from cardiogram.stats.ranks.partial import Covariates, partial_from, residuals
from cardiogram.stats.resampling import (
    BootstrapRhos,
    ClusteredColumns,
    Floats,
    Integers,
    PairName,
    Resampling,
    build_correlator,
    cluster_test,
    draw_linear,
    draw_rhos,
    is_linear,
)

OutcomeContrast = tuple[str, str]
"""Two outcomes: is the first one's correlation with the ratings stronger?"""


@dataclass(frozen=True, slots=True)
class RatingTable:
    """Models to relate.

    Attributes
    ----------
    xs, ys
        Ratings and counts by name, shape (n,) each; NaN where there is none.
    codes
        Author of each model as 0, 1, 2, ...
    covariates
        Covariates of each model; None where no partial correlation is asked for.
    contrasts
        Pairs of outcomes to compare.
    formulas
        `independent`: beside the draws also what takes models as independent (Bonett and Wright's
        interval, tau-b, the tests of Williams, Steiger, Meng and Zou); `none` leaves these out.
    left_out
        Authors of most models that a partial correlation is fitted without, one by one.
    design
        In the place of `covariates`, of very many models.
    """

    xs: Mapping[str, Floats]
    ys: Mapping[str, Floats]
    codes: Integers
    covariates: Covariates | None = None
    contrasts: Sequence[OutcomeContrast] = ()
    formulas: Formulas = "independent"
    left_out: int = LEFT_OUT
    design: CodedDesign | None = None

    def rows(self, rows: np.ndarray) -> RatingTable:
        """Some models, without covariates."""
        xs = {name: column[rows] for name, column in self.xs.items()}
        ys = {name: column[rows] for name, column in self.ys.items()}
        return RatingTable(xs, ys, self.codes[rows], None, self.contrasts, self.formulas)

    def only(self, *predictors: str) -> RatingTable:
        """Some ratings, without covariates."""
        xs = {name: self.xs[name] for name in predictors}
        return RatingTable(xs, self.ys, self.codes, None, self.contrasts, self.formulas)


@dataclass(frozen=True, slots=True)
class RatingRelations:
    """Associations by (predictor, outcome); comparisons by (predictor, outcome, outcome).

    Attributes
    ----------
    partial, partial_compared
        The same given the covariates; empty where there are none.
    """

    plain: dict[PairName, Association] = field(default_factory=dict)
    partial: dict[PairName, Association] = field(default_factory=dict)
    compared: dict[tuple[str, str, str], CorrelationComparison] = field(default_factory=dict)
    partial_compared: dict[tuple[str, str, str], CorrelationComparison] = field(
        default_factory=dict
    )


def relate_ratings(table: RatingTable, resampling: Resampling) -> RatingRelations:
    """Associate every rating with every count, with intervals by author.

    Parameters
    ----------
    table
        The models.
    resampling
        Level, draws and seed; every number of one call rests on the same draws.
    """
    relations = RatingRelations()
    for x, rating in table.xs.items():
        for y, count in table.ys.items():
            relations.plain[x, y] = associate_pair(
                rating, count, resampling.level, table.codes, table.formulas
            )
    usable = [pair for pair, association in relations.plain.items() if association.reason is None]
    if table.covariates is not None:
        relations.partial.update(
            {p: relations.plain[p] for p in relations.plain if p not in usable}
        )
    drawn = _DrawnBlocks()
    for block in blocks(table.xs, table.ys, usable):
        columns = block_columns(block, table.xs, table.ys, table.codes)
        drawn.block_of.update(dict.fromkeys(block.pairs, block))
        _draw_block(table, block, columns, resampling, relations, drawn)
    ordered = {
        pair: relations.partial[pair] for pair in relations.plain if pair in relations.partial
    }
    relations.partial.clear()
    relations.partial.update(ordered)
    for first, second in table.contrasts:
        for x in table.xs:
            _compare(table, x, (first, second), resampling, relations, drawn)
    return relations


def leave_authors_out(table: RatingTable) -> dict[PairName, LeaveOneOut]:
    """Range of every correlation over all studies with one author less.

    Returns
    -------
    dict
        Authors are named by their numbers in `table.codes`.
    """
    influences: dict[PairName, LeaveOneOut] = {}
    usable = [(x, y) for x in table.xs for y in table.ys if associable(table.xs[x], table.ys[y])]
    for block in blocks(table.xs, table.ys, usable):
        columns = block_columns(block, table.xs, table.ys, table.codes)
        authors = np.unique(table.codes[block.complete])
        for pair, influence in leave_one_out(columns).items():
            if pair in block.pairs:
                low, high = int(authors[influence.low_author]), int(authors[influence.high_author])
                influences[pair] = replace(influence, low_author=low, high_author=high)
    return influences


def associable(x: Floats, y: Floats) -> bool:
    """Whether two columns have a correlation."""
    return refuse_pair(*complete_pair(x, y)) is None


@dataclass(frozen=True, slots=True)
class _DrawnBlocks:
    """What was drawn of every pair, and with which others.

    Attributes
    ----------
    rhos
        Correlation of each pair in every draw.
    without
        Partial correlation of each pair without each author.
    block_of
        The block that each pair was drawn in.
    between
        Correlation of two outcomes, by their names and the rows that were compared.
    """

    rhos: dict[PairName, Floats] = field(default_factory=dict)
    without: dict[PairName, Floats] = field(default_factory=dict)
    block_of: dict[PairName, CompleteBlock] = field(default_factory=dict)
    between: dict[tuple[str, str, bytes], float] = field(default_factory=dict)

    def rho_between(
        self, contrast: OutcomeContrast, outcomes: Sequence[Floats], rows: NDArray[np.bool_]
    ) -> float:
        """Correlation of two outcomes, which every rating of the same rows shares."""
        key = (*contrast, rows.tobytes())
        if key not in self.between:
            self.between[key] = correlate_ranks(*outcomes)
        return self.between[key]


def _draw_block(
    table: RatingTable,
    block: CompleteBlock,
    columns: ClusteredColumns,
    resampling: Resampling,
    relations: RatingRelations,
    drawn: _DrawnBlocks,
) -> None:
    """Draw one block; its intervals go to `relations`, and what was drawn to `drawn`."""
    rhos = _drawn(columns, resampling)
    for x, y in block.pairs:
        drawn.rhos[x, y] = rhos[x, y]
        rho = relations.plain[x, y].estimate or 0.0
        test = cluster_test(rho, rhos[x, y], columns.codes, resampling)
        relations.plain[x, y] = relations.plain[x, y].by_author(test)
    if table.covariates is not None:
        covariates = table.covariates.rows(block.complete)
        _adjust_block(block, columns, covariates, table.left_out, resampling, relations, drawn)


def _adjust_block(
    block: CompleteBlock,
    columns: ClusteredColumns,
    covariates: Covariates,
    left_out: int,
    resampling: Resampling,
    relations: RatingRelations,
    drawn: _DrawnBlocks,
) -> None:
    """Partial correlations of one block, with intervals by leaving authors out."""
    left = {
        name: residuals(values, covariates) for name, values in {**columns.xs, **columns.ys}.items()
    }
    fitted = {name: residual.fitted for name, residual in left.items()}
    if columns.clusters > 1:
        columns = ClusteredColumns(columns.xs, columns.ys, columns.codes, fitted=fitted)
        drawn.without.update(leave_authors_out_of_partials(columns, covariates.matrix, left_out))
    for x, y in block.pairs:
        partial = partial_from(left[x], left[y], covariates, resampling.level)
        if partial.estimate is not None:
            without = drawn.without.get((x, y), np.zeros(columns.clusters))
            test = jackknife_test(partial.estimate, without, columns.codes, resampling)
            partial = partial.by_author(test)
        relations.partial[x, y] = partial


def _drawn(columns: ClusteredColumns, resampling: Resampling) -> BootstrapRhos:
    if columns.clusters < 2:  # nothing to draw; cluster_test says so in words
        return {(x, y): np.full(resampling.draws, np.nan) for x in columns.xs for y in columns.ys}
    return draw_correlations(columns, resampling.draws, resampling.seed)


def draw_correlations(columns: ClusteredColumns, draws: int, seed: int) -> BootstrapRhos:
    """Draw whole authors, or with very many models the linear part of each correlation."""
    return (draw_linear if is_linear(columns.codes) else draw_rhos)(columns, draws, seed)


def _compare(
    table: RatingTable,
    x: str,
    contrast: OutcomeContrast,
    resampling: Resampling,
    relations: RatingRelations,
    drawn: _DrawnBlocks,
) -> None:
    """Compare the correlations of one rating with two outcomes, plain and given covariates."""
    first, second = contrast
    key = (x, first, second)
    columns = (table.xs[x], table.ys[first], table.ys[second])
    rows = np.logical_and.reduce([np.isfinite(column) for column in columns])
    rating, *outcomes = (column[rows] for column in columns)
    if not all(associable(rating, outcome) for outcome in outcomes):
        reason = "fewer than 8 models have both outcomes and a rating, or one of them is constant"
        relations.compared[key] = CorrelationComparison(rating.size, reason=reason)
        if table.covariates is not None:
            relations.partial_compared[key] = relations.compared[key]
        return
    if drawn.block_of.get((x, first)) is not drawn.block_of.get((x, second)):
        ys = dict(zip(contrast, outcomes, strict=True))
        covariates = table.covariates and table.covariates.rows(rows)
        common = RatingTable(
            {x: rating}, ys, table.codes[rows], covariates, [contrast], table.formulas
        )
        both = relate_ratings(common, resampling)
        relations.compared.update(both.compared)
        relations.partial_compared.update(both.partial_compared)
        return
    codes = np.unique(table.codes[rows], return_inverse=True)[1].astype(np.int64)
    first_rho, second_rho = (relations.plain[x, outcome].estimate or 0.0 for outcome in contrast)
    between = drawn.rho_between(contrast, outcomes, rows)
    rhos = Correlations(first_rho, second_rho, between, rating.size)
    comparison = compare_correlations(rhos, resampling.level, table.formulas)
    if comparison.correlations is not None:
        moved = drawn.rhos[x, first] - drawn.rhos[x, second]
        test = cluster_test(rhos.difference, moved, codes, resampling, scale="plain")
        comparison = replace(comparison, by_author=test)
    relations.compared[key] = comparison
    if table.covariates is not None:
        relations.partial_compared[key] = _compare_partial(key, codes, resampling, relations, drawn)


def _compare_partial(
    key: tuple[str, str, str],
    codes: Integers,
    resampling: Resampling,
    relations: RatingRelations,
    drawn: _DrawnBlocks,
) -> CorrelationComparison:
    """The difference of two partial correlations, without the same authors."""
    x, first, second = key
    first_rho, second_rho = relations.partial[x, first], relations.partial[x, second]
    if first_rho.estimate is None or second_rho.estimate is None:
        reason = first_rho.reason or second_rho.reason
        return CorrelationComparison(first_rho.n, reason=reason)
    rhos = Correlations(first_rho.estimate, second_rho.estimate, None, first_rho.n)
    zeros = np.zeros(int(codes.max()) + 1)
    moved = drawn.without.get((x, first), zeros) - drawn.without.get((x, second), zeros)
    test = jackknife_test(rhos.difference, moved, codes, resampling, "plain")
    return CorrelationComparison(first_rho.n, rhos, by_author=test)


_CELLS = 1 << 15
_MOST = 300  # authors left out one by one where there are more; the most influential ones


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The range of one correlation over all studies with one author less.

    Attributes
    ----------
    low, high
        Smallest and largest correlation.
    low_author, high_author
        Codes of the authors whose absence gives these.
    tried, authors
        Authors left out one by one, the most influential ones where they are many, and all.
    """

    low: float
    high: float
    low_author: int
    high_author: int
    tried: int
    authors: int

    @classmethod
    def of(cls, rhos: Floats, tried: Integers, authors: int) -> LeaveOneOut | None:
        """The range of correlations without one of the authors that were tried."""
        if not np.isfinite(rhos).any():
            return None
        low, high = int(np.nanargmin(rhos)), int(np.nanargmax(rhos))
        out = int(tried[low]), int(tried[high])
        return cls(float(rhos[low]), float(rhos[high]), *out, int(tried.size), authors)


def leave_one_out(columns: ClusteredColumns) -> dict[PairName, LeaveOneOut]:
    """Correlations of every pair without each author in turn.

    Where there are more than 300 authors, those are left out whose rows carry most of the sums
    of products: an author without weight cannot move a rank correlation.
    """
    pairs = [(x, y) for x in columns.xs for y in columns.ys]
    authors = _influential(columns, pairs)
    drawn = {pair: np.full(authors.size, np.nan) for pair in pairs}
    correlate = build_correlator(ClusteredColumns(columns.xs, columns.ys, columns.codes))
    step = max(1, _CELLS // max(1, columns.codes.size))
    for first in range(0, authors.size, step):
        now = slice(first, min(first + step, authors.size))
        correlate((columns.codes[:, None] != authors[now]).astype(np.float64), drawn, now)
    return {
        pair: influence
        for pair in pairs
        if (influence := LeaveOneOut.of(drawn[pair], authors, columns.clusters))
    }


def _influential(columns: ClusteredColumns, pairs: list[PairName]) -> np.ndarray:
    if columns.clusters <= _MOST:
        return np.arange(columns.clusters)
    scores = {name: _standardised(values) for name, values in {**columns.xs, **columns.ys}.items()}
    each = max(2, _MOST // (2 * len(pairs)))
    influential: set[int] = set(np.argsort(-np.bincount(columns.codes))[: 2 * each].tolist())
    for x, y in pairs:
        moved = np.bincount(columns.codes, scores[x] * scores[y], columns.clusters)
        order = np.argsort(moved)
        influential |= {*order[:each].tolist(), *order[-each:].tolist()}
    return np.array(sorted(influential))


def _standardised(values: Floats) -> Floats:
    levels, inverse, times = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(times) - (times - 1) / 2)[inverse]
    ranks = ranks - ranks.mean()
    spread = float(ranks.std())
    return ranks / spread if levels.size > 1 else ranks

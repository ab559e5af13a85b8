"""Rank correlations of very many models: every interval from sums of influence by author.

The draws of authors of a number that moves in proportion to their weights have a spread that needs
no draws: it is the root of the summed squares of what each author moves. Of a million models, none
of whose authors has a large share, a rank correlation is such a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats.distributions import student_p_value, student_quantile
from cardiogram.stats.large.author_draws import sum_by
from cardiogram.stats.ranks import (
    Association,
    CodedDesign,
    CompleteBlock,
    CorrelationComparison,
    Correlations,
    LeaveOneOut,
    RatingRelations,
    RatingTable,
    associable,
    associate_pair,
    blocks,
    compare_correlations,
    correlate_ranks,
    jackknife_test,
    partial_of,
)
from cardiogram.stats.resampling import (
    MINIMUM_CLUSTERS,
    ClusterTest,
    Floats,
    Integers,
    Interval,
    PairName,
    Resampling,
    degrees_of_freedom,
    effective_clusters,
)

METHOD = "influence summed by author"
JACKKNIFE = "author-cluster jackknife, ranks to first order"
_LEFT_OUT = 400  # authors without whom the covariates are fitted anew
_CELLS = 8_000_000  # numbers of their inverses
_TRIED = 20  # authors left out one by one: those who move a correlation most
_PERFECT = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class RankedColumn:
    """One column: the level of each row's value, where levels start, and centred mid-ranks / n.

    Attributes
    ----------
    left
        What covariates leave of the ranks; without any the ranks themselves.
    """

    level: NDArray[np.int32]
    starts: Integers
    ranks: Floats
    left: Floats

    @classmethod
    def of(cls, values: Floats, design: CodedDesign | None = None) -> RankedColumn:
        """Rank values, and take the covariates out of the ranks."""
        _, level, times = np.unique(values, return_inverse=True, return_counts=True)
        starts = np.concatenate([[0], np.cumsum(times)])
        n = values.size
        ranks = ((starts[:-1] + starts[1:] - n) / (2 * n))[level]
        left = ranks if design is None else ranks - design.explain(ranks)
        return cls(level.astype(np.int32), starts, ranks, left - left.mean())

    def pull(self, weights: Floats) -> Floats:
        """Derivative of sum(weights * ranks) by the weight of each row: who is above and below."""
        sums = sum_by(self.level.astype(np.int64), weights, self.starts.size - 1)
        up_to = np.concatenate([[0.0], np.cumsum(sums)])
        sides = up_to[-1] - up_to[:-1] - up_to[1:]
        n = self.level.size
        return np.asarray((sides / (2 * n))[self.level] - float(weights @ self.ranks) / n)


@dataclass(frozen=True, slots=True)
class Influence:
    """A correlation, and how it moves with the weight of each author, shape (authors,).

    Attributes
    ----------
    by_ranks
        The part of `slopes` that comes of other ranks of all other rows.
    """

    estimate: float
    slopes: Floats
    by_ranks: Floats


def influence_of(x: RankedColumn, y: RankedColumn, codes: Integers, authors: int) -> Influence:
    """How a correlation, partial where covariates were taken out, moves with each author."""
    spread_x, spread_y = float(x.left @ x.left), float(y.left @ y.left)
    spread = float(np.sqrt(spread_x * spread_y))
    if spread <= 0:
        nothing = np.full(authors, np.nan)
        return Influence(np.nan, nothing, nothing)
    rho = float(x.left @ y.left) / spread
    pulled = (x.pull(y.left) + y.pull(x.left)) / spread
    pulled -= rho * (x.pull(x.left) / spread_x + y.pull(y.left) / spread_y)
    direct = x.left * y.left / spread - rho / 2 * (x.left**2 / spread_x + y.left**2 / spread_y)
    by_ranks = sum_by(codes, pulled, authors)
    return Influence(rho, sum_by(codes, direct, authors) + by_ranks, by_ranks)


def influence_test(
    estimate: float, slopes: Floats, codes: Integers, resampling: Resampling, *, plain: bool = False
) -> ClusterTest:
    """Interval and p-value of a number from how it moves with each author's weight.

    Parameters
    ----------
    slopes
        Shape (authors,).
    plain
        Whether it is a difference, and no correlation: then artanh is left out.
    """
    clusters = int(slopes.size)
    if clusters < MINIMUM_CLUSTERS:
        needed = f"at least {MINIMUM_CLUSTERS} are needed"
        return ClusterTest(reason=f"only {clusters} authors; {needed}")
    if not plain and abs(estimate) >= _PERFECT:
        return ClusterTest(reason="agreement is perfect, so that the draws have no spread")
    variance = float(slopes @ slopes) - float(slopes.sum()) ** 2 / clusters
    se = float(np.sqrt(max(0.0, variance))) / (1.0 if plain else 1 - estimate**2)
    if not se > 1e-12:
        return ClusterTest(reason="no author moves it")
    free = degrees_of_freedom(codes)
    middle = estimate if plain else float(np.arctanh(estimate))
    half = student_quantile(resampling.level, free) * se
    ends = np.array([middle - half, middle + half])
    low, high = (float(end) for end in (ends if plain else np.tanh(ends)))
    interval = Interval(resampling.level, low, high, METHOD, clusters)
    return ClusterTest(interval, student_p_value(middle / se, free), se, effective_clusters(codes))


def relate_many(table: RatingTable, resampling: Resampling) -> RatingRelations:
    """:func:`.relate_ratings` of very many models.

    Parameters
    ----------
    table
        With `design` in the place of covariates.
    """
    relations = RatingRelations()
    for x, rating in table.xs.items():
        for y, count in table.ys.items():
            relations.plain[x, y] = associate_pair(
                rating, count, resampling.level, table.codes, table.formulas
            )
    if table.design is not None:
        relations.partial.update(relations.plain)
    usable = [pair for pair, association in relations.plain.items() if association.reason is None]
    moved: dict[PairName, _Moved] = {}
    for block in blocks(table.xs, table.ys, usable):
        _relate_block(table, block, resampling, relations, moved)
    for contrast in table.contrasts:
        for x in table.xs:
            _compare(table, x, contrast, resampling, relations, moved)
    return relations


@dataclass(frozen=True, slots=True)
class _Moved:
    """How one correlation moves: with authors' weights, and what it is without each of them."""

    block: CompleteBlock
    slopes: Floats
    without: Floats | None = None


def _relate_block(
    table: RatingTable,
    block: CompleteBlock,
    resampling: Resampling,
    relations: RatingRelations,
    moved: dict[PairName, _Moved],
) -> None:
    """All pairs of the same complete rows, one rating at a time."""
    rows = block.complete
    codes = np.unique(table.codes[rows], return_inverse=True)[1].astype(np.int64)
    authors = int(codes.max()) + 1
    ys = {y: RankedColumn.of(table.ys[y][rows]) for y in dict.fromkeys(y for _, y in block.pairs)}
    refit = None
    left_ys: dict[str, RankedColumn] = {}
    if table.design is not None:
        refit = _Refits.of(table.design.rows(rows), codes, authors)
        left_ys = {y: refit.take_out(column) for y, column in ys.items()}
    for x in dict.fromkeys(x for x, _ in block.pairs):
        plain = RankedColumn.of(table.xs[x][rows])
        left = refit.take_out(plain) if refit is not None else plain
        for y in (y for own, y in block.pairs if own == x):
            influence = influence_of(plain, ys[y], codes, authors)
            rho = relations.plain[x, y]
            test = influence_test(rho.estimate or 0.0, influence.slopes, codes, resampling)
            relations.plain[x, y] = rho.by_author(test)
            moved[x, y] = _Moved(block, influence.slopes)
            if refit is not None:
                relations.partial[x, y], without = _adjust(left, left_ys[y], refit, resampling)
                moved[x, y] = _Moved(block, influence.slopes, without)


@dataclass(frozen=True, slots=True)
class _Refits:
    """What is needed to fit the covariates without each of the authors of most models.

    Attributes
    ----------
    place
        Which of these authors each row is of, `len(authors)` for the others.
    inverses
        Of the covariates' products over all other rows, shape (authors, k, k).
    """

    design: CodedDesign
    gram: Floats
    codes: Integers
    clusters: int
    authors: Integers
    place: Integers
    inverses: NDArray[np.float32]

    @classmethod
    def of(cls, design: CodedDesign, codes: Integers, clusters: int) -> _Refits:
        """Leave out the authors of most models."""
        sizes = np.bincount(codes, minlength=clusters)
        many = min(_LEFT_OUT, max(1, _CELLS // len(design.used) ** 2))
        authors = np.argsort(-sizes, kind="stable")[:many]
        place_of = np.full(clusters, authors.size)
        place_of[authors] = np.arange(authors.size)
        place, gram = place_of[codes], design.gram()
        scale = np.sqrt(np.diag(gram))
        both = np.multiply.outer(scale, scale)
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place, minlength=authors.size + 1))
        inverses = []
        for start, end in zip(np.append(0, ends[:-2]), ends[:-1], strict=True):
            own = design.part(order[start:end]).gram()
            inverse = np.linalg.pinv((gram - own) / both, rcond=1e-9, hermitian=True)
            inverses.append((inverse / both).astype(np.float32))
        return cls(design, gram, codes, clusters, authors, place, np.array(inverses))

    def take_out(self, column: RankedColumn) -> RankedColumn:
        """A column with what the covariates leave of its ranks."""
        left = column.ranks - self.design.explain(column.ranks, self.gram)
        return replace(column, left=left - left.mean())

    def corrections(self, x: RankedColumn, y: RankedColumn) -> Floats:
        """What refitting takes from the sum of products without each author."""
        sums = [
            self.design.by_author(self.place, self.authors.size, column.left) for column in (x, y)
        ]
        return np.asarray(np.einsum("ai,aij,aj->a", sums[0], self.inverses, sums[1]))


def _adjust(
    x: RankedColumn, y: RankedColumn, refit: _Refits, resampling: Resampling
) -> tuple[Association, Floats]:
    """A partial correlation, and what it is without each author."""
    influence = influence_of(x, y, refit.codes, refit.clusters)
    without = influence.estimate - influence.slopes
    some, authors = refit.authors, refit.clusters

    def left(first: RankedColumn, second: RankedColumn) -> Floats:
        own = np.bincount(refit.codes, first.left * second.left, authors)[some]
        whole = float(first.left @ second.left)
        return np.asarray(whole - own - refit.corrections(first, second))

    with np.errstate(invalid="ignore", divide="ignore"):  # nothing is left without this author
        refitted = left(x, y) / np.sqrt(left(x, x) * left(y, y))
    without[some] = refitted - influence.by_ranks[some]
    columns = len(refit.design.used) - 1
    partial = partial_of(influence.estimate, x.level.size, columns, resampling.level)
    if partial.estimate is None:
        return partial, without
    test = jackknife_test(partial.estimate, without, refit.codes, resampling)
    return partial.by_author(_named(test)), without


def _named(test: ClusterTest) -> ClusterTest:
    if test.interval is None:
        return test
    return replace(test, interval=replace(test.interval, method=JACKKNIFE))


def _compare(
    table: RatingTable,
    x: str,
    contrast: tuple[str, str],
    resampling: Resampling,
    relations: RatingRelations,
    moved: Mapping[PairName, _Moved],
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
        if table.design is not None:
            relations.partial_compared[key] = relations.compared[key]
        return
    moves, other = moved[x, first], moved[x, second]
    if moves.block is not other.block:
        design = table.design and table.design.rows(rows)
        ys = dict(zip(contrast, outcomes, strict=True))
        common = RatingTable(
            {x: rating}, ys, table.codes[rows], None, [contrast], table.formulas, design=design
        )
        both = relate_many(common, resampling)
        relations.compared.update(both.compared)
        relations.partial_compared.update(both.partial_compared)
        return
    codes = np.unique(table.codes[rows], return_inverse=True)[1].astype(np.int64)
    one_rho, other_rho = (relations.plain[x, outcome].estimate or 0.0 for outcome in contrast)
    rhos = Correlations(one_rho, other_rho, correlate_ranks(*outcomes), rating.size)
    comparison = compare_correlations(rhos, resampling.level, table.formulas)
    if comparison.correlations is not None:
        slopes = moves.slopes - other.slopes
        test = influence_test(rhos.difference, slopes, codes, resampling, plain=True)
        comparison = replace(comparison, by_author=test)
    relations.compared[key] = comparison
    if moves.without is not None and other.without is not None:
        gap = moves.without - other.without
        partials = [relations.partial[x, outcome] for outcome in contrast]
        relations.partial_compared[key] = _compare_partial(partials, gap, codes, resampling)


def _compare_partial(
    partials: Sequence[Association], gap: Floats, codes: Integers, resampling: Resampling
) -> CorrelationComparison:
    """The difference of two partial correlations, without the same authors."""
    first, second = partials
    if first.estimate is None or second.estimate is None:
        return CorrelationComparison(first.n, reason=first.reason or second.reason)
    rhos = Correlations(first.estimate, second.estimate, None, first.n)
    test = jackknife_test(rhos.difference, gap, codes, resampling, "plain")
    return CorrelationComparison(first.n, rhos, by_author=_named(test))


def leave_most_influential_out(table: RatingTable) -> dict[PairName, LeaveOneOut]:
    """Range of every correlation without one of the authors who move it most.

    Returns
    -------
    dict
        Authors are named by their numbers in `table.codes`.
    """
    answer: dict[PairName, LeaveOneOut] = {}
    usable = [(x, y) for x in table.xs for y in table.ys if associable(table.xs[x], table.ys[y])]
    for block in blocks(table.xs, table.ys, usable):
        known, codes = np.unique(table.codes[block.complete], return_inverse=True)
        for x, y in block.pairs:
            columns = [RankedColumn.of(of[block.complete]) for of in (table.xs[x], table.ys[y])]
            codes = codes.astype(np.int64)
            slopes = influence_of(columns[0], columns[1], codes, known.size).slopes
            order = np.argsort(slopes, kind="stable")
            tried = np.unique(np.concatenate([order[: _TRIED // 2], order[-(_TRIED // 2) :]]))
            rhos = np.array([_without(columns, codes != author) for author in tried])
            if influence := LeaveOneOut.of(rhos, known[tried], known.size):
                answer[x, y] = influence
    return answer


def _without(columns: Sequence[RankedColumn], rows: NDArray[np.bool_]) -> float:
    """The correlation of some rows, ranked anew."""
    ranks = []
    for column in columns:
        level = column.level[rows]
        ends = np.cumsum(np.bincount(level, minlength=column.starts.size - 1))
        starts = np.append(0, ends[:-1])
        ranks.append(((starts + ends - level.size) / 2)[level])
    spread = float(np.sqrt((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1])))
    return float(ranks[0] @ ranks[1]) / spread if spread > 0 else np.nan

"""Covariates of very many models: a few columns of numbers, and labels as numbers of levels.

A column of zeros and ones for each library and task takes gigabytes of a million models. Here a
label is one small number a model, and all products with the columns are sums by level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.ranks.labels import Labels
from cardiogram.stats.ranks.partial import MINIMUM_LEVEL, OTHER
from cardiogram.stats.resampling import Floats, Integers

_ROWS_AT_ONCE = 1 << 16  # few arrays of them fit the processor's cache
_TOLERANCE = 1e-9
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True)
class CodedDesign:
    """Columns of a regression, without those that the others already say.

    Attributes
    ----------
    numbers
        Shape (n, d), the first column 1.
    levels
        For each kind of label the column of each row's level, shape (n,).
    every
        Names of all columns, k + d; the first of a kind's levels is its reference.
    used
        Places of the columns that are used.
    products_of
        The used columns' products with each other, where they are known, shape (k, k).
    """

    numbers: Floats
    levels: tuple[NDArray[np.int32], ...]
    every: tuple[str, ...]
    used: Integers
    products_of: Floats | None = None

    @classmethod
    def of(
        cls,
        numeric: Mapping[str, Floats],
        categories: Mapping[str, Labels],
        minimum: int = MINIMUM_LEVEL,
    ) -> CodedDesign:
        """The columns of :func:`.build_covariates`, numbers as ranks / n.

        Examples
        --------
        >>> labels = Labels(np.repeat([0, 1, 2], [30, 1, 1]).astype(np.int32), ("text", "a", "b"))
        >>> CodedDesign.of({}, {"task": labels}).column_names
        ('1', 'task (other)')
        """
        columns: dict[str, Floats] = {}
        for name, values in numeric.items():
            known = np.isfinite(values)
            ranks = np.zeros(values.size)
            if known.any():
                own = scipy("stats").rankdata(values[known])
                ranks[known] = (own - own.mean()) / values.size
            columns[name] = ranks
            columns[f"{name} unknown"] = (~known).astype(np.float64)
        merged = {name: _merge_rare(labels, minimum) for name, labels in categories.items()}
        n = len(next(iter(merged.values()))) if merged else next(iter(columns.values())).size
        for name in [name for name, labels in merged.items() if len(labels.labels) <= 2]:
            labels = merged.pop(name)  # two levels are one column of numbers
            for place, level in enumerate(labels.labels[1:], 1):
                columns[f"{name} {level}"] = (labels.codes == place).astype(np.float64)
        every, codes = ["1", *columns], []
        for name, labels in merged.items():
            codes.append(labels.codes + np.int32(len(every)))
            every += [f"{name} {level}" for level in labels.labels]
        starts = [len(columns) + 1]
        for labels in merged.values():
            starts.append(starts[-1] + len(labels.labels))
        numbers = np.column_stack([np.ones(n), *columns.values()])
        used = np.setdiff1d(np.arange(len(every)), starts[:-1])
        return cls(numbers, tuple(codes), tuple(every), used)._independent()

    @classmethod
    def constant(cls, n: int) -> CodedDesign:
        """No covariate."""
        return cls(np.ones((n, 1)), (), ("1",), np.zeros(1, np.int64))

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.numbers)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that are used."""
        return tuple(self.every[place] for place in self.used.tolist())

    def rows(self, chosen: NDArray[np.bool_]) -> CodedDesign:
        """Some rows, without the columns that become redundant there."""
        if chosen.all():
            return self
        levels = tuple(codes[chosen] for codes in self.levels)
        some = replace(self, numbers=self.numbers[chosen], levels=levels, products_of=None)
        return some._independent()

    def part(self, rows: Integers) -> CodedDesign:
        """Some rows, with all columns."""
        levels = tuple(codes[rows] for codes in self.levels)
        return replace(self, numbers=self.numbers[rows], levels=levels, products_of=None)

    def columns(self, wanted: Sequence[bool] | NDArray[np.bool_]) -> CodedDesign:
        """Some of the used columns; labels of which none is left are no longer looked at."""
        wanted = np.asarray(wanted, dtype=bool)
        used, products = self.used[wanted], self.gram()[np.ix_(wanted, wanted)]
        levels = tuple(
            codes
            for codes in self.levels
            if ((used >= int(codes.min(initial=0))) & (used <= int(codes.max(initial=0)))).any()
        )
        return replace(self, used=used, levels=levels, products_of=products)._independent()

    def with_column(self, values: Floats, name: str) -> CodedDesign:
        """One more column of numbers, in the first place; it may be redundant."""
        numbers = np.column_stack([values, self.numbers])
        levels = tuple(codes + np.int32(1) for codes in self.levels)
        used, size = np.append(0, self.used + 1), len(self.used) + 1
        products = np.empty((size, size))
        products[1:, 1:] = self.gram()
        products[0, 1:] = products[1:, 0] = self.products(values)
        products[0, 0] = values @ values
        return CodedDesign(numbers, levels, (name, *self.every), used, products)

    def apply(self, slopes: Floats) -> Floats:
        """The columns times slopes, shape (n,)."""
        whole = np.zeros(len(self.every))
        whole[self.used] = slopes
        fitted = self.numbers @ whole[: self.numbers.shape[1]]
        for codes in self.levels:
            fitted += whole[codes]
        return np.asarray(fitted)

    def products(self, values: Floats) -> Floats:
        """The columns' products with values, shape (k,)."""
        whole = np.zeros(len(self.every))
        for codes in self.levels:
            whole += np.bincount(codes, values, len(self.every))
        whole[: self.numbers.shape[1]] = values @ self.numbers
        return whole[self.used]

    def gram(self, weights: Floats | None = None) -> Floats:
        """The columns' products with each other, rows weighed, shape (k, k)."""
        if weights is None and self.products_of is not None:
            return self.products_of
        whole = np.zeros((len(self.every), len(self.every)))
        for first in range(0, self.n, _ROWS_AT_ONCE):
            self._add_products(whole, slice(first, first + _ROWS_AT_ONCE), weights)
        return whole[np.ix_(self.used, self.used)]

    def _add_products(self, whole: Floats, rows: slice, weights: Floats | None) -> None:
        """Add the products of all columns over some rows."""
        size, d, numbers = len(whole), self.numbers.shape[1], self.numbers[rows]
        own = None if weights is None else weights[rows]
        weighted = numbers if own is None else numbers * own[:, None]
        whole[:d, :d] += weighted.T @ numbers
        levels = [codes[rows] for codes in self.levels]
        for place, codes in enumerate(levels):
            for column in range(d):
                sums = np.bincount(codes, weighted[:, column], size)
                whole[column, d:] += sums[d:]
                whole[d:, column] += sums[d:]
            sums = np.bincount(codes, own, size)[d:]
            whole[np.arange(d, size), np.arange(d, size)] += sums
            for other in levels[place + 1 :]:
                both = np.bincount(codes * np.int64(size) + other, own, size * size)
                whole += both.reshape(size, size) + both.reshape(size, size).T

    def by_author(self, author: Integers, authors: int, values: Floats) -> Floats:
        """Products with values within each of the first authors, shape (authors, k)."""
        rows = author < authors
        who, values = author[rows], values[rows]
        whole = np.zeros((authors, len(self.every)))
        for column in range(self.numbers.shape[1]):
            whole[:, column] = np.bincount(who, self.numbers[rows, column] * values, authors)
        for codes in self.levels:
            cell = who * np.int64(len(self.every)) + codes[rows]
            whole += np.bincount(cell, values, whole.size).reshape(whole.shape)
        return whole[:, self.used]

    def solve(self, products: Floats, gram: Floats | None = None) -> Floats:
        """Slopes from products with values, shape (k,) or (k, m)."""
        return solve(self.gram() if gram is None else gram, products)

    def explain(self, values: Floats, gram: Floats | None = None) -> Floats:
        """What the columns say of values by least squares."""
        return self.apply(self.solve(self.products(values), gram))

    def _independent(self) -> CodedDesign:
        """Without the columns that those before them already say."""
        products = self.gram()
        chosen = independent(products)
        products = products[np.ix_(chosen, chosen)]
        return replace(self, used=self.used[chosen], products_of=products)


def solve(gram: Floats, products: Floats) -> Floats:
    """Solve normal equations, columns brought to one scale; what weighs nothing has no slope."""
    weight = np.abs(np.diag(gram))
    scale = np.sqrt(np.where(weight > 0, weight, 1.0))
    scaled = gram / np.multiply.outer(scale, scale)
    shaped = scale if products.ndim == 1 else scale[:, None]
    try:
        slopes = np.linalg.solve(scaled, products / shaped)
    except np.linalg.LinAlgError:
        slopes = np.linalg.lstsq(scaled, products / shaped, rcond=_SINGULAR)[0]
    return np.asarray(slopes / shaped)


def independent(gram: Floats) -> NDArray[np.bool_]:
    """Which columns add something to those before them, from their products."""
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-300))
    left = gram / np.multiply.outer(scale, scale)
    chosen = np.diag(gram) > 0
    for place in range(len(left)):
        pivot = left[place, place]
        chosen[place] &= pivot > _TOLERANCE
        if chosen[place]:
            row = left[place] / np.sqrt(pivot)
            left = left - np.multiply.outer(row, row)
    return chosen


def _merge_rare(labels: Labels, minimum: int) -> Labels:
    """Levels in use, that of most rows first; those of fewer than `minimum` rows are one."""
    texts = [label or "none" for label in labels.labels] + ["none"]
    distinct = sorted(set(texts))
    to_distinct = np.searchsorted(distinct, texts)
    codes = to_distinct[labels.codes]
    times = np.bincount(codes, minlength=len(distinct))
    levels = [
        OTHER if is_rare else name for is_rare, name in zip(times < minimum, distinct, strict=True)
    ]
    sums: dict[str, int] = {}
    for level, count in zip(levels, times.tolist(), strict=True):
        if count:
            sums[level] = sums.get(level, 0) + count
    order = sorted(sums, key=lambda level: (-sums[level], level))
    place_of = {level: place for place, level in enumerate(order)}
    place = np.array([place_of.get(level, 0) for level in levels], np.int32)
    return Labels(place[codes], tuple(order))

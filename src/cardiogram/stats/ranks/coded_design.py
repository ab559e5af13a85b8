"""Covariates of very many models: a few columns of numbers, and labels as numbers of levels.

A column of zeros and ones for each library and task takes gigabytes of a million models. Here a
label is one small number a model, and all products with the columns are sums by level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.ranks.labels import Labels
from cardiogram.stats.ranks.partial import MINIMUM_LEVEL, OTHER
from cardiogram.stats.resampling import Floats, Integers

Column = Floats | NDArray[np.bool_]
_ROWS_AT_ONCE = 1 << 16  # few arrays of them fit the processor's cache
_TOLERANCE = 1e-9
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True)
class CodedDesign:
    """Columns of a regression, without those that the others already say.

    Attributes
    ----------
    numbers
        Shape (n,) each; those of zeros and ones are truth values, as is the constant.
    levels
        For each kind of label the column of each row's level, counted from the first level.
    every
        Names of all columns, k + d; the first of a kind's levels is its reference.
    used
        Places of the columns that are used.
    products_of
        The used columns' products with each other, where they are known, shape (k, k).
    """

    numbers: tuple[Column, ...]
    levels: tuple[NDArray[np.integer], ...]
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
        columns: dict[str, Column] = {}
        for name, values in numeric.items():
            known = np.isfinite(values)
            ranks = np.zeros(values.size)
            if known.any():
                own = scipy("stats").rankdata(values[known])
                ranks[known] = (own - own.mean()) / values.size
            columns[name] = ranks
            columns[f"{name} unknown"] = ~known
        merged = {name: _merge_rare(labels, minimum) for name, labels in categories.items()}
        n = len(next(iter(merged.values()))) if merged else next(iter(columns.values())).size
        for name in [name for name, labels in merged.items() if len(labels.labels) <= 2]:
            labels = merged.pop(name)  # two levels are one column of numbers
            for place, level in enumerate(labels.labels[1:], 1):
                columns[f"{name} {level}"] = labels.codes == place
        every, codes, references = ["1", *columns], list[NDArray[np.integer]](), list[int]()
        width = sum(len(labels.labels) for labels in merged.values())
        for name, labels in merged.items():
            own = labels.codes + np.int32(len(every) - len(columns) - 1)
            codes.append(own.astype(np.min_scalar_type(width)))
            references.append(len(every))
            every += [f"{name} {level}" for level in labels.labels]
        numbers = (np.ones(n, dtype=bool), *columns.values())
        used = np.setdiff1d(np.arange(len(every)), references)
        return cls(numbers, tuple(codes), tuple(every), used)._independent()

    @classmethod
    def constant(cls, n: int) -> CodedDesign:
        """No covariate."""
        return cls((np.ones(n, dtype=bool),), (), ("1",), np.zeros(1, np.int64))

    @property
    def n(self) -> int:
        """Rows."""
        return self.numbers[0].size

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that are used."""
        return tuple(self.every[place] for place in self.used.tolist())

    def rows(self, chosen: NDArray[np.bool_]) -> CodedDesign:
        """Some rows, without the columns that become redundant there."""
        if chosen.all():
            return self
        return self.part(chosen)._independent()

    def part(self, rows: Integers | NDArray[np.bool_] | slice) -> CodedDesign:
        """Some rows, with all columns; a slice copies none."""
        numbers = tuple(column[rows] for column in self.numbers)
        levels = tuple(codes[rows] for codes in self.levels)
        return replace(self, numbers=numbers, levels=levels, products_of=None)

    def slices(self) -> Iterator[slice]:
        """All rows, so many at once as fit the processor's cache."""
        for first in range(0, self.n, _ROWS_AT_ONCE):
            yield slice(first, first + _ROWS_AT_ONCE)

    def columns(self, wanted: Sequence[bool] | NDArray[np.bool_]) -> CodedDesign:
        """Some of the used columns; labels of which none is left are no longer looked at."""
        wanted = np.asarray(wanted, dtype=bool)
        used, products = self.used[wanted], self.gram()[np.ix_(wanted, wanted)]
        places = used - len(self.numbers)
        levels = tuple(
            codes
            for codes in self.levels
            if codes.size and ((places >= int(codes.min())) & (places <= int(codes.max()))).any()
        )
        return replace(self, used=used, levels=levels, products_of=products)._independent()

    def with_column(self, values: Floats, name: str) -> CodedDesign:
        """One more column of numbers, in the first place; it may be redundant. None is copied."""
        used, size = np.append(0, self.used + 1), len(self.used) + 1
        products = np.empty((size, size))
        products[1:, 1:] = self.gram()
        products[0, 1:] = products[1:, 0] = self.products(values)
        products[0, 0] = values @ values
        numbers = (values, *self.numbers)
        return CodedDesign(numbers, self.levels, (name, *self.every), used, products)

    def apply(self, slopes: Floats) -> Floats:
        """The columns times slopes, shape (n,)."""
        whole, d, fitted = np.zeros(len(self.every)), len(self.numbers), np.empty(self.n)
        whole[self.used] = slopes
        for rows in self.slices():
            own = whole[:d] @ self._numbers(rows)
            for codes in self.levels:
                own += whole[d:][codes[rows]]
            fitted[rows] = own
        return fitted

    def products(self, values: Floats) -> Floats:
        """The columns' products with values, shape (k,)."""
        whole, d = np.zeros(len(self.every)), len(self.numbers)
        for rows in self.slices():
            own = values[rows]
            whole[:d] += self._numbers(rows) @ own
            for codes in self.levels:
                whole[d:] += np.bincount(codes[rows], own, whole.size - d)
        return whole[self.used]

    def gram(self, weights: Floats | None = None) -> Floats:
        """The columns' products with each other, rows weighed, shape (k, k)."""
        if weights is None and self.products_of is not None:
            return self.products_of
        whole = np.zeros((len(self.every), len(self.every)))
        for rows in self.slices():
            self._add_products(whole, rows, weights)
        return whole[np.ix_(self.used, self.used)]

    def _numbers(self, rows: slice) -> Floats:
        """The columns of numbers over some rows, shape (d, rows)."""
        return np.array([column[rows] for column in self.numbers], dtype=np.float64)

    def _add_products(self, whole: Floats, rows: slice, weights: Floats | None) -> None:
        """Add the products of all columns over some rows."""
        d, numbers = len(self.numbers), self._numbers(rows)
        size, own = len(whole) - d, None if weights is None else weights[rows]
        weighted = numbers if own is None else numbers * own
        whole[:d, :d] += weighted @ numbers.T
        levels = [codes[rows].astype(np.int64) for codes in self.levels]
        between = whole[d:, d:]
        for place, codes in enumerate(levels):
            for column in range(d):
                sums = np.bincount(codes, weighted[column], size)
                whole[column, d:] += sums
                whole[d:, column] += sums
            between[np.arange(size), np.arange(size)] += np.bincount(codes, own, size)
            for other in levels[place + 1 :]:
                both = np.bincount(codes * size + other, own, size * size)
                between += both.reshape(size, size) + both.reshape(size, size).T

    def by_author(self, author: Integers, authors: int, values: Floats) -> Floats:
        """Products with values within each of the first authors, shape (authors, k)."""
        rows = author < authors
        who, values, d = author[rows], values[rows], len(self.numbers)
        whole = np.zeros((authors, len(self.every)))
        for place, column in enumerate(self.numbers):
            whole[:, place] = np.bincount(who, column[rows] * values, authors)
        size = len(self.every) - d
        for codes in self.levels:
            cell = who * np.int64(size) + codes[rows]
            whole[:, d:] += np.bincount(cell, values, authors * size).reshape(authors, size)
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

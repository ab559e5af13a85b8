"""Labels of rows as numbers: libraries, tasks, authors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Labels:
    """A label of each row as a number; walked through, the labels themselves.

    Attributes
    ----------
    codes
        Place of each row's label among `labels`, -1 where it has none, shape (n,).
    labels
        Different labels.

    Examples
    --------
    >>> list(Labels(np.array([1, -1, 0]), ("a", "b")))
    ['b', None, 'a']
    """

    codes: NDArray[np.int32]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        """Rows."""
        return int(self.codes.size)

    def __iter__(self) -> Iterator[str | None]:
        """The label of each row, None where it has none."""
        labels = (*self.labels, None)
        return (labels[code] for code in self.codes.tolist())

    @property
    def used(self) -> frozenset[str]:
        """Labels that a row has."""
        codes = np.unique(self.codes)
        return frozenset(self.labels[code] for code in codes[codes >= 0].tolist())

    def take(self, rows: NDArray[np.int64]) -> Labels:
        """Those of some rows."""
        return Labels(self.codes[rows], self.labels)


def number_labels(labels: Iterable[str | None]) -> Labels:
    """Give labels numbers as they come."""
    numbers: dict[str, int] = {}
    codes = [-1 if label is None else numbers.setdefault(label, len(numbers)) for label in labels]
    return Labels(np.array(codes, np.int32), tuple(numbers))

"""The rubric, pasted into a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from cardiogram.names import DATA

_SIZE = 4
_SHARE = 0.5

PASTED_WORDS, PASTED_SHARE = 8, 0.85
"""Words from which a text can be the rubric's, and the share of them that the rubric then has."""


class RubricRuns:
    """Runs of words of the rubrics, by which their sentences are known in any order.

    Parameters
    ----------
    texts
        The rubrics, as words in their order.

    Attributes
    ----------
    words
        All their words.
    """

    def __init__(self, texts: Sequence[Sequence[bytes]]) -> None:
        self.words: frozenset[bytes] = frozenset[bytes]().union(*texts)
        self._texts = texts

    @cached_property
    def _known(self) -> frozenset[tuple[bytes, ...]]:
        return frozenset(run for words in self._texts for run in _runs(words))

    def has_runs_of(self, words: Sequence[bytes]) -> bool:
        """Whether half of the runs of words of a text are the rubric's."""
        runs = _runs(words)
        return len(self._known.intersection(runs)) >= _SHARE * max(1, len(set(runs)))


def _runs(words: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    return list(zip(*[words[first:] for first in range(_SIZE)], strict=False))


def read_rubrics(split: Callable[[str], Sequence[bytes]]) -> RubricRuns:
    """The shipped rubrics.

    Parameters
    ----------
    split
        From a text to its words.
    """
    return RubricRuns(
        [split(path.read_text("utf-8")) for path in sorted((DATA / "rubric").glob("*.md"))]
    )

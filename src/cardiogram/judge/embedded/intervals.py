"""From expected values to whole numbers and intervals, of batches of cards, and how it is learned.

It is learned on cards that no model had seen. :mod:`cardiogram.judge.embedded.decision` does the
same to one card.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded.decision import (
    CAUSE_PLACES,
    CODE,
    GROUPS,
    LENGTH,
    LONG,
    SCRIPT,
    SCRIPT_SHARE,
    STUB_LINES,
    STUB_WORDS,
    WORDS,
    Decision,
)

LEVEL = 0.9
_MIN_BIN = 60
_SHRINKAGE = 10.0
_LEAST = 0.5

_LEAST_SIDE = 0.01
_FEW, _FEW_LONG = 10.0, 40.0
_PLACES = np.array(CAUSE_PLACES)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def cut_points(truth: Whole, out_of_fold: Floats) -> Floats:
    """Expected values at which the whole number steps up.

    Means shrink towards the middle; plain rounding would hardly ever say 1 or 5. Stretched to the
    mean and spread of the labels they agree with these as well as any line does, by
    quadratic-weighted kappa; then they are rounded.

    Examples
    --------
    >>> cut_points(np.array([1, 5]), np.array([2.0, 4.0])).tolist()
    [2.25, 2.75, 3.25, 3.75]
    """
    spread, spread_given = np.std(truth), np.std(out_of_fold)
    shrunk = spread_given / spread if spread > 0 and spread_given > 0 else 1.0
    cuts: Floats = np.mean(out_of_fold) + (np.arange(1.5, 5.0) - np.mean(truth)) * shrunk
    return cuts


def whole_numbers(expected: Floats, cuts: Floats) -> Whole:
    """Whole numbers 1-5 from expected values by cuts of shape (4,) or (cards, 4)."""
    steps: Whole = (expected[:, None] > cuts).sum(axis=1)
    return steps + 1


def causes_of(x: NDArray[np.float32], expected: Floats) -> Floats:
    """What errors may depend on, shape (cards, causes)."""
    odd = np.abs(expected - np.rint(expected))
    features = x[:, _PLACES].astype(np.float64)
    return np.column_stack([expected, expected * expected, odd, features])


def groups_of(x: NDArray[np.float32]) -> Whole:
    """Number of each card's group in GROUPS, shape (cards,)."""
    features = x.astype(np.float64)
    words = np.expm1(features[:, list(WORDS)]).sum(axis=1)
    stub = (words < STUB_WORDS) & (np.expm1(features[:, CODE]) < STUB_LINES)
    groups: Whole = np.where(features[:, SCRIPT] > SCRIPT_SHARE, 2, stub.astype(np.int64))
    return groups


def expected_errors(x: NDArray[np.float32], expected: Floats, decision: Decision) -> Floats:
    """How large an error is to be expected, shape (cards,)."""
    size = np.full(len(expected), decision.causes[0])
    for weight, cause in zip(decision.causes[1:], causes_of(x, expected).T, strict=True):
        size = size + weight * cause  # one by one: the order of a sum decides its last bit
    bounded: Floats = np.maximum(size, decision.least)
    return bounded


def decide(x: NDArray[np.float32], expected: Floats, decision: Decision) -> tuple[Whole, Floats]:
    """Whole numbers, and bounds of the label, shapes (cards,) and (cards, 2)."""
    cuts, errors, widening = map(np.asarray, (decision.cuts, decision.errors, decision.widening))
    whole = whole_numbers(expected, cuts[are_long(x)])
    size = expected_errors(x, expected, decision) * widening[groups_of(x)]
    return whole, expected[:, None] + errors[whole - 1] * size[:, None]


def decide_batch(x: NDArray[np.float32], expected: Floats, decisions: Sequence[Decision]) -> Floats:
    """The numbers of each card to four digits, each as :class:`.Score` has them.

    Returns
    -------
    array
        Shape (cards, decisions, 4).
    """
    numbers = np.empty((*expected.shape, 4))
    for j, decision in enumerate(decisions):
        whole, bounds = decide(x, expected[:, j], decision)
        numbers[:, j] = np.column_stack([whole, expected[:, j], np.clip(bounds, 1.0, 5.0)])
    return np.round(numbers, 4, out=numbers)


def learn_decision(
    truth: Whole,
    x: NDArray[np.float32],
    out_of_fold: Floats,
    *,
    cards: int | None = None,
    by_length: bool = False,
) -> Decision:
    """Learn a decision from cards with their labels and out-of-fold expectations.

    A whole number with fewer than 60 cards borrows its neighbours' cards until there are enough.

    Parameters
    ----------
    cards
        How many rows are cards; the others are copies that something was added to, and count for
        the sizes of errors alone.
    by_length
        Whether long cards have cuts of their own, as far as there are enough of them.

    References
    ----------
    Lei, G'Sell, Rinaldo, Tibshirani, Wasserman (2018), JASA 113(523), section 5.2 (errors relative
    to expected ones); Vovk, Gammerman, Shafer (2005), Algorithmic Learning in a Random World,
    section 4.5 (a group of its own for each whole number); Efron, Morris (1975), JASA 70(350),
    311-319 (what a small group says is drawn to what all say).
    """
    long = are_long(x)
    cuts = _cuts_by_length(truth[:cards], out_of_fold[:cards], long[:cards] * by_length)
    errors = truth - out_of_fold
    causes, least = _explain(causes_of(x, out_of_fold), np.abs(errors))
    draft = Decision(cuts.tolist(), causes.tolist(), least, [[0.0, 0.0]] * 5, [1.0] * len(GROUPS))
    relative = errors / expected_errors(x, out_of_fold, draft)
    whole = whole_numbers(out_of_fold, cuts[long])
    bounds = _bounds(relative, whole)
    widening = _widen(relative, bounds[whole - 1], groups_of(x))
    return Decision(cuts.tolist(), causes.tolist(), least, bounds.tolist(), widening.tolist())


def are_long(x: NDArray[np.float32]) -> Whole:
    """1 for cards of which a visitor sees more than the first 9,000 characters, else 0."""
    long: Whole = (x[:, LENGTH] >= LONG).astype(np.int64)
    return long


def _cuts_by_length(truth: Whole, out_of_fold: Floats, long: Whole) -> Floats:
    """Cut points of short and of long cards; those of n long ones have n / (n + 40) of the say."""
    everyone = cut_points(truth, out_of_fold)
    if not long.any():
        return np.stack([everyone, everyone])
    own = cut_points(truth[long == 1], out_of_fold[long == 1])
    share = long.sum() / (long.sum() + _FEW_LONG)
    return np.stack([everyone, everyone + share * (own - everyone)])


def _explain(causes: Floats, sizes: Floats) -> tuple[Floats, float]:
    """Ridge regression of the size of errors on their causes, and the least size."""
    middle, spread = causes.mean(axis=0), causes.std(axis=0)
    spread[spread == 0] = 1.0
    plain = (causes - middle) / spread
    gram = plain.T @ plain + _SHRINKAGE * np.eye(plain.shape[1])
    weights = np.linalg.solve(gram, plain.T @ (sizes - sizes.mean())) / spread
    start = sizes.mean() - middle @ weights
    return np.r_[start, weights], float(max(_LEAST * sizes.mean(), 1e-3))


def _bounds(relative: Floats, whole: Whole) -> Floats:
    rows = []
    for value in range(1, 6):
        reach = 0
        while (near := np.abs(whole - value) <= reach).sum() < min(_MIN_BIN, len(relative)):
            reach += 1
        pool = relative[near]
        high = min(1.0, np.ceil((len(pool) + 1) * (1 + LEVEL) / 2) / len(pool))
        low, up = np.quantile(pool, [1 - high, high])
        rows.append([min(low, 0.0), max(up, 0.0)])  # the expected value itself is always inside
    return np.array(rows)


def _widen(relative: Floats, bounds: Floats, groups: Whole) -> Floats:
    """How much wider each group's intervals must be for 90 % of its labels.

    A group of n cards has n / (n + 10) of the say, on a scale of logarithms. None gets narrower:
    what looks sure in a small group may be luck.
    """
    side = np.where(relative > 0, bounds[:, 1], -bounds[:, 0])
    needed = np.abs(relative) / np.maximum(side, _LEAST_SIDE)
    wider = np.ones(len(GROUPS))
    for group in range(1, len(GROUPS)):
        own = needed[groups == group]
        if count := len(own):
            reach = np.quantile(own, min(1.0, LEVEL * (count + 1) / count))
            wider[group] = max(1.0, reach) ** (count / (count + _FEW))
    return wider

"""Responsiveness: whether a judge moves when a card changes, and as far as its reader does.

Two cards differ in many things at once, so that agreement on cards does not say that a judge knows
what one part is worth. Cards and copies of them with parts taken away say it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded import GainFactors, Record
from cardiogram.judge.gold import PARTIAL, LabelledCards
from cardiogram.judge.training.learned_gains import learn_gain_factors
from cardiogram.judge.training.out_of_fold import OutOfFold, rounded
from cardiogram.judge.validation import draw_authors
from cardiogram.names import SCORES
from cardiogram.stats import Floats

_LEAST_AUTHORS = 10
_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Responsiveness:
    """How a judge's changes go with those of a reader.

    Attributes
    ----------
    n, authors
        Changed copies, and owners of the cards.
    correlation, low, high
        Pearson's, of the two changes, with a 95 % interval by resampling authors; None where one
        never changes.
    slope
        Points by which the reader's rating changes where the judge's changes by one.
    direction
        Share of the copies that the reader rated otherwise which the judge moved the same way.
    """

    n: int
    authors: int
    correlation: float | None
    low: float | None
    high: float | None
    slope: float | None
    direction: float | None


def measure_responsiveness(
    rated: Floats, expected: Floats, authors: NDArray[np.str_], *, seed: int = 0
) -> Responsiveness:
    """Compare the changes of one number.

    Parameters
    ----------
    rated, expected
        Change of the reader's rating, and of the judge's expected value, shape (copies,).
    authors
        Owner of each card, shape (copies,).

    References
    ----------
    Husted, Cook, Farewell, Gladman (2000), Methods for assessing responsiveness, Journal of
    Clinical Epidemiology 53(5), 459-468.
    """
    draw = draw_authors(authors, _DRAWS, seed)
    parts = (
        np.ones(len(rated)),
        rated,
        expected,
        rated * rated,
        expected * expected,
        rated * expected,
    )
    correlations, slopes = _fit_lines(draw.sums(np.stack(parts, axis=1)))
    correlation, slope = draw.figure(correlations), draw.figure(slopes).value
    moved = rated != 0
    same = np.sign(rated[moved]) == np.sign(expected[moved])
    too_few = draw.authors < _LEAST_AUTHORS
    return Responsiveness(
        n=len(rated),
        authors=draw.authors,
        correlation=correlation.value,
        low=None if too_few else correlation.low,
        high=None if too_few else correlation.high,
        slope=slope,
        direction=float(same.mean()) if moved.any() else None,
    )


def _fit_lines(sums: Floats) -> tuple[Floats, Floats]:
    """Correlation, and slope of the first on the second, from sums over copies, by draw."""
    n, first_sum, second_sum, one_one, two_two, one_two = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        first, second = one_one - first_sum * first_sum / n, two_two - second_sum * second_sum / n
        joint = one_two - first_sum * second_sum / n
        correlation: Floats = joint / np.sqrt(first * second)
        slope: Floats = joint / second
    return correlation, slope


def describe_responsiveness(data: LabelledCards, expected: Floats) -> dict[str, Record]:
    """How each number changes where parts of a card are taken away, by the copies without kind."""
    copies, cards = data.copies, len(data.cards)
    chosen = np.array(
        [
            n
            for n, (kind, copy) in enumerate(zip(copies.kinds, copies.cards, strict=True))
            if kind == PARTIAL and copy.input_sha256 != data.cards[copies.origin[n]].input_sha256
        ],
        int,
    )
    if not len(chosen):
        return {}
    origin = copies.origin[chosen]
    rated = copies.labels[chosen] - data.labels[origin]
    moved = expected[cards + chosen] - expected[origin]
    owners = data.authors[origin]
    return {
        name: rounded(asdict(measure_responsiveness(rated[:, j], moved[:, j], owners)))
        for j, name in enumerate(SCORES)
    }


def describe_changes(data: LabelledCards, unseen: OutOfFold) -> dict[str, Record]:
    """How the changed criterion moves, by kind of change, and all removals together."""
    copies = data.copies
    chosen = [n for n, criterion in enumerate(copies.criteria) if criterion]
    kinds = np.array([copies.kinds[n] for n in chosen])
    places = {str(kind): kinds == kind for kind in dict.fromkeys(kinds)}
    removed = np.array([copies.changes[n] == "removed" for n in chosen])
    if removed.any():
        places = {"removed": removed} | places
    return {
        kind: rounded(_describe_change(data, unseen, np.array(chosen)[own]))
        for kind, own in places.items()
    }


def _describe_change(data: LabelledCards, unseen: OutOfFold, chosen: NDArray[np.int64]) -> Record:
    """Means of both changes, of the criterion and of overall, and how far apart they are.

    `slope` is through the origin: what the judge says of a point of the ratings.
    """
    origin, rows = data.copies.origin[chosen], len(data.cards) + chosen
    own = [SCORES.index(data.copies.criteria[n]) for n in chosen]
    rated_all = data.copies.labels[chosen] - data.first[origin]
    judged_all = unseen.expected[rows] - unseen.expected[origin]
    every = np.arange(len(chosen))
    rated, judged = rated_all[every, own], judged_all[every, own]
    held = data.copies.labels[chosen, :, None]
    bounds = unseen.bounds[rows]
    squares = float(rated @ rated)
    fell = rated < 0
    return {
        "n": len(chosen),
        "rated": float(rated.mean()),
        "judged": float(judged.mean()),
        "slope": float(judged @ rated) / squares if squares else None,
        "error": float(np.abs(judged - rated).mean()),
        "fell": int(fell.sum()),
        "down": float((judged[fell] < 0).mean()) if fell.any() else None,
        "overall_rated": float(rated_all[:, 0].mean()),
        "overall_judged": float(judged_all[:, 0].mean()),
        "covered": float(
            ((bounds[..., :1] <= held + 1e-9) & (held <= bounds[..., 1:] + 1e-9)).mean()
        ),
    }


def learn_gains(data: LabelledCards, unseen: OutOfFold) -> GainFactors:
    """What a reader gives for a point of the judge's, by removals read backwards."""
    chosen = _removals(data)
    return learn_gain_factors(*_gains(data, unseen, chosen)) if len(chosen) else GainFactors()


def describe_gains(data: LabelledCards, unseen: OutOfFold) -> dict[str, Record]:
    """What is promised for mending, against what readers gave: of all removals, and by criterion.

    Factors come from the cards of other groups. Copies that lack nothing that could be named are
    left out. `slope` is through the origin: what readers gave for a promised point.
    """
    chosen, groups = _removals(data), data.groups[data.copies.origin]
    promised, read = np.zeros((len(chosen), 4)), np.zeros((len(chosen), 2))
    for group in np.unique(groups[chosen]):
        held = groups[chosen] == group
        factors = learn_gain_factors(*_gains(data, unseen, chosen[~held]))
        now, after, gained, place = _gains(data, unseen, chosen[held])
        for row, start, end, given, own in zip(
            np.flatnonzero(held), now, after, gained, place, strict=True
        ):
            promised[row] = factors.gains(start, [end], [SCORES[own]])[0]
            read[row] = given[own], given[0]
    named = promised[:, 0] > 0
    criteria = np.array(data.copies.criteria)[chosen]
    places = {"all": named} | {
        str(name): named & (criteria == name) for name in dict.fromkeys(criteria)
    }
    return {
        name: rounded(_describe_gain(promised[own], read[own]))
        for name, own in places.items()
        if own.any()
    }


def _describe_gain(promised: Floats, read: Floats) -> Record:
    own, overall, low, high = promised.T
    return {
        "n": len(own),
        "promised": float(own.mean()),
        "read": float(read[:, 0].mean()),
        "slope": float(own @ read[:, 0] / (own @ own)),
        "error": float(np.abs(own - read[:, 0]).mean()),
        "covered": float(((low <= read[:, 0]) & (read[:, 0] <= high)).mean()),
        "overall_promised": float(overall.mean()),
        "overall_read": float(read[:, 1].mean()),
        "overall_slope": float(overall @ read[:, 1] / (overall @ overall))
        if overall.any()
        else None,
    }


def _removals(data: LabelledCards) -> NDArray[np.int64]:
    """Numbers of the copies that something of one criterion was taken away from."""
    pairs = zip(data.copies.changes, data.copies.criteria, strict=True)
    removed = [n for n, (change, own) in enumerate(pairs) if change == "removed" and own]
    return np.array(removed, np.int64)


def _gains(
    data: LabelledCards, unseen: OutOfFold, chosen: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Of copies: expected values as they are and mended, what readers gave, and the criterion."""
    copies = data.copies
    return (
        unseen.expected[len(data.cards) + chosen],
        unseen.mended[chosen],
        data.labels[copies.origin[chosen]] - copies.labels[chosen],
        np.array([SCORES.index(copies.criteria[n]) for n in chosen], np.int64),
    )

"""Choose a cascade's tolerance on labelled cards, with a guarantee.

For each tolerance it is known on how many labelled cards the cascade's number is the gold one.
Tolerances are tested in a fixed order, from "send everything" to "send nothing", each at the
same level, and the last one before the first failure is chosen: the chance that the chosen one
agrees less often than was asked is at most delta, whatever the distribution. Authors are the
units, as cards of one author are no independent evidence: what is guaranteed is the share of
equal numbers on the cards of a new author, in the mean over authors. Kappa is no mean of losses
and has no such guarantee: it is shown with its interval.

References
----------
Angelopoulos et al. (2021), Learn then Test, arXiv 2110.01052 (fixed-sequence testing).
Angelopoulos et al. (2024), Conformal risk control, ICLR (the bound in the mean).
Waudby-Smith and Ramdas (2024), Estimating means of bounded random variables by betting, JRSS B
86(1), 1-27 (the test). Jung et al. (2025), Trust or Escalate, ICLR (the same for pairs).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cardiogram.errors import DataError
from cardiogram.judge.agreement import LEVELS, Floats, cells_of, kappa_of_counts
from cardiogram.judge.measure import Figure, draw_authors

TARGET = 0.95
AGREEMENT = 0.85
DELTA = 0.1
GRID = tuple(round(0.1 * step, 1) for step in range(0, 41))
"""Tolerances that are tested, fixed before anything is seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one tolerance would do on the labelled cards.

    Attributes
    ----------
    sent
        Share of cards that the strong judge is asked about.
    qwk, exact
        Agreement of the cascade with the gold.
    at_least
        Lower bound of the exact agreement, in the mean over authors, with confidence 1 - delta.
    p_value
        Of the hypothesis that exact agreement is below what was asked for.
    """

    tolerance: float
    sent: float
    qwk: Figure
    exact: Figure
    at_least: float
    p_value: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "tolerance": self.tolerance,
            "sent": self.sent,
            "qwk": self.qwk.as_dict(),
            "exact": self.exact.as_dict(),
            "at_least": self.at_least,
            "p_value": self.p_value,
        }


@dataclass(frozen=True, slots=True)
class CascadeTable:
    """All tolerances, and the chosen ones.

    Attributes
    ----------
    target, agreement, delta
        QWK and exact agreement asked for, and the chance that a guarantee is wrong.
    reached
        The step with the fewest cards sent whose QWK on these cards is the target or more; None
        where none is. No guarantee goes with it.
    guaranteed
        The step that passed the tests; None where none did.
    in_the_mean
        The step chosen by conformal risk control: its exact agreement is what was asked for in
        the mean over samples of authors, not with a confidence.
    """

    cheap: str
    strong: str
    gold: str
    cards: int
    authors: int
    target: float
    agreement: float
    delta: float
    steps: tuple[Step, ...]
    reached: Step | None
    guaranteed: Step | None
    in_the_mean: Step | None
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        chosen = {"reached": self.reached, "guaranteed": self.guaranteed,
                  "in_the_mean": self.in_the_mean}  # fmt: skip
        return {
            "cheap": self.cheap,
            "strong": self.strong,
            "gold": self.gold,
            "cards": self.cards,
            "authors": self.authors,
            "target": self.target,
            "agreement": self.agreement,
            "delta": self.delta,
            "steps": [step.as_dict() for step in self.steps],
            **{name: step and step.as_dict() for name, step in chosen.items()},
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled cards in columns of n.

    Attributes
    ----------
    gold, cheap, strong
        Whole overall ratings 1-5.
    width
        Of the cheap judge's interval, in rating points. The cheap judge must not have learned
        from these cards.
    """

    gold: Floats
    cheap: Floats
    strong: Floats
    width: Floats
    authors: Sequence[str]


def choose_tolerance(
    data: Labelled,
    names: tuple[str, str, str] = ("cheap", "strong", "gold"),
    *,
    target: float = TARGET,
    agreement: float = AGREEMENT,
    delta: float = DELTA,
    draws: int = 1000,
    seed: int = 0,
) -> CascadeTable:
    """Make the table of share sent against agreement, and choose.

    Parameters
    ----------
    names
        Of the cheap judge, the strong judge and the gold.
    target
        Quadratic-weighted kappa of cascade and gold that is wished for.
    agreement
        Share of equal numbers that is to be guaranteed, below 1.
    delta
        Chance that the guaranteed step misses it on new authors.

    Raises
    ------
    DataError
        No cards, or gold ratings that are all equal.
    """
    if not data.gold.size or np.ptp(data.gold) == 0:
        raise DataError("a cascade needs labelled cards of several ratings")
    draw = draw_authors(data.authors, draws, seed)
    steps: list[Step] = []
    risks: list[Floats] = []
    before = None
    for tolerance in GRID:
        sent = data.width > tolerance
        if before is not None and bool((sent == before).all()):  # nothing else is sent
            steps.append(replace(steps[-1], tolerance=tolerance))
            risks.append(risks[-1])
            continue
        before = sent
        given = np.where(sent, data.strong, data.cheap)
        loss = _by_author((given != data.gold).astype(float), draw.owner)
        counts = draw.sums(np.eye(LEVELS**2)[cells_of(data.gold.astype(int), given.astype(int))])
        steps.append(
            Step(
                tolerance=tolerance,
                sent=float(sent.mean()),
                qwk=draw.figure(kappa_of_counts(counts)),
                exact=draw.figure(draw.mean(given == data.gold)),
                at_least=1 - upper_bound(loss, delta, seed),
                p_value=betting_p_value(loss, 1 - agreement, seed),
            )
        )
        risks.append(loss)
    return CascadeTable(
        *names,
        cards=data.gold.size,
        authors=draw.authors,
        target=target,
        agreement=agreement,
        delta=delta,
        steps=tuple(steps),
        reached=_fewest([s for s in steps if s.qwk.value is not None and s.qwk.value >= target]),
        guaranteed=_last_before_failure(steps, delta),
        in_the_mean=_in_the_mean(steps, risks, 1 - agreement),
        notes=_notes(data),
    )


def _by_author(loss: Floats, owner: Any) -> Floats:
    """Mean loss of each author: authors are exchangeable, their cards are not independent."""
    found: Floats = np.bincount(owner, weights=loss) / np.bincount(owner)
    return found


def _fewest(steps: Sequence[Step]) -> Step | None:
    return min(steps, key=lambda step: (step.sent, -step.tolerance), default=None)


def _last_before_failure(steps: Sequence[Step], delta: float) -> Step | None:
    chosen = None
    for step in steps:
        if step.p_value > delta:
            break
        chosen = step
    return chosen


def _in_the_mean(steps: Sequence[Step], risks: Sequence[Floats], allowed: float) -> Step | None:
    """Conformal risk control, on the running maximum so that the risk rises with tolerance."""
    chosen, worst = None, np.zeros_like(risks[0])
    for step, loss in zip(steps, risks, strict=True):
        worst = np.maximum(worst, loss)
        if (worst.sum() + 1.0) / (worst.size + 1) > allowed:
            break
        chosen = step
    return chosen


def betting_p_value(loss: Floats, allowed: float, seed: int = 0) -> float:
    """Evidence that the mean of independent losses within 0-1 is at most `allowed`.

    A gambler bets against "the mean is above `allowed`" on one loss after the other, each stake
    set from the losses before; under that hypothesis the capital is a supermartingale, and the
    p-value is the inverse of the most that it ever was (Ville's inequality).

    Parameters
    ----------
    loss
        Shape (n,), in [0, 1]; taken in an order drawn by seed.

    Examples
    --------
    >>> betting_p_value(np.zeros(200), 0.05) < 0.001, betting_p_value(np.full(50, 0.2), 0.1)
    (True, 1.0)
    """
    if not 0 < allowed < 1:
        return 1.0
    order = np.random.default_rng(seed).permutation(loss.size)
    rows = loss[order]
    times = np.arange(1, rows.size + 1)
    mean = (allowed + np.cumsum(rows)) / (times + 1)
    spread = (0.25 * allowed + np.cumsum((rows - mean) ** 2)) / (times + 1)
    before_mean = np.r_[allowed / 2, mean[:-1]]
    before_spread = np.r_[0.25 * allowed, spread[:-1]]
    # The stake that grows the capital fastest, as far as the losses so far tell (Kelly), kept
    # below the point where a single loss of 1 could take everything.
    edge = np.maximum(allowed - before_mean, 0.0)
    stake = np.minimum(edge / (before_spread + edge**2 + 1e-12), 0.75 / (1 - allowed))
    capital = np.cumsum(np.log1p(stake * (allowed - rows)))
    return float(min(1.0, math.exp(-max(0.0, float(capital.max())))))


def upper_bound(loss: Floats, delta: float, seed: int = 0) -> float:
    """The least mean that is refuted at level delta: an upper confidence bound, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (
            (low, middle) if betting_p_value(loss, middle, seed) <= delta else (middle, high)
        )
    return high


def _notes(data: Labelled) -> tuple[str, ...]:
    notes = []
    if bool((data.strong == data.gold).all()):
        notes.append(
            "The strong judge is the gold: what is sent agrees by construction. The figures say "
            "how far the cascade agrees with the strong judge, not with the truth."
        )
    if np.ptp(data.width) < 1e-9:
        notes.append("The cheap judge's intervals are all equally wide: nothing can be chosen by.")
    return tuple(notes)

"""Choose a cascade's tolerance on labelled cards, with a guarantee.

For each tolerance it is known on how many labelled cards the cascade's number is the gold one.
Tolerances are tested in a fixed order, from "send everything" to "send nothing", each at the
same level, and the last one before the first failure is chosen: the chance that the chosen one
agrees less often than was asked is at most delta, whatever the distribution. Authors are the
units, as cards of one author are no independent evidence: one card of each, drawn by seed, is
tested. What is guaranteed is the share of equal numbers on the cards of a new author, in the mean
over authors. Kappa is no mean of losses and has no such guarantee: it is shown with its interval.

References
----------
Angelopoulos et al. (2021), Learn then Test, arXiv 2110.01052 (fixed-sequence testing).
Angelopoulos et al. (2024), Conformal risk control, ICLR (the bound in the mean).
Clopper and Pearson (1934), Biometrika 26(4), 404-413 (the bound). Jung et al. (2025), Trust or
Escalate, ICLR (the same for pairs).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from cardiogram.errors import DataError
from cardiogram.judge.ensemble.cascade import measure_uncertainty
from cardiogram.judge.gold import (
    JudgeReading,
    choose_gold,
    choose_judge,
    describe_overlap,
    name_in_ratings,
    read_readings,
    training_set_of,
)
from cardiogram.judge.validation import (
    AuthorDraws,
    GoldCards,
    Measurement,
    PairedReadings,
    author_folds,
    count_cells,
    draw_authors,
    pair_readings,
)
from cardiogram.optional import scipy
from cardiogram.stats import Floats, WholeNumbers, kappa_of_counts

TARGET = 0.95
AGREEMENT = 0.85
DELTA = 0.1
GRID = (*(round(0.05 * step, 2) for step in range(0, 81)), 8.0)
"""Tolerances that are tested, fixed before anything is known; no uncertainty is above the last."""
FOLDS = 10
PARTS = ("whole", "expected", "low", "high")


@dataclass(frozen=True, slots=True)
class ToleranceStep:
    """What one tolerance would do on the labelled cards.

    Attributes
    ----------
    sent
        Share of cards that the strong judge is asked about.
    qwk, exact
        Agreement of the cascade with the gold.
    random, best
        QWK where as many cards are sent by chance (in the mean), and where those are sent of whose
        numbers the strong judge mends most: what no choice can beat.
    at_least
        Lower bound of the exact agreement, in the mean over authors, with confidence 1 - delta.
    p_value
        Of the hypothesis that exact agreement is below what was asked for.
    """

    tolerance: float
    sent: float
    qwk: Measurement
    exact: Measurement
    random: float
    best: float
    at_least: float
    p_value: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The wish for QWK on authors that its tolerance was not chosen on.

    Attributes
    ----------
    sent, qwk
        Of all cards together, each under the tolerance that the other folds' authors chose.
    """

    sent: float
    qwk: Measurement


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
    learned_from
        Cards that the cheap judge has learned from: they make all figures too good.
    """

    cheap: str
    strong: str
    gold: str
    cards: int
    authors: int
    target: float
    agreement: float
    delta: float
    steps: tuple[ToleranceStep, ...]
    reached: ToleranceStep | None
    guaranteed: ToleranceStep | None
    in_the_mean: ToleranceStep | None
    held_out: HeldOut
    learned_from: int
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        plain = asdict(self)
        return {"seen" if name == "learned_from" else name: plain[name] for name in plain}


@dataclass(frozen=True, slots=True)
class CascadeData:
    """Labelled cards in columns of n.

    Attributes
    ----------
    gold, cheap, strong
        Whole overall ratings 1-5.
    uncertainty
        Of the cheap judge (:func:`.measure_uncertainty`), in rating points. It must not have
        learned from these cards.
    learned_from
        How many of them it has learned from all the same.
    left_out
        Gold cards without a rating by one of the two judges.
    """

    gold: Floats
    cheap: Floats
    strong: Floats
    uncertainty: Floats
    authors: Sequence[str]
    learned_from: int = 0
    left_out: int = 0

    def numbers(self, tolerance: float) -> Floats:
        """The cascade's numbers, shape (n,)."""
        chosen: Floats = np.where(self.uncertainty > tolerance, self.strong, self.cheap)
        return chosen


def choose_tolerance(
    strong: Path,
    gold: Path | None,
    cheap: Path,
    *,
    strong_judge: str | None = None,
    gold_judge: str | None = None,
    cheap_judge: str | None = None,
    gold_cards: GoldCards = "all",
    target: float = TARGET,
    agreement: float = AGREEMENT,
    delta: float = DELTA,
    draws: int = 1000,
    seed: int = 0,
) -> CascadeTable:
    """Read the three sides, keep the cards that all of them have, and choose a tolerance.

    Parameters
    ----------
    strong, gold, cheap
        Study folders or files of ratings; without `gold`, `gold_judge` is one of `strong`.
    strong_judge, gold_judge, cheap_judge
        Who of them.
    gold_cards
        "unseen" leaves out cards that the cheap judge has learned from.

    Raises
    ------
    DataError
        A side is missing, or no card has all three.
    """
    readings = read_readings(strong)
    others = read_readings(gold) if gold is not None else readings
    source = gold or strong
    right = choose_judge(choose_gold(others, gold_judge, source), None, source, "--gold-judge")
    paired = pair_readings(choose_judge(readings, strong_judge, strong), right, where=str(strong))
    first = choose_judge(read_readings(cheap), name_in_ratings(cheap_judge), cheap, "--cheap-judge")
    known = training_set_of(cheap_judge or first[0].judge, first[0].version).find(first)
    learned = {reading.id for reading, yes in zip(first, known, strict=True) if yes}
    kept = [reading for reading in first if gold_cards == "all" or reading.id not in learned]
    data = _join(paired, kept, learned)
    judges = (first[0].judge, paired.readings[0].judge, right[0].judge)
    return tabulate_tolerances(
        data, judges, target=target, agreement=agreement, delta=delta, draws=draws, seed=seed
    )


def _join(
    paired: PairedReadings, cheap: Sequence[JudgeReading], learned: Collection[str]
) -> CascadeData:
    """The cards that gold, the strong judge and the cheap one have all rated."""
    rated = [reading for reading in cheap if reading.status == "rated"]
    by_key = {(reading.id, reading.sha256): reading for reading in rated}
    rows = [
        (place, other)
        for place, reading in enumerate(paired.readings)
        if (other := by_key.get((reading.id, reading.sha256)) or by_key.get((reading.id, "")))
        and np.isfinite([paired.gold[place, 0], reading.whole[0], other.whole[0]]).all()
    ]
    if not rows:
        raise DataError(
            "no card has all three: gold, the strong judge's rating and the cheap judge's",
            hint="Ratings of the built-in judge: cardiogram judges train ... --out-of-fold FILE",
        )
    return CascadeData(
        gold=np.array([paired.gold[place, 0] for place, _ in rows]),
        cheap=np.array([other.whole[0] for _, other in rows]),
        strong=np.array([paired.readings[place].whole[0] for place, _ in rows]),
        uncertainty=measure_uncertainty(
            *(np.array([getattr(other, part)[0] for _, other in rows]) for part in PARTS)
        ),
        authors=[paired.readings[place].author for place, _ in rows],
        learned_from=sum(other.id in learned for _, other in rows),
        left_out=sum(paired.status.values()) - len(rows),
    )


def tabulate_tolerances(
    data: CascadeData,
    judges: tuple[str, str, str] = ("cheap", "strong", "gold"),
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
    judges
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
    tested = _one_each(draw.owner, seed)
    steps: list[ToleranceStep] = []
    risks: list[Floats] = []
    for tolerance in GRID:
        share = float((data.uncertainty > tolerance).mean())
        if steps and share == steps[-1].sent:  # nothing else is sent
            steps.append(replace(steps[-1], tolerance=tolerance))
            risks.append(risks[-1])
        else:
            wrong = data.numbers(tolerance) != data.gold
            risks.append(_by_author(wrong.astype(float), draw.owner))
            count = int(wrong[tested].sum())
            risk = upper_bound(count, tested.size, delta)
            p_value = p_value_of(count, tested.size, 1 - agreement)
            steps.append(_step(data, tolerance, draw, risk, p_value))
    return CascadeTable(
        *judges,
        cards=data.gold.size,
        authors=draw.authors,
        target=target,
        agreement=agreement,
        delta=delta,
        steps=tuple(steps),
        reached=min(
            (step for step in steps if step.qwk.value is not None and step.qwk.value >= target),
            key=lambda step: (step.sent, -step.tolerance),
            default=None,
        ),
        held_out=_hold_out(data, draw, target, seed),
        guaranteed=_last_before_failure(steps, delta),
        in_the_mean=_in_the_mean(steps, risks, 1 - agreement),
        learned_from=data.learned_from,
        notes=_notes(data),
    )


def _step(
    data: CascadeData, tolerance: float, draw: AuthorDraws, risk: float, p_value: float
) -> ToleranceStep:
    combined = data.numbers(tolerance)
    share = float((data.uncertainty > tolerance).mean())
    counts = draw.sums(_cells(data.gold, combined))
    mixed = share * _cells(data.gold, data.strong) + (1 - share) * _cells(data.gold, data.cheap)
    return ToleranceStep(
        tolerance=tolerance,
        sent=share,
        qwk=draw.figure(kappa_of_counts(counts)),
        exact=draw.figure(draw.mean(combined == data.gold)),
        random=_kappa(mixed),
        best=_kappa(_cells(data.gold, _best(data, share))),
        at_least=1 - risk,
        p_value=p_value,
    )


def _cells(gold: Floats, rated: Floats) -> Floats:
    return count_cells(gold.astype(int), rated.astype(int))


def _kappa(cells: Floats) -> float:
    return float(kappa_of_counts(cells.sum(axis=0, keepdims=True))[0])


def _best(data: CascadeData, share: float) -> Floats:
    """The cascade's numbers where the cards are sent whose squared errors fall most."""
    gain = (data.cheap - data.gold) ** 2 - (data.strong - data.gold) ** 2
    first = np.argsort(-gain, kind="stable")[: round(share * gain.size)]
    best: Floats = data.cheap.copy()
    first = first[gain[first] > 0]
    best[first] = data.strong[first]
    return best


def _hold_out(data: CascadeData, draw: AuthorDraws, target: float, seed: int) -> HeldOut:
    """Choose on the other folds' authors what reaches the target with the fewest cards sent."""
    fold = author_folds(data.authors, FOLDS, seed)
    combined = np.stack([data.numbers(tolerance) for tolerance in GRID])
    cells = np.stack([_cells(data.gold, row) for row in combined])
    made, sent = data.strong.copy(), np.ones(fold.size, dtype=bool)
    for number in np.unique(fold):
        others, own = fold != number, fold == number
        kappas = kappa_of_counts(cells[:, others].sum(axis=1))
        reached = np.flatnonzero(kappas >= target)
        last = int(reached[-1]) if reached.size else 0  # the widest tolerance sends fewest
        made[own] = combined[last, own]
        sent[own] = data.uncertainty[own] > GRID[last]
    kappa = kappa_of_counts(draw.sums(_cells(data.gold, made)))
    return HeldOut(float(sent.mean()), draw.figure(kappa))


def _one_each(owner: WholeNumbers, seed: int) -> WholeNumbers:
    """A card of each author, drawn by seed."""
    order = np.random.default_rng(seed).permutation(owner.size)
    drawn: WholeNumbers = order[np.unique(owner[order], return_index=True)[1]]
    return drawn


def _by_author(loss: Floats, owner: WholeNumbers) -> Floats:
    """Mean loss of each author: authors are exchangeable, their cards are not independent."""
    means: Floats = np.bincount(owner, weights=loss) / np.bincount(owner)
    return means


def _last_before_failure(steps: Sequence[ToleranceStep], delta: float) -> ToleranceStep | None:
    chosen = None
    for step in steps:
        if step.p_value > delta:
            break
        chosen = step
    return chosen


def _in_the_mean(
    steps: Sequence[ToleranceStep], risks: Sequence[Floats], allowed: float
) -> ToleranceStep | None:
    """Conformal risk control, on the running maximum so that the risk rises with tolerance."""
    chosen, worst = None, np.zeros_like(risks[0])
    for step, loss in zip(steps, risks, strict=True):
        worst = np.maximum(worst, loss)
        if (worst.sum() + 1.0) / (worst.size + 1) > allowed:
            break
        chosen = step
    return chosen


def p_value_of(wrong: int, cards: int, allowed: float) -> float:
    """Evidence that losses are at most `allowed` in the mean: the exact binomial tail.

    Parameters
    ----------
    wrong, cards
        Wrong numbers among independent cards.
    allowed
        Share of wrong numbers that is allowed.

    Returns
    -------
    float
        Chance of so few wrong numbers or fewer, were the share of them as large as is allowed.

    Examples
    --------
    >>> round(p_value_of(1, 3, 0.5), 3), p_value_of(3, 3, 0.5)
    (0.5, 1.0)
    """
    if wrong >= cards or not 0 < allowed < 1:
        return 1.0
    return float(scipy("special", "a guarantee").bdtr(wrong, cards, allowed))


def upper_bound(wrong: int, cards: int, delta: float) -> float:
    """The least share of wrong numbers that is refuted at level delta (Clopper and Pearson).

    Examples
    --------
    >>> round(upper_bound(0, 29, 0.05), 3)
    0.098
    """
    if wrong >= cards:
        return 1.0
    return float(scipy("special", "a guarantee").bdtri(wrong, cards, delta))


def _notes(data: CascadeData) -> tuple[str, ...]:
    notes = [describe_overlap(data.learned_from, data.gold.size)] if data.learned_from else []
    if data.left_out:
        notes.append(
            f"{data.left_out:,} gold cards have no rating by one of the two judges and are in no "
            "figure: what a judge leaves out may be what it finds hard."
        )
    if bool((data.strong == data.gold).all()):
        notes.append(
            "The strong judge is the gold: what is sent agrees by construction. The figures say "
            "how far the cascade agrees with the strong judge, not with the truth."
        )
    if np.ptp(data.uncertainty) < 1e-9:
        notes.append("The cheap judge doubts all its numbers alike: nothing can be chosen by.")
    return tuple(notes)

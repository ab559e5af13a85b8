"""Compare any judge's ratings with any gold: whole, and by kind, length and language of card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card
from cardiogram.cards.features import KINDS, LANGUAGES, LENGTHS, length_name
from cardiogram.collect import read_cards, strata_of
from cardiogram.errors import DataError
from cardiogram.judge.gold import (
    JudgeReading,
    choose_gold,
    choose_judge,
    describe_overlap,
    name_in_ratings,
    read_readings,
    training_set_of,
)
from cardiogram.judge.validation.metrics import (
    GoldAgreement,
    Measurement,
    draw_authors,
    measure_against_gold,
)
from cardiogram.judge.validation.reliability import draw_alphas
from cardiogram.names import CRITERIA, SCORES
from cardiogram.stats import Floats, WholeNumbers, count_confusion

GoldCards = Literal["all", "unseen"]
"""Whether cards that the judge has learned from count."""

STRATA: dict[str, tuple[str, ...]] = {
    "kind": tuple(KINDS),
    "length": tuple(length_name(span) for span in LENGTHS),
    "language": tuple(LANGUAGES),
}
"""What cards are told apart by, and the groups in their order."""


@dataclass(frozen=True, slots=True)
class PairedReadings:
    """Cards that were read by a judge and by gold, in columns.

    Attributes
    ----------
    readings
        The judge's, one a card.
    gold
        Consensus of the gold readers (median, halves up), NaN where none gave a number; (n, 9).
    raters
        What each gold reader said, shape (raters, n, 9).
    status
        Gold cards by how the judge's rating ended; "no rating" where there is none.
    gold_missing
        Cards that the gold names without a number.
    learned_from
        How many of the cards the judge has learned from.
    """

    readings: tuple[JudgeReading, ...]
    gold: Floats
    raters: Floats
    rater_names: tuple[str, ...]
    status: Mapping[str, int]
    gold_missing: int
    learned_from: int = 0

    @property
    def authors(self) -> list[str]:
        """Owner of each card."""
        return [reading.author for reading in self.readings]

    def column(self, part: str) -> Floats:
        """`whole`, `expected`, `low` or `high` of the judge, shape (n, 9)."""
        return np.array([getattr(reading, part) for reading in self.readings])


@dataclass(frozen=True, slots=True)
class Validation:
    """Agreement of one judge with one gold standard.

    Attributes
    ----------
    scores
        One agreement a score that the gold has.
    strata
        Agreement of the overall rating by kind, length and language, where the cards are known.
    confusion
        Cards by gold (rows) and judge (columns) of the overall rating, shape (5, 5).
    severity
        Mean of gold minus judge over the eight criteria: positive for a strict judge.
    among
        Krippendorff's alpha (ordinal) of the gold readers themselves, and with the judge as one
        more of them, by score; empty with one reader.
    status
        Gold cards by how the judge's rating ended.
    gold_missing
        Cards that the gold names without a number.
    learned_from
        Compared cards that the judge has learned from: they flatter it.
    notes
        What a reader must know before using a figure.
    """

    judge: str
    version: str
    rubric: str
    gold: str
    scores: dict[str, GoldAgreement]
    strata: dict[str, dict[str, GoldAgreement]]
    confusion: WholeNumbers
    severity: Measurement
    among: dict[str, dict[str, Measurement]]
    status: Mapping[str, int]
    gold_missing: int
    learned_from: int
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        plain = asdict(self)
        plain["confusion"] = self.confusion.tolist()
        return {"seen" if name == "learned_from" else name: plain[name] for name in plain}


def validate(
    ratings: Path,
    gold: Path | None = None,
    *,
    judge: str | None = None,
    gold_judge: str | None = None,
    cards: Path | None = None,
    gold_cards: GoldCards = "all",
    draws: int = 1000,
    seed: int = 0,
) -> Validation:
    """Compare a judge's ratings with gold ones.

    Parameters
    ----------
    ratings, gold
        A study folder or a file of ratings each (:func:`.read_readings`);
        without `gold`, another judge of `ratings` is the gold.
    judge, gold_judge
        Who of them. Gold readers that are not named all count: their consensus is the gold. A
        judge of one's own may be given by its folder, `embedded:FOLDER`, so that it is known
        which cards it has learned from.
    cards
        Where the texts of the cards are, for the strata; a study folder has them itself.
    gold_cards
        "unseen" leaves out those that the judge has learned from.
    draws, seed
        Of the author-cluster bootstrap.

    Raises
    ------
    DataError
        The judge rated none of the gold cards.
    """
    paired = read_pairs(ratings, gold, judge=judge, gold_judge=gold_judge, gold_cards=gold_cards)
    source = cards or (ratings if ratings.is_dir() else None)
    texts = read_cards(source) if source else ()
    name = name_gold(gold or ratings, paired.rater_names)
    return measure_validation(paired, name, texts, draws=draws, seed=seed)


def name_gold(path: Path, readers: Sequence[str]) -> str:
    """What the gold is called where figures name it."""
    return f"{path.name} ({', '.join(readers)})"


def read_pairs(
    ratings: Path,
    gold: Path | None,
    *,
    judge: str | None = None,
    gold_judge: str | None = None,
    gold_cards: GoldCards = "all",
) -> PairedReadings:
    """Read both sides and pair them card by card.

    Raises
    ------
    DataError
        A side is not there, the judge rated none of the gold cards, or no card is left that it
        has not learned from.
    """
    readings = read_readings(ratings)
    if gold is None and gold_judge is None:
        raise DataError("there is no gold", hint="Give a GOLD file, or --gold-judge NAME.")
    others = read_readings(gold) if gold is not None else readings
    right = choose_gold(others, gold_judge, gold or ratings)
    judged = choose_judge(readings, name_in_ratings(judge), ratings)
    paired = pair_readings(judged, right, where=str(ratings))
    known = training_set_of(judge or judged[0].judge, judged[0].version).find(paired.readings)
    return _marked(paired, known, gold_cards)


def _marked(
    paired: PairedReadings, learned: NDArray[np.bool_], gold_cards: GoldCards
) -> PairedReadings:
    """With the number of cards that the judge has learned from, or without those cards."""
    if gold_cards == "all" or not learned.any():
        return replace(paired, learned_from=int(learned.sum()))
    if learned.all():
        raise DataError(
            f"{paired.readings[0].judge!r} has learned from all {learned.size:,} of these gold "
            "cards",
            hint="Label cards that it has not seen, or use out-of-fold ratings: "
            "cardiogram judges train LABELS --cards CARDS --out DIR --out-of-fold FILE",
        )
    left = tuple(
        reading for reading, known in zip(paired.readings, learned, strict=True) if not known
    )
    status = {**paired.status, "rated": len(left), "learned from": int(learned.sum())}
    return replace(
        paired,
        readings=left,
        gold=paired.gold[~learned],
        raters=paired.raters[:, ~learned],
        status=status,
    )


def pair_readings(
    ratings: Sequence[JudgeReading], gold: Sequence[JudgeReading], *, where: str = ""
) -> PairedReadings:
    """Pair a judge's readings with gold ones: by id and text where the gold has a hash, else by id.

    Raises
    ------
    DataError
        No card was rated by both.
    """
    last = {reading.id: reading for reading in ratings}
    exact = {(reading.id, reading.sha256): reading for reading in ratings}
    rater_names = tuple(sorted({reading.judge for reading in gold}))
    cards: dict[tuple[str, str], dict[str, JudgeReading]] = {}
    for reading in gold:
        cards.setdefault((reading.id, reading.sha256), {})[reading.judge] = reading
    status: Counter[str] = Counter()
    missing, kept, said = 0, [], []
    for (id, sha), by_rater in cards.items():
        rows = [
            by_rater[name].whole if name in by_rater else np.full(len(SCORES), np.nan)
            for name in rater_names
        ]
        if not np.isfinite(rows).any():
            missing += 1
            continue
        loose = last.get(id) if not sha or (id in last and not last[id].sha256) else None
        match = exact.get((id, sha)) or loose
        status["no rating" if match is None else match.status] += 1
        if match is not None and match.status == "rated":
            kept.append(match)
            said.append(rows)
    if not kept:
        raise DataError(
            f"{ratings[0].judge!r} has rated none of the {len(cards)} gold cards",
            hint=f"cardiogram rate {where} --judge {ratings[0].judge}",
        )
    raters = np.array(said).transpose(1, 0, 2)
    return PairedReadings(
        tuple(kept), consensus(raters), raters, rater_names, dict(status), missing
    )


def consensus(raters: Floats) -> Floats:
    """Median over the first axis as whole numbers, halves up; NaN where nobody gave one.

    Examples
    --------
    >>> consensus(np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, 3.0]]))
    array([2., 3.])
    """
    known = np.isfinite(raters).any(axis=0)
    filled = np.where(known, raters, 0.0)
    median: Floats = np.where(known, np.floor(np.nanmedian(filled, axis=0) + 0.5), np.nan)
    return median


def measure_validation(
    paired: PairedReadings,
    gold_name: str,
    cards: Iterable[Card] = (),
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Validation:
    """Measure every score, and the overall rating by stratum."""
    scores = {}
    for place, name in enumerate(SCORES):
        known = np.isfinite(paired.gold[:, place]) & np.isfinite(paired.column("whole")[:, place])
        if known.any():
            scores[name] = _measure(paired, place, np.flatnonzero(known), draws, seed)
    first = paired.readings[0]
    overall = np.isfinite(paired.gold[:, 0])
    return Validation(
        judge=first.judge,
        version=first.version,
        rubric=first.rubric,
        gold=gold_name,
        scores=scores,
        strata=_strata(paired, cards, draws, seed) if overall.any() else {},
        confusion=count_confusion(paired.gold[overall, 0], paired.column("whole")[overall, 0]),
        severity=_severity(paired, draws, seed),
        among=_among(paired, draws, seed),
        status=paired.status,
        gold_missing=paired.gold_missing,
        learned_from=paired.learned_from,
        notes=_notes(paired),
    )


def _measure(
    paired: PairedReadings, place: int, chosen: WholeNumbers, draws: int, seed: int
) -> GoldAgreement:
    low, high = (paired.column(side)[chosen, place] for side in ("low", "high"))
    return measure_against_gold(
        paired.gold[chosen, place],
        paired.column("whole")[chosen, place],
        paired.column("expected")[chosen, place],
        [paired.readings[i].author for i in chosen],
        bounds=np.stack([low, high], axis=1),
        draws=draws,
        seed=seed,
    )


def _strata(
    paired: PairedReadings, cards: Iterable[Card], draws: int, seed: int
) -> dict[str, dict[str, GoldAgreement]]:
    """The overall rating's agreement in each group, where there are cards to group."""
    places: dict[str, list[int]] = {}
    for place, reading in enumerate(paired.readings):
        if np.isfinite(paired.gold[place, 0]):
            places.setdefault(reading.id, []).append(place)
    members: dict[tuple[str, str], list[int]] = {}
    for card in cards:
        for place in places.get(card.id, ()):
            if paired.readings[place].sha256 in ("", card.sha256):
                for key in strata_of(card):
                    members.setdefault(key, []).append(place)
    return {
        kind: groups
        for kind, labels in STRATA.items()
        if (
            groups := {
                name: _measure(paired, 0, np.array(members[kind, name]), draws, seed)
                for name in labels
                if (kind, name) in members
            }
        )
    }


def _severity(paired: PairedReadings, draws: int, seed: int) -> Measurement:
    """Mean of gold minus judge over the criteria, cards weighed by the numbers they have."""
    columns = [SCORES.index(name) for name in CRITERIA]
    gap = (paired.gold - paired.column("whole"))[:, columns]
    known = np.isfinite(gap)
    if not known.any():
        return Measurement(None)
    draw = draw_authors(paired.authors, draws, seed)
    return draw.figure(draw.ratio(np.where(known, gap, 0.0).sum(axis=1), known.sum(axis=1)))


def _among(paired: PairedReadings, draws: int, seed: int) -> dict[str, dict[str, Measurement]]:
    """Agreement of the gold readers with each other, and with the judge as one more."""
    if len(paired.rater_names) < 2:
        return {}
    draw = draw_authors(paired.authors, draws, seed)
    judged = paired.column("whole")
    alphas = {}
    for place, name in enumerate(SCORES):
        people = paired.raters[:, :, place]
        if not (np.isfinite(people).sum(axis=0) > 1).any():
            continue
        alphas[name] = {
            "readers": draw.figure(draw_alphas(people, draw)),
            "with judge": draw.figure(draw_alphas(np.vstack([people, judged[:, place]]), draw)),
        }
    return alphas


def _notes(paired: PairedReadings) -> tuple[str, ...]:
    count = paired.learned_from
    notes = [describe_overlap(count, len(paired.readings))] if count else []
    judged = paired.column("whole")
    known = np.isfinite(paired.gold)
    if bool((paired.gold == judged)[known].all()):
        notes.append("Judge and gold are equal on every card: is the gold the judge's own ratings?")
    rated = ("rated", "learned from")
    unrated = sum(count for name, count in paired.status.items() if name not in rated)
    if unrated:
        notes.append(
            f"{unrated:,} gold cards have no rating by this judge and are in no figure: what a "
            "judge leaves out may be what it finds hard."
        )
    versions = sorted({reading.version for reading in paired.readings} - {""})
    if len(versions) > 1:
        notes.append(f"The ratings are of {len(versions)} versions: {', '.join(versions)}.")
    if len(set(paired.authors)) < len(paired.readings) / 10:
        notes.append("Few authors wrote most cards: intervals rest on them.")
    return tuple(notes)

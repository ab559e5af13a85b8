"""Tune a cascade from files: gold, and the ratings of the cheap and of the strong judge."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cardiogram.errors import DataError
from cardiogram.judge.ensemble.tolerance import (
    AGREEMENT,
    DELTA,
    TARGET,
    CascadeTable,
    Labelled,
    choose_tolerance as choose,
)
from cardiogram.judge.ensemble.uncertainty import doubt
from cardiogram.judge.gold import Reading, choose_judge, learned, named, read_readings, seen_by
from cardiogram.judge.validation import GoldCards, pair

PARTS = ("whole", "expected", "low", "high")


def tune_cascade(
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
    found = read_readings(strong)
    others = read_readings(gold) if gold is not None else found
    if gold_judge is None and {"first", "second"} >= {reading.judge for reading in others}:
        gold_judge = "first"
    right = choose_judge(others, gold_judge, gold or strong, "--gold-judge")
    paired = pair(choose_judge(found, strong_judge, strong), right, where=str(strong))
    sure = choose_judge(read_readings(cheap), named(cheap_judge), cheap, "--cheap-judge")
    known = learned(seen_by(cheap_judge or sure[0].judge, sure[0].version), sure)
    seen = {item.id for item, yes in zip(sure, known, strict=True) if yes}
    by_key = _by_key(item for item in sure if gold_cards == "all" or item.id not in seen)
    rows = [
        (place, other)
        for place, reading in enumerate(paired.readings)
        if (other := by_key.get((reading.id, reading.sha256)) or by_key.get((reading.id, "")))
        and np.isfinite([paired.gold[place, 0], reading.whole[0], other.whole[0]]).all()
    ]
    if not rows:
        raise DataError(
            "no card has all three: gold, the strong judge's rating and the cheap judge's",
            hint="Ratings of the built-in judge: cardiogram train-judge ... --unseen FILE",
        )
    data = Labelled(
        gold=np.array([paired.gold[place, 0] for place, _ in rows]),
        cheap=np.array([other.whole[0] for _, other in rows]),
        strong=np.array([paired.readings[place].whole[0] for place, _ in rows]),
        doubt=doubt(*(np.array([getattr(other, part)[0] for _, other in rows]) for part in PARTS)),
        authors=[paired.readings[place].author for place, _ in rows],
        seen=sum(other.id in seen for _, other in rows),
        left_out=sum(paired.status.values()) - len(rows),
    )
    names = (sure[0].judge, paired.readings[0].judge, right[0].judge)
    return choose(
        data, names, target=target, agreement=agreement, delta=delta, draws=draws, seed=seed
    )


def _by_key(readings: Iterable[Reading]) -> dict[tuple[str, str], Reading]:
    rated = [reading for reading in readings if reading.status == "rated"]
    return {(reading.id, reading.sha256): reading for reading in rated}

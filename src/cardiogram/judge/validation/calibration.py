"""Calibration that can be kept and applied: from a judge's expected value to gold levels.

Isotonic distributional regression: for each level, the share of gold ratings at or below it is
fitted as a falling step function of the judge's value. It knows nothing but the order, and gives
a probability for every level, hence an expected value, a whole number and an interval.

References
----------
Henzi, Ziegel and Gneiting (2021), Isotonic distributional regression, JRSS B 83(5), 963-993.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardiogram.errors import DataError
from cardiogram.judge.gold import hash_file
from cardiogram.judge.rating import Score
from cardiogram.judge.validation.metrics import GoldAgreement, Measurement, measure_against_gold
from cardiogram.judge.validation.validate import GoldCards, PairedReadings, name_gold, read_pairs
from cardiogram.names import SCORES
from cardiogram.optional import scipy
from cardiogram.stats import LEVELS, Floats, WholeNumbers
from cardiogram.store import write_atomically

FORMAT = 1
FOLDS = 10
MINIMUM_CARDS = 20
"""Fewer cards than these give no map."""

_KIND = "cardiogram calibration"


@dataclass(frozen=True, slots=True)
class LevelMap:
    """From an expected value to the probabilities of the five gold levels.

    Attributes
    ----------
    x
        Values of the judge, rising, shape (k,).
    below
        Probability of a gold rating of at most 1, 2, 3, 4, shape (k, 4).
    """

    x: Floats
    below: Floats

    def levels(self, values: Floats) -> Floats:
        """Probabilities of levels 1-5 for each value, shape (n, 5)."""
        columns = [np.interp(values, self.x, column) for column in self.below.T]
        edges = [np.zeros_like(values), *columns, np.ones_like(values)]
        shares: Floats = np.diff(np.stack(edges, axis=1), axis=1)
        return np.maximum(shares, 0.0)


def fit_map(values: Floats, gold: Floats) -> LevelMap:
    """Fit a map by isotonic distributional regression.

    Parameters
    ----------
    values
        The judge's expected values, shape (n,).
    gold
        Whole numbers 1-5, shape (n,).

    Examples
    --------
    >>> found = fit_map(np.array([1.0, 1.2, 3.0, 3.1]), np.array([1.0, 2.0, 2.0, 3.0]))
    >>> found.levels(np.array([1.0, 3.1])).round(2).tolist()
    [[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0]]
    """
    x, place, count = np.unique(np.round(values, 6), return_inverse=True, return_counts=True)
    isotonic = scipy("optimize", "a calibration").isotonic_regression
    below = []
    for level in range(1, LEVELS):
        share = np.bincount(place, weights=(gold <= level).astype(float)) / count
        below.append(isotonic(share, weights=count.astype(float), increasing=False).x)
    # Rounded here, so that a kept calibration maps as the one it was kept of.
    return LevelMap(x, np.stack(below, axis=1).round(6))


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a judge's expected values to gold levels, kept with what it was made of.

    Attributes
    ----------
    maps
        One a score that the gold had.
    before, after
        Agreement of the judge as it is, and calibrated by maps fitted without the card's author.
    cards
        Id and text hash of each card, with gold and the judge's whole numbers (n, 9); no text.
    """

    judge: str
    version: str
    rubric: str
    gold: str
    gold_sha256: str
    made_at: str
    maps: Mapping[str, LevelMap]
    before: Mapping[str, GoldAgreement]
    after: Mapping[str, GoldAgreement]
    cards: tuple[tuple[str, str], ...]
    gold_numbers: Floats
    given_numbers: Floats

    @property
    def digest(self) -> str:
        """Names the maps: the same digest maps alike."""
        text = json.dumps(_maps_dict(self.maps), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def calibrate(
    ratings: Path,
    gold: Path | None = None,
    *,
    judge: str | None = None,
    gold_judge: str | None = None,
    gold_cards: GoldCards = "all",
    draws: int = 1000,
    seed: int = 0,
) -> Calibration:
    """Fit a calibration to the ratings of a judge and of gold.

    Parameters
    ----------
    ratings, gold, judge, gold_judge, gold_cards, draws, seed
        As of :func:`.validate`.

    Raises
    ------
    DataError
        As :func:`.validate` and :func:`fit_calibration`.
    """
    paired = read_pairs(ratings, gold, judge=judge, gold_judge=gold_judge, gold_cards=gold_cards)
    source = gold or ratings
    name = name_gold(source, paired.rater_names)
    return fit_calibration(paired, name, hash_file(source), draws=draws, seed=seed)


def fit_calibration(
    paired: PairedReadings, gold_name: str, gold_sha256: str, *, draws: int = 1000, seed: int = 0
) -> Calibration:
    """Fit a map for every score and measure what it changes on authors it was not fitted on.

    Raises
    ------
    DataError
        Fewer than 20 cards, or of a single author.
    """
    if len(paired.readings) < MINIMUM_CARDS or len(set(paired.authors)) < 2:
        raise DataError(
            f"{len(paired.readings)} cards are too few for a calibration",
            hint=f"Rate {MINIMUM_CARDS} or more gold cards of several authors.",
        )
    expected, whole = paired.column("expected"), paired.column("whole")
    folds = author_folds(paired.authors, FOLDS, seed)
    maps, before, after = {}, {}, {}
    for place, name in enumerate(SCORES):
        known = np.isfinite(paired.gold[:, place]) & np.isfinite(expected[:, place])
        if known.sum() < MINIMUM_CARDS:
            continue
        x, gold, fold = expected[known, place], paired.gold[known, place], folds[known]
        owners = np.array(paired.authors)[known]
        maps[name] = fit_map(x, gold)
        bounds = np.stack([paired.column(side)[known, place] for side in ("low", "high")], axis=1)
        before[name] = measure_against_gold(
            gold, whole[known, place], x, owners, bounds=bounds, draws=draws, seed=seed
        )
        after[name] = _cross_fitted(x, gold, fold, owners, draws, seed)
    first = paired.readings[0]
    return Calibration(
        judge=first.judge,
        version=first.version,
        rubric=first.rubric,
        gold=gold_name,
        gold_sha256=gold_sha256,
        made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        maps=maps,
        before=before,
        after=after,
        cards=tuple((reading.id, reading.sha256) for reading in paired.readings),
        gold_numbers=paired.gold,
        given_numbers=whole,
    )


def author_folds(authors: Sequence[str], folds: int, seed: int) -> WholeNumbers:
    """A fold for each row; rows of one author share theirs.

    Examples
    --------
    >>> author_folds(["a", "b", "a"], 2, 0).tolist()
    [0, 1, 0]
    """
    owners, owner = np.unique(np.asarray(authors, dtype=str), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(owners))
    folded: WholeNumbers = (order % min(folds, len(owners)))[owner].astype(np.int64)
    return folded


def _cross_fitted(
    x: Floats, gold: Floats, fold: WholeNumbers, owners: NDArray[np.str_], draws: int, seed: int
) -> GoldAgreement:
    levels = np.zeros((x.size, LEVELS))
    for number in np.unique(fold):
        test = fold == number
        levels[test] = fit_map(x[~test], gold[~test]).levels(x[test])
    scores = [Score.from_levels(row) for row in levels]
    return measure_against_gold(
        gold,
        [score.value for score in scores],
        [score.expected for score in scores],
        owners,
        bounds=np.array([[score.low, score.high] for score in scores]),
        draws=draws,
        seed=seed,
    )


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON."""
    body = {
        "kind": _KIND,
        "format": FORMAT,
        "cardiogram": version("cardiogram"),
        **{name: getattr(calibration, name) for name in _TEXTS},
        "method": "isotonic distributional regression",
        "maps": _maps_dict(calibration.maps),
        "agreement": {name: _headline(figures) for name, figures in calibration.before.items()},
        "figures": {name: asdict(figures) for name, figures in calibration.before.items()},
        "figures_calibrated": {
            name: asdict(figures) for name, figures in calibration.after.items()
        },
        "cards": [
            {"id": id, "sha256": sha, "gold": _plain(gold), "given": _plain(judged)}
            for (id, sha), gold, judged in zip(
                calibration.cards, calibration.gold_numbers, calibration.given_numbers, strict=True
            )
        ],
    }
    text = json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(path, f"{text}\n".encode())


def load_calibration(path: Path) -> Calibration:
    """Read what :func:`save_calibration` wrote.

    Raises
    ------
    DataError
        It is no calibration, or one that a later cardiogram wrote.
    """
    try:
        body = json.loads(path.read_text("utf-8"))
        if body["kind"] != _KIND or body["format"] > FORMAT:
            raise DataError(
                f"{str(path)!r} is no calibration that this cardiogram can read",
                hint="pip install --upgrade cardiogram",
            )
        return Calibration(
            **{name: str(body[name]) for name in _TEXTS},
            maps={name: _read_map(name, entry) for name, entry in body["maps"].items()},
            before={name: _read_agreement(entry) for name, entry in body["figures"].items()},
            after={
                name: _read_agreement(entry) for name, entry in body["figures_calibrated"].items()
            },
            cards=tuple((card["id"], card["sha256"]) for card in body["cards"]),
            gold_numbers=np.array([card["gold"] for card in body["cards"]], float),
            given_numbers=np.array([card["given"] for card in body["cards"]], float),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"cannot read the calibration {str(path)!r}: {error}",
            hint="Make it again: cardiogram judges calibrate save RATINGS GOLD --out FILE",
        ) from error


_TEXTS = ("judge", "version", "rubric", "gold", "gold_sha256", "made_at")


def _read_map(name: str, entry: Mapping[str, Sequence[float]]) -> LevelMap:
    level_map = LevelMap(np.array(entry["x"], float), np.array(entry["below"], float))
    if (
        name not in SCORES
        or level_map.below.shape != (level_map.x.size, LEVELS - 1)
        or not level_map.x.size
    ):
        raise ValueError(f"the map of {name!r} is damaged")
    return level_map


def _read_agreement(entry: Mapping[str, object]) -> GoldAgreement:
    figures = {
        name: Measurement(**value) if isinstance(value, dict) else value
        for name, value in entry.items()
    }
    return GoldAgreement(**figures)  # type: ignore[arg-type]


def _maps_dict(maps: Mapping[str, LevelMap]) -> dict[str, dict[str, object]]:
    return {
        name: {"x": level_map.x.tolist(), "below": level_map.below.round(6).tolist()}
        for name, level_map in maps.items()
    }


def _headline(agreement: GoldAgreement) -> dict[str, float | None]:
    """Kappa with its interval, for lists of judges."""
    qwk = agreement.qwk
    return {"n": agreement.n, "qwk": qwk.value, "low": qwk.low, "high": qwk.high}


def _plain(row: Floats) -> list[int | None]:
    return [int(value) if np.isfinite(value) else None for value in row]

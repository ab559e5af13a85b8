"""The built-in judge: no key, no network, the same answer everywhere.

Countable features of a card go through gradient-boosted trees and a kernel that were trained on a
language model's ratings by the same rubric. Every number comes with an interval from the errors
that they made on authors they had not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import Card
from cardiogram.cards.features import FEATURE_NAMES, CardFeatures, read_features
from cardiogram.errors import JudgeError
from cardiogram.judge.embedded.gain_factors import GainFactors
from cardiogram.judge.embedded.intervals import Decision, decide
from cardiogram.judge.embedded.model import Forest, Kernel, Model
from cardiogram.judge.expectations import explain
from cardiogram.judge.rating import Rating, Score
from cardiogram.names import DATA, SCORES

OWN = "embedded:"
"""What the name of a judge of one's own starts with; its folder follows."""


_Part = TypeVar("_Part", Forest, Kernel, Decision)

Record = Mapping[str, "float | None"]
"""Figures of one number, by name."""


class AgreementRecord(TypedDict):
    """How far a trained judge agrees with its labels: by number, also by set; overall by kind."""

    method: str
    scores: Mapping[str, Record]
    sets: Mapping[str, Mapping[str, Record]]
    strata: Mapping[str, Record]


class TrainingRecord(TypedDict):
    """What `judge.json` says of a trained judge."""

    version: str
    rubric: str
    seed: int
    cards: int
    authors: int
    sets: Mapping[str, int]
    copies: Mapping[str, int]
    data_sha256: str
    settings: Mapping[str, object]
    share: list[float]
    sharpness: list[list[float]]
    answer: list[float]
    agreement: AgreementRecord
    in_order: Record
    responsiveness: Mapping[str, Record]
    changes: Mapping[str, Record]
    gain_factors: Mapping[str, float]
    gains: Mapping[str, Record]
    features: list[str]


@dataclass(frozen=True, slots=True)
class Weights:
    """What training leaves behind.

    Attributes
    ----------
    model
        One output a score, in the order of :data:`cardiogram.names.SCORES`.
    decisions
        What makes whole numbers and intervals of them, one a score.
    about
        Seed, data hash, versions and measured agreement.
    gain_factors
        What readers make of a change of the expected values.
    """

    model: Model
    decisions: Sequence[Decision]
    about: TrainingRecord
    gain_factors: GainFactors = field(default_factory=GainFactors)


@dataclass(frozen=True, slots=True)
class EmbeddedJudge:
    """The judge that ships with the package.

    Examples
    --------
    >>> from cardiogram.cards.card import parse_card
    >>> embedded_judge().rate([parse_card("# A model")])[0].scores["overall"].value
    1
    """

    weights: Weights
    id: str = "embedded"

    @property
    def version(self) -> str:
        """Version of the shipped weights."""
        return self.weights.about["version"]

    @property
    def rubric_version(self) -> str:
        """The rubric whose ratings it learned."""
        return self.weights.about["rubric"]

    def expect(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Expected values of the nine numbers, shape (cards, 9), within 1-5."""
        return self.weights.model.predict(x)

    def respond(
        self, now: NDArray[np.float64], after: NDArray[np.float64], criteria: Sequence[str]
    ) -> NDArray[np.float64]:
        """What readers would give for a change of the expected values; see GainFactors.gains."""
        return self.weights.gain_factors.gains(now, after, criteria)

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """Rate cards; never fails, whatever they contain."""
        return self.rate_read(read_features(cards))

    def rate_read(self, cards: Sequence[CardFeatures]) -> list[Rating]:
        """Rate cards whose features are counted already."""
        if not cards:
            return []
        numbers = np.round(self._decide(np.vstack([read.vector for read in cards])), 4).tolist()
        return [self._rating(read, rows) for read, rows in zip(cards, numbers, strict=True)]

    def _decide(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Whole number, expected value and bounds of each score, shape (cards, 9, 4)."""
        expected = self.expect(x)
        numbers = np.empty((*expected.shape, 4))
        for j, decision in enumerate(self.weights.decisions):
            whole, bounds = decide(x, expected[:, j], decision)
            numbers[:, j] = np.column_stack([whole, expected[:, j], np.clip(bounds, 1.0, 5.0)])
        return numbers

    def _rating(self, read: CardFeatures, rows: list[list[float]]) -> Rating:
        return Rating(
            judge=self.id,
            judge_version=self.version,
            rubric_version=self.rubric_version,
            input_sha256=read.card.input_sha256,
            scores={
                name: Score(int(value), mean, low, high)
                for name, (value, mean, low, high) in zip(SCORES, rows, strict=True)
            },
            evidence=explain(read),
            problems=read.card.problems,
        )


def pack_weights(model: Model, decisions: Sequence[Decision]) -> NDArray[np.void]:
    """One record with a field for each array, as `judge.npy` holds it."""
    return _record(
        {
            "forest": _pack(model.forest),
            "kernel": _pack(model.kernel),
            "decisions": np.array([_pack(decision) for decision in decisions]),
        }
    )


def _pack(part: Forest | Kernel | Decision) -> NDArray[np.void]:
    return _record({array.name: np.asarray(getattr(part, array.name)) for array in fields(part)})


def _record(arrays: Mapping[str, NDArray[np.generic]]) -> NDArray[np.void]:
    types = [(name, array.dtype, array.shape) for name, array in arrays.items()]
    return np.array(tuple(arrays.values()), types)


def _unpack(kind: Callable[..., _Part], record: NDArray[np.void]) -> _Part:
    """A part of the model from its record, each array in memory of its own."""
    return kind(**{name: record[name].copy() for name in record.dtype.names or ()})


def load_weights(folder: Path) -> Weights:
    """Read weights from `judge.npy` and `judge.json`.

    Raises
    ------
    JudgeError
        The files are missing, damaged, or made for other features.
    """
    try:
        about: TrainingRecord = json.loads((folder / "judge.json").read_text("utf-8"))
        file = BytesIO((folder / "judge.npy").read_bytes())
        record = np.lib.format.read_array(file, allow_pickle=False)
        forest, kernel = _unpack(Forest, record["forest"]), _unpack(Kernel, record["kernel"])
        decisions = [_unpack(Decision, decision) for decision in record["decisions"]]
        outputs = [np.array(about[name], float) for name in ("share", "sharpness", "answer")]
        model = Model(forest, kernel, *outputs)
        gain_factors = GainFactors(**about.get("gain_factors", {}))
        features = list(about["features"])
    except (OSError, EOFError, ValueError, LookupError, TypeError) as error:
        raise JudgeError(
            f"cannot read the judge in {str(folder)!r}: {error}",
            hint="Train it again: cardiogram judges train LABELS --cards CARDS --out DIR",
        ) from error
    if features != list(FEATURE_NAMES):
        raise JudgeError(
            f"the judge in {str(folder)!r} was trained for other features",
            hint="Train it again: cardiogram judges train LABELS --cards CARDS --out DIR",
        )
    return Weights(model, decisions, about, gain_factors)


def own_id(folder: Path) -> str:
    """Name of the judge in a folder: `my-judge` is `embedded-my-judge`."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-")
    return f"embedded-{name or 'own'}"


def own_judge(folder: Path) -> EmbeddedJudge:
    """The judge that `cardiogram judges train` wrote to a folder.

    Its id is made from the folder's name: `my-judge` is `embedded-my-judge`.

    Raises
    ------
    JudgeError
        There is no such judge, or it was made for other features.
    """
    return EmbeddedJudge(load_weights(folder), id=own_id(folder))


@cache
def embedded_judge() -> EmbeddedJudge:
    """The judge with the shipped weights."""
    return EmbeddedJudge(load_weights(DATA / "judge"))

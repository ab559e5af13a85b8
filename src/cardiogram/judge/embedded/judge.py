"""The built-in judge: no key, no network, the same answer everywhere.

Countable features of a card go through gradient-boosted trees and a kernel that were trained on a
language model's ratings by the same rubric. Every number comes with an interval from the errors
that they made on authors they had not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

from cardiogram.cards import Card
from cardiogram.cards.features import FEATURE_NAMES, CardFeatures, Vector, read_features
from cardiogram.errors import JudgeError
from cardiogram.judge.embedded.decision import read_decision
from cardiogram.judge.embedded.evaluator import Evaluator, Outputs
from cardiogram.judge.embedded.gain_factors import GainFactors
from cardiogram.judge.expectations import Gain, explain
from cardiogram.judge.rating import Evidence, Rating, Score
from cardiogram.names import DATA, SCORES
from cardiogram.records import dataclass, field
from cardiogram.store import ArrayReader

OWN = "embedded:"
"""What the name of a judge of one's own starts with; its folder follows."""


EvidenceOf = Callable[[CardFeatures], "tuple[Evidence, ...]"]


def no_evidence(read: CardFeatures) -> tuple[Evidence, ...]:
    """For a rating of which only the numbers are asked, or whose evidence is measured after it."""
    return ()


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
    evaluator
        From features to the nine numbers, in the order of :data:`cardiogram.names.SCORES`.
    about
        Seed, data hash, versions and measured agreement.
    gain_factors
        What readers make of a change of the expected values.
    """

    evaluator: Evaluator
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

    def expect(self, rows: Sequence[Vector]) -> list[list[float]]:
        """Expected values of the nine numbers from features, one list a row, within 1-5."""
        return self.weights.evaluator.expect(rows)

    def respond(
        self, now: Sequence[float], after: Sequence[Sequence[float]], criteria: Sequence[str]
    ) -> list[Gain]:
        """What readers would give for a change of the expected values; see GainFactors.gains."""
        return self.weights.gain_factors.gains(now, after, criteria)

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """Rate cards; never fails, whatever they contain."""
        return self.rate_read(read_features(cards))

    def rate_read(
        self, cards: Sequence[CardFeatures], evidence_of: EvidenceOf = explain
    ) -> list[Rating]:
        """Rate cards whose features are counted already.

        Parameters
        ----------
        evidence_of
            What finds the evidence of a card; :func:`no_evidence` where nobody asks for it.
        """
        numbers = self.weights.evaluator.decide([read.vector for read in cards])
        rated = zip(cards, numbers, strict=True)
        return [self._rating(read, scores, evidence_of(read)) for read, scores in rated]

    def rate_columns(self, cards: Sequence[CardFeatures]) -> dict[str, Sequence[float]]:
        """The nine numbers of cards as columns of `ratings/*.parquet`, without evidence."""
        return self.weights.evaluator.decide_columns([read.vector for read in cards])

    def _rating(
        self, read: CardFeatures, scores: list[Score], evidence: tuple[Evidence, ...]
    ) -> Rating:
        return Rating(
            judge=self.id,
            judge_version=self.version,
            rubric_version=self.rubric_version,
            input_sha256=read.card.input_sha256,
            scores=dict(zip(SCORES, scores, strict=True)),
            evidence=evidence,
            problems=read.card.problems,
        )


def load_weights(folder: Path) -> Weights:
    """Read weights from `judge.npy` and `judge.json`.

    Raises
    ------
    JudgeError
        The files are missing, damaged, or made for other features.
    """
    try:
        about: TrainingRecord = json.loads((folder / "judge.json").read_text("utf-8"))
        record = ArrayReader((folder / "judge.npy").read_bytes()).read_record()
        outputs = Outputs(about["share"], about["sharpness"], about["answer"])
        decisions = [read_decision(fields) for fields in record["decisions"]]
        evaluator = Evaluator(record, outputs, decisions)
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
    return Weights(evaluator, about, gain_factors)


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

"""The built-in judge of dataset cards: a checklist that anyone can follow by hand.

There are no labelled dataset cards, so it is not trained, and its agreement with people or with
other judges has not been measured. Its numbers come without intervals for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardiogram.cards import Card
from cardiogram.cards.features import DatasetFeatures, count_dataset_features
from cardiogram.judge.dataset_cards.checklist import CHECKLIST, ChecklistItem
from cardiogram.judge.expectations import Gap, lines_of_topic, sort_gaps
from cardiogram.judge.rating import Evidence, Rating, Score
from cardiogram.names import SCORES_OF, CardType

UNMEASURED = "no measured agreement"
"""What is said of this judge wherever another one's agreement stands."""

_WEIGHTS = {
    "identity": 2.0,
    "composition": 2.0,
    "collection": 2.0,
    "usage": 1.5,
    "rights": 1.5,
    "limitations": 1.5,
    "metadata": 1.0,
    "structure": 1.0,
}
"""How much each criterion weighs in the overall expectation."""

_NEEDED = ("composition", "collection", "rights", "limitations")
"""Criteria of which at most one may be missing or token in a card that is good."""

_ADEQUATE, _MINIMAL = 3.4, 2.4

Verdicts = Mapping[ChecklistItem, bool]
"""Whether a card meets each item."""


@dataclass(frozen=True, slots=True)
class DatasetJudge:
    """Rates dataset cards by counting what the rubric asks for.

    A criterion's expectation is 1 plus four times the share of its points that the card has. The
    overall one is their weighted mean, at most 3.4 where two of composition, collection, rights
    and limitations are absent or token, and at most 2.4 where three are: the rubric's own words.

    Examples
    --------
    >>> from cardiogram.cards.card import parse_card
    >>> DatasetJudge().rate([parse_card("# Birds")])[0].scores["overall"].value
    1
    """

    id: str = "dataset-rules"
    version: str = "1"
    rubric_version: str = "dataset-card-v1"

    @property
    def rates(self) -> CardType:
        """Whose cards it rates."""
        return "dataset"

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """Rate cards; never fails, whatever they contain."""
        return [self._rate(card) for card in cards]

    def _rate(self, card: Card) -> Rating:
        features = count_dataset_features(card)
        verdicts = _decide_items(card, features)
        return Rating(
            judge=self.id,
            judge_version=self.version,
            rubric_version=self.rubric_version,
            input_sha256=card.input_sha256,
            scores={
                name: Score(min(5, int(value + 0.5)), value, None, None)
                for name, value in _expect(verdicts).items()
            },
            evidence=tuple(
                Evidence(
                    requirement.criterion,
                    requirement.present if is_met else requirement.missing,
                    *_lines(card, features, requirement),
                )
                for requirement, is_met in verdicts.items()
            ),
            problems=card.problems,
        )

    def find_gaps(self, card: Card) -> tuple[Gap, ...]:
        """What the card lacks, the costliest first, with what this judge would add for it."""
        features = count_dataset_features(card)
        verdicts = _decide_items(card, features)
        now = _expect(verdicts)
        gaps = []
        for requirement, is_met in verdicts.items():
            if is_met:
                continue
            after = _expect({**verdicts, requirement: True})
            first, _ = _lines(card, features, requirement)
            gaps.append(
                Gap(
                    requirement.key,
                    requirement.criterion,
                    requirement.missing,
                    requirement.advice,
                    first,
                    round(after["overall"] - now["overall"], 3),
                    round(after[requirement.criterion] - now[requirement.criterion], 3),
                )
            )
        return sort_gaps(gaps)


def _decide_items(card: Card, features: DatasetFeatures) -> Verdicts:
    return {requirement: requirement.is_met(card, features) for requirement in CHECKLIST}


def _expect(verdicts: Verdicts) -> dict[str, float]:
    """Expectations of the nine numbers, 1.0-5.0, overall first."""
    had, all_points = dict.fromkeys(_WEIGHTS, 0), dict.fromkeys(_WEIGHTS, 0)
    for requirement, is_met in verdicts.items():
        all_points[requirement.criterion] += requirement.points
        had[requirement.criterion] += requirement.points * is_met
    values = {name: 1 + 4 * had[name] / all_points[name] for name in _WEIGHTS}
    written = any(had[name] for name in _WEIGHTS if name != "structure")
    if not written:  # an empty page has no structure to speak of
        values["structure"] = 1.0
    overall = sum(_WEIGHTS[name] * value for name, value in values.items()) / sum(_WEIGHTS.values())
    token = sum(values[name] < 2.5 for name in _NEEDED)
    if token >= 3:
        overall = min(overall, _MINIMAL)
    elif token == 2:
        overall = min(overall, _ADEQUATE)
    expected = {"overall": overall, **values}
    return {name: round(expected[name], 4) for name in SCORES_OF["dataset"]}


def _lines(card: Card, features: DatasetFeatures, requirement: ChecklistItem) -> tuple[int, int]:
    """First and last line of the place an item speaks of."""
    first, last = lines_of_topic(card, requirement.topic, features)
    return (1, last) if requirement.topic == "whole" else (first, last)

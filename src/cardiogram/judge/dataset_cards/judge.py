"""The built-in judge of dataset cards: a checklist that anyone can follow by hand.

There are no labelled dataset cards, so it is not trained, and its agreement with people or with
other judges has not been measured. Its numbers come without intervals for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardiogram.cards import Card
from cardiogram.cards.features import DatasetFeatures, count_dataset_features
from cardiogram.judge.dataset_cards.checklist import ITEMS, Item
from cardiogram.judge.expectations import Gap
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
        told = _tell(card, features)
        return Rating(
            judge=self.id,
            judge_version=self.version,
            rubric_version=self.rubric_version,
            input_sha256=card.input_sha256,
            scores={name: _score(value) for name, value in _expect(told).items()},
            evidence=tuple(
                Evidence(
                    item.criterion,
                    item.present if holds else item.missing,
                    *_lines(card, features, item),
                )
                for item, holds in told.items()
            ),
            problems=card.problems,
        )

    def find_gaps(self, card: Card) -> tuple[Gap, ...]:
        """What the card lacks, the costliest first, with what this judge would add for it."""
        features = count_dataset_features(card)
        told = _tell(card, features)
        now = _expect(told)
        gaps = []
        for item, holds in told.items():
            if holds:
                continue
            after = _expect({**told, item: True})
            first, _ = _lines(card, features, item)
            gaps.append(
                Gap(
                    item.key,
                    item.criterion,
                    item.missing,
                    item.advice,
                    first,
                    round(after["overall"] - now["overall"], 3),
                    round(after[item.criterion] - now[item.criterion], 3),
                )
            )
        return tuple(sorted(gaps, key=lambda gap: (-(gap.gain + gap.criterion_gain / 8), gap.key)))


def _tell(card: Card, features: DatasetFeatures) -> dict[Item, bool]:
    return {item: item.holds(card, features) for item in ITEMS}


def _expect(told: Mapping[Item, bool]) -> dict[str, float]:
    """Expectations of the nine numbers, 1.0-5.0, overall first."""
    had, all_points = dict.fromkeys(_WEIGHTS, 0), dict.fromkeys(_WEIGHTS, 0)
    for item, holds in told.items():
        all_points[item.criterion] += item.points
        had[item.criterion] += item.points * holds
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
    found = {"overall": overall, **values}
    return {name: round(found[name], 4) for name in SCORES_OF["dataset"]}


def _score(expected: float) -> Score:
    return Score(min(5, int(expected + 0.5)), expected, None, None)


def _lines(card: Card, features: DatasetFeatures, item: Item) -> tuple[int, int]:
    """First and last line of the place an item speaks of."""
    end = max(1, card.text.count("\n") + (not card.text.endswith("\n")))
    if item.topic == "":
        return 1, max(1, card.body_line)
    if item.topic == "whole":
        return 1, end
    count = features.section(item.topic)
    if count.first_line:
        return count.first_line, max(count.first_line, count.last_line)
    return end, end

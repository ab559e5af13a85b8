"""Rate changed cards and measure what the change did, with intervals by author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from cardiogram.cards import Card
from cardiogram.errors import DataError
from cardiogram.judge.audit.probes import Gate, Probe, list_probes
from cardiogram.judge.rating import Judge, Rating
from cardiogram.judge.validation import Measurement, draw_authors
from cardiogram.names import SCORES
from cardiogram.progress import Progress, silent
from cardiogram.stats import Floats

_BATCH = 128


@dataclass(frozen=True, slots=True)
class AuditEffect:
    """What one change did to the ratings of the cards to which it applies.

    Attributes
    ----------
    n, authors
        Cards rated before and after.
    shift
        Mean change of the expected value of `score`, in rating points; of gate "one", the share
        of cards rated above 1.
    scores
        Mean change of each of the nine numbers.
    moved
        Share of cards whose whole number of `score` is another; None where no card was changed.
    lost
        Cards that were rated before and not after: refused, unparsed, abstained, failed.
    failed
        Whether the effect is beyond its tolerance.
    """

    name: str
    family: str
    score: str
    n: int
    authors: int
    shift: Measurement
    scores: Mapping[str, float]
    moved: float | None
    lost: int
    gate: Gate
    tolerance: float
    failed: bool

    @property
    def unsure(self) -> bool:
        """Whether the interval reaches across the gate, so that more cards could tell otherwise."""
        low, high = self.shift.low, self.shift.high
        if low is None or high is None or self.gate in ("one", "shown"):
            return False
        if self.gate == "shift":
            least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            return least <= self.tolerance < max(abs(low), abs(high))
        edge = -self.tolerance if self.gate == "missed" else self.tolerance
        return low <= edge < high


@dataclass(frozen=True, slots=True)
class Audit:
    """All effects of one judge.

    Attributes
    ----------
    cards
        Cards that it rated as they are.
    skipped
        Probes that apply to none of the cards.
    unseen
        Of a judge that is shown a part of a card: cards on which a change is not shown, by probe.
    unmeasured
        What was not measured, and why.
    seen
        Cards that it has learned from.
    """

    judge: str
    version: str
    cards: int
    authors: int
    effects: tuple[AuditEffect, ...]
    skipped: tuple[str, ...]
    unseen: Mapping[str, int] = field(default_factory=dict)
    unmeasured: tuple[str, ...] = ()
    seen: int = 0

    @property
    def failed(self) -> tuple[AuditEffect, ...]:
        """Effects beyond their tolerance."""
        return tuple(effect for effect in self.effects if effect.failed)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            **asdict(self),
            "failed": [effect.name for effect in self.failed],
            "unsure": [effect.name for effect in self.effects if effect.unsure],
        }


def audit(
    judge: Judge,
    cards: Sequence[Card],
    probes: Sequence[Probe] | None = None,
    *,
    draws: int = 1000,
    seed: int = 0,
    on_progress: Progress = silent,
) -> Audit:
    """Rate cards as they are and changed, and measure every effect.

    Parameters
    ----------
    judge
        It rates about as many cards as there are, times one more than there are probes.
    cards
        Real cards; a change that does not apply to a card leaves it out.
    probes
        All of :func:`.list_probes` by default.

    Raises
    ------
    DataError
        The judge rated none of the cards.
    """
    probes = list_probes() if probes is None else probes
    steps = len(probes) + 1
    before = {
        place: rating
        for place, rating in enumerate(_rate_all(judge, cards))
        if rating.status == "rated"
    }
    on_progress("audit", 1, steps)
    if not before:
        raise DataError(f"{judge.id!r} rated none of the {len(cards)} cards")
    effects, skipped = [], []
    for number, probe in enumerate(probes, 2):
        changed = {place: card for place in before if (card := probe.change(cards[place]))}
        if changed:
            after = dict(zip(changed, _rate_all(judge, list(changed.values())), strict=True))
            effects.append(_measure(probe, cards, before, after, draws, seed))
        else:
            skipped.append(probe.name)
        on_progress("audit", number, steps)
    authors = {author_of(cards[place]) for place in before}
    return Audit(judge.id, judge.version, len(before), len(authors), tuple(effects), tuple(skipped))


def author_of(card: Card) -> str:
    """The owner of a card's repository; "" where its id names none."""
    return card.id.partition("/")[0]


def _rate_all(judge: Judge, cards: Sequence[Card]) -> Iterator[Rating]:
    for first in range(0, len(cards), _BATCH):
        yield from judge.rate(cards[first : first + _BATCH])


def _measure(
    probe: Probe,
    cards: Sequence[Card],
    before: Mapping[int, Rating],
    after: Mapping[int, Rating],
    draws: int,
    seed: int,
) -> AuditEffect:
    rated = [place for place, rating in after.items() if rating.status == "rated"]
    lost = len(after) - len(rated)
    changes = np.array([_change(before[place], after[place]) for place in rated])
    changes = changes.reshape(-1, len(SCORES))
    moved = [
        _whole(before[place], probe.score) != _whole(after[place], probe.score) for place in rated
    ]
    values = changes[:, SCORES.index(probe.score)]
    if probe.gate == "one":
        values = np.array([_whole(after[place], probe.score) > 1 for place in rated], float)
    authors = [author_of(cards[place]) or str(place) for place in rated]
    shift = Measurement(None)
    if rated:
        draw = draw_authors(authors, draws, seed)
        shift = draw.figure(draw.mean(values))
    return AuditEffect(
        name=probe.name,
        family=probe.family,
        score=probe.score,
        n=len(rated),
        authors=len(set(authors)),
        shift=shift,
        scores=_means(changes),
        moved=float(np.mean(moved)) if rated else 0.0,
        lost=lost,
        gate=probe.gate,
        tolerance=probe.tolerance,
        failed=_fails(probe, shift, lost),
    )


def _means(changes: Floats) -> dict[str, float]:
    if not changes.size or not np.isfinite(changes).any(axis=0).all():
        return {}
    return {name: round(float(np.nanmean(changes[:, j])), 4) for j, name in enumerate(SCORES)}


def _change(before: Rating, after: Rating) -> list[float]:
    """After minus before, of the nine expected values."""
    return [
        after.scores[name].expected - before.scores[name].expected
        if name in after.scores and name in before.scores
        else float("nan")
        for name in SCORES
    ]


def _whole(rating: Rating, score: str) -> int:
    return rating.scores[score].value if score in rating.scores else 0


def _fails(probe: Probe, shift: Measurement, lost: int) -> bool:
    """Whether a mean effect is beyond its tolerance; a judge that was silenced fails, too."""
    if probe.gate == "shown":
        return False
    if shift.value is None:
        return lost > 0
    beyond = {
        "gain": shift.value,
        "shift": abs(shift.value),
        "missed": shift.value + 2 * probe.tolerance,  # the loss must reach the tolerance
        "one": shift.value,
    }[probe.gate]
    return beyond > probe.tolerance + 1e-9

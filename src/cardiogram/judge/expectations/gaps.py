"""Why a card is rated as it is: evidence with lines, and the gaps that cost it most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set as AbstractSet
from functools import lru_cache
from typing import TYPE_CHECKING

from cardiogram.cards import Card
from cardiogram.cards.features import (
    CardFeatures,
    Features,
    Vector,
    first_braces,
    is_unfilled,
)
from cardiogram.judge.expectations.amounts import more_on, say_advice, say_missing
from cardiogram.judge.expectations.conditions import name_conditions
from cardiogram.judge.expectations.evidence import ShownVerdict, keep_shown
from cardiogram.judge.expectations.expectations import EXPECTATIONS, Expectation
from cardiogram.judge.expectations.hints import find_unfilled_results, shows_results
from cardiogram.judge.expectations.lifts import lift_features
from cardiogram.judge.expectations.own_code import UNNAMED, find_base, read_as_loaded
from cardiogram.judge.expectations.predicates import FIRM
from cardiogram.judge.expectations.verdicts import (
    decide_all,
    decide_expectations,
)
from cardiogram.judge.rating import Evidence
from cardiogram.names import CRITERIA, SCORES
from cardiogram.records import NamedTuple, dataclass, replace

if TYPE_CHECKING:
    from cardiogram.cards.features import DatasetFeatures

_BY_KEY = {expectation.key: expectation for expectation in EXPECTATIONS}

_BASE = (
    "does not name the model that it was made from in the metadata",
    "Add `base_model:` with the original's id: the model is of no use, or of unknown origin, "
    "without it.",
)

_UNFILLED = (
    "the table of results has no value in it",
    "Fill in the numbers, or take the table away.",
)
_IN_METADATA = (
    "the results stand in the metadata alone",
    "Put the main results in a table on the card, with the test set they were measured on.",
)

Expect = Callable[[Sequence[Vector]], Sequence[Sequence[float]]]
"""Features of cards to their nine expected values."""


class Gain(NamedTuple):
    """What mending something gains: in its criterion, overall, and the range of the criterion's."""

    own: float
    overall: float
    low: float
    high: float


Respond = Callable[[Sequence[float], Sequence[Sequence[float]], Sequence[str]], Sequence[Gain]]
"""Expected values of a card, those of the card mended in n ways, and the criteria of these, to the
gain of each."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a reader misses, and what mending it would gain.

    Attributes
    ----------
    line
        Where it is missing: the section's heading, the metadata, the first line of the body, or the
        end of the card.
    gain
        How much a reader's overall rating would rise, as far as the judge knows.
    criterion_gain
        How much that of the criterion would.
    low, high
        90 % interval of the criterion's gain; None where it is not known.
    """

    key: str
    criterion: str
    missing: str
    advice: str
    line: int
    gain: float
    criterion_gain: float
    low: float | None = None
    high: float | None = None


def explain(read: CardFeatures) -> tuple[Evidence, ...]:
    """What a rating rests on, expectation by expectation, in the order of the criteria."""
    return explain_shown(read, keep_shown(read, decide_expectations(read)))


def explain_shown(read: CardFeatures, shown: Iterable[ShownVerdict]) -> tuple[Evidence, ...]:
    """As :func:`explain`, of what was decided before."""
    evidence = []
    places: dict[tuple[str, bool], tuple[int, int]] = {}
    for (expectation, is_met), ranges in shown:
        if ranges:
            longest = max(ranges, key=lambda some: some.last - some.first)
            others = ranges if len(ranges) > 1 else ()
            evidence.append(
                Evidence(expectation.criterion, expectation.present, *longest, places=others)
            )
            continue
        if is_met:
            lines = 1, _last_line(read.card)
        else:  # many expectations speak of one place
            place = expectation.topic, expectation.criterion == "identity"
            lines = places.get(place) or places.setdefault(place, _lines(read, expectation))
        words = expectation.present if is_met else say_missing(expectation, read)
        evidence.append(Evidence(expectation.criterion, words, *lines))
    return tuple(evidence)


def find_gaps(
    read: CardFeatures, expect: Expect, respond: Respond | None = None
) -> tuple[Gap, ...]:
    """What the card lacks, what holds it back most first.

    A part of something that is missing itself is not asked for, nor what would gain nothing. What
    words of the card only hint at, or only words speak for, counts as missing as a whole if its
    criterion is rated 1 or 2.

    Parameters
    ----------
    expect
        The judge's expected values from features; it is asked once, of the card and of the card
        with each missing thing mended.
    respond
        What readers make of such a change; the change itself unless given.
    """
    decided = decide_all(read)
    missing = [verdict.expectation for verdict in decided.verdicts if not verdict.is_met]
    known = {"", *(wanted.key for wanted, is_met in decided.verdicts if is_met)}
    parts = {expectation.part_of for expectation in missing}
    weak = [
        wanted
        for wanted, _ in decided.verdicts
        if wanted.key in known.intersection(FIRM, parts)
        and not FIRM[wanted.key](read.card, read.features)
    ]
    missing = _whole_ones(missing, known, decided.hinted)
    first = "base_model" if "derived" in name_conditions(read.card, read.features) else ""
    unsure = [wanted for wanted in (*decided.hinted, *weak) if wanted.partly]
    if not read.card.id and shows_results(read.card):  # whose they are, an id tells
        unsure = [wanted for wanted in unsure if wanted.key != "numbers"]
    by_key = {wanted.key: wanted for wanted in (*missing, *unsure)}
    loaded = read_as_loaded(read) if unsure or "code" in by_key else None
    gaps = _measure_gaps(
        read.vector, missing, expect, respond, unsure=unsure, first=first, loaded=loaded
    )
    return tuple(_place_gap(gap, by_key[gap.key], read, loaded) for gap in gaps)


def _measure_gaps(
    vector: Vector,
    missing: Sequence[Expectation],
    expect: Expect,
    respond: Respond | None,
    *,
    unsure: Sequence[Expectation],
    first: str,
    loaded: CardFeatures | None = None,
) -> tuple[Gap, ...]:
    """Gaps without lines, from what a card lacks and what it may have.

    Parameters
    ----------
    loaded
        The card with the id that its code loads, where that may be its own: what is rated low for
        want of an id alone is not asked for.
    """
    asked = [*missing, *unsure]
    if not asked:
        return ()
    lifted = [
        loaded.vector if loaded and wanted.key == "code" else lift_features(vector, wanted)
        for wanted in asked
    ]
    now, *mended = expect([vector, *lifted, *([loaded.vector] if loaded else [])])
    known = mended.pop() if loaded else now
    criteria = [wanted.criterion for wanted in asked]
    gains = [*(respond or _as_rated)(now, mended, criteria)]
    if loaded:  # an id changes no word of the card: its rating is what it is with it
        rated = _as_rated(now, mended, criteria)
        gains = [
            rated[place] if wanted.key == "code" else gains[place]
            for place, wanted in enumerate(asked)
        ]
    level = dict(zip(SCORES, now, strict=True))
    sure = {name: max(both) for name, *both in zip(SCORES, now, known, strict=True)}
    gaps = [
        Gap(
            expectation.key,
            expectation.criterion,
            expectation.partly if expectation in unsure else expectation.missing,
            expectation.advice,
            0,
            overall,
            own,
            low,
            high,
        )
        for expectation, gain in zip(asked, gains, strict=True)
        for own, overall, low, high in [map(_round, gain)]
        if own >= _LEAST and (expectation not in unsure or sure[expectation.criterion] < _LOW)
    ]
    whole = {gap.key for gap in gaps}.intersection(expectation.key for expectation in unsure)
    part_of = {expectation.key: expectation.part_of for expectation in asked}
    gaps = [gap for gap in gaps if part_of[gap.key] not in whole]
    return sort_gaps(gaps, level, first=first)


_LOW, _LEAST, _NEAR = 2.6, 0.05, 0.25  # a judge may call what is just above 2.5 a 2
_SHOWN = 3
"""Gaps that are shown of a card, unless more are asked for."""


def _as_rated(
    now: Sequence[float], after: Sequence[Sequence[float]], criteria: Sequence[str]
) -> list[Gain]:
    """The gains that the judge's own values show."""
    gains = []
    for mended, name in zip(after, criteria, strict=True):
        place = SCORES.index(name)
        own = mended[place] - now[place]
        gains.append(Gain(own, mended[0] - now[0], own, own))
    return gains


def _round(value: float) -> float:
    """To three digits, scaled as numpy does."""
    return round(value * 1e3) / 1e3


def _whole_ones(
    missing: Sequence[Expectation], known: AbstractSet[str], hinted: Sequence[Expectation]
) -> list[Expectation]:
    """What is missing, without what is a part of something that is not known to be there.

    Nor is a part asked for where the whole is only hinted at, if both are of one criterion.
    """
    known = known | {expectation.key for expectation in hinted}
    unsure = {(expectation.key, expectation.criterion) for expectation in hinted}
    return [
        expectation
        for expectation in missing
        if expectation.part_of in known
        and (expectation.part_of, expectation.criterion) not in unsure
    ]


def _place_gap(
    gap: Gap, expectation: Expectation, read: CardFeatures, loaded: CardFeatures | None
) -> Gap:
    """A gap with its lines, in the words that fit the card."""
    first, last = _lines(read, expectation)
    if gap.key == "code" and loaded:
        advice = (
            f"The code loads {loaded.card.id!r}: if that is this model's id, give it "
            '("Its id on the Hub" on a page, --id in a command).'
        )
        return replace(
            gap, missing=UNNAMED, advice=advice, line=first or last or 1, low=None, high=None
        )
    is_unsure = gap.missing != expectation.missing
    missing = say_missing(expectation, read, is_unsure)
    advice = say_advice(expectation, missing, read)
    if gap.key == "numbers" and is_unsure and read.features.numbers["meta_results"]:
        missing, advice = _IN_METADATA
    if gap.key == "numbers" and (unfilled := find_unfilled_results(read.card)):
        missing, advice, first = *_UNFILLED, unfilled.line
    if gap.key == "base_model" and "derived" in name_conditions(read.card, read.features):
        missing, advice = _BASE
    elif gap.key == "base_model" and (base := find_base(read.card)):
        advice = f"{advice[:-1]}; line {base[1]} names {base[0]!r}."
    return replace(gap, missing=missing, advice=advice, line=first or last or 1)


def sort_gaps(
    gaps: Iterable[Gap], level: Mapping[str, float] | None = None, first: str = ""
) -> tuple[Gap, ...]:
    """Gaps by what they cost: those of the first screen, then the others, the most gain first.

    Parameters
    ----------
    level
        The card's expected values: one of the first three gaps is of the weakest criterion.
    first
        Key of what comes before all else.
    """

    def cost(gap: Gap) -> float:
        return gap.gain + gap.criterion_gain / 8

    ranked = sorted(gaps, key=lambda gap: (gap.key != first, -cost(gap), gap.key))
    if level:
        bar = min(level[name] for name in CRITERIA) + _NEAR
        weak = [place for place, gap in enumerate(ranked) if level[gap.criterion] <= bar]
        if weak and weak[0] > _SHOWN - 1:
            ranked.insert(_SHOWN - 1, ranked.pop(weak[0]))

    def as_shown(gap: Gap) -> tuple[bool, float, float]:
        return gap.key != first, -round(gap.gain, 1), -round(gap.criterion_gain, 1)

    return (*sorted(ranked[:_SHOWN], key=as_shown), *sorted(ranked[_SHOWN:], key=as_shown))


def mended_features(read: CardFeatures, criterion: str) -> Vector:
    """Features of the card with what it lacks of a criterion mended; its own where it lacks none.

    That is the whole and no part of it, whether it is missing or only hinted at.
    """
    decided = decide_all(read)
    missing = [verdict.expectation for verdict in decided.verdicts if not verdict.is_met]
    for expectation in (*missing, *decided.hinted):
        if expectation.criterion == criterion and expectation.partly:
            return lift_features(read.vector, expectation)
    return read.vector


def _lines(read: CardFeatures, expectation: Expectation) -> tuple[int, int]:
    """First and last line of the place an expectation speaks of."""
    document = read.card.document
    if expectation.topic == "fence":
        return document.unclosed_fence, document.unclosed_fence
    if expectation.topic == "placeholder":
        return _first_placeholder(read)
    if expectation.criterion == "identity":
        first = document.blocks[0].line if document.blocks else _last_line(read.card)
        return first, first
    return lines_of_topic(read.card, expectation.topic, read.features)


def lines_of_topic(card: Card, topic: str, features: Features | DatasetFeatures) -> tuple[int, int]:
    """First and last line on a topic, "" for the metadata; the card's end where there is none."""
    if topic == "":
        return 1, max(1, card.body_line)
    count = features.topics.get(topic)
    if count and count.first_line:
        return count.first_line, max(count.first_line, count.last_line)
    return _last_line(card), _last_line(card)


def _last_line(card: Card) -> int:
    return _count_lines(card.text)


@lru_cache(maxsize=1)  # asked of one card many times
def _count_lines(text: str) -> int:
    return max(1, text.count("\n") + (not text.endswith("\n")))


def _first_placeholder(read: CardFeatures) -> tuple[int, int]:
    for section in read.features.sections:
        for block in section.blocks:
            if block.kind != "code" and is_unfilled(block.text, read.features):
                return block.line, block.last_line
    braces = first_braces(read.card.document)
    return (braces.line, braces.last_line) if braces else (1, 1)


def name_lacks(gaps: Iterable[Gap], limit: int = 2) -> tuple[str, ...]:
    """The first things that a card lacks, in a few words each and of each subject one.

    An unfilled template comes first: filling it in mends other gaps, too.

    Parameters
    ----------
    gaps
        Of the card, those first that are to be said first.
    """
    missing = [(_BY_KEY[gap.key], gap) for gap in gaps]
    missing.sort(key=lambda missed: missed[1].key != "filled")
    said: dict[str, str] = {}
    for expectation, gap in missing:
        said.setdefault(expectation.part_of or expectation.key, _lack_of(gap))
    return tuple(said.values())[:limit]


def _lack_of(gap: Gap) -> str:
    """A gap in a few words: what is there in part, or may be, is not said to be lacking."""
    expectation = _BY_KEY[gap.key]
    if gap.missing.startswith(more := more_on(expectation)):
        return more
    return _THERE.get(gap.missing, expectation.lacks)


_THERE = {UNNAMED: "no id given", _IN_METADATA[0]: "results in the metadata alone"}
"""What is said for short of something that is there, but not as it should be."""

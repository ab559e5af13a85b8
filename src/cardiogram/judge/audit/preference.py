"""Self-preference: whether a judge is kinder to cards that a model of its own family wrote.

Kinder than what the cards are worth: judge minus gold on its own family's cards, against judge
minus gold on other models' cards. So neither better writing nor a lenient judge counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cardiogram.cards import Card
from cardiogram.errors import DataError
from cardiogram.judge.audit.effects import AuditEffect, author_of
from cardiogram.judge.audit.probe_texts import probe_texts
from cardiogram.judge.audit.probes import GAIN
from cardiogram.judge.gold import read_readings, read_rows
from cardiogram.judge.llm import LLMJudge
from cardiogram.judge.rating import Judge, Rating
from cardiogram.judge.validation import AuthorDraws, consensus, draw_authors
from cardiogram.names import SCORES
from cardiogram.stats import Floats

PEOPLE = "people"
MINIMUM = 10
"""Cards on either side; with fewer nothing is said."""


@dataclass(frozen=True, slots=True)
class AttributedCard:
    """A card of which the writer and the worth are known.

    Attributes
    ----------
    family
        Who made the model that wrote it, or `people`.
    gold
        The nine numbers by those who are not of the judge's family, NaN where one was not given.
    """

    card: Card
    family: str
    gold: Floats


@dataclass(frozen=True, slots=True)
class Attribution:
    """Cards with known writers, and whose cards the judge may prefer.

    Attributes
    ----------
    reason
        Why nothing can be measured; "" where it can.
    """

    family: str = ""
    cards: tuple[AttributedCard, ...] = ()
    reason: str = ""


def family_of(name: str) -> str:
    """Who made a model, by its name; the name itself where nobody is known.

    Examples
    --------
    >>> family_of("gpt-4o"), family_of("meta-llama/Llama-3.1-8B"), family_of("human")
    ('openai', 'meta', 'people')
    >>> family_of("deepseek-r1-distill-llama-8b"), family_of("In-house 7B")
    ('deepseek', 'in-house 7b')
    """
    text = name.strip().casefold().replace("_", "-")
    starts = {
        family: match.start()
        for family, words in probe_texts().families.items()
        if (match := re.search(words, text))
    }
    return min(starts, key=starts.__getitem__) if starts else text


def own_family(judge: Judge, named: str = "") -> str:
    """The family of a judge: as it is named, or by the model's name; "" where it is not known."""
    if named:
        return family_of(named)
    if not isinstance(judge, LLMJudge):
        return ""
    family = family_of(judge.name.model)
    if family in probe_texts().families:
        return family
    provider = family_of(judge.name.provider.name)
    return provider if provider in probe_texts().families and not judge.name.base_url else ""


def find_attributed(
    judge: Judge,
    cards: Iterable[Card],
    gold: Path | None,
    written_by: Path | None,
    family: str = "",
    gold_judge: str | None = None,
) -> Attribution:
    """Cards of which writer and worth are known, as far as files say so.

    Parameters
    ----------
    gold
        Ratings by people or other judges; the judge itself and readers of its family are left out.
        Its rows may say who wrote a card (`written_by`).
    written_by
        Rows with `id` or `card`, `written_by`, and `sha256` where the text matters.
    gold_judge
        The one reader of the gold who counts; all of them by default.

    Raises
    ------
    DataError
        A file cannot be read, or a row names no card or no writer.
    """
    own = own_family(judge, family)
    if not own:
        known = isinstance(judge, LLMJudge)
        why = f"it is not known who made {judge.id}" if known else f"{judge.id} writes no cards"
        return Attribution(reason=f"{why} (--family NAME)")
    if gold is None:
        return Attribution(own, reason="there is no GOLD to tell kindness from better writing")
    readings = [
        reading
        for reading in read_readings(gold)
        if reading.judge != judge.id
        and family_of(reading.judge) != own
        and gold_judge in (None, reading.judge)
    ]
    if not readings:
        return Attribution(own, reason=f"GOLD has no reader that counts and is not of {own}")
    writers = {
        (reading.id, reading.sha256): reading.family for reading in readings if reading.family
    }
    if written_by is not None:
        writers |= _read_writers(written_by)
    if not writers:
        return Attribution(own, reason="no file says who wrote which card (--written-by FILE)")
    numbers: dict[tuple[str, str], list[Floats]] = {}
    for reading in readings:
        numbers.setdefault((reading.id, reading.sha256), []).append(reading.whole)
    attributed = []
    for card in cards:
        writer = writers.get((card.id, card.sha256)) or writers.get((card.id, ""))
        ratings = numbers.get((card.id, card.sha256)) or numbers.get((card.id, ""))
        if writer and ratings:
            attributed.append(AttributedCard(card, family_of(writer), consensus(np.array(ratings))))
    families = [written.family for written in attributed if np.isfinite(written.gold[0])]
    count = families.count(own)
    others = len(families) - count
    if min(count, others) >= MINIMUM:
        return Attribution(own, tuple(attributed))
    return Attribution(
        own,
        reason=f"of {own} there are {count} cards with gold, and of others {others}; "
        f"{MINIMUM} of each are needed",
    )


def _read_writers(path: Path) -> dict[tuple[str, str], str]:
    writers = {}
    for number, row in enumerate(read_rows(path), 1):
        id, writer = (str(row.get(key) or "").strip() for key in ("id", "written_by"))
        id = id or str(row.get("card") or "").strip()
        if not id or not writer:
            raise DataError(
                f"row {number} of {str(path)!r} does not say who wrote which card",
                hint="A row needs `id` (or `card`) and `written_by`: a model's name, or people.",
            )
        writers[id, str(row.get("sha256") or "")] = writer
    return writers


def measure_preference(
    writing: Attribution, ratings: Sequence[Rating], *, draws: int = 1000, seed: int = 0
) -> tuple[tuple[AuditEffect, ...], tuple[str, ...]]:
    """Effects of the writer, and what could not be measured.

    Against other models there is a gate: it fails where the preference is beyond its tolerance and
    its interval is above zero. Against people there is none: a judge may like how machines write.

    Parameters
    ----------
    ratings
        One for each card of `writing`.
    """
    if writing.reason:
        return (), (writing.reason,)
    rated = [
        (written, rating)
        for written, rating in zip(writing.cards, ratings, strict=True)
        if rating.status == "rated" and np.isfinite(written.gold[0])
    ]
    lost = len(ratings) - len(rated)
    effects, unmeasured = [], []
    for name, gate in (("other models", True), ("people", False)):
        chosen = [
            (written, rating)
            for written, rating in rated
            if written.family == writing.family or (written.family == PEOPLE) != gate
        ]
        own = np.array([written.family == writing.family for written, _ in chosen], bool)
        if min(own.sum(), (~own).sum()) < MINIMUM:
            unmeasured.append(
                f"{writing.family} against {name}: {own.sum()} and {(~own).sum()} cards, "
                f"{MINIMUM} of each are needed"
            )
            continue
        draw = draw_authors([author_of(written.card) for written, _ in chosen], draws, seed)
        effects.append(_effect(f"{writing.family} against {name}", chosen, own, lost, gate, draw))
    return tuple(effects), tuple(unmeasured)


def _effect(
    name: str,
    chosen: Sequence[tuple[AttributedCard, Rating]],
    own: np.ndarray[tuple[int], np.dtype[np.bool_]],
    lost: int,
    gated: bool,
    draw: AuthorDraws,
) -> AuditEffect:
    gaps = np.array(
        [
            [
                rating.scores[score].expected - written.gold[place]
                if score in rating.scores
                else np.nan
                for place, score in enumerate(SCORES)
            ]
            for written, rating in chosen
        ]
    )
    figures = {}
    for place, score in enumerate(SCORES):
        known = np.isfinite(gaps[:, place])
        gap = np.where(known, gaps[:, place], 0.0)
        parts = [gap * own, known & own, gap * ~own, known & ~own]
        summed = draw.sums(np.column_stack(parts).astype(float))
        with np.errstate(invalid="ignore", divide="ignore"):
            difference = summed[:, 0] / summed[:, 1] - summed[:, 2] / summed[:, 3]
        figures[score] = draw.figure(difference)
    shift = figures["overall"]
    return AuditEffect(
        name=name,
        family="self-preference",
        score="overall",
        n=len(chosen),
        authors=draw.authors,
        shift=shift,
        scores={
            score: round(figure.value, 4)
            for score, figure in figures.items()
            if figure.value is not None
        },
        moved=None,
        lost=lost,
        gate="gain" if gated else "shown",
        tolerance=GAIN,
        # Cards differ, unlike one card before and after: chance alone must not fail a judge.
        failed=gated
        and (shift.value or 0.0) > GAIN + 1e-9
        and (shift.low is None or shift.low > 0),
    )

"""The parts of an analysis that say what to do: what is missing, what to mend, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cardiogram.analysis.load import MOST_HASHES
from cardiogram.analysis.parts.subject import MAIN, Subject
from cardiogram.analysis.results import (
    CardToMend,
    KnownCard,
    MendList,
    MissedNumber,
    Readers,
    Since,
    WorkList,
)
from cardiogram.judge.expectations import EXPECTATIONS
from cardiogram.stats.resampling import Floats

LOW, GOOD = 3, 4
"""A card of the one whole rating or less is worth mending, up to the other."""

LISTED = 10
"""Cards to mend that are named."""

GAINED = ("downloads_all_time_change", "likes_change")
"""What few authors are told the sum of."""

_NO_CARD = ("no card",)

LacksOf = Callable[[Collection[str]], Mapping[str, tuple[str, ...]]]


def missed(subject: Subject) -> tuple[MissedNumber, ...]:
    """In how many cards each expectation is missing, the commonest first."""
    known = subject.loaded.missed
    numbers = [
        MissedNumber(
            key=expectation.key,
            criterion=expectation.criterion,
            name=expectation.name,
            lacks=expectation.lacks,
            part_of=expectation.part_of,
            n=known.cards,
            missed=known.by_key[expectation.key],
        )
        for expectation in EXPECTATIONS
    ]
    return tuple(sorted(numbers, key=lambda number: -number.missed)) if known.cards else ()


def mend(subject: Subject, lacks_of: LacksOf) -> MendList:
    """The cards worth mending first: many readers times what is lacking.

    A model is worth (1 + its downloads in 30 days) times the points that its expected rating lies
    under 4. Only cards with a whole rating of 3 or less are listed, and models without any card,
    which count as rated 1. Likes stand for the downloads where no model has any count of them;
    where there are none either, only the points count. Ties go to the lower rating, then by id.
    What a card lacks is what `check` advises on first, and before it an unfilled template.

    Parameters
    ----------
    lacks_of
        One or two things that each of some models lacks, in words.
    """
    loaded = subject.loaded
    rating, whole = subject.ratings[MAIN], loaded.scores["overall"]
    known = np.isfinite(rating) | loaded.without_card
    low = (whole <= LOW) | loaded.without_card
    rating = np.where(loaded.without_card, 1.0, rating)
    readers, counts = _readers(subject)
    worth = (1 + counts) * np.maximum(GOOD - rating, 0.01)
    ids = _first(loaded.ids, worth, rating, np.flatnonzero(low & known))
    places = list(ids)
    lacks = lacks_of([ids[place] for place in places if not loaded.without_card[place]])

    def count(outcome: str, place: int) -> int | None:
        value = float(loaded.outcomes[outcome][place])
        return int(value) if np.isfinite(value) else None

    return MendList(
        readers=readers,
        n=int(known.sum()),
        low=int((low & known).sum()),
        without_card=int(loaded.without_card.sum()),
        cards=tuple(
            CardToMend(
                id=ids[place],
                downloads=count("downloads", place),
                likes=count("likes", place),
                rating=None if loaded.without_card[place] else round(float(rating[place]), 3),
                lacks=_NO_CARD if loaded.without_card[place] else tuple(lacks.get(ids[place], ())),
            )
            for place in places
        ),
    )


def _first(ids: pa.Array, worth: Floats, rating: Floats, rows: NDArray[np.int64]) -> dict[int, str]:
    """Rows, and ids, of the cards that are worth most; ties go to the lower rating, then by id."""
    order = rows[np.lexsort((rating[rows], -worth[rows]))]
    last = order[:LISTED][-1:]
    ties = (worth[order] == worth[last]) & (rating[order] == rating[last])
    order = order[: max(LISTED, int(np.flatnonzero(ties).max(initial=-1)) + 1)]
    named = dict(zip(order.tolist(), ids.take(pa.array(order)).to_pylist(), strict=True))
    places = sorted(named, key=lambda place: (-worth[place], rating[place], named[place]))
    return {place: named[place] for place in places[:LISTED]}


def _readers(subject: Subject) -> tuple[Readers, np.ndarray]:
    """What stands for the readers of each card, and how many; an unknown count is none."""
    for name in ("downloads", "likes"):
        column = subject.loaded.outcomes[name]
        if np.isfinite(column).any():
            counts = np.where(np.isfinite(column), np.maximum(column, 0), 0)
            return ("downloads" if name == "downloads" else "likes"), counts
    return "cards", np.zeros(len(subject.loaded.ids))


def work_list(subject: Subject, version: str, before: WorkList | None) -> WorkList | None:
    """What is kept of the cards for the next study, and what changed since the last other texts.

    Parameters
    ----------
    version
        Of the judge.
    before
        As the last analysis of the folder left it.
    """
    loaded = subject.loaded
    if len(loaded.ids) > MOST_HASHES:
        return None
    ratings = subject.ratings[MAIN]
    cards = {
        id: KnownCard(sha=sha[:12], rating=round(float(rating), 3) if np.isfinite(rating) else None)
        for id, sha, rating in zip(
            loaded.ids.to_pylist(), loaded.hashes.to_pylist(), ratings, strict=True
        )
        if sha
    }
    gained = {
        name: int(np.nansum(loaded.outcomes[name]))
        for name in GAINED
        if name in loaded.outcomes and np.isfinite(loaded.outcomes[name]).any()
    }
    authors = tuple(name for name, _ in Counter(loaded.authors).most_common() if name)
    return WorkList(
        authors=authors,
        day=loaded.day,
        judge_version=version,
        cards=cards,
        since=find_changes(before, cards, version),
        gained=gained,
    )


def find_changes(
    before: WorkList | None, cards: Mapping[str, KnownCard], version: str
) -> Since | None:
    """Find which cards are others than before, and how those were and are rated that changed.

    Parameters
    ----------
    before
        What was known at the last time. If its texts are these, what it said of earlier ones holds.
    version
        Of the judge that rated the cards.
    """
    if before is None or not before.cards:
        return None
    earlier = before.cards
    if {id: card.sha for id, card in cards.items()} == {
        id: card.sha for id, card in earlier.items()
    }:
        return before.since
    changed = [id for id, card in cards.items() if id in earlier and card.sha != earlier[id].sha]
    rated = [(earlier[id].rating, cards[id].rating) for id in changed]
    pairs = np.array([pair for pair in rated if None not in pair], dtype=float).reshape(-1, 2)
    told = before.judge_version == version and len(pairs) > 0
    return Since(
        day=before.day,
        changed=tuple(changed),
        new=tuple(id for id in cards if id not in earlier),
        gone=tuple(id for id in earlier if id not in cards),
        before=round(float(pairs[:, 0].mean()), 3) if told else None,
        after=round(float(pairs[:, 1].mean()), 3) if told else None,
    )

"""Where the cards of few authors stand beside those of the Hub."""

from __future__ import annotations

from cardiogram.analysis import Results
from cardiogram.maps import Standing, find_standing
from cardiogram.store import Study


def read_standing(study: Study, results: Results) -> Standing | None:
    """Compare a study of few authors with the shipped map; None of any other study."""
    if results.work is None:
        return None
    ratings = {id: card.rating for id, card in results.work.cards.items() if card.rating}
    judge = results.judge.version if results.judge.id == "embedded" else ""
    return find_standing(study, ratings, results.work.authors, judge)

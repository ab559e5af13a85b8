"""What cards lack, said once: from the evidence of ratings, and from the gaps of one card."""

from __future__ import annotations

from collections.abc import Iterable

from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.gaps import Gap

PLACE_OF = {expectation.key: place for place, expectation in enumerate(EXPECTATIONS)}
"""Where each expectation stands, by its key."""

MET = -1

_PLACES = {expectation.present: MET for expectation in EXPECTATIONS} | {
    expectation.missing: place for place, expectation in enumerate(EXPECTATIONS)
}


def read_fact(fact: str) -> int | None:
    """The place of the expectation that a fact of a rating's evidence says is missing.

    Returns
    -------
    int or None
        `MET` where the fact says that one is met; None where its words are of no expectation.

    Examples
    --------
    >>> read_fact("no limitations (the section is empty)") == PLACE_OF["limits"]
    True
    >>> read_fact("code to run the model") == MET, read_fact("I like it")
    (True, None)
    """
    return _PLACES.get(fact.partition(" (the section is ")[0])


def name_lacks(gaps: Iterable[Gap], limit: int = 2) -> tuple[str, ...]:
    """The first things that a card lacks, in a few words each and of each subject one.

    An unfilled template comes first: filling it in mends other gaps, too.

    Parameters
    ----------
    gaps
        Of the card, those first that are to be said first.
    """
    missing = [EXPECTATIONS[PLACE_OF[gap.key]] for gap in gaps]
    missing.sort(key=lambda missed: missed.key != "filled")
    said: dict[str, str] = {}
    for expectation in missing:
        said.setdefault(expectation.part_of or expectation.key, expectation.lacks)
    return tuple(said.values())[:limit]

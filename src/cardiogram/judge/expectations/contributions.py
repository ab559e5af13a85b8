"""What each piece of evidence is worth: the card is rated again without the lines that carry it.

Nothing is estimated from the model's inside. An effect is the difference between two ratings, of
the card and of the card without some lines, and anyone can delete these lines and see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cardiogram.cards import Card, parse_card
from cardiogram.cards.features import CardFeatures, read_features
from cardiogram.judge.expectations.evidence import LineRange, keep_shown
from cardiogram.judge.expectations.expectations import Expectation
from cardiogram.judge.expectations.gaps import Expect, Gap, explain_shown, find_gaps
from cardiogram.judge.expectations.verdicts import METADATA_KEYS, Verdict, decide_expectations
from cardiogram.judge.rating import Evidence
from cardiogram.names import SCORES

_LONGEST = 200_000
"""Characters of a card up to which effects are measured: beyond, rating it again takes long."""


def measure_contributions(
    read: CardFeatures, expect: Expect, gaps: Iterable[Gap] | None = None
) -> tuple[Evidence, ...]:
    """Evidence with its effect: how far the criterion's expected value moves with it.

    Parameters
    ----------
    expect
        The judge's expected values from features; it is asked once, of every changed card.
    gaps
        As of :func:`.find_gaps`, where they are known.

    Returns
    -------
    tuple of Evidence
        As of :func:`.explain`, with lines that are as narrow as the expectation
        allows. What is there has the effect of deleting these lines, with its sign turned; what is
        missing has that of mending it. None where a card is too long to be rated again so often,
        where an expectation is met because some fault is absent, and where what is missing is part
        of a larger gap or would gain nothing.
    """
    asked = {gap.key: gap for gap in (find_gaps(read, expect) if gaps is None else gaps)}
    verdicts = [  # what is asked for is not praised
        Verdict(wanted, is_met and wanted.key not in asked)
        for wanted, is_met in decide_expectations(read)
    ]
    shown = keep_shown(read, verdicts)
    told = list(explain_shown(read, shown))
    is_long = len(read.card.text) > _LONGEST
    for number, ((expectation, _), _) in enumerate(shown):
        if gap := asked.get(expectation.key):
            effect = None if is_long else -gap.criterion_gain
            told[number] = told[number]._replace(fact=gap.missing, effect=effect)
    if is_long:
        return tuple(told)
    carried = [number for number, (_, ranges) in enumerate(shown) if ranges]
    copies = [
        remove_lines(read.card, shown[number].lines, shown[number].verdict.expectation)
        for number in carried
    ]
    now, *after = expect([copy.vector for copy in (read, *read_features(copies))])
    for number, values in zip(carried, after, strict=True):
        place = SCORES.index(told[number].criterion)
        told[number] = told[number]._replace(effect=round(now[place] - values[place], 3))
    return tuple(told)


def remove_lines(card: Card, lines: Sequence[LineRange], expectation: Expectation) -> Card:
    """The card without some lines; without a key, where that is one of the Hub's tags."""
    gone = {line for some in lines for line in range(some.first, some.last + 1)}
    every = enumerate(card.text.split("\n"), 1)
    text = "\n".join([line for number, line in every if number not in gone])
    changed = parse_card(text, id=card.id)
    if card.metadata.source != "tags":
        return changed
    keys = METADATA_KEYS.get(expectation.key, ()) if expectation.criterion == "metadata" else ()
    values = {key: value for key, value in card.metadata.values.items() if key not in keys}
    return replace(changed, metadata=replace(card.metadata, values=values))

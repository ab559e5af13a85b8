"""What the rules of events ask of a card's text; each text is read and rated once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from cardiogram.cards import Card, parse_card
from cardiogram.cards.features import find_makers
from cardiogram.judge import Judge, load_judge
from cardiogram.names import CardType
from cardiogram.text import sha256
from cardiogram.track.history.card_event import Scores

Written = Callable[[bytes], bool]
"""Says whether a person wrote a part of a card that a reader would miss."""

_PAPER = re.compile(r"(?:arxiv\.org/(?:abs|pdf)/|arxiv:\s?|/papers/)(\d{4}\.\d{4,5})", re.I)
_AT_ONCE = 32
_NO_TEXT = frozenset({"nul_bytes", "lfs_pointer"})
"""Problems of what is no text: a picture, or a file that lies elsewhere."""


@dataclass(frozen=True, slots=True)
class PastText:
    """A card's text, as far as its history asks for it.

    Attributes
    ----------
    lines
        Hash of the text, whatever its line ends.
    words, body
        Hashes of the words of the whole card and of its body.
    size
        Words of the body.
    by_hand
        Whether a person wrote a part that a reader would miss; None where nobody can say.
    is_made
        Whether a generator left its mark.
    """

    lines: str
    words: str
    body: str
    size: int
    library: str
    tags: frozenset[str]
    papers: frozenset[str]
    by_hand: bool | None
    is_made: bool
    scores: Scores | None


def judge_of(of: CardType) -> Judge:
    """The judge that is built in for a kind of card."""
    return load_judge("dataset-rules" if of == "dataset" else "embedded")


def read_texts(
    texts: Iterable[tuple[str, bytes | None]],
    repo: str,
    judge: Judge,
    written: Written | None = None,
) -> Iterator[tuple[str, PastText]]:
    """Read and rate texts, some at once; what is not here, or no text, is left out."""
    id = repo if "/" in repo else ""  # the name of a folder is none on the Hub
    here = ((blob, data) for blob, data in texts if data is not None)
    while batch := list(islice(here, _AT_ONCE)):
        parsed = [(blob, data, parse_card(data, id=id)) for blob, data in batch]
        read = [row for row in parsed if _NO_TEXT.isdisjoint(row[2].problems)]
        scored = zip(read, _rate(judge, [card for *_, card in read]), strict=True)
        for (blob, data, card), scores in scored:
            by_hand = written(data) if written else None
            yield blob, _read(card, by_hand, scores)


def _rate(judge: Judge, cards: list[Card]) -> Iterator[Scores | None]:
    for rating in judge.rate(cards):
        yield {name: score.expected for name, score in rating.scores.items()} or None


def _read(card: Card, by_hand: bool | None, scores: Scores | None) -> PastText:
    body = card.body.split()
    return PastText(
        lines=sha256(card.text),
        words=sha256(" ".join(card.text.split())),
        body=sha256(" ".join(body)),
        size=len(body),
        library=" ".join(card.metadata.texts("library_name")),
        tags=frozenset(card.metadata.texts("tags")),
        papers=frozenset(_PAPER.findall(card.text)),
        by_hand=by_hand,
        is_made=bool(find_makers(card)),
        scores=scores,
    )

"""Sentences of the cards of base models and data sets: on limits, on data, on results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from cardiogram.cards import split_sections
from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

CARD = "README.md"
MOST_SENTENCES, LONGEST = 12, 400
Subject = Literal["limits", "data", "results"]

_ABBREVIATED = regex(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|z\.B|Dr|Mr|Ms|St|No|ca|approx|Fig|al)|\b[A-Z])\.$"
)
_CONCLUDES = ("hence", "therefore", "thus", "see")
"""Words after which the end of a sentence speaks of something else."""
_SUBJECTS: tuple[tuple[Subject, re.Pattern[str]], ...] = (
    ("limits", regex(
        r"(?i)\b(?:cannot|can not|can't|not (?:suited|suitable|intended|tested|designed|meant|able)"
        r"|should not|must not|bias(?:es|ed)?|limit(?:s|ed|ations?)|hallucinat\w+|toxic|harm\w*"
        r"|stereotyp\w+|risks?|fails?|poor(?:ly)?|worse|false(?:ly)?|unreliable|inaccurate"
        r"|out[- ]of[- ]scope|blurred|outdated)\b")),
    ("results", regex(
        r"(?i)\b(?:accurac\w+|f1|bleu|rouge|wer|cer|error rate|perplexity|mmlu|map|auc|precision"
        r"|recall|benchmark\w*|score[sd]?|achiev\w+|exact match)\b.*\d")),
    ("data", regex(
        r"(?i)\b(?:(?:pre-?)?train(?:ed|ing)|fine-?tuned|distill?ed|annotat\w+|collected|crawled"
        r"|labell?ed|corpus|corpora|scraped|gathered|(?:hand|machine|human)-written"
        r"|(?:written|made|drawn|taken) (?:by|from)|gewonnen|geschrieben|uppläst|kappa)\b")),
)  # fmt: skip
_BY_TOPIC: dict[str, Subject] = {"limitations": "limits", "data": "data", "evaluation": "results"}


def model_words(base: Files) -> Iterator[Fact]:
    """Sentences of a base model's card."""
    yield from _words(base, "base_words", base.named, every=False)


def dataset_words(data: Files, id: str) -> Iterator[Fact]:
    """Sentences of a data set's card; in its short form every sentence is on the data."""
    yield from _words(data, "dataset_words", id, every=True)


def _words(files: Files, name: str, about: str, *, every: bool) -> Iterator[Fact]:
    card = files.card
    if card is None:
        return
    left = MOST_SENTENCES
    lines = files.lines(CARD)
    for section in split_sections(card.document):
        topic = next((_BY_TOPIC[t] for t in _BY_TOPIC if t in section.topics), None)
        for block in section.blocks:
            if block.kind not in ("paragraph", "item"):
                continue
            for sentence, first, last in sentences(lines, block.line, block.last_line):
                subject = _subject(sentence) or topic or ("data" if every else None)
                if subject is None or not left:
                    continue
                left -= 1
                sources = tuple(
                    files.line(CARD, number, quote, sentence)
                    for number, quote in _quotes(lines, sentence, first, last)
                )
                if sources:
                    yield Fact(name, sentence, sources, about=about, note=f"on its {subject}")


def _subject(sentence: str) -> Subject | None:
    return next((subject for subject, words in _SUBJECTS if words.search(sentence)), None)


def sentences(lines: list[str], first: int, last: int) -> Iterator[tuple[str, int, int]]:
    """Sentences of the lines of a paragraph, as they are written, with first and last line.

    Examples
    --------
    >>> list(sentences(["It fails. It is", "old."], 1, 2))
    [('It fails.', 1, 1), ('It is old.', 1, 2)]
    """
    words = [(word, n) for n in range(first, last + 1) for word in lines[n - 1].split()]
    start = 0
    for index, (word, _) in enumerate(words):
        end = index + 1 == len(words)
        closes = re.search(r"[.!?][\"')\]*_]*$", word) and not _ABBREVIATED.search(word)
        concludes = word.endswith(";") and not end and words[index + 1][0].lower() in _CONCLUDES
        if not (end or concludes or (closes and not words[index + 1][0][0].islower())):
            continue
        part = words[start : index + 1]
        start = index + 1
        text = " ".join(word for word, _ in part).lstrip("-*> ").strip()
        if len(part) > 2 and len(text) <= LONGEST:
            yield text, part[0][1], part[-1][1]


def _quotes(lines: list[str], sentence: str, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The words of a sentence on each of its lines, as they stand there."""
    words, at = sentence.split(), 0
    for number in range(first, min(last, first + 5) + 1):
        there = lines[number - 1].split()
        start = there.index(words[at]) if at < len(words) and words[at] in there else 0
        quote = _longest(lines[number - 1], there[start:], words[at:])
        at += len(quote.split())
        if quote:
            yield number, quote


def _longest(line: str, there: list[str], words: list[str]) -> str:
    count = 0
    while count < min(len(there), len(words)) and there[count] == words[count]:
        count += 1
    quote = " ".join(there[:count])
    return quote if quote in line else ""

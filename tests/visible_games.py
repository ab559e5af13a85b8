"""Tricks that a visitor can see: text that says nothing, appended to a card or alone on one."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from cardiogram.cards.card import Card
from cardiogram.cards.sections import split_sections
from cardiogram.names import DATA
from cardiogram.text import decode

HEADINGS = (
    "Model description",
    "How to use",
    "Intended uses",
    "Training data",
    "Training procedure",
    "Evaluation",
    "Limitations and bias",
)
TOPICS = {"identity", "usage", "intended", "data", "training", "evaluation", "limitations"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
RUBRIC = (DATA / "rubric" / "model-card-v1.md").read_text("utf-8")
SHORT = {"with", "that", "this", "from", "have", "been", "were", "they", "which", "will", "their"}


@dataclass(frozen=True, slots=True)
class Donors:
    """Good cards, and the words of many, from which games are made."""

    cards: Sequence[Card]
    words: Sequence[str]

    @classmethod
    def of(cls, cards: Sequence[Card], good: Sequence[Card]) -> Donors:
        """Words of the prose of cards; of good ones, those with sections."""
        blocks = (b for c in cards for b in c.document.blocks if b.kind in ("paragraph", "item"))
        words = [word for block in blocks for word in re.findall("[A-Za-z][a-z'-]+", block.text)]
        return cls([card for card in good if len(sections_of(card)) > 2], words)


Game = Callable[[Random, Donors], str]


def sections_of(card: Card) -> list[tuple[str, str]]:
    """Headings of the sections that a reader looks for, and their text as it is written."""
    lines = card.body.split("\n")
    return [
        (s.heading.text, "\n".join(lines[s.heading.last_line - card.body_line : end]))
        for s in split_sections(card.document)
        if s.heading and s.blocks and s.topics & TOPICS
        for end in (s.last_line - card.body_line,)
    ]


def _salad(random: Random, words: Sequence[str], count: int = 60) -> str:
    chosen = [random.choice(words).lower() for _ in range(count)]
    for first in range(0, count, 12):
        chosen[first] = chosen[first].capitalize()
        chosen[min(first + 11, count - 1)] += "."
    return " ".join(chosen)


def _under_headings(text: Callable[[], str]) -> str:
    return "\n\n".join(f"## {heading}\n\n{text()}" for heading in HEADINGS)


def word_salad(random: Random, donors: Donors) -> str:
    """Words of cards at random under the right headings."""
    return _under_headings(lambda: _salad(random, donors.words))


def content_salad(random: Random, donors: Donors) -> str:
    """The same without words that hold sentences together."""
    words = [word for word in donors.words if len(word) > 3 and word.lower() not in SHORT]
    return _under_headings(lambda: _salad(random, words))


def listed_salad(random: Random, donors: Donors) -> str:
    """Words at random as lists of short items."""
    items = range(6)
    return _under_headings(lambda: "\n".join(f"- {_salad(random, donors.words, 8)}" for _ in items))


def _shuffled(random: Random, text: str) -> str:
    words = [word for word in re.sub("[`|#*]", " ", text).split() if word.strip("|-:")]
    random.shuffle(words)
    return " ".join(words)


def shuffled_sections(random: Random, donors: Donors) -> str:
    """Sections of a good card, the words of each in random order."""
    sections = sections_of(random.choice(donors.cards))
    return "\n\n".join(f"## {heading}\n\n{_shuffled(random, text)}" for heading, text in sections)


def shuffled_without_headings(random: Random, donors: Donors) -> str:
    """The same as plain paragraphs."""
    sections = sections_of(random.choice(donors.cards))
    return "\n\n".join(_shuffled(random, text) for _, text in sections)


def shuffled_lines(random: Random, donors: Donors) -> str:
    """Sections of a good card, the words of each line in random order; tables stay."""
    parts = []
    for heading, text in sections_of(random.choice(donors.cards)):
        lines = [f"## {heading}\n"]
        for line in text.split("\n"):
            match = re.match(r"(\s*(?:[-*+]|\d+\.|>)?\s*)(.*)", line)
            assert match
            words = match[2].split()
            if "|" not in line:
                random.shuffle(words)
            lines.append(match[1] + " ".join(words))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def bare_tables(label: str, head: str = "Metric") -> Game:
    """Tables of numbers that measure nothing."""

    def game(random: Random, donors: Donors) -> str:
        tables = []
        for table in range(4):
            rows = [f"| {label} {row} | {random.random():.2f} |" for row in range(12)]
            start = f"## Results {table}\n\n| {head} | Value |\n|---|---|\n"
            tables.append(start + "\n".join(rows))
        return "\n\n".join(tables)

    return game


def counted_metric(random: Random, donors: Donors) -> str:
    """One metric with number after number."""
    return "## Evaluation\n\n" + " ".join(f"accuracy 0.{number}" for number in range(10, 90))


def _rubric_sentences() -> list[str]:
    plain = re.sub(r"\|[-|]+\|", "", RUBRIC)
    parts = re.split(r"(?<=[.:?])\s+|\n\n", plain)
    return [re.sub("^[#| ]+", "", part.replace("\n", " ")) for part in parts if part.strip()]


def rubric_sentences(random: Random, donors: Donors) -> str:
    """The rubric's sentences in random order."""
    sentences = _rubric_sentences()
    return "\n\n".join(random.sample(sentences, len(sentences)))


def rubric_under_headings(random: Random, donors: Donors) -> str:
    """What the rubric asks for, where a card would say it."""
    rows = re.findall(r"^\| `\w+` \| ([^|]+)\| ([^|]+)\|", RUBRIC, re.MULTILINE)
    return "\n\n".join(
        f"## {heading}\n\n{asked.strip()} {counts.strip()}"
        for heading, (asked, counts) in zip(HEADINGS, rows, strict=False)
    )


def junk_code(random: Random, donors: Donors) -> str:
    """Code that does nothing with a model."""
    blocks = []
    for _ in range(6):
        lines = [
            f"{''.join(random.choices('abcdefgh', k=5))} = "
            f"{''.join(random.choices('klmnopq', k=4))}({random.randint(0, 99)})"
            for _ in range(10)
        ]
        blocks.append("```python\n" + "\n".join(lines) + "\n```")
    return "\n\n".join(blocks)


def another_card(random: Random, donors: Donors) -> str:
    """The whole card of another model."""
    return random.choice(donors.cards).body


def card_in_code(random: Random, donors: Donors) -> str:
    """The same in a block of code."""
    return "```\n" + another_card(random, donors).replace("```", "") + "\n```"


def card_as_diagram(random: Random, donors: Donors) -> str:
    """The same as a Mermaid diagram."""
    return card_in_code(random, donors).replace("```\n", "```mermaid\n", 1)


VISIBLE: Mapping[str, Game] = {
    "word salad under headings": word_salad,
    "salad of content words": content_salad,
    "word salad in lists": listed_salad,
    "sections with their words shuffled": shuffled_sections,
    "the same without headings": shuffled_without_headings,
    'tables "Metric 7"': bare_tables("Metric"),
    'tables "Accuracy 7"': bare_tables("Accuracy"),
    'tables "Thing 7"': bare_tables("Thing", "Item"),
    "accuracy 0.10 accuracy 0.11": counted_metric,
    "rubric": lambda random, donors: RUBRIC,
    "rubric's sentences in random order": rubric_sentences,
    "rubric under headings": rubric_under_headings,
    "rubric's words shuffled": lambda random, donors: _shuffled(random, RUBRIC),
}
"""What may add next to nothing."""

REPORTED: Mapping[str, Game] = {
    "lines with their words shuffled": shuffled_lines,
    "junk code": junk_code,
    "another model's card": another_card,
    "another model's card as code": card_in_code,
    "another model's card as Mermaid": card_as_diagram,
}
"""What is only measured."""


def _words(random: Random, letters: Sequence[str]) -> str:
    return " ".join("".join(random.choices(letters, k=random.randint(1, 10))) for _ in range(400))


ALONE: Mapping[str, Callable[[Random], str]] = {
    "bytes": lambda random: decode(random.randbytes(2000)).text,
    "bytes as UTF-8": lambda random: random.randbytes(2000).decode("utf-8", "replace"),
    "base64": lambda random: base64.b64encode(random.randbytes(2000)).decode(),
    "base64 in lines": lambda random: base64.encodebytes(random.randbytes(2000)).decode(),
    "hexadecimal": lambda random: random.randbytes(2000).hex(" "),
    "letters": lambda random: _words(random, LETTERS),
    "Cyrillic letters": lambda random: _words(random, [chr(c) for c in range(0x430, 0x450)]),
    "signs": lambda random: "".join(chr(random.randint(32, 126)) for _ in range(3000)),
    "Unicode": lambda random: "".join(chr(random.randrange(32, 0xD800)) for _ in range(2000)),
    "Unicode with spaces": lambda random: _words(
        random, [chr(random.randrange(33, 0xD800)) for _ in range(2000)]
    ),
    "Chinese characters": lambda random: "".join(
        chr(random.randrange(0x4E00, 0x9FFF)) for _ in range(1500)
    ),
    "numbers": lambda random: " ".join(str(random.randrange(10**5)) for _ in range(400)),
}
"""Characters at random, alone on a card."""

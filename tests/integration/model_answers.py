"""What the stand-in for a provider answers: ratings from labels, with quotes of the card it sees.

It knows nothing of cardiogram's code: it reads the prompt like a model would.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

CRITERIA = (
    "identity",
    "usage",
    "data",
    "training",
    "evaluation",
    "limitations",
    "metadata",
    "structure",
)
_FENCED = re.compile(
    r"\[card ([0-9a-f]{16}) begins\]\nMetadata:\n(.*?)\n\nBody:\n(.*)\n\[card \1 ends\]\n+(.*)",
    re.DOTALL,
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NOT_WORD = re.compile(r"[\W_]+")
_NAME = re.compile(r"`([a-z]+)`")


@dataclass(frozen=True)
class Asked:
    """A prompt as it was understood."""

    metadata: str
    body: str
    names: tuple[str, ...]


@dataclass
class Replay:
    """Cards and their labels, found again by their text."""

    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    by_body: dict[str, list[str]] = field(default_factory=dict)
    by_line: dict[str, set[str]] = field(default_factory=dict)
    about: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, cards: Path, labels: Path, reading: str = "first") -> Replay:
        """Read a corpus: `key` and `text` (and `tags`) of cards, `key` and a reading of labels."""
        made = cls()
        given = {row["key"]: row.get(reading) for row in read_lines(labels)}
        for row in read_lines(cards):
            if given.get(row["key"]):
                made.add(row["key"], row["text"], row.get("tags") or (), given[row["key"]])
        return made

    def add(self, key: str, text: str, tags: Sequence[str], numbers: Mapping[str, int]) -> None:
        """Learn one card."""
        head, body = _split(text)
        self.labels[key] = dict(numbers)
        self.by_body.setdefault(_print(body), []).append(key)
        self.about[key] = set(_words(" ".join([head, *(tag.replace(":", " ") for tag in tags)])))
        for line in _lines(body):
            self.by_line.setdefault(line, set()).add(key)

    def find(self, asked: Asked) -> str | None:
        """The card in a prompt: by its whole body, else by the lines that it shares most of."""
        if not self.labels:
            return None
        found = self.by_body.get(_print(asked.body), [])
        if not found:
            votes: Counter[str] = Counter()
            for line in _lines(asked.body):
                holders = self.by_line.get(line, set())
                for key in holders:
                    votes[key] += 1.0 / len(holders)  # type: ignore[assignment]
            best = max(votes.values(), default=0)
            found = [key for key, count in votes.items() if count == best]
        words = set(_words(asked.metadata))
        return max(found, key=lambda key: _overlap(words, self.about[key]), default=None)


def read_prompt(text: str) -> Asked | None:
    """The card and the criteria in what the user says."""
    found = _FENCED.search(text)
    if found is None:
        return None
    return Asked(found[2], found[3], tuple(_NAME.findall(found[4])))


def answer(asked: Asked, replay: Replay) -> dict[str, Any]:
    """An answer in the form asked for, with quotes that stand on the card."""
    key = replay.find(asked)
    numbers = replay.labels.get(key or "") or _guess(asked)
    lines = _quotable(asked.body) + _quotable(asked.metadata)
    found: dict[str, Any] = {"abstain": ""}
    for place, name in enumerate(asked.names):
        score = numbers.get(name, numbers["overall"])
        part: dict[str, Any] = {"reason": _reason(name, score), "score": score}
        if name != "overall":
            quote = "" if score == 1 or not lines else lines[(7 * place) % len(lines)]
            part = {"quote": quote, **part}
        found[name] = part
    return found


_WORDS = ("says nothing on", "hardly mentions", "covers part of", "covers well", "fully covers")


def _reason(name: str, score: int) -> str:
    return f"The card {_WORDS[score - 1]} the {name} that its readers would look for here."


def _guess(asked: Asked) -> dict[str, int]:
    """Ratings of a card without labels: by its length, so that they do not change."""
    score = min(5, 1 + len(asked.body) // 1500)
    return dict.fromkeys((*CRITERIA, "overall"), score)


def tokens_of(text: str, *, logprobs: bool) -> list[dict[str, Any]]:
    """Tokens with log-probabilities; a digit's neighbours get a fifth of its probability."""
    found = []
    for piece in re.findall(r"\s*[A-Za-z]+|\s*\d|\s*[^\sA-Za-z\d]+|\s+", text) if logprobs else ():
        others = [(piece, 0.0)]
        if piece.strip().isdigit():
            level = int(piece)
            near = [(str(n), math.log(0.1)) for n in (level - 1, level + 1) if 1 <= n <= 5]
            others = [(piece, math.log(1 - 0.1 * len(near))), *near]
        found.append(
            {
                "token": piece,
                "logprob": others[0][1],
                "bytes": None,
                "top_logprobs": [
                    {"token": text, "logprob": value, "bytes": None} for text, value in others
                ],
            }
        )
    return found


try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its way to read its data is deprecated in Python 3.11
        import bpe_openai

    _encoding = bpe_openai.get_encoding("o200k_base")
except ImportError:  # the script runs without the development dependencies too
    _encoding = None


def count(text: str) -> int:
    """Tokens by OpenAI's o200k vocabulary; by pieces of words where it is not installed."""
    if _encoding is not None:
        return len(_encoding.encode(text, disallowed_special=()))
    return len(re.findall(r" ?[^\W\d_]{1,7}|\d{1,3}|[^\w\s]{1,3}|\s+", text))


count_constant = lru_cache(maxsize=64)(count)
"""Tokens of a text that comes again and again."""


def read_lines(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return [json.loads(line) for line in data.splitlines() if line.strip()]


def _split(text: str) -> tuple[str, str]:
    found = re.match(r"\s*---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)", text, re.DOTALL | re.MULTILINE)
    return (found[1], found[2]) if found else ("", text)


def _print(body: str) -> str:
    return _NOT_WORD.sub("", _COMMENT.sub("", body)).casefold()


def _lines(body: str) -> set[str]:
    found = (_NOT_WORD.sub("", line).casefold() for line in body.split("\n"))
    return {line for line in found if len(line) >= 12}


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _NOT_WORD.split(text) if word]


def _overlap(first: set[str], second: set[str]) -> float:
    return len(first & second) / max(1, len(first | second))


_WORDLESS = ("characters are not shown", "<", "![](")


def _quotable(text: str) -> list[str]:
    """Lines with words of the card; a picture has none."""
    lines = (line.strip() for line in text.split("\n"))
    return [
        " ".join(line.split()[:12])
        for line in lines
        if 12 <= len(line) <= 400 and not any(sign in line for sign in _WORDLESS)
    ]

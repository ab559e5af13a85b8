"""Remake src/cardiogram/data/word-order.json: which classes of words follow each other in cards.

::

    python tools/learn_word_order.py CARDS.jsonl.gz [MORE.jsonl.gz ...]

Common words are put into classes by the exchange algorithm, and for each pair of classes it is
counted how often it stands in running text, against how often it would if the words of each block
were shuffled. Only words that several authors use, and counts of pairs of classes, leave the cards.

Then the same is learned twice from the cards of half of the authors, to print which blocks of the
other half would pass for shuffled.

References
----------
Martin, Liermann, Ney (1998), Algorithms for bigram and trigram word clustering, Speech
Communication 24(1).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.boilerplate import is_boilerplate
from cardiogram.cards.features.mentions import CONTENT
from cardiogram.cards.features.nonsense.word_order import UNIT, WordOrder, is_number, split_phrases
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.judge.gold.readings import read_jsonl

OUT = Path(__file__).parents[1] / "src" / "cardiogram" / "data" / "word-order.json"
CLASSES, WORDS, AUTHORS, ROUNDS = 40, 1500, 6, 12
SMOOTHING = 4.0
WEB = frozenset(
    b"http https www com org co html github huggingface hf arxiv abs blob main tree".split()
)
"""Words of addresses, which stand in order wherever they stand."""
LONGEST, SHORTEST = 4000, 4

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Written:
    """A block of somebody's card: its text, and its words between punctuation."""

    author: str
    text: str
    phrases: Sequence[Sequence[bytes]]


def read_written(paths: Iterable[Path]) -> Iterator[Written]:
    """Paragraphs and items of cards, each text once."""
    seen: set[str] = set()
    for path in paths:
        for row in read_jsonl(path):
            author = str(row["id"]).partition("/")[0].lower()
            for block in parse_card(row["text"]).document.blocks:
                if block.kind in ("paragraph", "item") and block.text not in seen:
                    seen.add(block.text)
                    phrases = list(split_phrases(block.text[:LONGEST]))
                    if sum(map(len, phrases)) >= SHORTEST and not is_boilerplate(block.text):
                        yield Written(author, block.text, phrases)


def learn(blocks: Sequence[Written]) -> WordOrder:
    """Learn classes of words and scores of their pairs."""
    users: dict[bytes, set[str]] = defaultdict(set)
    for block in blocks:
        for word in chain.from_iterable(block.phrases):
            users[word].add(block.author)
    common = sorted(users, key=lambda word: (-len(users[word]), word))
    known = [w for w in common if len(users[w]) >= AUTHORS and not is_number(w) and w not in WEB]
    known = known[:WORDS]
    known += sorted(CONTENT.function_words.difference(known))
    number = {word: place for place, word in enumerate(known)}
    other, digits = len(known), len(known) + 1
    texts = [
        [
            np.array([digits if is_number(w) else number.get(w, other) for w in phrase])
            for phrase in block.phrases
        ]
        for block in blocks
    ]
    pairs = np.zeros((len(known) + 2, len(known) + 2))
    for phrase in chain.from_iterable(texts):
        np.add.at(pairs, (phrase[:-1], phrase[1:]), 1)
    classes = exchange(pairs)
    scores = score_pairs([[classes[phrase] for phrase in text] for text in texts])
    members: list[list[str]] = [[] for _ in range(CLASSES)]
    for word, place in number.items():
        members[classes[place]].append(word.decode())
    return WordOrder.of(members, scores.tolist())


def exchange(pairs: Matrix) -> NDArray[np.intp]:
    """Class of each word: words move while that makes the pairs of classes tell more.

    The last two words, any other and any number, have classes of their own.
    """
    words = len(pairs) - 2
    frequent = np.argsort(-(pairs.sum(0) + pairs.sum(1))[:words], kind="stable")
    classes = np.empty(words + 2, np.intp)
    rank = np.arange(words)
    classes[frequent] = np.where(rank < CLASSES - 1, rank, rank % CLASSES)
    classes[words:] = CLASSES, CLASSES + 1
    member = np.eye(CLASSES + 2)[classes]
    after, before = pairs @ member, pairs.T @ member
    counts = member.T @ after
    for _ in range(ROUNDS):
        moved = 0
        for word in frequent:
            old, itself = classes[word], pairs[word, word]
            right, left = after[word].copy(), before[word].copy()
            right[old] -= itself
            left[old] -= itself
            _add(counts, old, -right, -left, -itself)
            gains = _gains(counts, right, left, itself)
            best = int(np.argmax(gains))
            new = best if gains[best] > gains[old] + 1e-9 else int(old)
            _add(counts, new, right, left, itself)
            if new != old:
                moved += 1
                classes[word] = new
                for counted, column in ((after, pairs[:, word]), (before, pairs[word])):
                    counted[:, old] -= column
                    counted[:, new] += column
        if moved < words / 100:
            break
    return classes


def _add(counts: Matrix, place: int, right: Matrix, left: Matrix, itself: float) -> None:
    counts[place] += right
    counts[:, place] += left
    counts[place, place] += itself


def _gains(counts: Matrix, right: Matrix, left: Matrix, itself: float) -> Matrix:
    """What the likelihood of all pairs of classes gains if a word joins each class."""
    own, rows, columns = np.diag(counts)[:CLASSES], counts.sum(1)[:CLASSES], counts.sum(0)[:CLASSES]
    gains = (_entropy(counts[:CLASSES] + right) - _entropy(counts[:CLASSES])).sum(1)
    gains += (_entropy(counts[:, :CLASSES] + left[:, None]) - _entropy(counts[:, :CLASSES])).sum(0)
    both = _entropy(own + right[:CLASSES] + left[:CLASSES] + itself) + _entropy(own)
    both -= _entropy(own + right[:CLASSES]) + _entropy(own + left[:CLASSES])
    alone = _entropy(rows + right.sum() + itself) - _entropy(rows)
    alone += _entropy(columns + left.sum() + itself) - _entropy(columns)
    return np.asarray(gains + both - alone)


def _entropy(counts: Matrix) -> Matrix:
    return np.asarray(counts * np.log(np.maximum(counts, 1e-9)))


def score_pairs(texts: Iterable[Sequence[NDArray[np.intp]]]) -> NDArray[np.int64]:
    """Logarithm of how often each pair stands there over how often it would, if shuffled."""
    size = CLASSES + 2
    there, shuffled = np.zeros((size, size)), np.zeros((size, size))
    for text in texts:
        for phrase in text:
            np.add.at(there, (phrase[:-1], phrase[1:]), 1)
        counts = np.bincount(np.concatenate(text), minlength=size).astype(float)
        words = counts.sum()
        pairs = (words - len(text)) / (words * (words - 1))
        shuffled += pairs * (np.outer(counts, counts) - np.diag(counts))
    ratio = np.log((there + SMOOTHING) / (shuffled + SMOOTHING))
    ratio[CLASSES:, CLASSES:] = 0  # data and names stand together: that is no order of words
    return np.round(UNIT * ratio).astype(np.int64)


def main() -> None:
    """Learn and write, then learn from halves and print false alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path, nargs="+", help="cards as .jsonl or .jsonl.gz")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    blocks = list(read_written(options.cards))
    learned = learn(blocks)
    options.out.write_text(learned.as_json() + "\n", "utf-8")
    print(f"{len(learned.classes)} words of {len(blocks)} blocks in {options.out}")
    half = [crc32(block.author.encode()) % 2 for block in blocks]
    for side in range(2):
        other = learn([b for b, place in zip(blocks, half, strict=True) if place != side])
        held_out = [b for b, place in zip(blocks, half, strict=True) if place == side]
        alarms = [
            b for b in held_out if other.is_shuffled([(b.text, list_words(lower_bytes(b.text)))])
        ]
        print(f"{len(alarms)} of {len(held_out)} blocks of unseen authors pass for shuffled:")
        for block in alarms:
            print(json.dumps([block.author, block.text[:200]], ensure_ascii=False))


if __name__ == "__main__":
    main()

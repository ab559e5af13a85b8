"""Ratings that somebody else made, as a judge: people, another program, an earlier study.

A labels file takes the place of a judge wherever one is asked for, so that people's ratings go
through the same statistics as a program's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from cardiogram.cards import Card
from cardiogram.errors import DataError
from cardiogram.judge.gold.readings import Row, read_rows
from cardiogram.judge.rating import Rating, Score
from cardiogram.judge.rubric import DEFAULT_RUBRIC
from cardiogram.names import SCORES

PREFIX = "labels:"
"""What the name of such a judge starts with; the path of its file follows."""

_FORMS = "Each row needs `card` (the id) or `sha256`, and whole numbers 1-5 in `first` or by name."


@dataclass(frozen=True, slots=True)
class LabelsJudge:
    """A judge that looks its ratings up; a card without a label is abstained from.

    Attributes
    ----------
    labels
        Numbers by (id, sha256 of the README); either is "" where the label does not name it.
    """

    id: str
    version: str
    labels: Mapping[tuple[str, str], Mapping[str, int]] = field(repr=False)
    rubric_version: str = DEFAULT_RUBRIC

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """Look cards up by id and text, then by id, then by text.

        A label that names a text holds for this text only. It is a whole number without an
        interval of its own: `expected`, `low` and `high` repeat it.
        """
        return [self._rating(card) for card in cards]

    def _rating(self, card: Card) -> Rating:
        keys = ((card.id, card.sha256), (card.id, ""), ("", card.sha256))
        label = next((self.labels[key] for key in keys if key in self.labels), {})
        return Rating(
            judge=self.id,
            judge_version=self.version,
            rubric_version=self.rubric_version,
            input_sha256=card.input_sha256,
            status="rated" if label else "abstained",
            scores={name: Score(value, value, value, value) for name, value in label.items()},
            problems=card.problems,
        )


def read_labels_judge(path: Path) -> LabelsJudge:
    """Read a labels file as a judge.

    Parameters
    ----------
    path
        `.jsonl` or `.jsonl.gz`: an object a card with `card` or `id`, `sha256` of the README, or
        both, and whole numbers 1-5 by the names of the scores, in `first` or at the top. `.csv`:
        the same as columns (`.parquet`, too). `overall` must be there. Of several people (`rater`)
        the median counts, halves up; a row whose `status` is not "rated" is none.

    Returns
    -------
    LabelsJudge
        Its id is made from the file's name: `labels-dev.jsonl` is `labels-dev`, `ann.csv` is
        `labels-ann`. Its version is the hash of the file.

    Raises
    ------
    DataError
        The file cannot be read, a row has no key or no such numbers, or two rows contradict.
    """
    labels: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
    for number, row in enumerate(read_rows(path), 1):
        key = (_text(row, "card") or _text(row, "id"), _text(row, "sha256"))
        if any(key) and _text(row, "status") not in ("", "rated"):
            continue
        numbers = _numbers(row.get("first") or row)
        if not any(key) or numbers is None:
            raise DataError(f"row {number} of {str(path)!r} is no label", hint=_FORMS)
        by_reader = labels.setdefault(key, {})
        if by_reader.setdefault(_text(row, "rater"), numbers) != numbers:
            raise DataError(f"{str(path)!r} rates {' '.join(filter(None, key))!r} twice")
    if not labels:
        raise DataError(f"no labels in {str(path)!r}", hint=_FORMS)
    name = path.name.split(".")[0].removeprefix("labels").strip("-_")
    short = re.sub(r"[^A-Za-z0-9_-]+", "-", f"labels-{name}" if name else "labels")
    return LabelsJudge(
        short,
        hashlib.sha256(path.read_bytes()).hexdigest()[:12],
        {key: _agree(list(by_reader.values())) for key, by_reader in labels.items()},
    )


def _agree(said: list[dict[str, int]]) -> dict[str, int]:
    """The median of several readers, halves up, of what all of them have rated."""
    shared = [name for name in said[0] if all(name in numbers for numbers in said)]
    return {name: int(median(numbers[name] for numbers in said) + 0.5) for name in shared}


def _text(row: Row, key: str) -> str:
    return str(row.get(key) or "").strip()


def _numbers(value: object) -> dict[str, int] | None:
    """The scores that are there, overall among them; None where one is no whole number 1-5."""
    if not isinstance(value, Mapping):
        return None
    texts = {name: str(value[name]).strip() for name in SCORES if value.get(name) not in (None, "")}
    if "overall" not in texts or not all(text in set("12345") for text in texts.values()):
        return None
    return {name: int(text) for name, text in texts.items()}

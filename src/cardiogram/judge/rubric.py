"""The rubric as data: its words, read from the Markdown file that people read."""

from __future__ import annotations

import re
from functools import cache

from cardiogram.errors import ConfigError
from cardiogram.names import DATA, CardType
from cardiogram.records import dataclass

DEFAULT_RUBRIC = "model-card-v1"
RUBRIC_OF: dict[CardType, str] = {"model": DEFAULT_RUBRIC, "dataset": "dataset-card-v1"}
"""The rubric of each type of card."""


_PLAIN = {"absent": "nothing", "token": "little"}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the rubric.

    Attributes
    ----------
    key
        Column name in the ratings.
    question
        What a reader asks.
    counts
        What counts as an answer.
    """

    key: str
    question: str
    counts: str


@dataclass(frozen=True, slots=True)
class Rubric:
    """A written rubric with five levels.

    Attributes
    ----------
    version
        Recorded with every rating.
    levels
        Meaning of 1-5 for a criterion, in order: ("absent: nothing, or ...", ...).
    overall
        Meaning of 1-5 for the overall rating, in order.
    text
        The whole rubric as Markdown, as a language model is shown it.
    """

    version: str
    levels: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    overall: tuple[str, ...]
    text: str

    @property
    def questions(self) -> dict[str, str]:
        """The question of each criterion."""
        return {criterion.key: criterion.question for criterion in self.criteria}

    @property
    def level_names(self) -> dict[int, str]:
        """What 1-5 are called for a criterion: "nothing", "little", "partial" and so on.

        The rubric's own "absent" and "token" are for judges, who have read what it means by them.
        """
        called = (words.split(":")[0] for words in self.levels)
        return {level: _PLAIN.get(name, name) for level, name in enumerate(called, 1)}

    @property
    def overall_names(self) -> dict[int, str]:
        """What 1-5 are called for the overall rating: "Empty", "Minimal or generic" and so on."""
        meanings = enumerate(self.overall, 1)
        return {level: words.split(":")[0].split(",")[0] for level, words in meanings}


@cache
def load_rubric(version: str = DEFAULT_RUBRIC) -> Rubric:
    """Read a shipped rubric.

    Raises
    ------
    ConfigError
        No rubric of that name is shipped.

    Examples
    --------
    >>> [criterion.key for criterion in load_rubric().criteria][:3]
    ['identity', 'usage', 'data']
    """
    folder = DATA / "rubric"
    shipped = sorted(file.name[:-3] for file in folder.iterdir() if file.name.endswith(".md"))
    if version not in shipped:
        raise ConfigError(f"no rubric {version!r}", hint=f"Shipped rubrics: {', '.join(shipped)}")
    text = (folder / f"{version}.md").read_text("utf-8")
    rows = [
        [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return Rubric(
        version=version,
        levels=tuple(f"{r[1]}: {r[2]}" for r in rows if len(r) == 3 and r[0] in "12345"),
        criteria=tuple(
            Criterion(*row)
            for row in rows
            if len(row) == 3 and re.fullmatch("[a-z]+", row[0]) and row[0] not in ("key", "score")
        ),
        overall=tuple(r[1] for r in rows if len(r) == 2 and r[0] in "12345"),
        text=text,
    )

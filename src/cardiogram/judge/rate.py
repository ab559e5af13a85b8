"""Rate a study: shard by shard, and only what has changed since the last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.problems import code
from cardiogram.errors import JudgeError
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.labels import PREFIX, labels_judge
from cardiogram.judge.rating import Judge
from cardiogram.progress import Progress, silent
from cardiogram.store import Study

_BATCH = 128
JUDGES = ("embedded",)
"""Names that :func:`load_judge` knows."""


def load_judge(name: str) -> Judge:
    """A judge by its name; `labels:PATH` is a file of ratings.

    Raises
    ------
    JudgeError
        There is no judge of that name.
    DataError
        The file of ratings cannot be used.
    """
    if name == "embedded":
        return embedded_judge()
    if name.startswith(PREFIX):
        return labels_judge(Path(name.removeprefix(PREFIX)))
    raise JudgeError(f"no judge {name!r}", hint=f"Judges: {', '.join(JUDGES)}, {PREFIX}FILE")


def rate(study: Study, judge: Judge, *, on_progress: Progress = silent) -> int:
    """Write `ratings/` for every model of a study that has a card.

    A rating is kept as long as its key is the same: what the judge saw (`input_sha256`), judge,
    judge version and rubric version.

    Returns
    -------
    int
        Number of models that have a rating.
    """
    total = study.models.read(["id"]).num_rows
    texts = Texts(study)
    done = rated = 0
    for path in study.models.shards():
        rows = study.models.read_shard(path.stem)
        name = f"{judge.id}-{path.stem}"
        before = study.ratings.read_shard(name)
        kept = {(row["id"], row["input_sha256"]): row for row in before}
        ratings: list[dict[str, Any]] = []
        for first in range(0, len(rows), _BATCH):
            ratings += _rate_rows(rows[first : first + _BATCH], judge, texts, kept)
            on_progress("rate", done + min(first + _BATCH, len(rows)), total)
        if ratings != before or not study.ratings.has(name):
            study.ratings.write(name, ratings)
        done += len(rows)
        rated += sum(row["status"] == "rated" for row in ratings)
    return rated


def _rate_rows(
    rows: Sequence[Mapping[str, Any]],
    judge: Judge,
    texts: Texts,
    kept: Mapping[tuple[str, str], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Ratings of some models in their order: the kept ones that still hold, and new ones."""
    cards = [texts.card(row) for row in rows if has_card(row)]
    held = [kept.get((card.id, card.input_sha256)) for card in cards]
    held = [row if row is not None and _holds(row, judge) else None for row in held]
    fresh = [card for card, row in zip(cards, held, strict=True) if row is None]
    ratings = iter(judge.rate(fresh))
    return [
        next(ratings).row(card.id, card.sha256) if row is None else row
        for card, row in zip(cards, held, strict=True)
    ]


def has_card(row: Mapping[str, Any]) -> bool:
    """Whether there is a text to rate; a renamed model is rated under its new name."""
    renamed = any(code(problem) == "renamed" for problem in row["problems"] or [])
    return row["card_sha256"] is not None and not renamed


def _holds(row: Mapping[str, Any], judge: Judge) -> bool:
    """Whether a kept rating is by this judge, as it is now."""
    return (row["judge"], row["judge_version"], row["rubric_version"]) == (
        judge.id,
        judge.version,
        judge.rubric_version,
    )


class Texts:
    """Card texts by hash, one shard of them in memory and those shared by many kept."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.place: dict[str, str] = {}
        self.loaded: dict[str, dict[str, dict[str, Any]]] = {}
        for path in study.cards.shards():
            for row in study.cards.read_shard(path.stem, ["card_sha256"]):
                self.place[row["card_sha256"]] = path.stem

    def card(self, model: Mapping[str, Any]) -> Card:
        """Parse the card of a row of `models/`, as it was when it was collected."""
        row = self._row(model["card_sha256"])
        front = row["front_matter"]
        text = row["body"]
        if front is not None:
            blank = max(0, row["body_line"] - front.count("\n") - 2)
            text = "\n" * blank + f"---\n{front}---\n{text}"
        card = parse_card(
            text,
            id=model["id"],
            tags=model["tags"] or (),
            pipeline_tag=model["pipeline_tag"],
            library_name=model["library_name"],
            sha=model["card_sha256"],
        )
        return replace(card, problems=tuple(row["problems"]))

    def _row(self, sha: str) -> dict[str, Any]:
        shard = self.place[sha]
        if shard not in self.loaded:
            if len(self.loaded) >= 4:
                del self.loaded[next(iter(self.loaded))]
            rows = self.study.cards.read_shard(shard)
            self.loaded[shard] = {row["card_sha256"]: row for row in rows}
        return self.loaded[shard][sha]

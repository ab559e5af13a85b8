"""The payload as the page's script reads it: columns and card texts in compressed blocks.

::

    table     what every model has, column by column, and the map: read at once
    facts-N   evidence and problems of `FACTS_IN_BLOCK` models: read when one of them is opened
    texts-N   card texts, about `TEXT_IN_BLOCK` bytes of them: read when one of them is opened

A block is gzip of JSON. In a file it stands in the page as base64, which no text of a card can
break out of; the app sends it by its name.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cardiogram.judge import Evidence
from cardiogram.names import SCORES
from cardiogram.report.data.payload import Payload
from cardiogram.report.data.shown_models import ShownMap, ShownModel
from cardiogram.report.data.texts import CardText

FACTS_IN_BLOCK = 256
TEXT_IN_BLOCK = 600_000

_EPOCH = date(1970, 1, 1)
_GRID = 65_535
"""Places on the map are whole numbers from 0 to this: finer than any screen."""


@dataclass(frozen=True, slots=True)
class DataBlock:
    """A named piece of the payload; `data` is gzip of JSON in UTF-8."""

    name: str
    data: bytes

    @classmethod
    def of(cls, name: str, value: object) -> DataBlock:
        """Compress a value; the same value gives the same bytes."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return cls(name, gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0))


def make_blocks(payload: Payload) -> Iterator[DataBlock]:
    """Everything that the page's script reads, block by block."""
    sources = list(payload.texts.values())
    starts = list(_starts(sources))
    places = {sha: place for place, sha in enumerate(payload.texts)}
    yield DataBlock.of("table", make_table(payload, places, starts, FACTS_IN_BLOCK))
    for first in range(0, len(payload.models), FACTS_IN_BLOCK):
        models = payload.models[first : first + FACTS_IN_BLOCK]
        facts = [make_facts(model.problems, payload.evidence_of(model)) for model in models]
        yield DataBlock.of(f"facts-{first // FACTS_IN_BLOCK}", facts)
    ends = [*starts[1:], len(sources)][: len(starts)]
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        texts = [[text.text, text.bytes, text.cut] for text in sources[start:end]]
        yield DataBlock.of(f"texts-{i}", texts)


def _starts(texts: Sequence[CardText]) -> Iterator[int]:
    """Index of each text that begins a block."""
    size = TEXT_IN_BLOCK
    for i, text in enumerate(texts):
        if size >= TEXT_IN_BLOCK:
            yield i
            size = 0
        size += len(text.text)


def make_facts(problems: Sequence[str], evidence: Sequence[Evidence]) -> list[object]:
    """A model's entry in a block of facts: its problems, and what moved its rating."""
    facts = [
        [
            SCORES.index(fact.criterion) if fact.criterion in SCORES else fact.criterion,
            fact.fact,
            fact.first_line,
            fact.last_line,
            fact.effect,
        ]
        for fact in evidence
    ]
    return [list(problems), facts]


def make_table(
    payload: Payload, places: Mapping[str, int], starts: Sequence[int], facts_in_block: int
) -> Mapping[str, object]:
    """What every model has, column by column.

    Parameters
    ----------
    places
        Of the texts that can be read, by hash.
    starts
        Text that begins each block of texts.
    facts_in_block
        Models in a block of facts.
    """
    models = payload.models
    return {
        "hub": payload.origin.hub,
        "folder": payload.folder,
        "questions": payload.rubric.questions,
        "names": {str(score): name for score, name in payload.rubric.overall_names.items()},
        "rows": len(models),
        "factsInBlock": facts_in_block,
        "textStarts": list(starts),
        "id": [model.id for model in models],
        "downloads": [model.downloads for model in models],
        "likes": [model.likes for model in models],
        "parameters": [model.parameters for model in models],
        "created": [_days(model.created_at) for model in models],
        "text": [places.get(model.card_sha256 or "") for model in models],
        "author": levels(model.author for model in models),
        "task": levels(model.pipeline_tag for model in models),
        "library": levels(model.library_name for model in models),
        "license": levels(model.license for model in models),
        "gated": levels(_gate(model.gated) for model in models),
        "scores": [[name, *_score_columns(models, name)] for name in SCORES],
        "map": None if payload.map is None else _map(payload.map),
    }


def _score_columns(models: Iterable[ShownModel], name: str) -> list[list[int | None]]:
    """Scores, expectations and both ends of the intervals, the last three in hundredths."""
    scores = [model.scores.get(name) for model in models]
    return [
        [score and score.value for score in scores],
        [score and _hundredths(score.expected) for score in scores],
        [score and _hundredths(score.low) for score in scores],
        [score and _hundredths(score.high) for score in scores],
    ]


@lru_cache(1 << 16)
def _hundredths(value: float | None) -> int | None:
    return None if value is None else round(100 * value)


def _days(day: str | None) -> int | None:
    """Days since 1970."""
    return None if day is None else (date.fromisoformat(day) - _EPOCH).days


def _gate(gated: str | None) -> str | None:
    return None if gated in (None, "", "False", "false") else gated


def levels(values: Iterable[str | None]) -> tuple[list[str], list[int]]:
    """Write a column of few values as those values, and for each row the place of its own.

    Examples
    --------
    >>> levels(["b", None, "a", "b"])
    (['b', 'a'], [0, -1, 1, 0])
    """
    places: dict[str, int] = {}
    codes = [-1 if value is None else places.setdefault(value, len(places)) for value in values]
    return list(places), codes


def _map(shown: ShownMap) -> Mapping[str, object]:
    points = [point for point in shown.points if point]
    left, top = min(point.x for point in points), min(point.y for point in points)
    wide, tall = (max(ends) for ends in ([p.x for p in points], [p.y for p in points]))
    # One scale for both axes: distances on a map mean the same in every direction.
    scale = _GRID / max(wide - left, tall - top, 1e-9)
    known = {segment.segment: i for i, segment in enumerate(shown.segments)}
    return {
        "grid": [left, top, scale],
        "x": [None if p is None else round((p.x - left) * scale) for p in shown.points],
        "y": [None if p is None else round((p.y - top) * scale) for p in shown.points],
        "segment": [-1 if p is None else known.get(p.segment or "", -1) for p in shown.points],
        "segments": [
            {
                "name": segment.name,
                "x": _on_grid(segment.x, left, scale),
                "y": _on_grid(segment.y, top, scale),
            }
            for segment in shown.segments
        ],
    }


def _on_grid(place: float, start: float, scale: float) -> int | None:
    return round((place - start) * scale) if math.isfinite(place) else None

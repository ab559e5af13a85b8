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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardiogram.names import SCORES
from cardiogram.report.data.payload import Map, Model, Payload
from cardiogram.report.data.texts import CardText

FACTS_IN_BLOCK = 256
TEXT_IN_BLOCK = 600_000

_EPOCH = date(1970, 1, 1)
_GRID = 65_535
"""Places on the map are whole numbers from 0 to this: finer than any screen."""


@dataclass(frozen=True, slots=True)
class Block:
    """A named piece of the payload; `data` is gzip of JSON in UTF-8."""

    name: str
    data: bytes

    @classmethod
    def of(cls, name: str, value: object) -> Block:
        """Compress a value; the same value gives the same bytes."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return cls(name, gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0))


def make_blocks(payload: Payload) -> Iterator[Block]:
    """Everything that the page's script reads, block by block."""
    starts = list(_starts(payload.texts))
    yield Block.of("table", _table(payload, starts))
    for first in range(0, len(payload.models), FACTS_IN_BLOCK):
        facts = [_facts(model) for model in payload.models[first : first + FACTS_IN_BLOCK]]
        yield Block.of(f"facts-{first // FACTS_IN_BLOCK}", facts)
    ends = [*starts[1:], len(payload.texts)][: len(starts)]
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        texts = [[text.text, text.bytes, text.cut] for text in payload.texts[start:end]]
        yield Block.of(f"texts-{i}", texts)


def _starts(texts: Sequence[CardText]) -> Iterator[int]:
    """Index of each text that begins a block."""
    size = TEXT_IN_BLOCK
    for i, text in enumerate(texts):
        if size >= TEXT_IN_BLOCK:
            yield i
            size = 0
        size += len(text.text)


def _facts(model: Model) -> list[Any]:
    evidence = [
        [
            SCORES.index(fact.criterion) if fact.criterion in SCORES else fact.criterion,
            fact.fact,
            fact.first_line,
            fact.last_line,
            fact.effect,
        ]
        for fact in model.evidence
    ]
    return [list(model.problems), evidence]


def _table(payload: Payload, starts: Sequence[int]) -> dict[str, Any]:
    models = payload.models
    return {
        "hub": payload.hub,
        "folder": payload.folder,
        "questions": dict(payload.rubric.questions),
        "names": {str(score): name for score, name in payload.rubric.overall_names.items()},
        "rows": len(models),
        "factsInBlock": FACTS_IN_BLOCK,
        "textStarts": list(starts),
        "id": [model.id for model in models],
        "downloads": [model.downloads for model in models],
        "likes": [model.likes for model in models],
        "parameters": [model.parameters for model in models],
        "created": [_days(model.created_at) for model in models],
        "text": [model.text for model in models],
        "author": levels(model.author for model in models),
        "task": levels(model.pipeline_tag for model in models),
        "library": levels(model.library_name for model in models),
        "license": levels(model.license for model in models),
        "gated": levels(_gate(model.gated) for model in models),
        "scores": [[name, *_score_columns(models, name)] for name in SCORES],
        "map": None if payload.map is None else _map(payload.map),
    }


def _score_columns(models: Iterable[Model], name: str) -> list[list[int | None]]:
    """Scores, expectations and both ends of the intervals, the last three in hundredths."""
    found = [model.scores.get(name) for model in models]
    ends: list[Callable[[Any], float | None]] = [
        lambda score: score.expected,
        lambda score: score.low,
        lambda score: score.high,
    ]
    return [
        [None if score is None else score.score for score in found],
        *([None if score is None else _hundredths(end(score)) for score in found] for end in ends),
    ]


def _hundredths(value: float | None) -> int | None:
    return None if value is None else round(100 * value)


def _days(day: str | None) -> int | None:
    """Days since 1970."""
    return None if day is None else (date.fromisoformat(day) - _EPOCH).days


def _gate(gated: str | None) -> str | None:
    return None if gated in (None, "", "False", "false") else gated


def levels(values: Iterable[str | None]) -> list[list[Any]]:
    """Write a column of few values as those values, and for each row the place of its own.

    Examples
    --------
    >>> levels(["b", None, "a", "b"])
    [['b', 'a'], [0, -1, 1, 0]]
    """
    places: dict[str, int] = {}
    codes = [-1 if value is None else places.setdefault(value, len(places)) for value in values]
    return [list(places), codes]


def _map(found: Map) -> dict[str, Any]:
    xs = [place.x for place in found.places if place]
    ys = [place.y for place in found.places if place]
    left, top = min(xs), min(ys)
    # One scale for both axes: distances on a map mean the same in every direction.
    scale = _GRID / max(max(xs) - left, max(ys) - top, 1e-9)
    names = [str(segment.get("segment", "")) for segment in found.segments]
    known = {name: i for i, name in enumerate(names)}
    return {
        "x": [None if p is None else round((p.x - left) * scale) for p in found.places],
        "y": [None if p is None else round((p.y - top) * scale) for p in found.places],
        "segment": [-1 if p is None else known.get(p.segment or "", -1) for p in found.places],
        "segments": [
            {
                "name": str(segment.get("name") or name),
                "x": _on_grid(segment.get("x"), left, scale),
                "y": _on_grid(segment.get("y"), top, scale),
            }
            for name, segment in zip(names, found.segments, strict=True)
        ],
    }


def _on_grid(value: object, start: float, scale: float) -> int | None:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return round((value - start) * scale)

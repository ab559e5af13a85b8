"""The models of a page: what the study's tables hold of each, with the rating of one judge."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from cardiogram.cards import Card, StoredTexts, explain_problem
from cardiogram.cards.features import CardFeatures, read_features
from cardiogram.judge import Evidence, Score
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.expectations import explain, measure_contributions
from cardiogram.judge.llm.transport import file_name
from cardiogram.maps.segments import Segment, read_segments
from cardiogram.names import SCORES
from cardiogram.report.data.model_choice import ModelChoice
from cardiogram.store import Row, Study

RatedCard: TypeAlias = "tuple[str, str | None]"
"""A model's id and the hash of its card: a rating counts for the text that it read."""

_AT_ONCE = 128

EvidenceOf: TypeAlias = Mapping[RatedCard, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class ShownModel:
    """One row of the table.

    Attributes
    ----------
    scores
        The nine numbers by name; empty where the card was not rated.
    problems
        In words.
    is_sampled
        Whether it is one of those that stand for all: of very many models, a random sample.
    shard
        Of the study's tables, that it is in.
    """

    id: str
    author: str
    downloads: int | None = None
    likes: int | None = None
    pipeline_tag: str | None = None
    library_name: str | None = None
    license: str | None = None
    parameters: int | None = None
    created_at: str | None = None
    gated: str | None = None
    card_sha256: str | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    judge_version: str = ""
    is_sampled: bool = True
    shard: str = ""

    @property
    def overall(self) -> int | None:
        """The overall rating, 1-5; None where the card was not rated."""
        return self.scores["overall"].value if self.scores else None

    @property
    def card(self) -> RatedCard:
        """What its rating is kept by."""
        return self.id, self.card_sha256


@dataclass(frozen=True, slots=True)
class _KnownRating:
    scores: Mapping[str, Score]
    problems: tuple[str, ...]
    judge_version: str


def read_models(study: Study, judge: str, choice: ModelChoice) -> list[ShownModel]:
    """The chosen models of a study with one judge's rating, the most downloaded first."""
    rows = list(choice.read(study))
    ratings = _read_ratings(study, judge, [chosen.row["id"] for chosen in rows])
    problems = _read_problems(study, {chosen.row["card_sha256"] for chosen in rows} - {None})
    models = []
    for row, shard, is_sampled in rows:
        id, sha, created = row["id"] or "", row["card_sha256"], row["created_at"]
        rating = ratings.get((row["id"], sha), _KnownRating({}, (), ""))
        met = dict.fromkeys([*(row["problems"] or ()), *problems.get(sha, ()), *rating.problems])
        models.append(
            ShownModel(
                id=id,
                author=row["author"] or id.partition("/")[0],
                downloads=row["downloads"],
                likes=row["likes"],
                pipeline_tag=row["pipeline_tag"],
                library_name=row["library_name"],
                license=row["license"],
                parameters=row["parameters"],
                created_at=created.date().isoformat() if created else None,
                gated=row["gated"],
                card_sha256=sha,
                scores=rating.scores,
                problems=tuple(map(explain_problem, met)),
                judge_version=rating.judge_version,
                is_sampled=is_sampled,
                shard=shard,
            )
        )
    return sorted(
        models, key=lambda model: (-(model.downloads or 0), -(model.likes or 0), model.id)
    )


def _read_ratings(
    study: Study, judge: str, ids: Sequence[str | None]
) -> dict[RatedCard, _KnownRating]:
    """Ratings without their evidence, which of a large study would fill the memory."""
    numbers = [f"{name}{end}" for name in SCORES for end in ("", "_expected", "_low", "_high")]
    columns = ["id", "card_sha256", "judge", "judge_version", "problems", *numbers]
    ratings = {}
    for row in study.ratings.rows_with("id", filter(None, ids), columns):
        if row["judge"] != judge:
            continue
        scores = {}
        for name in SCORES if row["overall"] is not None else ():
            low, high = (_rounded(row[f"{name}_{end}"]) for end in ("low", "high"))
            expected = _rounded(row[f"{name}_expected"])
            if row[name] is not None and expected is not None:
                scores[name] = Score(row[name], expected, low, high)
        known = scores if "overall" in scores else {}
        problems, version = tuple(row["problems"] or ()), row["judge_version"]
        ratings[row["id"], row["card_sha256"]] = _KnownRating(known, problems, version)
    return ratings


def _read_problems(study: Study, cards: Set[str]) -> dict[str, list[str]]:
    """Problems of some card texts by hash; those that the last `rate` or `map` read."""
    columns = ("card_sha256", "problems")
    return {
        row["card_sha256"]: row["problems"]
        for table in (study.cards, study.features)
        for row in table.rows_with("card_sha256", cards, columns)
    }


def read_evidence(
    study: Study,
    judge: str,
    cards: Set[RatedCard],
    shards: Set[str] | None = None,
    texts: StoredTexts | None = None,
) -> EvidenceOf:
    """Evidence of one judge on some cards: what it wrote, or what their texts say.

    Parameters
    ----------
    shards
        Of `models/`, that the cards are in; in any, unless given.
    texts
        Where their texts are looked up.
    """
    columns, evidence, unwritten = ["id", "card_sha256", "judge", "evidence"], {}, set()
    ids, paths = [id for id, _ in cards], study.ratings.shards()
    if shards is not None:
        own = f"{file_name(judge)}-"
        paths = [path for path in paths if path.stem.removeprefix(own) in shards]
    for row in study.ratings.rows_with("id", ids, columns, paths):
        card: RatedCard = row["id"], row["card_sha256"]
        if row["judge"] != judge or card not in cards:
            continue
        if row["evidence"] is None:
            unwritten.add(card)
        else:
            evidence[card] = tuple(map(_told, row["evidence"]))
    return evidence | dict(_explain(study, unwritten, shards, texts))


def _told(fact: Row) -> Evidence:
    place = fact["first_line"] or 0, fact["last_line"] or 0, _rounded(fact["effect"])
    return Evidence(fact["criterion"] or "", fact["fact"] or "", *place)


def _explain(
    study: Study, cards: Set[RatedCard], shards: Set[str] | None, texts: StoredTexts | None
) -> Iterator[tuple[RatedCard, tuple[Evidence, ...]]]:
    """What the built-in judge says of some cards."""
    pairs = _cards_of(study, cards, shards, texts)
    while some := list(islice(pairs, _AT_ONCE)):
        reads = read_features([card for _, card in some])
        yield from zip((rated for rated, _ in some), map(explain, reads), strict=True)


def _cards_of(
    study: Study,
    cards: Set[RatedCard],
    shards: Set[str] | None = None,
    texts: StoredTexts | None = None,
) -> Iterator[tuple[RatedCard, Card]]:
    ids, paths = [id for id, _ in cards], study.models.shards()
    if shards is not None:
        paths = [path for path in paths if path.stem in shards]
    named = study.models.rows_with("id", ids, paths=paths)
    rows = (row for row in named if (row["id"], row["card_sha256"]) in cards)
    for row, card in (texts or StoredTexts(study)).cards(rows):
        yield (row["id"], row["card_sha256"]), card


def measure_evidence(study: Study, judge: str, models: Sequence[ShownModel]) -> EvidenceOf:
    """Evidence with its effect, of the cards that the judge that is here has rated."""
    shipped = embedded_judge()
    rated = {model.card for model in models if model.judge_version == shipped.version}
    if judge != shipped.id or not rated:
        return {}
    return {
        name: tuple(
            fact._replace(effect=_rounded(fact.effect))
            for fact in measure_contributions(CardFeatures.of(card), shipped.expect)
        )
        for name, card in _cards_of(study, rated)
    }


@lru_cache(1 << 16)  # numbers of ratings have few values
def _rounded(value: float | None) -> float | None:
    return round(value, 3) if value is not None and math.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class MapPoint:
    """Where a model lies on the map; `segment` is None for an outlier."""

    x: float
    y: float
    segment: str | None


@dataclass(frozen=True, slots=True)
class ShownMap:
    """The map of the cards.

    Attributes
    ----------
    points
        One a model of the payload, in their order; None where the map has no such card.
    segments
        The largest first.
    placed, outliers
        Models of the study on the map, and those of them that are in no segment.
    """

    points: tuple[MapPoint | None, ...]
    segments: tuple[Segment, ...]
    placed: int
    outliers: int


def read_shown_map(study: Study, ids: Sequence[str], choice: ModelChoice) -> ShownMap | None:
    """Read the map of the chosen models; None where none of them is on it.

    Raises
    ------
    DataError
        The segments cannot be read.
    """
    places = {
        row["id"]: MapPoint(round(row["x"], 4), round(row["y"], 4), row["segment"])
        for row in study.map.rows_with("id", ids, ["id", "x", "y", "segment"])
        if None not in (row["x"], row["y"]) and math.isfinite(row["x"] + row["y"])
    }
    points = tuple(places.get(id) for id in ids)
    there = [point for point in points if point]
    if not there:
        return None
    placed, outliers = len(there), sum(point.segment is None for point in there)
    if choice.sampled is not None:
        shards = [study.map.load(path.stem, ["segment"])["segment"] for path in study.map.shards()]
        placed, outliers = sum(map(len, shards)), sum(column.null_count for column in shards)
    return ShownMap(points, read_segments(study), placed, outliers)

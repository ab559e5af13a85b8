"""What a report shows, gathered from a study folder: plain values that JSON can carry."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import resources
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

from cardiogram.cards import explain_problem
from cardiogram.cards.features import CardFeatures
from cardiogram.errors import DataError
from cardiogram.judge import Texts as CardTexts
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.expectations import measure_contributions
from cardiogram.maps.segments import read_segments
from cardiogram.names import SCORES
from cardiogram.report.data.match import Candidate, Pair, select_pairs
from cardiogram.report.data.texts import CardText, Texts, read_texts
from cardiogram.store import RATINGS, Study

Key: TypeAlias = "tuple[str, str | None]"
"""A model's id and the hash of its card."""

MAX_MODELS = 100_000
"""Models in the page's table and map; beyond it, the most downloaded."""

MAX_OPENED = 20_000
"""Models whose evidence the page carries, and that a pair may be of: the most downloaded."""

_MODEL_ID = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
_TABLE_ROW = re.compile(r"^\| *`?([^|`]+?)`? *\| *([^|]+?) *\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Score:
    """One of the nine numbers: the whole score, its expectation and its interval (all 1-5)."""

    score: int | None
    expected: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact of the card, where it stands (lines from 1) and how far it moved the rating."""

    criterion: str
    fact: str
    first_line: int | None
    last_line: int | None
    effect: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """One row of the table. `text` is an index into the payload's texts."""

    id: str
    author: str
    downloads: int | None
    likes: int | None
    pipeline_tag: str | None
    library_name: str | None
    license: str | None
    parameters: int | None
    created_at: str | None
    gated: str | None
    scores: Mapping[str, Score]
    problems: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    text: int | None

    @property
    def overall(self) -> int | None:
        """The overall rating, 1-5; None where the card was not rated."""
        return self.scores["overall"].score if self.scores else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model lies on the map; `segment` is None for an outlier."""

    x: float
    y: float
    segment: str | None


@dataclass(frozen=True, slots=True)
class Map:
    """The map of the cards.

    Attributes
    ----------
    places
        One a model of the payload, in their order; None where the map has no such card.
    segments
        What `map/segments.json` holds, the largest first.
    """

    places: tuple[Place | None, ...]
    segments: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """The rubric's own words: a question for each criterion, a meaning for each overall score."""

    questions: Mapping[str, str]
    names: Mapping[int, str]
    meanings: Mapping[int, str]

    @property
    def overall_names(self) -> dict[int, str]:
        """What an overall score is called: the first words of its meaning."""
        return {s: text.split(":")[0].split(",")[0] for s, text in self.meanings.items()}


@dataclass(frozen=True, slots=True)
class Payload:
    """Everything that a page shows.

    Attributes
    ----------
    folder
        Name of the study's folder.
    hub
        Address that a model's page starts with; None where there is none to link to.
    map
        None where the study has no map.
    pairs
        Poor and good cards to compare, the closest first; empty where `pair_reason` says why.
    notes
        What was left out of the page, in sentences.
    """

    folder: str
    hub: str | None
    manifest: Mapping[str, Any]
    results: Mapping[str, Any]
    rubric: Rubric
    models: tuple[Model, ...]
    texts: tuple[CardText, ...]
    map: Map | None
    pairs: tuple[Pair, ...]
    pair_reason: str
    notes: tuple[str, ...]

    def link(self, id: str) -> str | None:
        """Address of a model's page on the Hub; None where the id is not one of the Hub's."""
        if self.hub is None or not _MODEL_ID.fullmatch(id):
            return None
        return f"{self.hub}/{quote(id)}"

    def text(self, model: Model) -> CardText | None:
        """Give the source of a model's card, where the page has it."""
        return None if model.text is None else self.texts[model.text]


def build_payload(study: Study, *, judge: str | None = None) -> Payload:
    """Gather what the report of a study shows.

    Parameters
    ----------
    study
        A study folder that `analyze` has run on.
    judge
        Id of the judge whose ratings are shown; by default the one that was analyzed.

    Raises
    ------
    DataError
        There is no results.json yet, or a file of the study cannot be read.
    """
    results = study.results()
    if not results:
        raise DataError(
            f"{str(study.root)!r} has no results yet",
            hint=f"Analyze it first: cardiogram analyze {study.root}",
        )
    rows = sorted(study.models.rows(), key=_by_popularity)
    shown = rows[:MAX_MODELS]
    used = judge or results.get("judge", {}).get("id", "embedded")
    models = _models(study, shown, used)
    candidates = [Candidate(m.id, m.author, m.overall, m.downloads) for m in models[:MAX_OPENED]]
    pairs = select_pairs(candidates)
    first = [place for pair in pairs for place in (pair.poor, pair.good)]
    order = [shown[i]["card_sha256"] for i in (*first, *range(len(shown)))]
    texts = read_texts(study, [sha for sha in dict.fromkeys(order) if sha])
    opened = {_key(row) for row in shown[:MAX_OPENED]}
    evidence = _evidence_of(study, opened, used)
    evidence |= _measured(study, [shown[i] for i in first], used)
    manifest = _plain(study.manifest())
    return Payload(
        folder=study.root.resolve().name,
        hub=_endpoint(manifest),
        manifest=manifest,
        results=_plain(results),
        rubric=_rubric(),
        models=tuple(_with_cards(models, shown, texts, evidence)),
        texts=tuple(texts.by_sha.values()),
        map=_map(study, shown),
        pairs=tuple(pairs),
        pair_reason="" if pairs else _why_no_pair(models),
        notes=(*_left_out(rows), *texts.left_out([row["card_sha256"] for row in rows])),
    )


def _map(study: Study, rows: Sequence[Mapping[str, Any]]) -> Map | None:
    """Read the map, for the models of the page; None where `map` never ran."""
    placed = study.map.read(["id", "x", "y", "segment"]).to_pylist()
    found = {
        row["id"]: Place(round(row["x"], 4), round(row["y"], 4), row["segment"])
        for row in placed
        if _is_finite(row["x"]) and _is_finite(row["y"])
    }
    places = tuple(found.get(row["id"]) for row in rows)
    if not any(places):
        return None
    return Map(places, tuple(_plain(read_segments(study))))


def _by_popularity(row: Mapping[str, Any]) -> list[Any]:
    return [-(row["downloads"] or 0), -(row["likes"] or 0), row["id"] or ""]


def _left_out(rows: Sequence[object]) -> Iterator[str]:
    if len(rows) > MAX_MODELS:
        yield (
            f"The table and the scatter plots hold the {MAX_MODELS:,} most downloaded of "
            f"{len(rows):,} models; the statistics use all of them."
        )
    if len(rows) > MAX_OPENED:
        yield f"The evidence is here for the {MAX_OPENED:,} most downloaded models."


def _key(row: Mapping[str, Any]) -> Key:
    """A rating counts for the card that it read: one of an older text is not for a newer."""
    return row["id"], row["card_sha256"]


def _with_cards(
    models: Sequence[Model],
    rows: Sequence[Mapping[str, Any]],
    texts: Texts,
    evidence: Mapping[Key, tuple[Evidence, ...]],
) -> Iterator[Model]:
    """Give each model its place among the texts, and its evidence."""
    index = {sha: i for i, sha in enumerate(texts.by_sha)}
    for model, row in zip(models, rows, strict=True):
        text, found = index.get(row["card_sha256"]), evidence.get(_key(row), ())
        yield replace(model, text=text, evidence=found)


def _evidence_of(study: Study, keys: Set[Key], judge: str) -> dict[Key, tuple[Evidence, ...]]:
    """Evidence of some ratings only: of a large study, all of it would fill the memory."""
    rows = study.ratings.rows(["id", "card_sha256", "judge", "evidence"])
    return {
        _key(row): tuple(_evidence(fact) for fact in row["evidence"] or [])
        for row in rows
        if row["judge"] == judge and _key(row) in keys
    }


def _measured(
    study: Study, rows: Sequence[Mapping[str, Any]], judge: str
) -> dict[Key, tuple[Evidence, ...]]:
    """Evidence of the compared cards with its effect, where the judge that rated them is here."""
    shipped = embedded_judge()
    versions = {
        _key(row): row["judge_version"]
        for row in study.ratings.rows(["id", "card_sha256", "judge", "judge_version"])
        if row["judge"] == judge == shipped.id
    }
    texts = CardTexts(study)
    return {
        _key(row): tuple(
            _evidence(fact._asdict())
            for fact in measure_contributions(CardFeatures.of(texts.card(row)), shipped.expect)
        )
        for row in rows
        if versions.get(_key(row)) == shipped.version
    }


def _models(study: Study, rows: Sequence[Mapping[str, Any]], judge: str) -> list[Model]:
    columns = [name for name in RATINGS.names if name != "evidence"]
    ratings = {_key(row): row for row in study.ratings.rows(columns) if row["judge"] == judge}
    cards = study.cards.read(["card_sha256", "problems"]).to_pylist()
    problems = {card["card_sha256"]: card["problems"] or [] for card in cards}
    made = []
    for row in rows:
        sha = row["card_sha256"]
        rating = ratings.get(_key(row), {})
        found = [*(row["problems"] or []), *problems.get(sha, []), *(rating.get("problems") or [])]
        made.append(_model(row, rating, found))
    return made


def _model(row: Mapping[str, Any], rating: Mapping[str, Any], problems: Iterable[str]) -> Model:
    rated = rating.get("overall") is not None
    return Model(
        id=row["id"] or "",
        author=row["author"] or (row["id"] or "").partition("/")[0],
        downloads=row["downloads"],
        likes=row["likes"],
        pipeline_tag=row["pipeline_tag"],
        library_name=row["library_name"],
        license=row["license"],
        parameters=row["parameters"],
        created_at=row["created_at"].date().isoformat() if row["created_at"] else None,
        gated=row["gated"],
        scores={name: _score(rating, name) for name in SCORES} if rated else {},
        problems=tuple(explain_problem(problem) for problem in dict.fromkeys(problems)),
        evidence=(),
        text=None,
    )


def _score(rating: Mapping[str, Any], name: str) -> Score:
    return Score(
        score=rating[name],
        expected=_rounded(rating[f"{name}_expected"]),
        low=_rounded(rating[f"{name}_low"]),
        high=_rounded(rating[f"{name}_high"]),
    )


def _evidence(fact: Mapping[str, Any]) -> Evidence:
    return Evidence(
        criterion=fact["criterion"] or "",
        fact=fact["fact"] or "",
        first_line=fact["first_line"],
        last_line=fact["last_line"],
        effect=_rounded(fact["effect"]),
    )


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _rounded(value: float | None) -> float | None:
    return round(value, 3) if value is not None and math.isfinite(value) else None


def _why_no_pair(models: Sequence[Model]) -> str:
    counted = [m.overall for m in models if m.overall is not None and m.downloads is not None]
    if not counted:
        return "No card was rated, so there is nothing to compare."
    if max(counted) < 4:
        return "No card with known downloads is rated 4 or 5, so there is no good card to show."
    return "No card with known downloads is rated 1 or 2, so there is no poor card to show."


# Words of the rubric, the manifest -----------------------------------------------------------


def _rubric() -> Rubric:
    """Read the rubric's tables, so that the page and the judge cannot say different things."""
    path = resources.files("cardiogram") / "data" / "rubric" / "model-card-v1.md"
    scale, criteria, overall = path.read_text("utf-8").split("\n## ")[1:4]
    return Rubric(
        questions={k: v for k, v in _TABLE_ROW.findall(criteria) if k in SCORES},
        names={int(k): v for k, v in _TABLE_ROW.findall(scale) if k.isdigit()},
        meanings={int(k): v for k, v in _TABLE_ROW.findall(overall) if k.isdigit()},
    )


def _endpoint(manifest: Mapping[str, Any]) -> str | None:
    """Read the Hub's address from the manifest, if it is a plain web address."""
    source = manifest.get("source")
    found = source.get("endpoint") if isinstance(source, Mapping) else None
    try:
        parts = urlsplit(str(found or ""))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}{quote(parts.path.rstrip('/'))}"


def _plain(value: Any) -> Any:
    """Give the same value with dates as text and numbers that JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

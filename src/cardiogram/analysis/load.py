"""Read a study folder into columns: ratings, counts, covariates, traits and texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardiogram.analysis.changes import Changed, changes_of
from cardiogram.analysis.duplicates import Signature, sign
from cardiogram.analysis.missed import read_missed
from cardiogram.cards import (
    CountedCards,
    StoredTexts,
    is_studied,
    metadata_from_tags,
    problem_codes,
    read_problems,
)
from cardiogram.cards.features import TRAITS, is_machine_made
from cardiogram.collect import read_dated
from cardiogram.errors import DataError
from cardiogram.names import SCORES
from cardiogram.stats.resampling import Floats
from cardiogram.store import Row, Study

OUTCOMES = {
    "downloads": "downloads in the last 30 days",
    "likes": "likes",
    "downloads_all_time": "downloads of all time",
}
"""What ratings are related to: the column of the models, and its words."""

AGE_FLOOR = "2022-03-02"
"""The Hub gives this day of creation to every model made before it."""

NONE = "(none)"
"""Group of the models that name no library, or no task."""

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """Models of a study in columns of n, and what was left out on the way.

    Attributes
    ----------
    ratings
        The judge's nine expected ratings by name, NaN where there is none.
    scores
        The nine whole scores by name.
    outcomes
        Counts by name, NaN where there is none; with two snapshots, what changed between them too.
    created
        Days since 1970; NaN where unknown or at the Hub's floor.
    at_floor
        Whether a model was made on the Hub's floor or before.
    size
        log10 of its parameters, NaN where unknown.
    machine_made
        Whether it is a converted or quantised copy.
    groups
        Label of each model by kind of stratum: library, task and, where there is a map, segment.
    traits
        1 where a model has a trait, 0 where not, NaN where it has no card; shape (n, traits).
    missed
        1 where a card misses an expectation, NaN where there is no card; shape (n, expectations).
    signatures
        Of each card's text; None where there is none.
    hashes
        Of each card; "" where there is none.
    without_card
        Whether a model has none on the Hub.
    day
        On which the last card was read, ISO; "" where that is not known.
    versions
        Of the judge and of the rubric.
    changed
        Which two days the changes are of, or why there are none.
    """

    ids: tuple[str, ...]
    authors: tuple[str, ...]
    ratings: Mapping[str, Floats]
    scores: Mapping[str, Floats]
    outcomes: Mapping[str, Floats]
    created: Floats
    at_floor: NDArray[np.bool_]
    size: Floats
    machine_made: NDArray[np.bool_]
    groups: Mapping[str, tuple[str | None, ...]]
    traits: Floats
    missed: Floats
    signatures: tuple[Signature | None, ...]
    hashes: tuple[str, ...]
    without_card: NDArray[np.bool_]
    day: str
    versions: Mapping[str, str]
    rated: int
    problems: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0
    outdated: int = 0
    changed: Changed = field(default_factory=lambda: Changed(()))

    def take(self, rows: NDArray[np.int64]) -> Loaded:
        """Some of the models; what was counted of all stays as it is."""
        places = rows.tolist()
        return replace(
            self,
            ids=tuple(self.ids[row] for row in places),
            authors=tuple(self.authors[row] for row in places),
            ratings={name: column[rows] for name, column in self.ratings.items()},
            scores={name: column[rows] for name, column in self.scores.items()},
            outcomes={name: column[rows] for name, column in self.outcomes.items()},
            created=self.created[rows],
            at_floor=self.at_floor[rows],
            size=self.size[rows],
            machine_made=self.machine_made[rows],
            groups={by: tuple(labels[row] for row in places) for by, labels in self.groups.items()},
            traits=self.traits[rows],
            missed=self.missed[rows],
            signatures=tuple(self.signatures[row] for row in places),
            hashes=tuple(self.hashes[row] for row in places),
            without_card=self.without_card[rows],
        )


def load(study: Study, judge: str, *, texts: bool = True) -> Loaded:
    """Read everything that `analyze` needs.

    Parameters
    ----------
    texts
        Whether to read what is in the cards, too: traits, expectations and near-duplicates.

    Raises
    ------
    DataError
        There is no model, or this judge has rated none of the cards.
    """
    if study.type != "model":
        raise DataError(
            f"{str(study.root)!r} is a study of dataset cards: they are rated, and not yet related "
            "to downloads",
            hint="The ratings are in ratings/*.parquet.",
        )
    rows, problems, repeated = _models(study)
    rated = _ratings(study, judge)
    if not rated and any(row["card_sha256"] for row in rows):
        raise DataError(
            f"no ratings by {judge!r} in {str(study.root)!r}",
            hint=_other_judges(study) or f"cardiogram rate {study.root} --judge {judge}",
        )
    ratings = [rated.get(row["id"]) for row in rows]
    current = [
        rating if _is_current(row, rating) else None
        for row, rating in zip(rows, ratings, strict=True)
    ]
    known = [rating for rating in current if rating and rating["overall"] is not None]
    ids = tuple(str(row["id"]) for row in rows)
    changed = changes_of(read_dated(study, ids))
    return Loaded(
        ids=ids,
        authors=tuple(row["author"] or row["id"].split("/")[0] for row in rows),
        ratings={f"{name}_expected": _column(current, f"{name}_expected") for name in SCORES},
        scores={name: _column(current, name) for name in SCORES},
        outcomes={name: _column(rows, name) for name in OUTCOMES} | dict(changed.columns or {}),
        **_covariates(rows),
        traits=_traits(study, rows) if texts else np.empty((len(rows), 0)),
        missed=read_missed(study, rows) if texts else np.empty((len(rows), 0)),
        signatures=_signatures(study, rows) if texts else (None,) * len(rows),
        hashes=tuple(row["card_sha256"] or "" for row in rows),
        without_card=np.array([_lacks_card(row) for row in rows], dtype=bool),
        day=max(
            (row["fetched_at"].date().isoformat() for row in rows if row["fetched_at"]), default=""
        ),
        versions={kind: _versions(known, f"{kind}_version") for kind in ("judge", "rubric")},
        rated=len(known),
        problems=problems,
        repeated=repeated,
        outdated=sum(rating is not None for rating in ratings)
        - sum(rating is not None for rating in current),
        changed=changed,
    )


def add_segments(loaded: Loaded, study: Study) -> Loaded:
    """Group the models by the segments of the study's map, too, where it has one."""
    segments = _segments(study)
    if not segments:
        return loaded
    by_segment = {"segment": tuple(segments.get(id) for id in loaded.ids)}
    return replace(loaded, groups={**loaded.groups, **by_segment})


def _models(study: Study) -> tuple[list[Row], dict[str, int], int]:
    """Rows of the models, problems of models and cards by code, and rows that repeat a model."""
    columns = [
        "id",
        "author",
        "card_sha256",
        "problems",
        "created_at",
        "tags",
        "pipeline_tag",
        "library_name",
        "parameters",
        "fetched_at",
        *OUTCOMES,
    ]
    problems: Counter[str] = Counter()
    models: dict[str, Row] = {}
    usable = 0
    for row in study.models.rows(columns):
        problems.update(problem_codes(row["problems"]))
        if is_studied(row):
            usable += 1
            models[row["id"]] = row
    if not models:
        raise DataError(
            f"no models in {str(study.root)!r}", hint=f"cardiogram collect {study.root}"
        )
    for codes in read_problems(study).values():
        problems.update(problem_codes(codes))
    ordered = dict(sorted(problems.items(), key=lambda pair: (-pair[1], pair[0])))
    return list(models.values()), ordered, usable - len(models)


def _ratings(study: Study, judge: str) -> dict[str, Row]:
    """Find the judge's last rating of each model; what it refused or failed at is none."""
    wanted = [column for name in SCORES for column in (name, f"{name}_expected")]
    columns = ["id", "card_sha256", "judge", "judge_version", "rubric_version", "status", *wanted]
    return {
        row["id"]: row
        for row in study.ratings.rows(columns)
        if row["judge"] == judge and row["status"] == "rated"
    }


def _other_judges(study: Study) -> str:
    """Who has rated, where somebody has."""
    known = sorted({row["judge"] for row in study.ratings.rows(["judge"])})
    return f"It has ratings by {', '.join(known)}: --judge {known[0]}" if known else ""


def _is_current(model: Row, rating: Row | None) -> bool:
    """Whether a rating is of the text that the model's card has now."""
    if rating is None:
        return False
    return rating["card_sha256"] in (None, model["card_sha256"])


def _lacks_card(row: Row) -> bool:
    """Whether a model has no card, and not one that could not be read."""
    return row["card_sha256"] is None and "no_readme" in problem_codes(row["problems"])


def _versions(rated: Sequence[Row], column: str) -> str:
    return ", ".join(sorted({str(rating[column] or "") for rating in rated}))


def _column(rows: Sequence[Row | None], name: str) -> Floats:
    return np.array([row[name] if row else None for row in rows], dtype=np.float64)


def _covariates(rows: Sequence[Row]) -> dict[str, Any]:
    made = [row["created_at"] for row in rows]
    floor = np.array([_at_floor(day) for day in made], dtype=bool)
    created = np.array([day.timestamp() / _DAY if day else math.nan for day in made])
    created[floor] = np.nan
    filled = [_filled(row) for row in rows]
    groups: dict[str, tuple[str | None, ...]] = {
        "library": tuple(library or NONE for library, _ in filled),
        "task": tuple(task or NONE for _, task in filled),
    }
    return {
        "created": created,
        "at_floor": floor,
        "size": np.array([_log_size(row["parameters"]) for row in rows]),
        "machine_made": np.array([is_machine_made(row["id"], row["tags"] or ()) for row in rows]),
        "groups": groups,
    }


def _filled(row: Row) -> tuple[str | None, str | None]:
    """Library and task of a model; the dumps that name neither still have them as tags."""
    library, task = row["library_name"], row["pipeline_tag"]
    if library and task:
        return library, task
    values = metadata_from_tags(row["tags"] or (), task, library).values
    return _label(values.get("library_name")), _label(values.get("pipeline_tag"))


def _label(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _at_floor(day: datetime | None) -> bool:
    return day is not None and day.date().isoformat() <= AGE_FLOOR


def _log_size(parameters: object) -> float:
    if isinstance(parameters, int | float) and 0 < parameters < math.inf:
        return math.log10(parameters)
    return math.nan


def _segments(study: Study) -> dict[str, str]:
    """The segment of each model, from `map/`; empty where there is no map."""
    segments: dict[str, str] = {}
    for row in study.map.rows(["id", "segment"]):
        if row["id"] and row["segment"] is not None:
            segments[row["id"]] = row["segment"]
    return segments


def _traits(study: Study, rows: Sequence[Row]) -> Floats:
    """1 where a model has a trait, 0 where not, NaN where it has no card; shape (n, traits)."""
    counted, traits_of = CountedCards(study), {}
    for path in study.models.shards():
        for card in counted.rows(path.stem, ["id", "card_sha256", "traits"]):
            traits_of[card["id"], card["card_sha256"]] = card["traits"]
    nothing = [math.nan] * len(TRAITS)
    traits = [traits_of.get((row["id"], row["card_sha256"]), nothing) for row in rows]
    return np.array(traits, dtype=np.float64).reshape(-1, len(TRAITS))


def _signatures(study: Study, rows: Sequence[Row]) -> tuple[Signature | None, ...]:
    """What near-duplicates are told by, of each card's text; None where there is none."""
    texts = StoredTexts(study).texts(rows)
    signed = {row["id"]: sign(text["body"] or "", row["id"]) for row, text in texts}
    return tuple(signed.get(row["id"]) for row in rows)

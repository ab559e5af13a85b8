"""Read a study folder into columns: ratings, counts, covariates, traits and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.analysis.changes import Changed, changes_of
from cardiogram.analysis.columns import (
    IdIndex,
    read_models,
    read_problem_counts,
    read_ratings,
    read_signatures,
    read_traits,
)
from cardiogram.analysis.duplicates import Duplicates, find_duplicates
from cardiogram.analysis.missed import MissedCounts, read_missed
from cardiogram.collect import read_dated
from cardiogram.engine import Workers
from cardiogram.errors import DataError
from cardiogram.stats.ranks import Labels
from cardiogram.stats.resampling import Floats
from cardiogram.store import Study

OUTCOMES = {
    "downloads": "downloads in the last 30 days",
    "likes": "likes",
    "downloads_all_time": "downloads of all time",
}
"""What ratings are related to: the column of the models, and its words."""

MOST_HASHES = 20_000
"""Of a study of more models no hash of a card is kept."""


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
        1 where a model has a trait, 0 where not, -1 where it has no card; shape (n, traits).
    missed
        How many cards miss each expectation.
    duplicates
        Which cards are nearly the same text; None where no text was read.
    hashes
        Of each card; null where there is none, and of more than 20,000 models.
    without_card
        Whether a model has none on the Hub.
    day
        On which the last card was read, ISO; "" where that is not known.
    versions
        Of the judge and of the rubric.
    changed
        Which two days the changes are of, or why there are none.
    """

    ids: pa.Array
    authors: Labels
    ratings: Mapping[str, Floats]
    scores: Mapping[str, NDArray[np.floating]]
    outcomes: Mapping[str, Floats]
    created: Floats
    at_floor: NDArray[np.bool_]
    size: Floats
    machine_made: NDArray[np.bool_]
    groups: Mapping[str, Labels]
    traits: NDArray[np.int8]
    missed: MissedCounts
    duplicates: Duplicates | None
    hashes: pa.Array
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
        chosen = pa.array(rows)
        return replace(
            self,
            ids=self.ids.take(chosen),
            authors=self.authors.take(rows),
            ratings={name: column[rows] for name, column in self.ratings.items()},
            scores={name: column[rows] for name, column in self.scores.items()},
            outcomes={name: column[rows] for name, column in self.outcomes.items()},
            created=self.created[rows],
            at_floor=self.at_floor[rows],
            size=self.size[rows],
            machine_made=self.machine_made[rows],
            groups={by: labels.take(rows) for by, labels in self.groups.items()},
            traits=self.traits[rows],
            duplicates=None,
            hashes=self.hashes.take(chosen),
            without_card=self.without_card[rows],
        )


def load(study: Study, judge: str, *, texts: bool = True, workers: Workers | None = None) -> Loaded:
    """Read everything that `analyze` needs.

    Parameters
    ----------
    texts
        Whether to read what is in the cards, too: traits, expectations and near-duplicates.
    workers
        Who reads the texts; processes of this machine by default.

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
    models, workers = read_models(study), workers or Workers()
    places, n = IdIndex.of(models.ids), len(models.ids)
    duplicates = None
    if texts:
        signatures = read_signatures(study, models, workers)
        duplicates = find_duplicates(signatures, models.authors.codes, models.created)
        del signatures  # they take as much memory as all else
    rated = read_ratings(study, judge, models, places)
    if not rated.any and models.shas.null_count < n:
        raise DataError(
            f"no ratings by {judge!r} in {str(study.root)!r}",
            hint=_other_judges(study) or f"cardiogram rate {study.root} --judge {judge}",
        )
    changed = changes_of(read_dated(study, models.ids))
    return Loaded(
        ids=models.ids,
        authors=models.authors,
        ratings=rated.expected,
        scores=rated.whole,
        outcomes={name: models.counts[name] for name in OUTCOMES} | dict(changed.columns or {}),
        created=models.created,
        at_floor=models.at_floor,
        size=models.size,
        machine_made=models.machine_made,
        groups={"library": models.libraries, "task": models.tasks},
        hashes=models.shas if n <= MOST_HASHES else pa.nulls(n, pa.string()),
        without_card=models.without_card,
        day=models.day,
        versions=rated.versions,
        rated=rated.rated,
        repeated=models.repeated,
        outdated=rated.outdated,
        changed=changed,
        problems=read_problem_counts(study, models),
        traits=read_traits(study, models, workers) if texts else np.empty((n, 0), np.int8),
        missed=read_missed(study, models, places, workers) if texts else MissedCounts(),
        duplicates=duplicates,
    )


def add_segments(loaded: Loaded, study: Study) -> Loaded:
    """Group the models by the segments of the study's map, too, where it has one."""
    places, codes = IdIndex.of(loaded.ids), np.full(len(loaded.ids), -1, np.int32)
    numbers: dict[str, int] = {}
    for path in study.map.shards():
        table = study.map.read(["id", "segment"], path.name)
        table = table.filter(pc.is_valid(table["segment"])).combine_chunks()
        row, labels = places.find(table["id"].combine_chunks()), table["segment"].to_pylist()
        code = [numbers.setdefault(label, len(numbers)) for label in labels]
        codes[row[row >= 0]] = np.array(code, np.int32)[row >= 0]
    if not numbers:
        return loaded
    return replace(loaded, groups={**loaded.groups, "segment": Labels(codes, tuple(numbers))})


def _other_judges(study: Study) -> str:
    """Who has rated, where somebody has."""
    known = set[str]()
    for path in study.ratings.shards():
        known.update(pc.unique(study.ratings.read(["judge"], path.name)["judge"]).to_pylist())
    judges = sorted(known) or [""]
    return f"It has ratings by {', '.join(judges)}: --judge {judges[0]}" if known else ""

"""Map a study: place its cards, gather them into segments, name and describe these.

A map is fitted once, on at most 10,000 cards, and then kept: cards that come later are placed
by their nearest neighbours, and nothing that has a place moves, until a refit is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardiogram.errors import DataError
from cardiogram.maps.cluster import Clusters, cluster, segments_for, stability
from cardiogram.maps.embedding import (
    CachedVectors,
    TermEmbedder,
    Vectors,
    fit_terms,
    load_embedder,
    weigh,
)
from cardiogram.maps.examples import find_examples
from cardiogram.maps.fitted import FittedMap, rows_of
from cardiogram.maps.map_file import SegmentProfile, Settings
from cardiogram.maps.project import project
from cardiogram.maps.reading import MappedCard, MappedCardReader, models_on_map
from cardiogram.maps.segments import (
    ModelNamer,
    Models,
    Named,
    Segment,
    SegmentContents,
    against_rules,
    class_terms,
    common_terms,
    gather,
    name_all,
    segments_of,
    trait_contrasts,
    write_segments,
)
from cardiogram.optional import load_for_map, one_thread
from cardiogram.progress import Progress, silent
from cardiogram.store import Row, Study, to_json, write_atomically

FIT_LIMIT = 10_000
"""Cards that a map is fitted on; of more, a random sample, and the rest is placed."""

_TRAITS_READ = 3_000
_BATCH = 512
Mode = Literal["keep", "refit"]


@dataclass(frozen=True, slots=True)
class StudyMap:
    """A drawn map.

    Attributes
    ----------
    segments
        The largest first.
    about
        What `map/map.json` holds.
    """

    segments: tuple[Segment, ...]
    about: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return {**self.about, "segments": [segment.as_dict() for segment in self.segments]}


def draw_map(
    study: Study,
    settings: Settings | None = None,
    *,
    judge: str = "embedded",
    mode: Mode = "keep",
    draws: int = 5,
    base_url: str = "",
    namer: ModelNamer | None = None,
    on_progress: Progress = silent,
) -> StudyMap:
    """Place the cards of a study and write `map/`.

    Parameters
    ----------
    settings
        Embedder, view, number of segments and seed.
    judge
        Whose ratings the segments are described with.
    mode
        `keep` keeps the places of an earlier map with the same settings and adds new cards to
        it; `refit` starts anew.
    draws
        Resamples for the stability of the clusters; 0 for none.
    base_url
        Of an OpenAI-compatible server, where `settings.embedder` names a model of one.
    namer
        Names the segments of a new map; without one, terms and tags do.

    Raises
    ------
    ConfigError
        An extra is missing, or the embedder cannot be used.
    DataError
        There is no model with a card.
    """
    settings = settings or Settings()
    for library in ("scipy.sparse", "sklearn.cluster", "openTSNE"):
        load_for_map(library)  # a missing extra must show at once
    work = _Work(study, settings, base_url, on_progress)
    with one_thread():
        fitted = None if mode == "refit" else FittedMap.load(_path(study))
        if fitted is None or fitted.settings != settings:
            fitted = _fit(work, draws, namer)
            fitted.save(_path(study))
        rows = _place_all(work, fitted)
        ratings = _ratings(study, judge)
        fitted = replace(
            fitted,
            ratings=np.array([ratings.get(id, np.nan) for id in fitted.ids], dtype=float),
            examples=find_examples(study, judge, fitted.ids),
        )
        fitted.save(_path(study))
        return _describe(study, fitted, rows, ratings)


def _path(study: Study) -> Path:
    return study.map.folder / "fitted.npy"


class _Work:
    """The study, its embedder and who is told."""

    def __init__(
        self, study: Study, settings: Settings, base_url: str, on_progress: Progress
    ) -> None:
        self.study, self.settings, self.tell = study, settings, on_progress
        self.reader = MappedCardReader(study)
        self.dense: CachedVectors | None = None
        if settings.embedder != "terms":
            self.dense = CachedVectors(study, load_embedder(settings.embedder, base_url))
        self.known: dict[tuple[str, str], tuple[str, ...]] = {}

    @property
    def wanted(self) -> tuple[str, ...]:
        return ("text",) if self.dense else ()

    def vectors(self, cards: Sequence[MappedCard], terms: TermEmbedder | None) -> Vectors:
        if self.dense is not None:
            return self.dense.embed(cards)
        assert terms is not None
        return terms.embed([card.terms for card in cards])


# Fitting ---------------------------------------------------------------------------------------


def _fit(work: _Work, draws: int, namer: ModelNamer | None) -> FittedMap:
    """Fit on a sample of the cards."""
    settings = work.settings
    cards, authors, total = _sample(work)
    terms = fit_terms([card.terms for card in cards], view=settings.view, seed=settings.seed)
    vectors = work.vectors(cards, None if work.dense else terms)
    speaks = np.linalg.norm(vectors, axis=1) > 0
    cards = [card for card, keeps in zip(cards, speaks, strict=True) if keeps]
    authors = [author for author, keeps in zip(authors, speaks, strict=True) if keeps]
    vectors = vectors[speaks]
    work.tell("project", 0, None)
    places = project(vectors, settings.seed)
    wanted = settings.segments or segments_for(len(cards))
    clusters = cluster(vectors, places, wanted)
    work.tell("project", 1, 1)
    stable = stability(vectors, clusters.label, draws=draws, seed=settings.seed)
    return FittedMap(
        settings,
        None if work.dense else terms,
        vectors,
        places,
        clusters.label,
        clusters.strength,
        tuple(card.id for card in cards),
        tuple(card.sha for card in cards),
        np.full(len(cards), np.nan),
        describe_fit(cards, authors, terms, clusters, namer),
        {
            "fitted_on": len(cards),
            "of": total,
            "stability": asdict(stable),
            "notes": _fit_notes(len(cards), total, int((~speaks).sum()), clusters.count),
        },
        tuple(next(iter(card.facets.tasks), "") for card in cards),
    )


def _sample(work: _Work) -> tuple[list[MappedCard], list[str], int]:
    """The cards a map is fitted on, in the order of the study."""
    listed = [(name, len(rows)) for name, rows in models_on_map(work.study)]
    total = sum(count for _, count in listed)
    if not total:
        raise DataError(
            f"no model of {str(work.study.root)!r} has a card",
            hint=f"cardiogram collect {work.study.root}",
        )
    rng = np.random.default_rng(work.settings.seed)
    chosen = set(range(total))
    if total > FIT_LIMIT:
        chosen = set(rng.choice(total, FIT_LIMIT, replace=False).tolist())
    traits = set(rng.permutation(sorted(chosen))[:_TRAITS_READ].tolist())
    cards, authors = [], []
    place = 0
    for _, rows in models_on_map(work.study):
        for row in rows:
            if place in chosen:
                wanted = (*work.wanted, *(("traits",) if place in traits else ()))
                cards.append(work.reader.read(row, wanted))
                authors.append(author_of(row))
                work.known[row["id"], row["card_sha256"]] = cards[-1].facets.known
                work.tell("map", len(cards), len(chosen))
            place += 1
    return cards, authors, total


def author_of(row: Row) -> str:
    """The author of a row of `models/`."""
    return str(row["author"] or row["id"].split("/")[0])


def _fit_notes(fitted: int, total: int, silent_cards: int, segments: int) -> list[str]:
    notes = []
    if total > FIT_LIMIT:
        notes.append(
            f"The map was fitted on a random sample of {fitted:,} of {total:,} cards; the others "
            "were placed by their neighbours in it."
        )
    if silent_cards:
        notes.append(
            f"{silent_cards} cards have no word that another card has, too: they are outliers at "
            "the lower edge."
        )
    if fitted < 30:
        notes.append(
            f"{fitted} cards are few for a map: take its places and its {segments} segments as a "
            "sorting aid."
        )
    return notes


def describe_fit(
    cards: Sequence[MappedCard],
    authors: Sequence[str],
    embedder: TermEmbedder,
    clusters: Clusters,
    namer: ModelNamer | None = None,
) -> tuple[SegmentProfile, ...]:
    """Terms, traits and a name for every segment of a fit."""
    label, count = clusters.label.tolist(), clusters.count
    bags = [weigh(card.terms, embedder.shared, embedder.view) for card in cards]
    terms = class_terms(bags, label, authors, count)
    groups: list[list[int]] = [[] for _ in range(count)]
    for row, number in enumerate(label):
        if number >= 0:
            groups[number].append(row)
    contents = [
        gather(
            [cards[row].facets for row in rows],
            common_terms([term for term, _ in terms[number]], [bags[row] for row in rows]),
            [authors[row] for row in rows],
            [sum(len(piece.words) for piece in cards[row].terms.pieces) for row in rows],
        )
        for number, rows in enumerate(groups)
    ]
    traits = [card.traits for card in cards]
    contrasts = [trait_contrasts(traits, label, number) for number in range(count)]
    named = _renamed(name_all(contents), contents, namer)
    return tuple(
        {
            "segment": named[number].name,
            "evidence": named[number].evidence,
            "named_by": named[number].by,
            "terms": terms[number],
            "traits": [astuple(contrast) for contrast in contrasts[number]],
        }
        for number in range(count)
    )


def _renamed(
    named: list[Named], contents: Sequence[SegmentContents], namer: ModelNamer | None
) -> list[Named]:
    """Better names by a language model; where it has none, the first ones stay."""
    if namer is None:
        return named
    for place, (current, about) in enumerate(zip(named, contents, strict=True)):
        taken = [other.name for other in named if other is not current]
        better = namer.name(
            {"name": current.name, "evidence": current.evidence, **asdict(about)}, taken
        )
        if better and better not in taken:
            named[place] = Named(better, current.evidence, namer.id)
    return named


# Placing ---------------------------------------------------------------------------------------


def _place_all(work: _Work, fitted: FittedMap) -> int:
    """Write `map/` shard by shard; a shard that holds is kept."""
    table = work.study.map
    own, done, wanted = rows_of(fitted), 0, set()
    total = work.study.models.read(["id"]).num_rows
    for name, rows in models_on_map(work.study):
        wanted.add(name)
        done += len(rows)
        if not _holds(work.study, fitted, name, rows):
            batches = (rows[first : first + _BATCH] for first in range(0, len(rows), _BATCH))
            placed = [row for batch in batches for row in _place(work, fitted, own, batch)]
            table.write(name, placed, {"map": fitted.id})
        work.tell("place", done, total)
    work.tell("place", total, total)
    for path in table.shards():
        if path.stem not in wanted:
            path.unlink()
    return done


def _holds(study: Study, fitted: FittedMap, name: str, rows: Sequence[Row]) -> bool:
    """Whether a shard places just these cards on just this map."""
    if not study.map.has(name) or study.map.note(name).get("map") != fitted.id:
        return False
    placed = [
        (r["id"], r["card_sha256"]) for r in study.map.read_shard(name, ["id", "card_sha256"])
    ]
    return placed == [(row["id"], row["card_sha256"]) for row in rows]


def _place(
    work: _Work, fitted: FittedMap, own: Mapping[tuple[str, str], int], rows: Sequence[Row]
) -> list[Row]:
    keys = [(row["id"], row["card_sha256"]) for row in rows]
    new = [row for row, key in zip(rows, keys, strict=True) if key not in own]
    reads = [work.reader.read(row, work.wanted) for row in new]
    work.known.update({(read.id, read.sha): read.facets.known for read in reads})
    placed = fitted.place(work.vectors(reads, fitted.terms)) if reads else None
    answer, fresh = [], 0
    for row, key in zip(rows, keys, strict=True):
        if key in own:
            place = own[key]
            x, y = fitted.places[place].tolist()
            number, strength = int(fitted.cluster[place]), float(fitted.strength[place])
        else:
            assert placed is not None
            x, y = placed.places[fresh].tolist()
            number, strength = int(placed.cluster[fresh]), float(placed.strength[fresh])
            fresh += 1
        known = work.known.get(key)
        if known is None:
            known = work.reader.read(row).facets.known
        answer.append(
            {
                "id": row["id"],
                "card_sha256": row["card_sha256"],
                "x": x,
                "y": y,
                "cluster": number,
                "segment": fitted.name_of(number),
                "strength": strength,
                "outlier": number < 0,
                "known": list(known),
            }
        )
    return answer


# Describing ------------------------------------------------------------------------------------


def _ratings(study: Study, judge: str) -> dict[str, float]:
    columns = ["id", "judge", "status", "overall_expected"]
    return {
        row["id"]: row["overall_expected"]
        for row in study.ratings.rows(columns)
        if row["judge"] == judge
        and row["status"] == "rated"
        and row["overall_expected"] is not None
    }


def _describe(
    study: Study, fitted: FittedMap, placed: int, ratings: Mapping[str, float]
) -> StudyMap:
    """Write `segments.json` and `map.json`."""
    models = _models(study, ratings)
    segments = segments_of(fitted, models, seed=fitted.settings.seed)
    write_segments(study, segments)
    about: dict[str, object] = to_json(
        {
            "settings": asdict(fitted.settings),
            "models": placed,
            "outliers": int((models.cluster < 0).sum()),
            **fitted.about,
            "rules": against_rules(models, [p["segment"] for p in fitted.profiles]),
            "machine": machine_share(models),
        }
    )
    text = json.dumps(about, indent=1, ensure_ascii=False)
    write_atomically(study.map_path, f"{text}\n".encode())
    return StudyMap(tuple(segments), about)


def machine_share(models: Models) -> dict[str, object]:
    """Part of the models, downloads and likes that quantised or converted copies have.

    They are made for programs to load more than for people to read.
    """
    made = np.array(["quantised" in known for known in models.known], dtype=bool)
    answer: dict[str, object] = {"models": float(made.mean()) if made.size else None}
    for name, counts in models.counts.items():
        total = float(np.nansum(counts))
        answer[name] = float(np.nansum(counts[made])) / total if total > 0 else None
        answer[f"{name}_median"] = _median(counts[made])
        answer[f"{name}_median_others"] = _median(counts[~made])
    answer["rating_median"] = _median(models.ratings[made])
    answer["rating_median_others"] = _median(models.ratings[~made])
    return answer


def _median(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else None


def _models(study: Study, ratings: Mapping[str, float]) -> Models:
    """All models on the map in columns."""
    placed = {row["id"]: row for row in study.map.rows()}
    columns = ["id", "author", "tags", "downloads", "likes"]
    rows = {row["id"]: row for row in study.models.rows(columns) if row["id"] in placed}
    ids = tuple(rows)
    map_rows = [placed[id] for id in ids]
    return Models(
        ids=ids,
        authors=tuple(author_of(rows[id]) for id in ids),
        tags=tuple(tuple(rows[id]["tags"] or ()) for id in ids),
        known=tuple(tuple(row["known"] or ()) for row in map_rows),
        places=np.array([(row["x"], row["y"]) for row in map_rows], dtype=float).reshape(-1, 2),
        cluster=np.array([row["cluster"] for row in map_rows], dtype=np.int64),
        strength=np.array([row["strength"] for row in map_rows], dtype=float),
        ratings=np.array([ratings.get(id, np.nan) for id in ids], dtype=float),
        counts={
            name: np.array([rows[id][name] for id in ids], dtype=float)
            for name in ("downloads", "likes")
        },
    )

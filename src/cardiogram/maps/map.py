"""Map a study: place its cards, gather them into segments, name and describe these.

A map is fitted once, on at most 10,000 cards, and then kept: cards that come later are placed
by their nearest neighbours, and nothing that has a place moves, until a refit is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from itertools import starmap
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cardiogram.engine import Workers, run_shards
from cardiogram.errors import DataError
from cardiogram.judge import count_cards
from cardiogram.maps.cluster import Clusters, cluster, segments_for, stability
from cardiogram.maps.embedding import (
    StudyVectors,
    TermEmbedder,
    Vectors,
    fit_terms,
    weigh,
)
from cardiogram.maps.fitted import FittedMap
from cardiogram.maps.map_file import SegmentProfile, Settings
from cardiogram.maps.place_shard import PlaceCards, PlacedShards, VectorShard
from cardiogram.maps.project import project
from cardiogram.maps.segments import (
    ModelNamer,
    Models,
    Named,
    Segment,
    SegmentContents,
    against_rules,
    author_of,
    class_terms,
    common_terms,
    find_examples,
    gather,
    name_all,
    read_expected,
    read_models,
    segments_of,
    trait_contrasts,
    write_segments,
)
from cardiogram.maps.shards import (
    KEYS,
    MappedCard,
    MapShard,
    choose_sample,
    read_cards,
    shards_on_map,
)
from cardiogram.optional import load_for_map, one_thread
from cardiogram.progress import Progress, silent
from cardiogram.store import Study, to_json, write_atomically

FIT_LIMIT = 10_000
"""Cards that a map is fitted on; of more, a random sample, and the rest is placed."""

_TRAITS_READ = 3_000
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
    workers: Workers | None = None,
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
    workers
        Who places the cards of a large study.

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
    work = _Work(study, settings, base_url, workers, on_progress)
    with one_thread():
        fitted = None if mode == "refit" else FittedMap.load(_path(study))
        if fitted is None or fitted.settings != settings:
            fitted = _fit(work, draws, namer)
            fitted.save(_path(study))
        _place_all(work, fitted)
        fitted = replace(
            fitted,
            ratings=read_expected(study, judge, pa.chunked_array([fitted.ids], pa.string())),
            examples=find_examples(study, judge, fitted.ids),
        )
        fitted.save(_path(study))
        return _describe(work, fitted, judge)


def _path(study: Study) -> Path:
    return study.map.folder / "fitted.npy"


class _Work:
    """The study, its embedder and who is told."""

    def __init__(
        self,
        study: Study,
        settings: Settings,
        base_url: str,
        workers: Workers | None,
        on_progress: Progress,
    ) -> None:
        self.study, self.settings, self.tell = study, settings, on_progress
        self.workers = workers
        count_cards(study, workers, on_progress)
        self.shards = shards_on_map(study)
        self.total = sum(shard.rows for shard in self.shards)
        self.dense: StudyVectors | None = None
        if settings.embedder != "terms":
            self.dense = StudyVectors.of(study, settings.embedder, base_url)
            self.dense.complete(self.shards, workers, on_progress)

    def read(self, shard: MapShard, rows: NDArray[np.int64]) -> _ReadCards:
        """Some cards of a shard, their authors, and their vectors where a model makes these."""
        models = shard.models([*KEYS, "author"]).take(pa.array(rows))
        authors = zip(models["author"].to_pylist(), models["id"].to_pylist(), strict=True)
        cards, vectors = read_cards(shard, models), None
        if self.dense is not None:
            keys = shard.features(models, ["key"])["key"].to_pylist()
            vectors = self.dense.of_cards(shard.name, keys)
        return _ReadCards(cards, list(starmap(author_of, authors)), vectors)


class _ReadCards(NamedTuple):
    """Cards of a study, in its order."""

    cards: list[MappedCard]
    authors: list[str]
    vectors: Vectors | None


# Fitting ---------------------------------------------------------------------------------------


def _fit(work: _Work, draws: int, namer: ModelNamer | None) -> FittedMap:
    """Fit on a sample of the cards."""
    settings = work.settings
    cards, authors, vectors = _sample(work)
    terms = fit_terms([card.terms for card in cards], view=settings.view, seed=settings.seed)
    if vectors is None:
        vectors = terms.embed([card.terms for card in cards])
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
    fitted = FittedMap(
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
        tasks=tuple(next(iter(card.facets.tasks), "") for card in cards),
    )
    placing = _check_placing(fitted) if work.total > FIT_LIMIT else None
    notes = _fit_notes(len(cards), work.total, int((~speaks).sum()), clusters.count, placing)
    about: dict[str, object] = {"fitted_on": len(cards), "of": work.total}
    about |= {"placing": asdict(placing)} if placing else {}
    return replace(fitted, about={**about, "stability": asdict(stable), "notes": notes})


@dataclass(frozen=True, slots=True)
class _Placing:
    """What becomes of cards that a map was fitted on where they are placed as new ones are.

    Attributes
    ----------
    same_segment
        Part of them that fall into their segment, or are outliers again, 0 to 1.
    distance
        Median distance to their place; the map is 2 wide.
    """

    same_segment: float
    distance: float


def _check_placing(fitted: FittedMap) -> _Placing:
    placed = fitted.place_own()
    far = np.linalg.norm(placed.places - fitted.places, axis=1)
    return _Placing(float((placed.cluster == fitted.cluster).mean()), float(np.median(far)))


def _sample(work: _Work) -> _ReadCards:
    """The cards a map is fitted on."""
    if not work.total:
        raise DataError(
            f"no model of {str(work.study.root)!r} has a card",
            hint=f"cardiogram collect {work.study.root}",
        )
    rng = np.random.default_rng(work.settings.seed)
    chosen = np.arange(work.total)
    if work.total > FIT_LIMIT:
        chosen = choose_sample(work.shards, FIT_LIMIT, rng)
    traits = set(rng.permutation(chosen)[:_TRAITS_READ].tolist())
    cards, authors, vectors, first = list[MappedCard](), list[str](), list[Vectors](), 0
    for shard in work.shards:
        own = chosen[(chosen >= first) & (chosen < first + shard.rows)]
        if len(own):
            read = work.read(shard, own - first)
            with_traits = zip(read.cards, own.tolist(), strict=True)
            cards += [c if at in traits else replace(c, traits=None) for c, at in with_traits]
            authors += read.authors
            vectors += [] if read.vectors is None else [read.vectors]
            work.tell("map", len(cards), len(chosen))
        first += shard.rows
    return _ReadCards(cards, authors, _stack(vectors) if vectors else None)


def _stack(parts: Sequence[Vectors]) -> Vectors:
    """Vectors of shards below each other; where no card says a word, they have one column."""
    width = max(part.shape[1] for part in parts)
    return np.vstack(
        [
            part if part.shape[1] == width else np.zeros((len(part), width), np.float32)
            for part in parts
        ]
    )


def _fit_notes(
    fitted: int, total: int, silent_cards: int, segments: int, placing: _Placing | None
) -> list[str]:
    notes = []
    if placing is not None:
        notes.append(
            f"The map was fitted on a sample of {fitted:,} of {total:,} cards, drawn by task and "
            "downloads; the others were placed by their neighbours in it. Of the sample's own "
            f"cards {placing.same_segment:.0%} fall into their segment when they are placed so, "
            f"{placing.distance:.2f} from their place (median; the map is 2 wide)."
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


def _place_all(work: _Work, fitted: FittedMap) -> None:
    """Write `map/` shard by shard; a shard that holds is kept."""
    table, done = work.study.map, 0
    todo = [shard for shard in work.shards if not _holds(work.study, fitted, shard)]
    done = work.total - sum(shard.rows for shard in todo)
    work.tell("place", done, work.total)
    for count in _placed(work, fitted, todo):
        done += count
        work.tell("place", done, work.total)
    wanted = {shard.name for shard in work.shards}
    for path in table.shards():
        if path.stem not in wanted:
            path.unlink()


def _placed(work: _Work, fitted: FittedMap, todo: Sequence[MapShard]) -> Iterator[int]:
    """Place shards; how many cards each has."""
    out = PlacedShards(work.study.root, fitted.id)
    source = [VectorShard(shard, work.dense) for shard in todo] if work.dense else todo
    batch = PlaceCards(_path(work.study), fitted.id)
    for _, count in run_shards(source, batch, out, work.workers):
        yield count


def _holds(study: Study, fitted: FittedMap, shard: MapShard) -> bool:
    """Whether a shard places just these cards on just this map."""
    if not study.map.has(shard.name) or study.map.note(shard.name).get("map") != fitted.id:
        return False
    placed = study.map.load(shard.name, KEYS).replace_schema_metadata(None)
    return bool(placed.equals(shard.models(KEYS).replace_schema_metadata(None)))


# Describing ------------------------------------------------------------------------------------


def _describe(work: _Work, fitted: FittedMap, judge: str) -> StudyMap:
    """Write `segments.json` and `map.json`."""
    study = work.study
    models = read_models(study, work.shards, judge)
    segments = segments_of(fitted, models, seed=fitted.settings.seed)
    write_segments(study, segments)
    about: dict[str, object] = to_json(
        {
            "settings": asdict(fitted.settings),
            "models": work.total,
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
    made = models.of_kind("quantised")
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

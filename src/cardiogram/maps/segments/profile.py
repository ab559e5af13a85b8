"""What a segment is: its numbers, what sets it apart, and how it agrees with what rules know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.analysis import SegmentNumber, describe_finding, from_association, lay_out_number
from cardiogram.cards.features import TRAITS
from cardiogram.maps.fitted import FittedMap
from cardiogram.maps.segments.segments import (
    Contrast,
    Example,
    Segment,
    SegmentQuantiles,
    Share,
    Term,
)
from cardiogram.optional import load_for_map
from cardiogram.stats.ranks import Association, spearman_pairs

EXCELLENT = 4.0
_EXAMPLES = 5
_CONTRASTS = 8
_LEAST_GAP = 0.15
_OUTCOMES = ("downloads", "likes")
_MAIN = "overall_expected"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Models:
    """Models on a map, in columns of n; numbers are NaN where unknown."""

    ids: tuple[str, ...]
    authors: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    known: tuple[tuple[str, ...], ...]
    places: Floats
    cluster: NDArray[np.int64]
    strength: Floats
    ratings: Floats
    counts: Mapping[str, Floats]


def segments_of(
    fitted: FittedMap, models: Models, *, draws: int = 1000, seed: int = 0
) -> list[Segment]:
    """Describe every segment of a map, the largest first.

    Parameters
    ----------
    draws, seed
        Of the author-cluster bootstrap of the associations.
    """
    tags = _tag_counts(models)
    segments = [
        _segment(fitted, models, number, tags, draws, seed)
        for number in range(len(fitted.profiles))
    ]
    return sorted(segments, key=lambda segment: (-segment.size, segment.cluster))


def _segment(
    fitted: FittedMap,
    models: Models,
    number: int,
    tags: tuple[Counter[str], list[Counter[str]]],
    draws: int,
    seed: int,
) -> Segment:
    rows = np.flatnonzero(models.cluster == number)
    profile = fitted.profiles[number]
    authors = Counter(models.authors[row] for row in rows).most_common(1)
    known = Counter(name for row in rows for name in models.known[row])
    size = max(1, len(rows))
    name = profile["segment"]
    middle = np.median(models.places[rows], axis=0) if len(rows) else np.zeros(2)
    best = rows[np.argsort(-models.strength[rows], kind="stable")]
    best = _nearest_middle(models, best, middle)
    good = best[models.ratings[best] >= EXCELLENT]
    return Segment(
        segment=name,
        name=name[:1].upper() + name[1:],
        cluster=number,
        size=len(rows),
        x=float(middle[0]),
        y=float(middle[1]),
        share=Share(
            len(rows) / max(1, len(models.ids)),
            *(_share(models.counts[outcome], rows) for outcome in _OUTCOMES),
        ),
        named_by=profile["named_by"],
        evidence=profile["evidence"],
        terms=tuple(Term(term, score) for term, score in profile["terms"]),
        tags=_tag_contrasts(tags, number, len(rows), len(models.ids)),
        traits=tuple(Contrast(*contrast) for contrast in profile["traits"]),
        known={key: count / size for key, count in known.most_common()},
        authors=len({models.authors[row] for row in rows}),
        largest_author=authors[0][0] if authors else "",
        largest_author_share=authors[0][1] / size if authors else 0.0,
        representatives=_examples(models, best),
        excellent=_examples(models, good),
        rating=quantiles(models.ratings[rows]),
        downloads=quantiles(models.counts["downloads"][rows]),
        likes=quantiles(models.counts["likes"][rows]),
        associations=_associations(models, rows, name, draws, seed),
    )


def _nearest_middle(models: Models, rows: NDArray[np.int64], middle: Floats) -> NDArray[np.int64]:
    """Rows in the order of a firm membership near the middle."""
    if not len(rows):
        return rows
    far = np.linalg.norm(models.places[rows] - middle, axis=1)
    return rows[np.argsort(far - models.strength[rows] * (far.max() or 1), kind="stable")]


def quantiles(values: Floats) -> SegmentQuantiles:
    """Five quantiles of the numbers that are known."""
    known = values[np.isfinite(values)]
    if not known.size:
        return SegmentQuantiles(0)
    five = np.quantile(known, [0.1, 0.25, 0.5, 0.75, 0.9])
    return SegmentQuantiles(int(known.size), *(float(value) for value in five))


def _share(counts: Floats, rows: NDArray[np.int64]) -> float | None:
    total = float(np.nansum(counts))
    return float(np.nansum(counts[rows])) / total if total > 0 else None


def _examples(models: Models, rows: NDArray[np.int64]) -> tuple[Example, ...]:
    def number(values: Floats, row: int) -> float | None:
        return float(values[row]) if np.isfinite(values[row]) else None

    def count(name: str, row: int) -> int | None:
        value = number(models.counts[name], row)
        return None if value is None else int(value)

    return tuple(
        Example(
            models.ids[row],
            number(models.ratings, row),
            count("downloads", row),
            count("likes", row),
        )
        for row in rows[:_EXAMPLES].tolist()
    )


def _associations(
    models: Models, rows: NDArray[np.int64], name: str, draws: int, seed: int
) -> tuple[dict[str, object], ...]:
    """The overall rating with each outcome, within the segment."""
    associations: dict[tuple[str, str], Association] = spearman_pairs(
        {_MAIN: models.ratings[rows]},
        {outcome: models.counts[outcome][rows] for outcome in _OUTCOMES},
        [models.authors[row] for row in rows],
        draws=draws,
        seed=seed,
    )
    answer = []
    for (predictor, outcome), association in associations.items():
        number = from_association(
            SegmentNumber,
            association,
            predictor=predictor,
            outcome=outcome,
            by="segment",
            stratum=name,
            words=describe_finding(predictor, outcome, association)
            if association.reason is None
            else None,
        )
        answer.append(lay_out_number(number))
    return tuple(answer)


# What sets a segment apart ---------------------------------------------------------------------


def _tag_counts(models: Models) -> tuple[Counter[str], list[Counter[str]]]:
    count = int(models.cluster.max(initial=-1)) + 1
    by: list[Counter[str]] = [Counter() for _ in range(count)]
    whole: Counter[str] = Counter()
    for tags, number in zip(models.tags, models.cluster.tolist(), strict=True):
        whole.update(set(tags))
        if number >= 0:
            by[number].update(set(tags))
    return whole, by


def _tag_contrasts(
    tags: tuple[Counter[str], list[Counter[str]]], number: int, size: int, models: int
) -> tuple[Contrast, ...]:
    whole, by = tags
    counts = by[number] if number < len(by) else Counter()
    others = max(1, models - size)
    contrasts = [
        Contrast(tag, f"the tag {tag}", count / size, (whole[tag] - count) / others)
        for tag, count in counts.items()
        if not tag.startswith("region:")
    ]
    return _strongest(contrasts)


def trait_contrasts(
    traits: Sequence[tuple[bool, ...] | None], label: Sequence[int], number: int
) -> tuple[Contrast, ...]:
    """Traits that are more common in a segment than elsewhere."""
    inside = [row for row, name in zip(traits, label, strict=True) if row and name == number]
    outside = [row for row, name in zip(traits, label, strict=True) if row and name != number]
    if not inside or not outside:
        return ()
    here, there = np.mean(inside, axis=0), np.mean(outside, axis=0)
    return _strongest(
        Contrast(trait.name, trait.words, float(own), float(other))
        for trait, own, other in zip(TRAITS, here, there, strict=True)
    )


def _strongest(contrasts: Iterable[Contrast]) -> tuple[Contrast, ...]:
    large = [
        contrast for contrast in contrasts if contrast.share - contrast.elsewhere >= _LEAST_GAP
    ]
    large.sort(key=lambda contrast: (contrast.elsewhere - contrast.share, contrast.key))
    return tuple(large[:_CONTRASTS])


# Against what rules know -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleAgreement:
    """Clusters beside one known segment.

    Attributes
    ----------
    models
        Models in which the rule sees it.
    ami
        Adjusted mutual information of being in it with the clusters, 0 by chance to 1.
    best, best_share
        The segment that has most of them, and the part that it has.
    within
        Part of that segment's models in which the rule sees it.
    """

    known: str
    models: int
    ami: float
    best: str | None
    best_share: float
    within: float


def against_rules(models: Models, segment_names: Sequence[str]) -> dict[str, object]:
    """Cross the clusters with what rules know.

    Returns
    -------
    dict
        `known`: one :class:`RuleAgreement` a known segment. `ami`, `purity`: of the clusters with
        the first known segment of each model; the purity is the part of the models whose first
        known segment is the most common one of their cluster. Outliers are a cluster of their own.
    """
    score = load_for_map("sklearn.metrics").adjusted_mutual_info_score
    label = models.cluster
    every = Counter(name for known in models.known for name in dict.fromkeys(known))
    agreements = []
    for name, count in every.most_common():
        inside = np.array([name in known for known in models.known])
        by = Counter(label[inside & (label >= 0)].tolist()).most_common(1)
        best, share, within = None, 0.0, 0.0
        if by:
            number, members = by[0]
            best, share = segment_names[number], members / count
            within = members / int((label == number).sum())
        ami = float(score(inside, label)) if 0 < count < len(label) else 0.0
        agreements.append(RuleAgreement(name, count, ami, best, share, within))
    first = [known[0] if known else "none" for known in models.known]
    crossed: dict[int, Counter[str]] = {}
    for number, name in zip(label.tolist(), first, strict=True):
        crossed.setdefault(number, Counter())[name] += 1
    pure = sum(counts.most_common(1)[0][1] for counts in crossed.values())
    return {
        "known": [asdict(agreement) for agreement in agreements],
        "ami": float(score(first, label)) if first else None,
        "purity": pure / len(first) if first else None,
    }

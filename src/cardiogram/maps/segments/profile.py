"""What a segment is: its numbers, what sets it apart, and how it agrees with what rules know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from cardiogram.analysis import SegmentNumber, describe_finding, from_association, lay_out_number
from cardiogram.cards.features import TRAITS
from cardiogram.maps.fitted import FittedMap
from cardiogram.maps.segments.mapped_models import OUTCOMES, Models, count_in_order
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
_MAIN = "overall_expected"

Floats = NDArray[np.float64]


def segments_of(
    fitted: FittedMap, models: Models, *, draws: int = 1000, seed: int = 0
) -> list[Segment]:
    """Describe every segment of a map, the largest first.

    Parameters
    ----------
    draws, seed
        Of the author-cluster bootstrap of the associations.
    """
    segments = [
        _segment(fitted, models, number, draws, seed) for number in range(len(fitted.profiles))
    ]
    return sorted(segments, key=lambda segment: (-segment.size, segment.cluster))


def _segment(fitted: FittedMap, models: Models, number: int, draws: int, seed: int) -> Segment:
    rows = np.flatnonzero(models.cluster == number)
    profile = fitted.profiles[number]
    authors = count_in_order(models.author[rows])
    largest = max(authors, key=itemgetter(1), default=None)
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
            len(rows) / max(1, len(models)),
            *(_share(models.counts[outcome], rows) for outcome in OUTCOMES),
        ),
        named_by=profile["named_by"],
        evidence=profile["evidence"],
        terms=tuple(Term(term, score) for term, score in profile["terms"]),
        tags=_tag_contrasts(models, number, len(rows)),
        traits=tuple(Contrast(*contrast) for contrast in profile["traits"]),
        known={key: count / size for key, count in models.kinds_in(rows).most_common()},
        authors=len(authors),
        largest_author=models.authors[largest[0]] if largest else "",
        largest_author_share=largest[1] / size if largest else 0.0,
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
            models.ids[row].as_py(),
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
        {outcome: models.counts[outcome][rows] for outcome in OUTCOMES},
        [models.authors[number] for number in models.author[rows].tolist()],
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


def _tag_contrasts(models: Models, number: int, size: int) -> tuple[Contrast, ...]:
    tags = models.tags
    others = max(1, len(models) - size)
    own = tags.cluster == number
    contrasts = []
    for place, count in zip(tags.tag[own].tolist(), tags.count[own].tolist(), strict=True):
        tag, elsewhere = tags.tags[place], int(tags.whole[place]) - count
        if not tag.startswith("region:"):
            contrasts.append(Contrast(tag, f"the tag {tag}", count / size, elsewhere / others))
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
    agreements = []
    for name, count in models.kinds_in().most_common():
        inside = models.of_kind(name)
        by = count_in_order(label[inside & (label >= 0)])
        best, share, within = None, 0.0, 0.0
        if by:
            number, members = max(by, key=itemgetter(1))
            best, share = segment_names[number], members / count
            within = members / int((label == number).sum())
        ami = float(score(inside, label)) if 0 < count < len(label) else 0.0
        agreements.append(RuleAgreement(name, count, ami, best, share, within))
    firsts = [kinds[0] if kinds else "none" for kinds in models.kinds]
    different = sorted(set(firsts))
    first = np.array([different.index(name) for name in firsts], np.int64)[models.known]
    crossed = np.zeros((len(different), int(label.max(initial=0)) + 2), np.int64)
    np.add.at(crossed, (first, label + 1), 1)
    return {
        "known": [asdict(agreement) for agreement in agreements],
        "ami": float(score(first, label)) if len(first) else None,
        "purity": int(crossed.max(axis=0).sum()) / len(first) if len(first) else None,
    }

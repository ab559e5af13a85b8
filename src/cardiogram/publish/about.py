"""What the dataset's card says of the study: plain values, gathered once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from cardiogram.analysis import Results
from cardiogram.judge.dataset_cards import UNMEASURED
from cardiogram.judge.embedded import embedded_judge
from cardiogram.store import Row, Study

_EXAMPLE = (
    "id",
    "judge",
    "rubric_version",
    "status",
    "overall",
    "overall_expected",
    "overall_low",
    "overall_high",
    "usage",
    "limitations",
)
_RATED = (*_EXAMPLE, "judge_version", "cost_usd")
"""Columns of the ratings that the card needs; the evidence, which is most of them, is not read."""


_OF_CARDS = ("ratings", "near_duplicates", "between_authors")
"""What is found without any count of readers."""


@dataclass(frozen=True, slots=True)
class JudgeUse:
    """A judge as it was used in the study.

    Attributes
    ----------
    mean
        Mean overall rating; None where it rated nothing.
    agreement
        Its measured agreement in words.
    """

    id: str
    version: str
    rubric: str
    rated: int
    not_rated: int
    mean: float | None
    cost_usd: float
    agreement: str


@dataclass(frozen=True, slots=True)
class About:
    """A study in the values that its dataset's card is made from.

    Attributes
    ----------
    days
        First and last day on which cards were read, ISO.
    asked
        What was asked of the Hub: option to value.
    source
        hub, ids, or the kind of file that the cards came from, and its name.
    sample
        How models were chosen from the list.
    example
        The first rating, as an example row.
    """

    models: int
    authors: int
    with_card: int
    texts: int
    days: tuple[str, str]
    source: str
    file: str
    asked: Mapping[str, str]
    sample: str
    judges: tuple[JudgeUse, ...]
    histogram: Mapping[int, int]
    findings: tuple[str, ...]
    notes: tuple[str, ...]
    licenses: Mapping[str, int]
    example: Mapping[str, Any]


def describe_study(study: Study) -> About:
    """Gather what the card says.

    Raises
    ------
    DataError
        The study was not analyzed yet.
    """
    results = Results.load(study.results_path)
    columns = ["id", "author", "card_sha256", "license", "fetched_at"]
    models, authors, days, with_card = set[str](), set[str](), set[str](), 0
    licenses = Counter[str]()
    for row in study.models.rows(columns):
        if row["id"]:
            models.add(row["id"])
            authors.add(row["author"] or row["id"].partition("/")[0])
            with_card += row["card_sha256"] is not None
            licenses[row["license"] or "none"] += 1
            days |= {row["fetched_at"].date().isoformat()} if row["fetched_at"] else set()
    manifest = study.manifest()
    source = manifest.get("source", {})
    created = str(manifest.get("created_at", ""))[:10]
    overall = results.ratings.get("overall")
    rated = next((row for row in study.ratings.rows(_RATED) if row["overall"] is not None), None)
    return About(
        models=len(models),
        authors=len(authors),
        with_card=with_card,
        texts=len(study.cards.read(["card_sha256"])["card_sha256"].unique()),
        days=(min(days), max(days)) if days else (created, created),
        source=str(source.get("kind", "")),
        file=PurePath(str(source.get("path") or "")).name,
        asked={key: str(value) for key, value in manifest.get("query", {}).items()},
        sample=str(manifest.get("sample", {}).get("method", "top")),
        judges=_judges(study.ratings.rows(_RATED)),
        histogram=overall.histogram if overall else dict.fromkeys(range(1, 6), 0),
        findings=_findings(results),
        notes=results.notes,
        licenses=licenses,
        example={name: rated[name] for name in _EXAMPLE} if rated else {},
    )


def _judges(ratings: Iterable[Row]) -> tuple[JudgeUse, ...]:
    counts = defaultdict[tuple[str, str, str], Counter[int | None]](Counter)
    costs = defaultdict[tuple[str, str, str], list[float]](list)
    for row in ratings:
        key = (row["judge"] or "", row["judge_version"] or "", row["rubric_version"] or "")
        counts[key][row["overall"]] += 1
        if row["cost_usd"]:
            costs[key].append(row["cost_usd"])
    used = []
    for (judge, version, rubric), by_value in counts.items():
        sums = [value * count for value, count in by_value.items() if value is not None]
        not_rated = by_value.pop(None, 0)
        rated = by_value.total()
        used.append(
            JudgeUse(
                judge,
                version,
                rubric,
                rated,
                not_rated,
                sum(sums) / rated if rated else None,
                sum(costs[judge, version, rubric], 0.0),
                _agreement(judge, version),
            )
        )
    return tuple(sorted(used, key=lambda use: (-use.rated, use.id, use.version)))


def _agreement(judge: str, version: str) -> str:
    """What was measured of the shipped judge; of another one nothing is known here."""
    shipped = embedded_judge()
    if (judge, version) != (shipped.id, shipped.version):
        return UNMEASURED
    about = shipped.weights.about["agreement"]
    overall = about["scores"]["overall"]
    return (
        f"quadratic-weighted kappa {overall['qwk']:.2f} (95 % interval {overall['low']:.2f} to "
        f"{overall['high']:.2f}) on {overall['n']} cards; {about['method']}"
    )


def _findings(results: Results) -> tuple[str, ...]:
    """What the study found; of popularity nothing where no model has any count of it."""
    is_counted = not {"downloads", "likes"} <= set(results.absent)
    told = (c for c in results.conclusions if is_counted or c.about in _OF_CARDS)
    return tuple(conclusion.words for conclusion in told)

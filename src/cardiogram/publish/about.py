"""What the dataset's card says of the study: plain values, gathered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from cardiogram.analysis import Results
from cardiogram.judge.dataset_cards import UNMEASURED
from cardiogram.judge.embedded import embedded_judge
from cardiogram.store import Study

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
    rows = [row for row in study.models.rows(columns) if row["id"]]
    manifest = study.manifest()
    source = manifest.get("source", {})
    days = sorted(row["fetched_at"].date().isoformat() for row in rows if row["fetched_at"])
    created = str(manifest.get("created_at", ""))[:10]
    ratings = list(study.ratings.rows(_RATED))
    overall = results.ratings.get("overall")
    rated = next((row for row in ratings if row["overall"] is not None), None)
    return About(
        models=len({row["id"] for row in rows}),
        authors=len({row["author"] or row["id"].partition("/")[0] for row in rows}),
        with_card=sum(row["card_sha256"] is not None for row in rows),
        texts=len(study.cards.read(["card_sha256"])["card_sha256"].unique()),
        days=(days[0], days[-1]) if days else (created, created),
        source=str(source.get("kind", "")),
        file=PurePath(str(source.get("path") or "")).name,
        asked={key: str(value) for key, value in manifest.get("query", {}).items()},
        sample=str(manifest.get("sample", {}).get("method", "top")),
        judges=_judges(ratings),
        histogram=overall.histogram if overall else dict.fromkeys(range(1, 6), 0),
        findings=tuple(conclusion.words for conclusion in results.conclusions),
        notes=results.notes,
        licenses=Counter(row["license"] or "none" for row in rows),
        example={name: rated[name] for name in _EXAMPLE} if rated else {},
    )


def _judges(ratings: list[dict[str, Any]]) -> tuple[JudgeUse, ...]:
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in ratings:
        key = (row["judge"] or "", row["judge_version"] or "", row["rubric_version"] or "")
        groups.setdefault(key, []).append(row)
    used = []
    for (judge, version, rubric), rows in groups.items():
        values = [row["overall"] for row in rows if row["overall"] is not None]
        used.append(
            JudgeUse(
                judge,
                version,
                rubric,
                len(values),
                len(rows) - len(values),
                sum(values) / len(values) if values else None,
                sum(row["cost_usd"] or 0.0 for row in rows),
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

"""What became of the cards of a study: counted in a shard, kept beside its rows, and summed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.cards import problem_code
from cardiogram.judge.rating import Status
from cardiogram.store import Study

CASCADE = "cascade:"
"""What the name of a cascade starts with; its two judges follow."""

COUNTED = ("status", "problems", "calls", "cost_usd", "input_sha256")
"""Columns of `ratings/` that are counted."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many models of a study one judge has rated, and what became of the others.

    Attributes
    ----------
    ends
        Models by how their rating ended; only `rated` have numbers.
    failures
        Why models have failed, with their number.
    cost_usd
        Of all ratings that are there, earlier runs included; None where a price is not known.
    answered_by
        Of a cascade: models by the judge that the rating is of.
    """

    judge: str
    version: str
    ends: Mapping[Status, int]
    failures: Mapping[str, int]
    calls: int
    cost_usd: float | None
    answered_by: Mapping[str, int] = field(default_factory=dict)

    @property
    def rated(self) -> int:
        """Models with numbers."""
        return self.ends.get("rated", 0)


@dataclass(slots=True)
class RatedCounts:
    """Counts over rows of ratings; what a text cost counts once, however many models have it.

    Attributes
    ----------
    paid
        Calls and cost by `input_sha256`, of the texts that took any.
    is_priced
        Whether a cost is known, be it 0, of any row.
    """

    ends: Counter[Status] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    paid: dict[str, tuple[int, float | None]] = field(default_factory=dict)
    is_priced: bool = False

    @classmethod
    def of(cls, rows: pa.Table) -> RatedCounts:
        """Count the columns `COUNTED`."""
        counts = cls(is_priced=rows["cost_usd"].null_count < rows.num_rows)
        for pair in pc.value_counts(rows["status"]).to_pylist():
            counts.ends[pair["values"]] += pair["counts"]
        failed = rows["problems"].filter(pc.equal(rows["status"], "failed"))
        counts.failures.update(_reasons(failed.to_pylist()))
        took = pc.or_(
            *(pc.fill_null(pc.greater(rows[name], 0), False) for name in ("calls", "cost_usd"))
        )
        for row in rows.filter(took).select(["input_sha256", "calls", "cost_usd"]).to_pylist():
            counts.paid[row["input_sha256"]] = row["calls"] or 0, row["cost_usd"]
        return counts

    def add(self, other: RatedCounts) -> None:
        """Count what others have counted."""
        self.ends += other.ends
        self.failures += other.failures
        self.paid |= other.paid
        self.is_priced |= other.is_priced

    @property
    def to_try(self) -> int:
        """Cards that another run may rate: they have failed, and not because they are poisoned."""
        return self.ends["failed"] - self.failures["poisoned"]

    def as_note(self) -> str:
        """Everything but what texts have cost, which the rows say."""
        return json.dumps([self.ends, self.failures, self.is_priced, bool(self.paid)])

    @classmethod
    def of_note(cls, note: str) -> RatedCounts | None:
        """What :meth:`as_note` kept; None where that is not all."""
        ends, failures, is_priced, was_paid = json.loads(note)
        return None if was_paid else cls(Counter(ends), Counter(failures), {}, is_priced)

    def coverage(self, judge: str, version: str) -> Coverage:
        """The same as it is told."""
        costs = [cost for _, cost in self.paid.values()]
        known = [cost for cost in costs if cost is not None]
        nothing: float = 0.0 if self.is_priced else 0
        return Coverage(
            judge=judge,
            version=version,
            ends=self.ends,
            failures=self.failures,
            calls=sum(calls for calls, _ in self.paid.values()),
            cost_usd=sum(known, nothing) if len(known) == len(costs) else None,
        )


def _reasons(problems: Iterable[Iterable[str] | None]) -> Iterable[str]:
    for problem in (problem for some in problems for problem in some or ()):
        if problem_code(problem) == "not_asked":
            yield problem.partition(": ")[2]
        elif problem == "poisoned":
            yield problem


def read_coverage(study: Study, judge: str) -> Coverage:
    """Count the ratings of a judge that stand in a study, derived ones too."""
    counts, versions, answered = RatedCounts(), set[str](), Counter[str]()
    for path in study.ratings.shards():
        rows = study.ratings.load(path.stem, [*COUNTED, "judge", "judge_version", "answered_by"])
        rows = rows.filter(pc.equal(rows["judge"], judge))
        counts.add(RatedCounts.of(rows))
        versions.update(rows["judge_version"].unique().to_pylist())
        rated = rows["answered_by"].filter(pc.equal(rows["status"], "rated"))
        answered.update(
            {pair["values"]: pair["counts"] for pair in rated.value_counts().to_pylist()}
        )
    coverage = counts.coverage(judge, ", ".join(sorted(versions - {"", None})))
    return replace(coverage, answered_by=answered) if judge.startswith(CASCADE) else coverage

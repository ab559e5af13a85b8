"""A panel: ratings of several judges of a study, side by side, and their consensus as a judge.

Nothing is imputed: a card has a consensus where most of the panel rated it. The disagreement is
kept: the interval is the range of the judges, the levels say how many gave which number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cardiogram.errors import ConfigError, DataError
from cardiogram.judge.ensemble.derived import (
    Key,
    Row,
    check_rated,
    rated_rows,
    write_derived,
)
from cardiogram.judge.rating import Score, share_levels
from cardiogram.judge.validation import Measurement, Reliability, draw_authors, measure_reliability
from cardiogram.names import SCORES
from cardiogram.stats import Floats
from cardiogram.store import Study

Consensus = Literal["median", "severity"]


@dataclass(frozen=True, slots=True)
class JudgePanel:
    """How the judges of a panel relate to each other.

    Attributes
    ----------
    cards
        Cards that any of them rated.
    agreement
        Of the judges' whole numbers with each other, by score.
    leniency
        What each judge adds to a card's worth, by judge and score; positive for a lenient one.
    widest
        Cards on whose overall rating the judges differ most: id, and each judge's number.
    """

    judges: tuple[str, ...]
    cards: int
    agreement: dict[str, Reliability]
    leniency: dict[str, dict[str, Measurement]]
    widest: tuple[tuple[str, tuple[int | None, ...]], ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        widest = [{"id": id, "overall": list(ratings)} for id, ratings in self.widest]
        return {**asdict(self), "widest": widest}


def panel_id(judges: Sequence[str], consensus: Consensus = "median") -> str:
    """Name of the panel as a judge.

    Examples
    --------
    >>> panel_id(["embedded", "openai/gpt-6"])
    'panel:embedded+openai/gpt-6'
    >>> panel_id(["a", "b"], "severity")
    'panel:a+b:severity'
    """
    return f"panel:{'+'.join(judges)}" + (":severity" if consensus == "severity" else "")


def measure_panel(
    study: Study, judges: Sequence[str], *, draws: int = 1000, seed: int = 0
) -> JudgePanel:
    """Measure how far the judges of a study agree, and how strict each is.

    Raises
    ------
    ConfigError
        Fewer than two judges.
    DataError
        One of them has rated nothing, or no cards link them.
    """
    _check(study, judges)
    by_judge = _read_numbers(study, judges)
    keys = sorted({key for rows in by_judge.values() for key in rows})
    authors = [id.partition("/")[0] for id, _ in keys]
    agreement: dict[str, Reliability] = {}
    leniency: dict[str, dict[str, Measurement]] = {judge: {} for judge in judges}
    for name in SCORES:
        whole = table_of(by_judge, keys, name)
        agreement[name] = measure_reliability(whole, authors, draws=draws, seed=seed)
        expected = table_of(by_judge, keys, f"{name}_expected")
        severity = fit_severity(expected, authors, draws=draws, seed=seed)
        for judge, figure in zip(judges, severity.leniency, strict=True):
            leniency[judge][name] = figure
    return JudgePanel(tuple(judges), len(keys), agreement, leniency, _widest(by_judge, keys))


def write_panel(study: Study, judges: Sequence[str], consensus: Consensus = "median") -> int:
    """Write the consensus of several judges into `ratings/`, as a judge of its own.

    Parameters
    ----------
    consensus
        `median` of the judges (of two, their mean, halves up), or `severity`: their mean once
        what each adds by being strict or lenient is taken out.

    Returns
    -------
    int
        Number of cards with a consensus.

    Raises
    ------
    ConfigError, DataError
        As :func:`measure_panel`.
    """
    _check(study, judges)
    worth = _without_leniency(study, judges) if consensus == "severity" else None
    name, count = panel_id(judges, consensus), 0

    def combine(shard: str) -> Sequence[Row]:
        nonlocal count
        by_judge = {judge: rated_rows(study, judge, shard) for judge in judges}
        keys = list(dict.fromkeys(key for rows in by_judge.values() for key in rows))
        columns = {}
        for score in SCORES:
            if worth is None:
                columns[score] = _median(table_of(by_judge, keys, f"{score}_expected"))
            else:
                columns[score] = np.array([worth[score][key] for key in keys])
        made = [
            _row(
                name,
                consensus,
                [by_judge[judge].get(key) for judge in judges],
                {score: float(columns[score][place]) for score in SCORES},
            )
            for place, key in enumerate(keys)
        ]
        count += sum(row["status"] == "rated" for row in made)
        return made

    write_derived(study, name, combine)
    return count


def _without_leniency(study: Study, judges: Sequence[str]) -> dict[str, dict[Key, float]]:
    """What each card is worth by score, once what each judge adds is taken out."""
    by_judge = _read_numbers(study, judges)
    keys = sorted({key for rows in by_judge.values() for key in rows})
    authors = [id.partition("/")[0] for id, _ in keys]
    worth = {}
    for name in SCORES:
        fit = fit_severity(table_of(by_judge, keys, f"{name}_expected"), authors, draws=1)
        worth[name] = dict(zip(keys, fit.worth.tolist(), strict=True))
    return worth


def _check(study: Study, judges: Sequence[str]) -> None:
    if len(set(judges)) < 2:
        raise ConfigError("a panel needs two judges or more", hint="--judge A --judge B")
    check_rated(study, judges)


def _read_numbers(study: Study, judges: Sequence[str]) -> dict[str, dict[Key, Row]]:
    """Numbers of all cards that each judge has rated, and nothing else of them."""
    columns = [f"{name}{end}" for name in SCORES for end in ("", "_expected")]
    by_judge: dict[str, dict[Key, Row]] = {judge: {} for judge in judges}
    for path in study.models.shards():
        for judge, rows in by_judge.items():
            rows |= rated_rows(study, judge, path.stem, columns)
    return by_judge


def table_of(by_judge: dict[str, dict[Key, Row]], keys: Sequence[Key], column: str) -> Floats:
    """One column of every judge, shape (judges, cards); NaN where it is missing."""
    return np.array(
        [
            [row[column] if (row := rows.get(key)) else None for key in keys]
            for rows in by_judge.values()
        ],
        dtype=np.float64,
    )


def _median(table: Floats) -> Floats:
    known = np.isfinite(table).any(axis=0)
    median: Floats = np.where(known, np.nanmedian(np.where(known, table, 0.0), axis=0), np.nan)
    return median


def _row(
    name: str, consensus: Consensus, rows: Sequence[Row | None], middle: dict[str, float]
) -> dict[str, object]:
    """The consensus on one card, where most of the panel rated it."""
    rated = [row for row in rows if row is not None]
    some = rated[0]
    costs = [row["cost_usd"] for row in rated]
    row: dict[str, object] = {
        **{key: some[key] for key in ("id", "card_sha256", "input_sha256", "rubric_version")},
        "judge": name,
        "judge_version": " | ".join(
            [consensus, *(f"{r['judge']} {r['judge_version']}" for r in rated)]
        ),
        "status": "rated" if 2 * len(rated) > len(rows) else "abstained",
        "evidence": [],
        "cost_usd": None if None in costs else sum(costs),
        "problems": some["problems"],
        "answered_by": ", ".join(r["judge"] for r in rated),
    }
    if row["status"] == "rated":
        for score in SCORES:
            row |= _score(score, [r[score] for r in rated if r[score] is not None], middle[score])
    return row


def _score(name: str, whole: Sequence[int], middle: float) -> dict[str, object]:
    if not whole:
        return {}
    low, high = min(whole), max(whole)
    value, mean = int(np.clip(np.floor(middle + 0.5), 1, 5)), round(middle, 4)
    score = Score(value, mean, min(float(low), mean), max(float(high), mean))
    return {**score.columns(name), f"{name}_levels": list(share_levels(whole))}


def _widest(
    by_judge: dict[str, dict[Key, Row]], keys: Sequence[Key], limit: int = 10
) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    table = table_of(by_judge, keys, "overall")
    known = np.isfinite(table)
    filled = [np.where(known, table, end) for end in (np.inf, -np.inf)]
    gap = np.where(known.any(axis=0), filled[1].max(axis=0) - filled[0].min(axis=0), 0)
    order = np.lexsort((np.arange(len(keys)), -gap))[:limit]
    return tuple(
        (keys[place][0], tuple(int(v) if np.isfinite(v) else None for v in table[:, place]))
        for place in order
        if gap[place] > 0
    )


@dataclass(frozen=True, slots=True)
class Severity:
    """An additive model of ratings: what a card is worth plus what its judge adds.

    Attributes
    ----------
    leniency
        What each judge adds, in rating points, mean 0 over judges; with intervals by author.
    worth
        Each card's rating without it, shape (cards,), within 1-5; NaN where nobody rated.
    """

    leniency: tuple[Measurement, ...]
    worth: Floats


def fit_severity(
    ratings: ArrayLike, authors: Sequence[str], *, draws: int = 1000, seed: int = 0
) -> Severity:
    r"""Least squares of rating = card + judge, over the cells that are there.

    With the cards profiled out, the judges' effects :math:`\delta` solve
    :math:`\sum_i (D_i - m_i m_i'/|m_i|)\,\delta = \sum_i m_i \circ (y_i - \bar y_i)`, where
    :math:`m_i` says who rated card i. Both sides are sums over cards, so draws of authors are
    draws of their parts.

    Parameters
    ----------
    ratings
        Expected or whole ratings, shape (judges, cards); NaN where one is missing.

    Raises
    ------
    DataError
        No chain of cards in common links some judges, so that they cannot be compared.

    References
    ----------
    Linacre (1989), Many-Facet Rasch Measurement, has the logistic form of the same idea;
    Searle (1971), Linear Models, chapter 7, the additive one with empty cells.

    Examples
    --------
    >>> found = fit_severity([[1, 2, 3, 4], [2, 3, 4, 5]], list("abcd"))
    >>> [round(item.value, 3) for item in found.leniency], found.worth.tolist()
    ([-0.5, 0.5], [1.5, 2.5, 3.5, 4.5])
    """
    table = np.asarray(ratings, dtype=np.float64)
    known = np.isfinite(table)
    count = known.sum(axis=0)
    filled = np.where(known, table, 0.0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    mask = known.astype(float).T  # cards x judges
    share = mask[:, :, None] * mask[:, None, :] / np.maximum(count, 1)[:, None, None]
    left = np.einsum("ij,jk->ijk", mask, np.eye(len(table))) - share
    right = np.where(known, table - mean, 0.0).T
    _check_linked(left.sum(axis=0))
    draw = draw_authors(authors, draws, seed)
    judges = len(table)
    sums = draw.sums(np.concatenate([left.reshape(len(mask), -1), right], axis=1))
    lefts, rights = sums[:, : judges**2].reshape(-1, judges, judges), sums[:, judges**2 :]
    # The effects are known up to a constant: adding 1 to every cell asks for a mean of 0.
    effects = (
        np.linalg.solve(lefts + 1.0, rights[:, :, None])[:, :, 0]
        if (np.linalg.cond(lefts + 1.0) < 1e8).all()
        else _by_pseudo_inverse(lefts, rights)
    )
    worth = (filled - np.where(known, effects[0][:, None], 0.0)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        worth = np.clip(worth / np.where(count > 0, count, np.nan), 1.0, 5.0)
    return Severity(tuple(draw.figure(column) for column in effects.T), worth)


def _by_pseudo_inverse(lefts: Floats, rights: Floats) -> Floats:
    """The same where some draws leave judges without cards in common: those have no value."""
    effects: Floats = np.einsum("djk,dk->dj", np.linalg.pinv(lefts, hermitian=True), rights)
    linked = np.linalg.matrix_rank(lefts, hermitian=True) == lefts.shape[1] - 1
    return np.where(linked[:, None], effects, np.nan)


def _check_linked(left: Floats) -> None:
    if np.linalg.matrix_rank(left, hermitian=True) < len(left) - 1:
        raise DataError(
            "the judges have no cards in common, so that nobody can say who is stricter",
            hint="Rate the same cards with every judge of the panel.",
        )

"""A panel: ratings of several judges of a study, side by side, and their consensus as a judge.

Nothing is imputed: a card has a consensus where most of the panel rated it. The disagreement is
kept: the interval is the range of the judges, the levels say how many gave which number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cardiogram.errors import ConfigError, DataError
from cardiogram.judge.ensemble.derived import Row, rows_by_judge, write_derived
from cardiogram.judge.ensemble.severity import fit_severity
from cardiogram.judge.levels import levels_of
from cardiogram.judge.validation import Figure, Reliability, reliability
from cardiogram.names import SCORES
from cardiogram.stats import Floats
from cardiogram.store import Study

Consensus = Literal["median", "severity"]


@dataclass(frozen=True, slots=True)
class Panel:
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
    leniency: dict[str, dict[str, Figure]]
    widest: tuple[tuple[str, tuple[int | None, ...]], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "judges": list(self.judges),
            "cards": self.cards,
            "agreement": {name: found.as_dict() for name, found in self.agreement.items()},
            "leniency": {
                judge: {name: figure.as_dict() for name, figure in found.items()}
                for judge, found in self.leniency.items()
            },
            "widest": [{"id": id, "overall": list(given)} for id, given in self.widest],
        }


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


def convene(study: Study, judges: Sequence[str], *, draws: int = 1000, seed: int = 0) -> Panel:
    """Measure how far the judges of a study agree, and how strict each is.

    Raises
    ------
    ConfigError
        Fewer than two judges.
    DataError
        One of them has rated nothing, or no cards link them.
    """
    by_judge = _check(study, judges)
    keys = sorted({key for rows in by_judge.values() for key in rows})
    authors = [id.partition("/")[0] for id, _ in keys]
    agreement, leniency = {}, {judge: {} for judge in judges}  # type: ignore[var-annotated]
    for name in SCORES:
        whole = table_of(by_judge, keys, name)
        agreement[name] = reliability(whole, authors, draws=draws, seed=seed)
        expected = table_of(by_judge, keys, f"{name}_expected")
        found = fit_severity(expected, authors, draws=draws, seed=seed)
        for judge, figure in zip(judges, found.leniency, strict=True):
            leniency[judge][name] = figure
    return Panel(tuple(judges), len(keys), agreement, leniency, _widest(by_judge, keys))


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
        As :func:`convene`.
    """
    by_judge = _check(study, judges)
    keys = sorted({key for rows in by_judge.values() for key in rows})
    authors = [id.partition("/")[0] for id, _ in keys]
    columns = {}
    for name in SCORES:
        expected = table_of(by_judge, keys, f"{name}_expected")
        if consensus == "severity":
            middle = fit_severity(expected, authors, draws=1).worth
        else:
            middle = _median(expected)
        columns[name] = middle
    name = panel_id(judges, consensus)
    made = {
        key: _row(
            name,
            consensus,
            [by_judge[judge].get(key) for judge in judges],
            {score: float(columns[score][place]) for score in SCORES},
        )
        for place, key in enumerate(keys)
    }
    write_derived(study, name, made)
    return sum(row["status"] == "rated" for row in made.values())


def _check(study: Study, judges: Sequence[str]) -> dict[str, dict[tuple[str, str], Row]]:
    if len(set(judges)) < 2:
        raise ConfigError("a panel needs two judges or more", hint="--judge A --judge B")
    by_judge = rows_by_judge(study, judges)
    for judge, rows in by_judge.items():
        if not rows:
            raise DataError(
                f"no ratings by {judge!r} in {str(study.root)!r}",
                hint=f"cardiogram rate {study.root} --judge {judge}",
            )
    return by_judge


def table_of(
    by_judge: dict[str, dict[tuple[str, str], Row]], keys: Sequence[tuple[str, str]], column: str
) -> Floats:
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
    found: Floats = np.where(known, np.nanmedian(np.where(known, table, 0.0), axis=0), np.nan)
    return found


def _row(
    name: str, consensus: Consensus, given: Sequence[Row | None], middle: dict[str, float]
) -> dict[str, Any]:
    """The consensus on one card, where most of the panel rated it."""
    rated = [row for row in given if row is not None]
    some = rated[0]
    costs = [row["cost_usd"] for row in rated]
    row: dict[str, Any] = {
        **{key: some[key] for key in ("id", "card_sha256", "input_sha256", "rubric_version")},
        "judge": name,
        "judge_version": " | ".join(
            [consensus, *(f"{r['judge']} {r['judge_version']}" for r in rated)]
        ),
        "status": "rated" if 2 * len(rated) > len(given) else "abstained",
        "evidence": [],
        "cost_usd": None if None in costs else sum(costs),
        "problems": some["problems"],
        "answered_by": ", ".join(r["judge"] for r in rated),
    }
    if row["status"] == "rated":
        for score in SCORES:
            row |= _score(score, [r[score] for r in rated if r[score] is not None], middle[score])
    return row


def _score(name: str, whole: Sequence[int], middle: float) -> dict[str, Any]:
    if not whole:
        return {}
    low, high = min(whole), max(whole)
    return {
        name: int(np.clip(np.floor(middle + 0.5), 1, 5)),
        f"{name}_expected": round(middle, 4),
        f"{name}_low": min(float(low), round(middle, 4)),
        f"{name}_high": max(float(high), round(middle, 4)),
        f"{name}_levels": levels_of(whole).tolist(),
    }


def _widest(
    by_judge: dict[str, dict[tuple[str, str], Row]], keys: Sequence[tuple[str, str]], most: int = 10
) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    table = table_of(by_judge, keys, "overall")
    known = np.isfinite(table)
    filled = [np.where(known, table, end) for end in (np.inf, -np.inf)]
    gap = np.where(known.any(axis=0), filled[1].max(axis=0) - filled[0].min(axis=0), 0)
    order = np.lexsort((np.arange(len(keys)), -gap))[:most]
    return tuple(
        (keys[place][0], tuple(int(v) if np.isfinite(v) else None for v in table[:, place]))
        for place in order
        if gap[place] > 0
    )

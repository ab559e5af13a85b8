"""How far a judge agrees with itself: asked again, and asked for the criteria in another order.

Every answer behind a rating is kept with its repeat and its order, so nothing is asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cardiogram.errors import DataError
from cardiogram.judge.gold import PASSES, read_readings, read_rows
from cardiogram.judge.validation.reliability import Reliability, measure_reliability
from cardiogram.names import SCORES
from cardiogram.stats import Floats
from cardiogram.store import Study

_ORDER = "Ask several times in each order: --samples 4 --orders 2."


@dataclass(frozen=True, slots=True)
class Repeats:
    """Several answers of one judge on the same cards.

    Attributes
    ----------
    whole
        Whole numbers 1-5 by answer, card and score, NaN where an answer gave none;
        shape (answers, cards, 9).
    orders
        Of each answer, the criteria in the order in which they were asked; () where each was asked
        for in a call of its own, or where a file does not say.
    outcomes
        Answers by how they ended; only "rated" have numbers.
    """

    judge: str
    version: str
    ids: tuple[str, ...]
    whole: Floats
    orders: tuple[tuple[str, ...], ...]
    outcomes: Mapping[str, int]

    @property
    def authors(self) -> list[str]:
        """Owner of each card."""
        return [id.partition("/")[0] for id in self.ids]


@dataclass(frozen=True, slots=True)
class SelfAgreement:
    """How far the answers of one judge agree with each other, by score.

    Attributes
    ----------
    all_answers
        Of all answers to a card.
    repeats
        Of answers to the same card in the same order; an item is a card in one order. Empty where
        no order was asked twice.
    orders
        Of answers to the same card in different orders; an item is a card. Empty where there is
        one order, or where no order was asked twice (then it is the same as `all_answers`).
    notes
        What a reader must know before using a figure.
    """

    judge: str
    version: str
    cards: int
    authors: int
    answers: int
    distinct_orders: int
    outcomes: Mapping[str, int]
    all_answers: dict[str, Reliability]
    repeats: dict[str, Reliability]
    orders: dict[str, Reliability]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        plain = asdict(self)
        keys = {"outcomes": "ends", "all_answers": "together"}
        return {keys.get(name, name): plain[name] for name in plain}


def measure_self_agreement(
    path: Path, judge: str | None = None, *, draws: int = 1000, seed: int = 0
) -> SelfAgreement:
    """Measure how far a judge's answers to one card agree, by repeat and by order of the criteria.

    Parameters
    ----------
    path, judge
        As of :func:`read_repeats`.
    draws, seed
        Of the author-cluster bootstrap.

    Raises
    ------
    DataError
        Nobody was asked more than once.
    """
    return compare_repeats(read_repeats(path, judge), draws=draws, seed=seed)


def read_repeats(path: Path, judge: str | None = None) -> Repeats:
    """The answers behind the ratings of a study folder or a file of ratings.

    Parameters
    ----------
    path
        A study folder, a shard of `ratings/`, or a labels file with `first` and `second`.
    judge
        Whose; may be left out where one judge alone was asked more than once.

    Raises
    ------
    DataError
        Nobody was asked more than once.
    """
    rows = list(Study.open(path).ratings.rows()) if path.is_dir() else read_rows(path)
    if any(name in row for row in rows for name in PASSES):
        return _of_passes(path)
    several = [row for row in rows if len(_answers(row)) > 1]
    judges = sorted({str(row.get("judge")) for row in several})
    if judge is None and len(judges) == 1:
        judge = judges[0]
    if judge is None and judges:
        raise DataError(
            f"several judges have given several answers to a card in {str(path)!r}",
            hint=f"--judge {' | '.join(judges)}",
        )
    if judge not in judges:
        raise DataError(
            f"{judge!r} was asked once about each card in {str(path)!r}"
            if judge
            else f"nobody was asked more than once about a card in {str(path)!r}",
            hint=f"cardiogram rate {path} --judge PROVIDER/MODEL --samples 4 --orders 2",
        )
    try:
        return _of_answers([row for row in several if row["judge"] == judge])
    except (LookupError, TypeError, ValueError) as error:
        raise DataError(f"the answers in {str(path)!r} are damaged: {error!r}") from error


def _answers(row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The answers behind a rating; none where a file holds something else."""
    answers = row.get("answers")
    return answers if isinstance(answers, list) else ()


def _of_answers(rows: Sequence[Mapping[str, Any]]) -> Repeats:
    """The cards of the version that most of them were rated by."""
    version = Counter(row["judge_version"] for row in rows).most_common(1)[0][0]
    chosen = [row for row in rows if row["judge_version"] == version]
    count = max(len(row["answers"]) for row in chosen)
    whole = np.full((count, len(chosen), len(SCORES)), np.nan)
    orders: list[tuple[str, ...]] = [()] * count
    outcomes: Counter[str] = Counter()
    for place, row in enumerate(chosen):
        for answer in row["answers"]:
            outcomes[answer["status"]] += 1
            order = tuple(answer["order"])  # one alone: each number had a call of its own
            orders[answer["repeat"]] = order if len(order) > 1 else ()
            if answer["status"] == "rated":
                whole[answer["repeat"], place] = answer["scores"]
    ids = tuple(row["id"] for row in chosen)
    return Repeats(chosen[0]["judge"], version, ids, whole, tuple(orders), dict(outcomes))


def _of_passes(path: Path) -> Repeats:
    """The two passes of a labels file, where both are there."""
    passes: dict[tuple[str, str], dict[str, Floats]] = {}
    for reading in read_readings(path):
        if reading.status == "rated":
            passes.setdefault((reading.id, reading.sha256), {})[reading.judge] = reading.whole
    both = {key: by_pass for key, by_pass in passes.items() if set(by_pass) >= set(PASSES)}
    if not both:
        raise DataError(f"no card of {str(path)!r} was read twice", hint="`first` and `second`")
    whole = np.array([[by_pass[name] for by_pass in both.values()] for name in PASSES])
    ids = tuple(id for id, _ in both)
    return Repeats("labels", "", ids, whole, ((), ()), {"rated": 2 * len(both)})


def compare_repeats(repeats: Repeats, *, draws: int = 1000, seed: int = 0) -> SelfAgreement:
    """Measure how far the answers of one judge agree, by repeat and by order.

    Parameters
    ----------
    draws, seed
        Of the author-cluster bootstrap.
    """
    places: dict[tuple[str, ...], list[int]] = {}
    for place, order in enumerate(repeats.orders):
        places.setdefault(order, []).append(place)
    times = min(map(len, places.values()))
    grid = np.array([place[:times] for place in places.values()])  # orders x repeats
    crossed = times > 1 and len(grid) > 1

    def measured(tables: Sequence[Floats]) -> dict[str, Reliability]:
        """Tables of shape (raters, cards, 9) that have the same cards, side by side."""
        authors = repeats.authors * len(tables)
        whole = np.concatenate(tables, axis=1)
        return {
            name: measure_reliability(whole[:, :, j], authors, draws=draws, seed=seed)
            for j, name in enumerate(SCORES)
        }

    return SelfAgreement(
        judge=repeats.judge,
        version=repeats.version,
        cards=len(repeats.ids),
        authors=len(set(repeats.authors)),
        answers=len(repeats.orders),
        distinct_orders=len(grid),
        outcomes=repeats.outcomes,
        all_answers=measured([repeats.whole]),
        repeats=measured([repeats.whole[row] for row in grid]) if crossed else {},
        orders=measured([repeats.whole[column] for column in grid.T]) if crossed else {},
        notes=_notes(repeats, len(grid), times),
    )


def _notes(repeats: Repeats, orders: int, times: int) -> tuple[str, ...]:
    notes = []
    if orders > 1 and times == 1:
        notes.append(
            "Every answer was asked for in an order of its own: what the order does and what "
            f"asking again does cannot be told apart. {_ORDER}"
        )
    if orders == 1 and repeats.orders[0]:
        notes.append(f"All answers were asked for in one order: what it does is unknown. {_ORDER}")
    lost = sum(count for name, count in repeats.outcomes.items() if name != "rated")
    if lost:
        notes.append(f"{lost:,} answers have no numbers and are in no figure.")
    known = repeats.whole[:, :, 0]
    if bool((known == known[0]).all()) and len(known) > 1:
        notes.append(
            "All answers are equal. At temperature 0 a model may only repeat itself: that says "
            "nothing on how sure it is."
        )
    return tuple(notes)

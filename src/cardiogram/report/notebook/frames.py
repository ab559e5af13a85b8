"""Results as tables for pandas, a row for what each is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatch
from typing import TYPE_CHECKING

from cardiogram.check import Checked, VerifiedCard
from cardiogram.improve import Draft
from cardiogram.names import SCORES_OF
from cardiogram.optional import pandas
from cardiogram.report.terminal.improvement import proofs_of
from cardiogram.repository.access import withhold_logins
from cardiogram.repository.proof import name_place

if TYPE_CHECKING:
    from pandas import DataFrame

    from cardiogram.store import Study
    from cardiogram.track import WatchedCard

_MODEL = (
    "id",
    "author",
    "pipeline_tag",
    "library_name",
    "license",
    "created_at",
    "downloads",
    "downloads_all_time",
    "likes",
)


def to_frame(result: object) -> DataFrame:
    """Make a table of a checked card, a verified card or a draft."""
    columns, rows = _rows(result)
    return _frame(columns, rows)


def frame_of_study(study: Study, judge: str) -> DataFrame:
    """Make a table of a study: a row a model, with its counters, its ratings and its segment."""
    scores = SCORES_OF[study.type]
    wanted = ["id", "judge", *(f"{score}_expected" for score in scores)]
    rated = study.ratings.read(wanted).to_pandas()
    rated = rated[rated["judge"] == judge].drop(columns="judge")
    frame: DataFrame = study.models.read(list(_MODEL)).to_pandas()
    frame = frame.merge(rated.rename(columns=_plain_names(scores)), on="id", how="left")
    if study.map.shards():
        frame = frame.merge(study.map.read(["id", "segment"]).to_pandas(), on="id", how="left")
    return frame


def frame_of_watched(cards: Iterable[WatchedCard]) -> DataFrame:
    """Make a table of watched models: a row each, with what is counted of it and of its card."""
    columns = ("id", "first_day", "days", "new", "likes", "first_rating", "rating", "changes")
    rows = [
        (
            card.id,
            card.first_day,
            len(card.new),
            sum(known) if (known := [new for new in card.new if new is not None]) else None,
            card.likes,
            card.first_rating,
            card.rating,
            card.changes,
            card.last_change,
        )
        for card in cards
    ]
    return _frame((*columns, "last_change"), rows)


def _plain_names(scores: Iterable[str]) -> Mapping[str, str]:
    return {f"{score}_expected": score for score in scores}


def _frame(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> DataFrame:
    """A table, in which a login that a card holds does not stand."""
    shown = [[withhold_logins(v) if isinstance(v, str) else v for v in row] for row in rows]
    frame: DataFrame = pandas().DataFrame(shown, columns=list(columns))
    return frame


@singledispatch
def _rows(result: object) -> tuple[Sequence[str], list[Sequence[object]]]:
    raise TypeError(f"there is no table of a {type(result).__name__}")


@_rows.register
def _(checked: Checked) -> tuple[Sequence[str], list[Sequence[object]]]:
    columns = ("criterion", "value", "expected", "low", "high", "missing", "gain")
    rows: list[Sequence[object]] = []
    for name, score in checked.rating.scores.items():
        gaps = [gap for gap in checked.gaps if gap.criterion == name]
        missing = "; ".join(gap.missing for gap in gaps)
        gain = max((gap.criterion_gain for gap in gaps), default=0.0)
        rows.append((name, *score, missing, gain))
    return columns, rows


@_rows.register
def _(verified: VerifiedCard) -> tuple[Sequence[str], list[Sequence[object]]]:
    columns = ("state", "line", "about", "sentence", "value", "why", "source", "rule")
    return columns, [
        (
            each.state,
            each.line,
            f"{each.name} {each.about}".strip(),
            each.sentence,
            each.value,
            each.why,
            "; ".join(map(name_place, each.sources)),
            each.rule,
        )
        for each in verified.verification.sentences
    ]


@_rows.register
def _(draft: Draft) -> tuple[Sequence[str], list[Sequence[object]]]:
    columns = ("kind", "id", "criterion", "why", "added", "proof")
    return columns, [
        (
            change.kind,
            change.id,
            change.criterion,
            change.why,
            "\n".join(sentence.text for sentence in change.sentences),
            "; ".join(proofs_of(change)),
        )
        for change in draft.changes
    ]

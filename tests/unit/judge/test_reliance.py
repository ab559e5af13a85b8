from typing import Any, cast

from cardiogram.judge.embedded import Record, TrainingRecord
from cardiogram.judge.reliance import describe_reliance
from cardiogram.names import SCORES


def record(kappa: float | None = 0.9, low: float | None = 0.85, coverage: float = 0.9) -> Record:
    figures = {"n": 40, "qwk": kappa, "low": low, "high": low and 0.94, "exact": 0.8}
    return cast("Record", figures | {"coverage": coverage})


def about(**more: Any) -> TrainingRecord:
    scores = {name: record() for name in SCORES} | {"data": record(0.8, 0.7)}
    agreement = {
        "method": "10 folds",
        "scores": scores,
        "sets": {"wild-dev-labels": scores, "mine": scores | {"overall": record(coverage=0.88)}},
        "strata": {"merge": record(0.81, None), "over 9,000 characters": record(0.6, 0.4)},
    }
    change = {"n": 151, "rated": -1.55, "judged": -1.3, "slope": 0.85, "error": 0.5, "down": 0.98}
    known = {
        "cards": 1287,
        "authors": 900,
        "agreement": agreement,
        "in_order": {"one_apart": 0.951, "two_apart": 0.996},
        "changes": {"removed": change, "token": {"rated": 0.1, "judged": 0.35}},
        "gain_factors": {"own": 1.21},
        "gains": {"all": {"n": 107, "slope": 1.02, "covered": 0.9}},
    }
    return cast("TrainingRecord", known | more)


def test_each_thing_to_rely_on_is_a_sentence_with_its_measured_numbers() -> None:
    lines = describe_reliance(about())
    assert len(lines) == 10
    text = " ".join(lines)
    for words in (
        "1,287 cards of 900 authors",
        "99.6% of the pairs",
        "one apart 95.1%",
        "overall 0.90 (0.85 to 0.94)",
        "0.80 at the least",
        "cards of 2024 0.90",
        "mine 0.90",
        "merge 0.81, ".rstrip(", "),
        "over 9,000 characters 0.60 (0.40 to 0.94)",
        "88% (mine)",
        "by -1.55 and the judge by -1.30 (slope 0.85, mean error 0.50)",
        "98% of the cases",
        "a token line +0.35 where readers give +0.10",
        "times 1.21",
        "(107 cards) readers gave 1.02 for a promised point",
        "cannot see whether a card is right",
        "Cards of data sets are judged by a checklist, as before",
    ):
        assert words in text, words


def test_what_was_not_measured_is_left_out() -> None:
    lines = describe_reliance(
        about(changes={}, gains={}, in_order={"one_apart": None, "two_apart": None})
    )
    text = " ".join(lines)
    assert "None" not in text
    assert "taken away" not in text
    assert "bought" not in text
    assert "promised" not in text
    assert "in the right order" not in text

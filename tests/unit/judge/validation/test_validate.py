import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cardiogram.cli import main
from cardiogram.collect.collect import Source, collect
from cardiogram.errors import DataError
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.rate import rate_study
from cardiogram.judge.validation.metrics import measure_against_gold
from cardiogram.judge.validation.validate import consensus, validate
from cardiogram.names import SCORES
from cardiogram.report.terminal.validation import render_validation
from cardiogram.stats.agreement import krippendorff_alpha
from cardiogram.store import Study
from support import SHARED, needs_shared

SAMPLE = Path(__file__).parents[4] / "examples" / "sample"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = Study(tmp_path_factory.mktemp("study") / "s")
    collect(study, Source(SAMPLE))
    rate_study(study, [embedded_judge()])
    return study


def write_gold(study: Study, path: Path, shift: int) -> Path:
    """Gold that is the judge's own rating, `shift` higher."""
    rows = [
        {
            "card": row["id"],
            "sha256": row["card_sha256"],
            "first": {name: min(5, row[name] + shift) for name in SCORES},
        }
        for row in study.ratings.rows()
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_judge_agrees_with_itself(study: Study, tmp_path: Path) -> None:
    found = validate(study.root, write_gold(study, tmp_path / "gold.jsonl", 0))
    assert found.status == {"rated": 48}
    assert {item.exact.value for item in found.scores.values()} == {1.0}
    assert found.scores["overall"].qwk.value == 1.0
    assert found.confusion.trace() == found.confusion.sum() == found.scores["overall"].n
    for kind in ("length", "language"):
        assert sum(item.n for item in found.strata[kind].values()) == 48
    assert any("judge's own ratings" in note for note in found.notes)


def test_a_lenient_gold_shows_as_bias_and_severity(study: Study, tmp_path: Path) -> None:
    found = validate(study.root, write_gold(study, tmp_path / "gold.jsonl", 1))
    bias, severity = found.scores["overall"].bias, found.severity
    assert bias.value is not None
    assert bias.high is not None
    assert bias.high < -0.5
    assert severity.low is not None
    assert severity.low > 0.5
    text = render_validation(found)
    assert "stricter than the gold" in text
    assert max(map(len, text.splitlines())) <= 101


def test_gold_of_other_cards_is_refused(study: Study, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"card": "no/body", "first": dict.fromkeys(SCORES, 3)}))
    with pytest.raises(DataError, match="rated none"):
        validate(study.root, gold)


@pytest.mark.parametrize("number", [9, 0, "x", 2.5])
def test_gold_without_whole_numbers_is_refused(
    study: Study, tmp_path: Path, number: object
) -> None:
    row = next(study.ratings.rows())
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"card": row["id"], "first": {"overall": number}}))
    with pytest.raises(DataError, match="whole number"):
        validate(study.root, gold)


def test_several_people_in_a_csv_are_a_consensus(study: Study, tmp_path: Path) -> None:
    rows = list(study.ratings.rows())
    path = tmp_path / "people.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "rater", "overall", "usage"])
        for row in rows:
            for place, rater in enumerate("abc"):
                shifted = min(5, row["overall"] + (place == 2))
                writer.writerow([row["id"], rater, shifted, row["usage"] if place else ""])
    found = validate(study.root, path)
    assert set(found.scores) == {"overall", "usage"}
    assert found.scores["overall"].exact.value == 1.0  # the median of r, r, r + 1
    readers = found.among["overall"]["readers"]
    whole = [row["overall"] for row in rows]
    third = [min(5, value + 1) for value in whole]
    assert readers.value == pytest.approx(krippendorff_alpha([whole, whole, third]), abs=1e-9)
    assert "with judge" in render_validation(found)


def test_wide_columns_are_raters_too(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "wide.jsonl"
    rows = [
        {"id": row["id"], "overall:ann": row["overall"], "overall:bob": None}
        for row in study.ratings.rows()
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    found = validate(study.root, path)
    assert found.scores["overall"].n == 48


def test_missing_gold_and_missing_ratings_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    numbers = dict.fromkeys(SCORES, 3)
    rows = [
        {"card": f"a{i}/m", "first": numbers if i else None, "second": numbers if i > 4 else None}
        for i in range(12)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    found = validate(path, path, judge="second")
    assert found.gold_missing == 1
    assert found.status == {"missing": 4, "rated": 7}
    assert any("4 gold cards have no rating" in note for note in found.notes)


def test_half_ways_of_the_consensus_go_up() -> None:
    assert consensus(np.array([[1.0, 4.0], [2.0, 4.0]])).tolist() == [2.0, 4.0]


def test_another_judge_of_the_study_can_be_gold(study: Study, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["judges", "measure", str(study.root), "--gold-judge", "nobody"]
    )
    assert done.exit_code == 2
    found = validate(study.root, gold_judge="embedded", judge="embedded")
    assert found.scores["overall"].exact.value == 1.0


def test_alpha_of_counts_is_krippendorffs() -> None:
    rng = np.random.default_rng(3)
    gold = rng.integers(1, 6, 60)
    given = np.clip(gold + rng.integers(-1, 2, 60), 1, 5)
    found = measure_against_gold(gold, given, given, [f"a{i % 20}" for i in range(60)], draws=100)
    assert found.alpha.value == pytest.approx(krippendorff_alpha([gold, given]))
    nominal = krippendorff_alpha([gold, given], "nominal")
    assert found.alpha_nominal.value == pytest.approx(nominal)
    assert found.alpha.low is not None


def test_drawing_authors_is_wider_than_drawing_cards() -> None:
    rng = np.random.default_rng(0)
    author = np.repeat(np.arange(20), 10)
    gold = rng.integers(1, 6, 200)
    given = np.clip(gold + (author % 2), 1, 5)  # an author's cards err alike
    by_author = measure_against_gold(gold, given, given, author.astype(str)).bias
    by_card = measure_against_gold(gold, given, given, np.arange(200).astype(str)).bias
    assert None not in (by_author.low, by_author.high, by_card.low, by_card.high)
    wide = (by_author.high or 0) - (by_author.low or 0)
    assert wide > 2 * ((by_card.high or 0) - (by_card.low or 0))


PUBLISHED = {
    "overall": 0.967,
    "identity": 0.915,
    "usage": 0.974,
    "data": 0.903,
    "training": 0.927,
    "evaluation": 0.960,
    "limitations": 0.968,
    "metadata": 0.885,
    "structure": 0.930,
}
"""QWK of two readings on 170 cards, of which 98 are here."""


@needs_shared
def test_the_second_reading_replays_as_a_judge() -> None:
    labels = SHARED / "corpus" / "labels-dev.jsonl"
    found = validate(labels, labels, judge="second", cards=SHARED / "corpus" / "cards-dev.jsonl.gz")
    assert found.status == {"missing": 426, "rated": 98}
    for name, value in PUBLISHED.items():
        qwk = found.scores[name].qwk
        assert qwk.value == pytest.approx(value, abs=0.025)
        assert qwk.low is not None
        assert qwk.high is not None
        assert qwk.low <= value <= qwk.high
    assert set(found.strata) == {"kind", "length", "language"}


def test_agreement_of_a_judge_that_is_one_too_high() -> None:
    gold = np.array([1, 2, 3, 4] * 10)
    authors = [f"a{number % 8}" for number in range(40)]
    bounds = np.stack([gold - 0.5, gold + 0.5], axis=1)
    found = measure_against_gold(gold, gold + 1, gold + 1.0, authors, bounds=bounds)
    assert (found.n, found.authors) == (40, 8)
    assert (found.exact.value, found.within_one.value, found.bias.value) == (0.0, 1.0, 1.0)
    assert found.spearman.value == pytest.approx(1.0)
    assert found.coverage.value == 1.0
    assert found.qwk.low is not None
    assert found.qwk.high is not None
    assert found.qwk.value is not None
    assert found.qwk.low <= found.qwk.value <= found.qwk.high


def test_few_authors_give_no_interval() -> None:
    gold = np.array([1, 2, 3, 4])
    found = measure_against_gold(gold, gold, gold.astype(float), ["a", "b", "a", "b"])
    assert (found.qwk.value, found.qwk.low, found.qwk.high) == (1.0, None, None)

import json
from pathlib import Path

import pytest

from cardiogram.cards.collect import Source, collect
from cardiogram.errors import DataError
from cardiogram.judge.calibrate import calibrate
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.rate import rate
from cardiogram.report.calibration import render_calibration
from cardiogram.store import SCORES, Study

SAMPLE = Path(__file__).parents[3] / "examples" / "sample"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = Study(tmp_path_factory.mktemp("study") / "s")
    collect(study, Source(SAMPLE))
    rate(study, embedded_judge())
    return study


def write_gold(study: Study, path: Path, shift: int) -> Path:
    """Gold that is the judge's own rating, `shift` higher."""
    rows = [
        {"card": row["id"], "sha256": row["card_sha256"],
         "first": {name: min(5, row[name] + shift) for name in SCORES}}
        for row in study.ratings.rows()
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_judge_agrees_with_itself(study: Study, tmp_path: Path) -> None:
    found = calibrate(study, write_gold(study, tmp_path / "gold.jsonl", 0))
    assert found.unmatched == 0
    assert {item.exact for item in found.scores.values()} == {1.0}
    assert found.scores["overall"].qwk == 1.0
    assert found.confusion.trace() == found.confusion.sum() == found.scores["overall"].n
    assert sum(item.n for name, item in found.strata.items() if "characters" in name) == 48


def test_a_lenient_gold_shows_as_bias(study: Study, tmp_path: Path) -> None:
    found = calibrate(study, write_gold(study, tmp_path / "gold.jsonl", 1))
    assert found.scores["overall"].bias < -0.5
    text = render_calibration(found)
    assert "QWK" in text
    assert max(map(len, text.splitlines())) <= 100


def test_gold_of_other_cards_is_refused(study: Study, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"card": "no/body", "first": dict.fromkeys(SCORES, 3)}))
    with pytest.raises(DataError, match="rated none"):
        calibrate(study, gold)


def test_gold_without_nine_numbers_is_refused(study: Study, tmp_path: Path) -> None:
    row = next(study.ratings.rows())
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"card": row["id"], "first": {"overall": 9}}))
    with pytest.raises(DataError, match="nine whole numbers"):
        calibrate(study, gold)

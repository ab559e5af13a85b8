import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cardiogram.cli import main
from cardiogram.errors import DataError
from cardiogram.judge.gold.readings import JudgeReading
from cardiogram.judge.validation.calibration import (
    fit_calibration,
    fit_map,
    load_calibration,
    save_calibration,
)
from cardiogram.judge.validation.drift import find_drift
from cardiogram.judge.validation.validate import PairedReadings, pair_readings
from cardiogram.names import SCORES


def readings(judge: str, table: np.ndarray, version: str = "1") -> list[JudgeReading]:
    """One reading a row of whole numbers, shape (cards, 9); two cards an author."""
    return [
        JudgeReading(
            judge, version, "r", f"a{i // 2}/m{i}", f"{i:064x}", "rated", row, row, row, row
        )
        for i, row in enumerate(table.astype(float))
    ]


@pytest.fixture
def paired() -> PairedReadings:
    rng = np.random.default_rng(0)
    gold = rng.integers(1, 6, (120, 9))
    strict = np.clip(gold - (rng.random((120, 9)) < 0.8), 1, 5)
    return pair_readings(readings("judge", strict), readings("gold", gold))


def test_the_map_is_a_falling_step_function() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 5, 300)
    found = fit_map(x, np.clip(np.round(x + rng.normal(0, 0.7, 300)), 1, 5))
    assert (np.diff(found.below, axis=0) <= 1e-12).all()  # a higher value is never a lower rating
    assert (np.diff(found.below, axis=1) >= -1e-12).all()
    levels = found.levels(np.linspace(0, 6, 50))
    assert levels.sum(axis=1) == pytest.approx(1)
    assert (levels >= 0).all()


def test_calibration_takes_strictness_out_of_authors_it_has_not_seen(
    paired: PairedReadings,
) -> None:
    found = fit_calibration(paired, "gold", "")
    before, after = found.before["overall"], found.after["overall"]
    assert (before.bias.value or 0) < -0.5
    assert abs(after.bias.value or 5) < abs(before.bias.value or 0) / 2
    assert (after.qwk.value or 0) > (before.qwk.value or 1)
    assert (after.coverage.value or 0) >= 0.85


def test_a_kept_calibration_maps_alike(paired: PairedReadings, tmp_path: Path) -> None:
    made = fit_calibration(paired, "gold", "abc")
    save_calibration(made, tmp_path / "c.json")
    kept = load_calibration(tmp_path / "c.json")
    assert kept.digest == made.digest
    assert kept.cards == made.cards
    assert (kept.before, kept.after) == (made.before, made.after)
    values = np.linspace(1, 5, 41)
    for name, found in made.maps.items():
        assert (kept.maps[name].levels(values) == found.levels(values)).all()


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '{"kind": "other", "format": 1}',
        '{"kind": "cardiogram calibration", "format": 99}',
    ],
)
def test_what_is_no_calibration_is_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / "c.json").write_text(body)
    with pytest.raises(DataError):
        load_calibration(tmp_path / "c.json")


def test_few_cards_make_no_calibration() -> None:
    few = np.full((6, 9), 3)
    with pytest.raises(DataError, match="too few"):
        fit_calibration(pair_readings(readings("j", few), readings("g", few)), "g", "")


def test_drift_is_found_where_agreement_fell_and_only_there(paired: PairedReadings) -> None:
    saved = fit_calibration(paired, "gold", "")
    same = find_drift(saved, paired.readings, draws=500)
    assert same.fell == ()
    assert same.scores["overall"].difference.value == 0.0
    rng = np.random.default_rng(2)
    worse = [replace(r, whole=rng.integers(1, 6, 9).astype(float)) for r in paired.readings]
    fallen = find_drift(saved, worse, draws=500)
    assert set(fallen.fell) == set(SCORES)
    better = [replace(r, whole=gold) for r, gold in zip(paired.readings, paired.gold, strict=True)]
    assert find_drift(saved, better, draws=500).fell == ()
    with pytest.raises(DataError, match="none of the cards"):
        find_drift(saved, [])


def test_the_command_exits_with_1_on_drift(paired: PairedReadings, tmp_path: Path) -> None:
    save_calibration(fit_calibration(paired, "gold", ""), tmp_path / "c.json")
    for name, table in (("same", paired.column("whole")), ("worse", np.full((120, 9), 3.0))):
        rows = [
            {
                "id": r.id,
                "card_sha256": r.sha256,
                "judge": "judge",
                "status": "rated",
                **{score: int(v) for score, v in zip(SCORES, row, strict=True)},
            }
            for r, row in zip(paired.readings, table, strict=True)
        ]
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)))
        done = CliRunner().invoke(
            main, ["judges", "calibrate", "drift", str(path), str(tmp_path / "c.json")]
        )
        assert done.exit_code == (name == "worse"), done.output
        assert ("Agreement fell: overall" in done.output) == (name == "worse")

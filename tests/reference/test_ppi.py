"""Prediction-powered associations cover the truth where the judge's own do not."""

import json
from pathlib import Path

import numpy as np
import pytest

from cardiogram.stats.ppi import correct_by_gold
from cardiogram.stats.resampling.cluster_bootstrap import Resampling, author_codes
from simulated import seeds

TRUE_RHO, TRUE_SLOPE = 0.4508, 0.5537
"""Of `world`, from 210,000 models of 70,000 authors."""


def world(rng: np.random.Generator, authors: int) -> tuple[np.ndarray, ...]:
    """Gold, a judge that errs by author and against popularity, counts, authors."""
    owner = np.repeat(np.arange(authors), 3)
    n = owner.size
    habit = rng.normal(0, 0.6, authors)[owner]
    worth = habit + rng.normal(0, 0.8, n)
    gold = np.clip(np.round(2.6 + worth), 1, 5)
    judged = np.clip(2.8 + 0.6 * (gold - 2.6) + 0.35 * habit + rng.normal(0, 0.5, n), 1, 5)
    fame = 0.5 * worth + 0.56 * rng.normal(0, 1, authors)[owner] + rng.normal(0, 1, n)
    counts = np.floor(np.exp(2 + fame - 0.5 * (judged - gold)))
    return gold, judged, counts, owner


def test_the_corrected_interval_covers_19_times_of_20() -> None:
    rng = np.random.default_rng(5)
    world(rng, 70_000)
    covered, raw, narrower = {"spearman": 0, "slope": 0}, 0, []
    for seed in seeds(covered.values):
        gold, judged, counts, owner = world(rng, 200)
        whole_authors = np.isin(owner, rng.choice(200, 60, replace=False))
        labelled = whole_authors if seed % 2 else rng.random(600) < 0.3
        some = np.where(labelled, gold, np.nan)
        for statistic, true in (("spearman", TRUE_RHO), ("slope", TRUE_SLOPE)):
            found = correct_by_gold(
                some,
                judged,
                counts,
                author_codes(owner.astype(str)),
                statistic=statistic,
                resampling=Resampling(0.95, 200, seed),
            )
            assert found.interval is not None
            covered[statistic] += found.interval.low <= true <= found.interval.high
            if statistic == "spearman":
                assert found.raw_interval is not None
                raw += found.raw_interval.low <= true <= found.raw_interval.high
                narrower.append(found.gain)
    draws = seed + 1
    assert 0.93 <= covered["spearman"] / draws <= 0.97
    assert 0.93 <= covered["slope"] / draws <= 0.97
    assert raw / draws < 0.1  # the judge's own correlation is confidently wrong
    assert np.mean(narrower) > 1.3  # and the gold alone wastes what the judge knows


def test_a_useless_judge_leaves_the_answer_of_the_gold() -> None:
    rng = np.random.default_rng(1)
    gold, _, counts, owner = world(rng, 200)
    noise = rng.uniform(1, 5, gold.size)
    some = np.where(rng.random(gold.size) < 0.4, gold, np.nan)
    found = correct_by_gold(
        some, noise, counts, author_codes(owner.astype(str)), resampling=Resampling(0.95, 300, 0)
    )
    assert found.weight == pytest.approx(0, abs=0.25)
    assert found.corrected == pytest.approx(found.gold, abs=0.05)


def test_few_gold_ratings_correct_nothing() -> None:
    rng = np.random.default_rng(1)
    gold, judged, counts, owner = world(rng, 30)
    gold[5:] = np.nan
    found = correct_by_gold(gold, judged, counts, author_codes(owner.astype(str)))
    assert found.corrected is None
    assert found.reason == "fewer than 20 models with gold"


def test_analyze_puts_raw_and_corrected_side_by_side(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from cardiogram.cli import main

    sample = Path(__file__).parents[2] / "examples" / "sample"
    run = CliRunner()
    folder = str(tmp_path / "s")
    assert run.invoke(main, ["rate", str(sample), "--out", folder]).exit_code == 0
    ids = [json.loads(line)["id"] for line in (sample / "models.jsonl").read_text().splitlines()]
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        "\n".join(
            json.dumps({"id": id, "overall": 1 + place % 5}) for place, id in enumerate(ids[::2])
        )
    )
    command = ["analyze", folder, "--gold", str(gold), "--draws", "100"]
    done = run.invoke(main, command)
    assert done.exit_code == 0, done.output
    assert "raw and corrected for its error" in done.output
    results = json.loads((tmp_path / "s" / "results.json").read_text())
    (rho, *_) = results["corrected"]["entries"]
    assert rho["labelled"] == results["corrected"]["labelled"]
    assert None not in (rho["raw"]["estimate"], rho["gold"]["estimate"], rho["estimate"])

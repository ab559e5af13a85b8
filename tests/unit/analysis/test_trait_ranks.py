"""Traits: their odds, their kinds, and their rank correlations."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from cardiogram.analysis.analyze import analyze
from cardiogram.report.tables import render_results
from studies import Row, make_study

CODE = "\n```python\nimport parrot\n```\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Models of 12 authors; those with a snippet have more downloads."""
    rng = np.random.default_rng(0)
    rows = []
    for i in range(72):
        has = bool(rng.random() < 0.5)
        text = f"# Parrot {i}\n\nIt repeats what it hears, number {i}.\n{CODE * has}"
        count = int(rng.poisson(20 + 30 * has))
        rows.append(Row(f"org{i % 12}/m{i}", 1 + i % 5, count, i % 7, text))
    study = make_study(tmp_path_factory.mktemp("study"), rows)
    study.ratings.write("0", [{**row, "status": "rated"} for row in study.ratings.rows()])
    found = analyze(study, draws=100, scope="all")
    (study.root / "out.txt").write_text(render_results(found), "utf-8")
    whole = found.as_dict()
    whole["x"] = [float("```" in (row.text or "")) for row in rows]
    whole["y"] = [float(row.downloads or 0) for row in rows]
    whole["out"] = (study.root / "out.txt").read_text("utf-8")
    return whole


def entry(results: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    entries = results[part] if part == "odds" else results["extended"][part]
    return next(item for item in entries if (item["trait"], item["outcome"]) == (name, "downloads"))


def test_a_traits_rho_is_the_point_biserial_one_on_ranks(results: dict[str, Any]) -> None:
    ranks = entry(results, "trait_ranks", "snippet")
    x, y = results["x"], results["y"]
    assert ranks["estimate"] == pytest.approx(stats.pointbiserialr(x, stats.rankdata(y))[0])
    assert ranks["cluster_interval"]["draws"] == 100


def test_q_of_traits_is_over_all_correlations_that_were_tested(results: dict[str, Any]) -> None:
    entries = results["extended"]["trait_ranks"]
    tested = [n["cluster_p_value"] for n in entries if n["cluster_p_value"] is not None]
    assert len(tested) > 1
    q = stats.false_discovery_control(tested)
    assert [n["q_value"] for n in entries if n["q_value"] is not None] == pytest.approx(q)


def test_traits_say_of_what_kind_they_are(results: dict[str, Any]) -> None:
    kinds = {item["trait"]: item["kind"] for item in results["odds"]}
    assert {kinds[name] for name in ("snippet", "comparison", "limitations", "demo")} == {"writer"}
    assert kinds["gguf"] == kinds["quant_table"] == kinds["safetensors"] == "model"
    assert kinds["library"] == "hub"
    none = entry(results, "odds", "snippet")
    assert none["reason"].startswith("30 of 72 models have it")
    assert none["cluster_interval"] is None


def test_a_trait_that_none_has_says_so(results: dict[str, Any]) -> None:
    for name, who in (("widget", "none"), ("title", "all")):
        found = entry(results, "trait_ranks", name)
        assert found["estimate"] is None
        assert found["reason"] == f"{who} of the models have it"


def test_the_text_has_at_most_80_columns(results: dict[str, Any]) -> None:
    wide = [line for line in results["out"].split("\n") if len(line) > 80]
    assert wide == []

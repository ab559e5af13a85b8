import copy
import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cardiogram.analysis import About, Results, describe_finding
from cardiogram.analysis.analyze import analyze
from cardiogram.errors import ConfigError, DataError
from cardiogram.names import SCORES
from cardiogram.report.tables.views import Format, render_results
from cardiogram.report.terminal import render_study
from cardiogram.stats.ranks.associations import Association
from cardiogram.stats.resampling.cluster_bootstrap import Interval
from cardiogram.store import Study


def rating(id: str, score: int, **more: Any) -> dict[str, Any]:
    numbers = {key: score for name in SCORES for key in (name, f"{name}_expected")}
    about = {"judge_version": "1.0.0", "rubric_version": "model-card-v1", "status": "rated"}
    return {"id": id, "card_sha256": id, "judge": "embedded", **about, **numbers, **more}


def analyzed(study: Study, **options: Any) -> dict[str, Any]:
    """What is in results.json after an analysis."""
    analyze(study, draws=200, seed=3, **{"scope": "all", **options})
    found: dict[str, Any] = json.loads(study.results_path.read_text("utf-8"))
    return found


def copy_of(study: Study, folder: Path) -> Study:
    shutil.copytree(study.root, folder / "study")
    return Study(folder / "study")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    rng, study = np.random.default_rng(0), Study(tmp_path_factory.mktemp("study"))
    study.write_manifest({"sample": {"method": "top"}})
    ids = [f"org{i % 20}/m{i}" for i in range(60)]
    scores = rng.integers(1, 6, 60)
    models: list[dict[str, Any]] = [
        {
            "id": id,
            "author": id.split("/")[0],
            "card_sha256": id,
            "likes": int(score * 10 + i % 7),
            "downloads": int(rng.integers(100)),
            "problems": [],
        }
        for i, (id, score) in enumerate(zip(ids, scores, strict=True))
    ]
    models[0]["likes"] = -5
    models += [
        {"id": "gone/old", "author": "gone", "problems": ["renamed: org1/m1"]},
        {"id": "gpt2", "problems": ["no_readme"]},
        {"id": None, "problems": ["no_id"]},
    ]
    study.models.write("a", models)
    study.cards.write("a", [{"card_sha256": "x", "problems": ["bom"]}])
    rows = [rating(id, int(score)) for id, score in zip(ids, scores, strict=True)]
    rows[1]["card_sha256"] = "an older text"
    rows += [rating(ids[2], 1, judge="other"), rating(ids[3], 1, status="failed")]
    study.ratings.write("a", rows)
    return study


def test_of_very_many_models_intervals_are_linearised_and_say_so(
    study: Study, found: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "intervals" not in found
    monkeypatch.setattr("cardiogram.analysis.parts.subject.MANY", 50)
    monkeypatch.setattr("cardiogram.analysis.parts.two_forms.FEW", 10)
    for place in ("subject", "text_parts"):  # dense columns of all models are not made
        monkeypatch.setattr(f"cardiogram.analysis.parts.{place}.adjusted_for", None)
    many = analyzed(copy_of(study, tmp_path), scope="screen")
    assert many["intervals"] in many["notes"]
    assert "relate_many" in many["methods"]["associations"]
    for one, other in zip(found["associations"], many["associations"], strict=True):
        assert other["estimate"] == pytest.approx(one["estimate"])
        if one["cluster_interval"]:
            assert other["cluster_interval"]["method"] == "influence summed by author"
            assert other["cluster_interval"]["low"] == pytest.approx(
                one["cluster_interval"]["low"], abs=0.08
            )
    assert [number["method"] for number in many["regressions"]] == [
        number["method"] for number in found["regressions"]
    ]
    assert "linearised" in render_study(Results.load(tmp_path / "study" / "results.json"), tmp_path)


def test_every_other_method_is_refused_for_very_many_models(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardiogram.analysis.parts.subject.MANY", 50)
    monkeypatch.setattr("cardiogram.analysis.parts.MANY", 50)
    with pytest.raises(ConfigError, match="for up to 50 models, and this study has"):
        analyze(study, scope="all")


@pytest.fixture(scope="module")
def found(study: Study) -> dict[str, Any]:
    """What the analysis of the study found, as results.json has it."""
    return analyzed(study)


@pytest.fixture(scope="module")
def moved(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same with two snapshots: better rated models gained more likes."""
    study = copy_of(study, tmp_path_factory.mktemp("moved"))
    rng, now = np.random.default_rng(1), study.models.read_shard("a")
    ratings = {
        row["id"]: row["overall"] for row in study.ratings.read_shard("a", ["id", "overall"])
    }
    before, after = [], []
    for row in now:
        counts = {"downloads": rng.integers(50), "downloads_all_time": rng.integers(500)}
        before.append({"id": row["id"], "likes": 50, **counts})
        likes = 50 + int(ratings.get(row["id"], 1)) * 5 + rng.integers(5)
        grown = {name: count + rng.integers(90) for name, count in counts.items()}
        after.append({"id": row["id"], "likes": likes, **grown})
    after[3]["likes"], after[4]["downloads_all_time"] = 49, before[4]["downloads_all_time"] - 1
    study.snapshots.write("2026-10-01", before)
    study.snapshots.write("2026-10-29", after[:-3])
    return analyzed(study)


def test_results_file_is_whole_json_without_nan(study: Study, found: dict[str, Any]) -> None:
    text = study.results_path.read_text("utf-8")

    def refuse(name: str) -> None:
        raise AssertionError(name)

    assert json.loads(text, parse_constant=refuse) == found
    assert text.endswith("}\n")
    assert list(found) == [
        "format",
        "cardiogram",
        "seed",
        "coverage",
        "judge",
        "ratings",
        "outcomes",
        "associations",
        "notes",
        "draws",
        "groups",
        "partial",
        "regressions",
        "comparisons",
        "duplicates",
        "conclusions",
        "missed",
        "mend",
        "dose",
        "links",
        "means_differ",
        "within_authors",
        "odds",
        "curve",
        "robustness",
        "methods",
        "extended",
    ]
    assert len(found["associations"]) == 18


def test_results_are_read_back_as_they_were_written(study: Study, moved: dict[str, Any]) -> None:
    results = Results.load(study.results_path)
    again = study.root / "again.json"
    results.save(again)
    assert again.read_bytes() == study.results_path.read_bytes()
    assert Results.from_dict(moved).as_dict() == moved
    assert results.associations[0].cluster_interval is not None


def test_coverage_counts_everything_once(found: dict[str, Any]) -> None:
    assert "changes" not in found
    assert sum("No change over 30 days is told" in note for note in found["notes"]) == 1
    assert "What changed" not in render_results(Results.from_dict(found), "text")
    assert found["coverage"] == {
        "models": 61,
        "rated": 59,
        "without_rating": 2,
        "authors": 21,
        "problems": {"bom": 1, "no_id": 1, "no_readme": 1, "renamed": 1},
        "ends": {"rated": 60, "failed": 1},
        "answered_by": {},
        "calls": 0,
        "cost_usd": None,
        "whole_list": True,
    }
    assert found["judge"]["version"] == "1.0.0"
    assert any("1 ratings are of an older text" in note for note in found["notes"])
    assert any(note.startswith("18 associations were tested") for note in found["notes"])


def test_associations_follow_the_numbers(found: dict[str, Any]) -> None:
    by_pair = {(item["predictor"], item["outcome"]): item for item in found["associations"]}
    likes = by_pair["overall_expected", "likes"]
    assert likes["n"] == 58
    assert likes["q_value"] is not None
    assert likes["kendall"] is None
    assert likes["interval"] is None
    assert likes["leave_one_author_out"]["tried"] == 20
    every = {(n["predictor"], n["outcome"]): n for n in found["extended"]["associations"]}
    assert every["overall_expected", "likes"]["kendall"]["estimate"] > 0.8
    assert every["overall_expected", "likes"]["interval"] is not None
    assert every["overall_expected", "likes"]["estimate"] == likes["estimate"]
    never = every["usage_expected", "downloads_all_time"]
    assert never["reason"] == "only 0 models have both numbers; at least 8 are needed"
    assert never["q_value"] is None


def test_conclusions_are_in_the_order_of_the_screen(found: dict[str, Any]) -> None:
    said = {conclusion["about"]: conclusion for conclusion in found["conclusions"]}
    order = [about for about in get_args(About) if about in said]
    assert [conclusion["about"] for conclusion in found["conclusions"]] == order
    assert {"ratings", "adjusted", "times", "gap", "one_author", "traits"} <= said.keys()
    assert said["adjusted"]["branches"]["likes"] == "more"
    assert "go with more likes (rank correlation 0.9" in said["adjusted"]["words"]
    assert said["adjusted"]["unknown"] == ["age", "library", "task", "size"]
    assert said["gap"]["branches"] == {"likes - downloads": "more"}
    assert "extended" not in analyzed_default(found)


def analyzed_default(found: dict[str, Any]) -> dict[str, Any]:
    """The same as `analyze` writes it where not everything is asked for."""
    results = replace(Results.from_dict(found), extended=None)
    return results.as_dict()


@pytest.mark.parametrize("which", ["found", "moved"])
def test_every_number_says_where_it_comes_from(which: str, request: pytest.FixtureRequest) -> None:
    """An estimate has an interval or a reason, a method and a call; draws have their seed."""
    results = request.getfixturevalue(which)
    entries = [
        *results["associations"],
        *results["partial"],
        *results["regressions"],
        *results["comparisons"],
        *results["duplicates"]["entries"],
    ]
    extended = results["extended"]
    parts = ("associations", "partial", "strata", "regressions", "comparisons", "power")
    entries += [e for part in (*parts, "trait_ranks") for e in extended[part]]
    entries += [e for part in ("outliers", "copies") for e in extended[part]["entries"]]
    assert len(entries) > 300
    for entry in entries:
        assert entry["method"], entry
        assert entry["call"], entry
        assert isinstance(entry["n"], int), entry
        assert (entry["estimate"] is None) == (entry["reason"] is not None), entry
        interval = entry["cluster_interval"]
        if interval and "draws" in interval:
            assert (entry["seed"], interval["draws"]) == (3, 200), entry
        if entry["estimate"] is not None and "80 %" not in entry["method"]:
            assert entry["interval"] or interval, entry


@pytest.mark.parametrize("form", ["text", "markdown", "csv"])
def test_every_format_has_every_part(found: dict[str, Any], form: Format) -> None:
    out = render_results(Results.from_dict(found), form)
    for word in ("likes", "tau", "Poisson", "iqr", "limitations", "80 %", "machine"):
        assert word in out, word
    assert "nan" not in out.replace("finan", "")
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(out)))
        assert len(rows) > 300
        told = {"all_associations", "all_partial", "regressions", "duplicates", "power", "strata"}
        assert told <= {row["part"] for row in rows}
        assert all(row["method"] and row["call"] for row in rows if row["part"] in told)


def test_a_rule_for_outliers_changes_the_main_result_and_says_so(
    study: Study, found: dict[str, Any], tmp_path: Path
) -> None:
    ruled = analyzed(copy_of(study, tmp_path), outliers="iforest")
    assert found["extended"]["outliers"]["rule"] == "none"
    assert ruled["outcomes"]["likes"]["n"] < found["outcomes"]["likes"]["n"]
    assert any("leave out outcomes the 5% that an isolation forest" in n for n in ruled["notes"])
    assert "1 impossible values of likes were left out." in found["notes"]
    assert found["extended"]["outliers"]["data_errors"]["likes"] == 1
    with pytest.raises(ConfigError, match="no rule 'best'"):
        analyze(study, outliers="best")  # type: ignore[arg-type]


def test_segments_are_a_stratum_where_there_is_a_map(
    study: Study, found: dict[str, Any], tmp_path: Path
) -> None:
    assert {item["by"] for item in found["extended"]["strata"]} == {"library", "task"}
    study = copy_of(study, tmp_path)
    ids = [row["id"] for row in study.models.rows(["id"]) if row["id"]]
    table = pa.table({"id": ids, "segment": [f"s{i % 3}" for i in range(len(ids))]})
    (study.root / "map").mkdir()
    pq.write_table(table, study.root / "map" / "0.parquet")
    likes = next(
        item
        for item in analyzed(study)["extended"]["strata"]
        if (item["by"], item["predictor"], item["outcome"])
        == ("segment", "overall_expected", "likes")
    )
    assert {group["stratum"] for group in likes["strata"]} == {"s0", "s1", "s2"}
    assert all(group["estimate"] > 0.8 for group in likes["strata"])
    assert likes["estimate"] is None  # of fewer than six groups there is no mean
    assert "at least 6" in likes["reason"]


def test_words_need_the_author_interval() -> None:
    plain = Interval(0.95, 0.1, 0.3, "bonett-wright")

    def say(low: float, high: float) -> str:
        author = Interval(0.95, low, high, "author-cluster bootstrap", 9, 200, 0)
        found = Association(50, 0.2, 0.01, plain, cluster_interval=author)
        return describe_finding("overall_expected", "likes", found)

    assert "associated with more" in say(0.001, 0.3)
    assert "0.001 to 0.30" in say(0.001, 0.3)
    assert "associated with fewer" in say(-0.3, -0.1)
    assert say(-0.01, 0.3).startswith("No association")


def test_render_is_honest(found: dict[str, Any]) -> None:
    out = render_results(Results.from_dict(found))
    assert "61 models of 21 authors: 59 rated by embedded 1.0.0, 2 without a rating" in out
    assert "raise" not in out
    assert "cause" not in out


def test_refuses_what_is_not_there(study: Study, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no ratings by 'nobody'"):
        analyze(study, judge="nobody")
    with pytest.raises(DataError, match="no models"):
        analyze(Study(tmp_path / "empty"))


DESCRIBED = (
    "ratings.",
    "outcomes.",
    "duplicates.similar",
    "extended.copies.medians",
    "extended.copies.prevalence",
    "dose.",
    "mend.",
    "conclusions.evidence",
    "links",
    "means_differ",
    "within_authors",
    "odds",
    "curve",
    "robustness",
)
"""Plain descriptions of these models and constants of the method, which have no uncertainty; what
conclusions state, whose context is in the numbers; and parts whose method stands in `methods`."""


def loose_numbers(value: Any, path: str = "") -> list[str]:
    """Paths of estimates that lack their context, and of numbers outside of any estimate."""
    if isinstance(value, list):
        return [found for item in value for found in loose_numbers(item, path)]
    if isinstance(value, float):
        return [] if path.startswith(DESCRIBED) else [path]
    if not isinstance(value, dict) or path.startswith(DESCRIBED):
        return []
    if "estimate" in value:
        wanted = {"n", "method", "call", "seed", "interval", "cluster_interval"}
        inner = [item for item in value.values() if isinstance(item, dict | list)]
        lacking = [f"{path} lacks {sorted(wanted - value.keys())}"] if wanted - value.keys() else []
        return lacking + [found for item in inner for found in loose_estimates(item, path)]
    return [
        found
        for key, item in value.items()
        for found in loose_numbers(item, f"{path}.{key}".lstrip("."))
    ]


def loose_estimates(value: Any, path: str) -> list[str]:
    """The same within an estimate, whose own further numbers are told by it."""
    return [found for found in loose_numbers(value, path) if " lacks " in found]


def test_no_number_of_results_is_without_its_context(moved: dict[str, Any]) -> None:
    results = copy.deepcopy(moved)
    assert "changes" in results
    assert loose_numbers(results) == []
    del results["extended"]["associations"][0]["kendall"]["seed"]
    results["coverage"]["share"] = 0.5
    assert loose_numbers(results) == [
        "coverage.share",
        "extended.associations lacks ['seed']",
    ]


def test_changes_join_the_outcomes_everywhere(moved: dict[str, Any]) -> None:
    results = moved
    changes = {"likes_change", "downloads_all_time_change", "downloads_change"}
    told = results["changes"]
    assert (told["before"], told["after"], told["days"]) == ("2026-10-01", "2026-10-29", 28)
    assert told["fell"] == {"downloads_all_time": 1, "likes": 1}
    assert told["missing_after"] == 1  # gpt2; a row without id names no model
    assert changes == told["outcomes"].keys()
    extended = results["extended"]
    for where in (
        results["associations"],
        results["partial"],
        results["regressions"],
        results["duplicates"]["entries"],
        results["odds"],
        results["within_authors"],
        extended["strata"],
        extended["regressions"],
        extended["power"],
        extended["outliers"]["entries"],
        extended["copies"]["entries"],
    ):
        assert changes <= {item["outcome"] for item in where}
    assert "likes_change - downloads_all_time_change" in {
        item["outcome"] for item in results["comparisons"]
    }
    assert extended["outliers"]["data_errors"]["downloads_all_time_change"] == 1
    assert (
        results["outcomes"]["downloads_all_time_change"]["n"]
        == told["outcomes"]["downloads_all_time_change"]["n"]
    )
    assert any("Changes are from 2026-10-01 to 2026-10-29" in note for note in results["notes"])
    assert sum(item["q_value"] is not None for item in results["associations"]) == 45
    _check_words_of_changes(results)


def _check_words_of_changes(results: dict[str, Any]) -> None:
    whole = {
        item["outcome"]: item
        for item in results["associations"]
        if item["predictor"] == "overall_expected"
    }
    assert whole["likes_change"]["estimate"] > 0.8
    between = [c["words"] for c in results["conclusions"] if "likes_change" in c["branches"]]
    assert between[0].startswith("Between 2026-10-01 and 2026-10-29, among the models, better")
    assert "more new likes (rank correlation" in between[0]
    assert "times the new likes" in between[1]
    slopes = results["extended"]["regressions"]
    slopes = [item for item in slopes if item["predictor"] == "overall_expected"]
    main = {item["outcome"]: item for item in slopes if item["main"]}
    assert main["likes_change"]["method"].endswith("effects, without 1 that lost some")
    assert main["likes_change"]["left_out"] == 1
    assert main["downloads_change"]["method"] == "least squares of the log ratio"
    none = [
        item["method"]
        for item in slopes
        if item["outcome"] == "downloads_change"
        and item["reason"] == "a log ratio is no count: it can be negative"
    ]
    assert none[0] == "Poisson pseudo-likelihood"
    assert len(none) == 4
    text = render_results(Results.from_dict(results), "text")
    assert "What changed from 2026-10-01 to 2026-10-29 (28 days)" in text
    assert "One model lost likes, as they may" in text


def test_too_few_models_with_both_counts_are_refused_in_words(study: Study, tmp_path: Path) -> None:
    study = copy_of(study, tmp_path)
    ids = [row["id"] for row in study.models.read_shard("a", ["id"])][:7]
    for day, likes in (("2026-10-01", 3), ("2026-10-31", 4)):
        study.snapshots.write(day, [{"id": id, "likes": likes} for id in ids])
    by_pair = {
        (item["predictor"], item["outcome"]): item for item in analyzed(study)["associations"]
    }
    few = by_pair["overall_expected", "likes_change"]
    assert few["reason"] == "only 6 models have both numbers; at least 8 are needed"
    none = by_pair["overall_expected", "downloads_change"]
    assert none["reason"] == "only 0 models have both numbers; at least 8 are needed"

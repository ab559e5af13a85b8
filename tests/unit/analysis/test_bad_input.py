"""Whatever a study holds, every number is a number or has a reason."""

import json
import math
import warnings
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardiogram.analysis.analyze import analyze
from cardiogram.names import SCORES
from cardiogram.report.tables import render_results
from cardiogram.report.tables.views import Format
from cardiogram.store import Study

FLOOR = datetime(2022, 3, 2, 23, 29, tzinfo=timezone.utc)


def make(root: Path, models: list[dict[str, Any]], scores: list[Any]) -> Study:
    """Write a study whose cards are all alike but for a number of lines."""
    study = Study(root)
    study.write_manifest({"sample": {"method": "top"}})
    rows, ratings, cards = [], [], []
    for place, (model, score) in enumerate(zip(models, scores, strict=True)):
        sha = f"sha{place}"
        id = model.get("id", f"org{place % 25}/m{place}")
        told = {"id": id, "card_sha256": sha, "judge": "embedded", "status": "rated"}
        rows.append(
            {"author": id.split("/")[0], "card_sha256": sha, "problems": [], **model, "id": id}
        )
        ratings.append(
            {
                **told,
                **{
                    name: None if score is None or not math.isfinite(score) else round(score)
                    for name in SCORES
                },
                **{f"{name}_expected": score for name in SCORES},
            }
        )
        body = "# Model\n\n" + "It says little and that often.\n\n" * (place % 4)
        cards.append(
            {
                "card_sha256": sha,
                "front_matter": None,
                "body": body,
                "body_line": 0,
                "bytes": len(body),
                "problems": [],
            }
        )
    study.models.write("0", rows)
    study.ratings.write("0", ratings)
    study.cards.write("0", cards)
    return study


def counted(n: int, **more: Any) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    return [
        {"downloads": int(rng.integers(1000)), "likes": int(rng.integers(20)), **more}
        for _ in range(n)
    ]


def some(n: int) -> list[float]:
    return [float(score) for score in np.random.default_rng(1).uniform(1, 5, n)]


CASES: dict[str, tuple[list[dict[str, Any]], list[Any]]] = {
    "all ratings equal": (counted(60), [3.0] * 60),
    "all outcomes zero": (counted(60, downloads=0, likes=0, downloads_all_time=0), some(60)),
    "fewer than 8 models": (counted(5), some(5)),
    "one model": (counted(1), some(1)),
    "one author": (counted(60, id=None), some(60)),
    "no outcomes": ([{} for _ in range(60)], some(60)),
    "NaN and no ratings": (counted(60), [math.nan, None] * 30),
    "negative counts": (counted(60, likes=-5), some(60)),
    "absurd counts": (counted(60, downloads=4 * 10**18, likes=10**15), some(60)),
    "90 % ties": (
        [{"downloads": 7 * (i % 10 == 0), "likes": int(i % 10 == 0)} for i in range(90)],
        some(90),
    ),
    "one outcome above zero": (
        [{"downloads": 10**9 * (i == 3), "likes": 0} for i in range(60)],
        some(60),
    ),
    "dates at the floor": (counted(60, created_at=FLOOR), some(60)),
    "dates before the floor": (
        counted(60, created_at=datetime(1970, 1, 1, tzinfo=timezone.utc)),
        some(60),
    ),
    "impossible sizes": (counted(60, parameters=-3), some(60)),
    "perfect agreement": (
        [{"downloads": i, "likes": i} for i in range(60)],
        [1 + i / 20 for i in range(60)],
    ),
    "ratings that separate": (
        [{"downloads": 9 * (i > 9), "likes": int(i > 9)} for i in range(60)],
        [1.0 + 3 * (i > 9) for i in range(60)],
    ),
    "one task says all": (
        [
            {
                "downloads": i % 7,
                "likes": i % 3,
                "pipeline_tag": "fill-mask" if i % 2 else "text-to-image",
            }
            for i in range(60)
        ],
        [1.0 + i % 2 for i in range(60)],
    ),
}


REASONS = {
    "all ratings equal": [("associations", "all ratings are equal")],
    "all outcomes zero": [
        ("associations", "all outcomes are equal"),
        ("regressions", "all outcomes are equal"),
    ],
    "fewer than 8 models": [("associations", "only 5 models have both numbers")],
    "negative counts": [("associations", "only 0 models have both numbers")],
    "absurd counts": [("partial", "only 0 models have both numbers")],
}


@pytest.mark.parametrize("case", CASES)
def test_a_reason_and_never_a_traceback(case: str, tmp_path: Path) -> None:
    models, scores = CASES[case]
    models = [dict(model) for model in models]
    if case == "one author":
        models = [{**model, "id": f"only/m{i}"} for i, model in enumerate(models)]
    study = make(tmp_path, models, scores)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = analyze(study, draws=100)

    def refuse(name: str) -> None:
        raise AssertionError(name)

    found = json.loads(study.results_path.read_text("utf-8"), parse_constant=refuse)
    check(found)
    for part, reason in REASONS.get(case, ()):
        likes = next(entry for entry in found[part] if entry["outcome"] == "likes")
        assert likes["reason"].startswith(reason)
    if case == "absurd counts":
        assert "60 impossible values of downloads were left out." in found["notes"]
    forms: tuple[Format, ...] = ("text", "markdown", "csv")
    for form in forms:
        assert "nan" not in render_results(results, form).replace("_finance", "").lower()


def check(value: Any) -> None:
    """Every entry with a call has an estimate or a reason, at any depth."""
    if isinstance(value, list):
        for item in value:
            check(item)
    elif isinstance(value, dict):
        if "call" in value and "estimate" in value and "reason" in value:
            assert (value["estimate"] is None) == bool(value["reason"]), value
        for item in value.values():
            check(item)


def test_the_floor_is_a_level_of_its_own(tmp_path: Path) -> None:
    models, scores = CASES["dates at the floor"]
    models = [dict(model) for model in models]
    for place in range(30):
        models[place]["created_at"] = datetime(2023, 1, 1 + place, tzinfo=timezone.utc)
    results = analyze(make(tmp_path, models, scores), draws=100)
    partial = results.as_dict()["partial"][0]
    assert "age" in partial["given"]
    assert any("30 models carry the day before which" in note for note in results.notes)

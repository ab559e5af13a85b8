"""Measure `cardiogram analyze`: time and memory by the number of models, and the growth law.

::

    python benchmarks/analysis.py --models 300 1000 3000 --repeats 3

The studies are made up: the bundled cards with words of their own added, authors of very
different sizes, half of the likes 0, a map of twelve segments, gold ratings of 200 models. Each run
is a process of its own, with all parts, 2,000 draws of authors and the correction by the gold.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.names import SCORES
from cardiogram.store import Study
from cardiogram.text import sha256, split_front_matter
from timing import ROOT, Child, machine, run_child

SHARD = 2000
TASKS = (
    "text-generation",
    "text-classification",
    "text-to-image",
    "fill-mask",
    "automatic-speech-recognition",
    "reinforcement-learning",
    None,
)
LIBRARIES = ("transformers", "diffusers", "peft", "gguf", "sentence-transformers", None)
GOLD = "gold.csv"
TOLD = {"judge": "embedded", "judge_version": "1", "rubric_version": "1", "status": "rated"}


def write_study(root: Path, models: int, seed: int = 0) -> Study:
    """Write a study of made-up models whose likes follow their ratings a little."""
    rng, study = np.random.default_rng(seed), Study(root)
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "examples/sample").rglob("*.md"))]
    words = np.array(sorted({word for text in texts for word in text.split() if word.isalpha()}))
    sizes = np.minimum(rng.zipf(1.9, models), max(5, models // 50))
    author = np.repeat(np.arange(models), sizes)[:models]
    quality = 0.6 * rng.normal(size=models)[author] + 0.8 * rng.normal(size=models)
    for first in range(0, models, SHARD):
        rows = range(first, min(first + SHARD, models))
        cards = {}
        for row in rows:
            text = texts[int(rng.integers(len(texts)))]
            own = " ".join(rng.choice(words, int(rng.integers(5, 400))))
            cards[row] = f"{text}\n\n## Notes\n\n{own}\n"
        name = f"{first // SHARD:05d}"
        study.models.write(name, [_model(row, author, quality, cards[row], rng) for row in rows])
        study.cards.write(name, [_card(text) for text in cards.values()])
        study.ratings.write(name, [_rating(row, author, quality, cards[row], rng) for row in rows])
    study.write_manifest({"sample": {"method": "top"}})
    _write_map(study, author, rng)
    _write_gold(root / GOLD, author, quality, rng)
    return study


def _write_map(study: Study, author: np.ndarray, rng: np.random.Generator) -> None:
    """The segment of each model, where `analyze` looks for it."""
    ids = [f"org{number}/model-{row}" for row, number in enumerate(author)]
    segment = [
        f"segment {number}" for number in np.sqrt(rng.integers(144, size=len(ids))).astype(int)
    ]
    (study.root / "map").mkdir()
    pq.write_table(pa.table({"id": ids, "segment": segment}), study.root / "map/map.parquet")


def _write_gold(
    path: Path, author: np.ndarray, quality: np.ndarray, rng: np.random.Generator
) -> None:
    """What people said of a random part of the models."""
    rows = rng.choice(author.size, min(200, author.size // 2), replace=False)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(["id", "rater", *SCORES]) + "\n")
        for row in rows:
            whole = np.clip(np.round(2.5 + quality[row] + 0.7 * rng.normal(size=len(SCORES))), 1, 5)
            numbers = ",".join(str(int(number)) for number in whole)
            file.write(f"org{author[row]}/model-{row},ann,{numbers}\n")


def _model(
    row: int, author: np.ndarray, quality: np.ndarray, text: str, rng: np.random.Generator
) -> dict[str, Any]:
    fame = 0.5 * quality[row] + rng.normal()
    day = datetime(2022, 3, 2, tzinfo=timezone.utc) + timedelta(days=int(rng.integers(0, 1500)))
    return {
        "id": f"org{author[row]}/model-{row}",
        "author": f"org{author[row]}",
        "created_at": day,
        "downloads": int(rng.poisson(math.exp(2 + 1.5 * fame))),
        "downloads_all_time": int(rng.poisson(math.exp(4 + 1.5 * fame))),
        "likes": int(rng.poisson(math.exp(-1 + fame))),
        "tags": [],
        "pipeline_tag": TASKS[int(rng.integers(len(TASKS)))],
        "library_name": LIBRARIES[int(rng.integers(len(LIBRARIES)))],
        "parameters": int(10 ** rng.uniform(6, 11)) if row % 3 else None,
        "card_sha256": sha256(text),
        "problems": [],
    }


def _card(text: str) -> dict[str, Any]:
    parts = split_front_matter(text)
    return {
        "card_sha256": sha256(text),
        "front_matter": parts.front_matter,
        "body": parts.body,
        "body_line": parts.body_line,
        "bytes": len(text),
        "problems": [],
    }


def _rating(
    row: int, author: np.ndarray, quality: np.ndarray, text: str, rng: np.random.Generator
) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for name in SCORES:
        expected = float(np.clip(2.5 + quality[row] + 0.5 * rng.normal(), 1, 5))
        numbers |= {name: round(expected), f"{name}_expected": expected}
    told = {"id": f"org{author[row]}/model-{row}", "card_sha256": sha256(text), **TOLD}
    return {**told, **numbers}


def measure(models: int, repeats: int, folder: Path) -> list[Child]:
    """Analyze one made-up study several times."""
    root = folder / str(models)
    write_study(root, models)
    command = (
        sys.executable,
        "-m",
        "cardiogram",
        "analyze",
        str(root),
        "--format",
        "csv",
        "--gold",
        str(root / GOLD),
    )
    return [run_child(command) for _ in range(repeats)]


def growth(models: Sequence[int], seconds: Sequence[float]) -> float:
    """Exponent of the growth law: time is proportional to models to this power."""
    return float(np.polyfit(np.log(models), np.log(seconds), 1)[0])


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    print(machine())
    medians: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        for models in asked.models:
            runs = measure(models, asked.repeats, Path(name))
            medians.append(statistics.median(run.processor for run in runs))
            seconds = statistics.median(run.seconds for run in runs)
            memory = statistics.median(run.megabytes for run in runs)
            print(
                f"{models:>9,} models  {seconds:8.1f} s  {medians[-1]:8.1f} processor s  "
                f"{memory:8.0f} MB",
                flush=True,
            )
    if len(medians) > 1:
        power = growth(asked.models, medians)
        print(f"processor time grows as models to the power {power:.2f}")


if __name__ == "__main__":
    main()

"""Measure what is done with a finished study: planning a dataset, and comparing two studies.

::

    python benchmarks/publish.py

The studies are made up: 1,000 and 10,000 models of one author for every ten of them, each with a
card of its own. Nothing is sent: the plan is what `cardiogram publish` does without `--send`.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cardiogram.analysis.compare import compare_studies
from cardiogram.cards.card import parse_card
from cardiogram.hub import HubSession
from cardiogram.judge.dataset_cards.judge import DatasetJudge
from cardiogram.names import SCORES
from cardiogram.publish import plan_dataset
from cardiogram.store import Study
from timing import machine, table

SIZES = (1_000, 10_000)
NOBODY = HubSession("http://127.0.0.1:1")


def make(root: Path, count: int) -> Study:
    """A study with the columns that publishing and comparing read."""
    study = Study(root)
    study.write_manifest({"source": {"kind": "jsonl", "path": "made-up.jsonl"}})
    rows = [(f"author{i // 10}/model-{i}", f"{i:064x}", 1 + i % 5) for i in range(count)]
    study.models.write(
        "0",
        [
            {
                "id": id,
                "card_sha256": sha,
                "downloads": i * 37 % 100_000,
                "likes": i % 300,
                "license": "mit",
                "problems": [],
                "tags": ["transformers", "license:mit"],
            }
            for i, (id, sha, _) in enumerate(rows)
        ],
    )
    text = "Words of a card that nobody wrote. " * 60
    study.cards.write(
        "0",
        [
            {"card_sha256": sha, "body": f"# {id}\n\n{text}", "body_line": 0, "bytes": len(text)}
            for id, sha, _ in rows
        ],
    )
    study.ratings.write("0", [_rating(*row) for row in rows])
    judge = {"id": "embedded", "version": "1", "rubric_version": "model-card-v1"}
    study.results_path.write_text(
        json.dumps({"coverage": {}, "judge": judge, "associations": [], "notes": []})
    )
    return study


def _rating(id: str, sha: str, score: int) -> dict[str, object]:
    numbers = {f"{name}{part}": score for name in SCORES for part in ("", "_expected")}
    return {
        "id": id,
        "card_sha256": sha,
        "judge": "embedded",
        "judge_version": "1",
        "rubric_version": "model-card-v1",
        "status": "rated",
        "evidence": [],
        "problems": [],
        **numbers,
    }


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    """Print the figures as Markdown."""
    lines = []
    with tempfile.TemporaryDirectory() as name:
        for count in SIZES:
            study = make(Path(name) / f"s{count}", count)
            out = Path(name) / f"f{count}"
            plan = seconds(lambda: plan_dataset(study, "me/cards", out, session=NOBODY))  # noqa: B023
            pair = seconds(lambda: compare_studies(study, study))  # noqa: B023
            lines.append([f"{count:,}", f"{plan:.2f}", f"{pair:.2f}"])
        card = (Path(name) / "f1000" / "README.md").read_bytes()
    cards = [parse_card(card) for _ in range(100)]
    rate = len(cards) / seconds(lambda: DatasetJudge().rate(cards))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{machine()}\n")
    print(table(["models", "publish, plan only, CPU s", "compare, CPU s"], lines))
    print(f"\nPeak memory {memory:,.0f} MB. Dataset cards, 16 kB each: {rate:,.0f} rated a second.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

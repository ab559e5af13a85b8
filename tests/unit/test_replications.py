"""The script of docs/explanation/replications.md, on made-up cards and on the real ones."""

from __future__ import annotations

import gzip
import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from cardiogram.names import SCORES
from cardiogram.stats.resampling import Resampling
from cardiogram.text import sha256
from support import SHARED, needs_shared

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "replications.md"
CARDS = 60


@pytest.fixture
def replications(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = importlib.import_module("replications")
    small = {"PLACEBOS": 20, "FOLDS": 2, "RESAMPLING": Resampling(draws=100)}
    for name, value in {**small, "PLACEBO_DRAWS": 100}.items():
        monkeypatch.setattr(module, name, value)
    return module


def write_jsonl(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Cards of 20 authors: those labelled High have code, and the ratings half know it."""
    rng = np.random.default_rng(0)
    cards, coding, labels, rated = [], [], [], []
    for number in range(CARDS):
        high = bool(rng.random() < 0.4)
        words = " ".join(rng.choice(["model", "data", "text", "tokens", "trained"], 20 + number))
        text = f"# Model {number}\n\n{words}\n" + "\n```python\nload()\n```\n" * high
        id, key = f"author{number % 20}/model-{number}", f"hub-2023:{number}"
        downloads, likes = rng.poisson([4 + 4 * high, 0.7 + high]).tolist()
        card = {"key": key, "id": id, "source": "hub-2023", "tags": [], "text": text}
        cards.append(card | {"downloads": downloads, "likes": likes})
        headings = [{"category": "what"}, {"category": "how,other" if high else None}]
        coded = {"id": id, "high_quality": high, "unfilled_template": number % 3 == 0}
        coding.append(coded | {"headings": headings})
        overall = 1 + high + 2 * (number % 2)
        labels.append({"key": key, "first": dict.fromkeys(SCORES, overall)})
        expected = {f"{name}_expected": overall + 0.1 for name in SCORES}
        rated.append({"id": id, "card_sha256": sha256(text), "overall": overall} | expected)
    write_jsonl(
        tmp_path / "cards-dev.jsonl.gz", [*cards, {"key": "top-2024:1", "source": "top-2024"}]
    )
    write_jsonl(tmp_path / "headings-dev.jsonl", coding)
    write_jsonl(tmp_path / "labels-dev.jsonl", labels)
    write_jsonl(tmp_path / "ratings.jsonl", rated)
    return tmp_path


def test_the_page_is_filled(replications: ModuleType, corpus: Path) -> None:
    page = corpus / "page.md"
    names = ("popularity", "label", "judge")
    blocks = [f"<!-- [[[{name}]]] -->\nstale\n<!-- [[[end]]] -->\n" for name in names]
    page.write_text("".join(blocks), "utf-8")
    given = {"--corpus": corpus, "--ratings": corpus / "ratings.jsonl", "--page": page}
    replications.main([str(word) for pair in given.items() for word in pair])
    text = page.read_text("utf-8")
    assert "stale" not in text
    assert "nan" not in text
    coding = (corpus / "headings-dev.jsonl").read_text("utf-8").splitlines()
    high = sum(json.loads(row)["high_quality"] for row in coding)
    assert f"| both | 249 of 249 | {high} of {high} |" in text
    assert f"| only what | 6 of 393 | 0 of {CARDS - high} |" in text
    assert "| number of code blocks | 1.000 (1.000 to 1.000) |" in text


@needs_shared
def test_the_page_says_what_the_corpus_gives(replications: ModuleType) -> None:
    text = PAGE.read_text("utf-8")
    sample = replications.read_sample(SHARED / "corpus")
    rows = {row.words: row for row in replications.ROWS}
    for words in ("models with none", "rho", "Huber's line", "rho less outliers, fences"):
        assert f"| {' | '.join(rows[words].cells(sample))} |" in text

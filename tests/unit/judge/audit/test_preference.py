"""Self-preference is told from better writing, from leniency, and from liking machines."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from cardiogram.cards.card import Card, parse_card
from cardiogram.errors import DataError
from cardiogram.judge.audit.effects import AuditEffect
from cardiogram.judge.audit.preference import (
    AttributedCard,
    Attribution,
    family_of,
    find_attributed,
    measure_preference,
    own_family,
)
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.llm.options import ModelOptions, load_model
from cardiogram.judge.rating import Rating, Score
from cardiogram.judge.validation.metrics import Measurement
from cardiogram.names import SCORES
from support import needs_llm

WRITERS = ("gpt-5-mini", "claude-haiku-4-5", "people")


@dataclass(frozen=True)
class Planted:
    """Rates what a card says it is worth, and more by a rule."""

    rule: Callable[[str], float]
    id: str = "planted"
    version: str = "1"
    rubric_version: str = "1"

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        found = []
        for card in cards:
            worth, writer = card.body.split()[1:3]
            value = float(worth) + self.rule(writer)
            whole = round(min(5, max(1, value)))
            scores = {name: Score(whole, value, value, value) for name in SCORES}
            found.append(Rating(self.id, "1", "1", card.input_sha256, scores=scores))
        return found


@pytest.fixture
def files(tmp_path: Path) -> tuple[list[Card], Path, Path]:
    """Cards of three writers, of whom the judge's own family writes best, and their gold."""
    cards, gold, writers = [], [], []
    for number in range(90):
        writer = WRITERS[number % 3]
        worth = 2 + (number // 3) % 2 + (writer == "gpt-5-mini")
        card = parse_card(f"# {worth} {writer} {number}", id=f"owner{number // 2}/m{number}")
        cards.append(card)
        for judge in ("ann", "bob"):
            gold.append({"id": card.id, "judge": judge, **dict.fromkeys(SCORES, worth)})
        gold.append({"id": card.id, "judge": "openai/gpt-5-nano", **dict.fromkeys(SCORES, 5)})
        writers.append({"id": card.id, "written_by": writer})
    paths = tmp_path / "gold.jsonl", tmp_path / "writers.jsonl"
    for path, rows in zip(paths, (gold, writers), strict=True):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return cards, *paths


@pytest.mark.parametrize(
    ("rule", "models", "people"),
    [
        (lambda writer: 0.0, 0.0, 0.0),
        (lambda writer: 0.8, 0.0, 0.0),
        (lambda writer: 0.6 * (writer != "people"), 0.0, 0.6),
        (lambda writer: 0.7 * writer.startswith("gpt"), 0.7, 0.7),
    ],
)
def test_only_a_preference_for_its_own_fails(
    files: tuple[list[Card], Path, Path],
    rule: Callable[[str], float],
    models: float,
    people: float,
) -> None:
    cards, gold, writers = files
    judge = Planted(rule)
    found = find_attributed(judge, cards, gold, writers, "openai")
    assert (found.reason, len(found.cards)) == ("", 90)
    effects, missing = measure_preference(found, judge.rate([item.card for item in found.cards]))
    assert missing == ()
    assert [effect.name for effect in effects] == [
        "openai against other models",
        "openai against people",
    ]
    assert [effect.shift.value for effect in effects] == pytest.approx([models, people], abs=1e-9)
    assert [effect.failed for effect in effects] == [models > 0.25, False]
    assert effects[0].n == 60


def test_chance_alone_does_not_fail_a_judge_and_intervals_cover() -> None:
    failed = covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        habit = rng.normal(0, 0.3, 12)  # what the judge adds to an author's cards
        noise = {f"{i}": rng.normal(0, 0.6) + habit[i // 2] for i in range(24)}
        cards = [parse_card(f"# 3 {i}", id=f"owner{i // 2}/m{i}") for i in range(24)]
        judge = Planted(lambda key, noise=noise: noise[key])  # type: ignore[misc]
        families = ["meta", "openai"] * 12
        gold = np.full(len(SCORES), 3.0)
        pairs = zip(cards, families, strict=True)
        written = Attribution(
            "openai", tuple(AttributedCard(card, name, gold) for card, name in pairs)
        )
        ((effect,), _) = measure_preference(written, judge.rate(cards), draws=200, seed=seed)
        failed += effect.failed
        covered += (effect.shift.low or 0) <= 0 <= (effect.shift.high or 0)
    assert failed / 200 <= 0.06
    assert 0.87 <= covered / 200 <= 0.97


def test_what_cannot_be_measured_is_said(files: tuple[list[Card], Path, Path]) -> None:
    cards, gold, writers = files
    embedded = embedded_judge()
    assert "embedded writes no cards" in find_attributed(embedded, cards, gold, writers).reason
    asked = {"cards": cards, "family": "openai", "judge": embedded}
    assert "no GOLD" in find_attributed(gold=None, written_by=writers, **asked).reason
    assert "who wrote" in find_attributed(gold=gold, written_by=None, **asked).reason
    few = {**asked, "cards": cards[:21]}
    reason = find_attributed(gold=gold, written_by=writers, **few).reason
    assert (
        reason == "of openai there are 7 cards with gold, and of others 14; 10 of each are needed"
    )
    own = find_attributed(gold=gold, written_by=writers, gold_judge="openai/gpt-5-nano", **asked)
    assert "no reader that counts" in own.reason
    assert measure_preference(own, []) == ((), (own.reason,))
    writers.write_text('{"id": "a/b"}\n', "utf-8")
    with pytest.raises(DataError, match="does not say who wrote"):
        find_attributed(gold=gold, written_by=writers, **asked)


@needs_llm
@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("openai/gpt-5-mini", "openai"),
        ("huggingface/Qwen/Qwen3-32B", "qwen"),
        ("vllm/meta-llama/Llama-3.1-8B-Instruct", "meta"),
        ("vllm/m", ""),
        ("openai/m", ""),
        ("openrouter/anthropic/claude-haiku-4-5", "anthropic"),
    ],
)
def test_a_model_tells_its_family_by_its_name(name: str, family: str) -> None:
    judge = load_model(name, ModelOptions(base_urls=["http://127.0.0.1:9/v1"]))
    assert own_family(judge) == family
    assert own_family(judge, "mistralai/Ministral-8B") == "mistral"


def test_families_of_writers() -> None:
    names = ("ChatGPT", "o3-mini", "Phi-4", "GLM-5", "nobody", "Olmo", "command-r-plus")
    assert [family_of(name) for name in names] == [
        "openai",
        "openai",
        "microsoft",
        "zhipu",
        "people",
        "olmo",
        "cohere",
    ]


@pytest.mark.parametrize(
    ("gate", "bounds", "unsure"),
    [
        ("gain", (0.1, 0.3), True),
        ("gain", (0.3, 0.4), False),
        ("shift", (-0.3, -0.1), True),
        ("shift", (-0.1, 0.1), False),
        ("shift", (-0.4, 0.3), True),
        ("missed", (-0.4, -0.3), False),
        ("missed", (-0.4, 0.0), True),
        ("shown", (0.1, 0.3), False),
    ],
)
def test_an_interval_across_the_gate_is_unsure(
    gate: str, bounds: tuple[float, float], unsure: bool
) -> None:
    shift = Measurement(sum(bounds) / 2, *bounds)
    effect = AuditEffect("x", "y", "overall", 9, 9, shift, {}, 0.0, 0, gate, 0.25, False)  # type: ignore[arg-type]
    assert effect.unsure == unsure

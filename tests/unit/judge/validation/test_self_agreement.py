"""Reliability over repeats and orders, from answers that are there."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cardiogram.cli import main
from cardiogram.errors import DataError
from cardiogram.judge.validation.reliability import intraclass_by_author
from cardiogram.judge.validation.self_agreement import Repeats, compare_repeats, read_repeats
from cardiogram.names import SCORES
from cardiogram.report.terminal.validation import render_self_agreement
from support import needs_llm
from textbook_icc import intraclass


def test_the_interval_of_a_correlation_covers_where_cards_of_an_author_are_alike() -> None:
    """Cards: an author's part and their own; the interval of the F distribution covers less."""
    covered = {"author": 0, "F": 0}
    for seed in range(300):
        rng = np.random.default_rng(seed)
        owner = np.repeat(np.arange(40), 5)
        worth = rng.normal(0, 0.9, 40)[owner] + rng.normal(0, 0.436, 200)
        care = np.exp(rng.normal(0, 0.6, 40) - 0.36)[owner]  # some authors' cards are hard to rate
        table = worth + rng.normal(0, 0.7, (2, 200)) * care
        value = 1 / 1.49  # variances: 0.81 + 0.19 of worth, 0.49 of noise
        found = intraclass_by_author(table, owner.astype(str))["ICC(1,1)"]
        covered["author"] += (found.low or 0) <= value <= (found.high or 0)
        wrong = intraclass(table.T)["ICC(1,1)"]
        covered["F"] += (wrong.low or 0) <= value <= (wrong.high or 0)
    assert covered["author"] / 300 >= 0.9, covered
    assert covered["F"] < covered["author"], covered


def repeats(whole: np.ndarray, orders: tuple[tuple[str, ...], ...]) -> Repeats:
    ids = tuple(f"owner{i // 2}/m{i}" for i in range(whole.shape[1]))
    scores = np.repeat(whole[:, :, None], len(SCORES), axis=2).astype(float)
    return Repeats("m", "1", ids, scores, orders, {"rated": whole.size})


def test_a_judge_that_only_heeds_the_order_repeats_itself() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(1, 6, (2, 40))
    one, other = ("usage", "data"), ("data", "usage")
    found = compare_repeats(repeats(np.array([a, b, a, b]), (one, other, one, other)), draws=100)
    assert found.distinct_orders == 2
    assert found.repeats["overall"].alpha.value == 1
    assert found.repeats["overall"].icc["ICC(1,1)"].value == 1
    assert found.repeats["overall"].n == 80
    assert abs(found.orders["overall"].alpha.value or 1) < 0.4
    assert found.notes == ()


def test_what_cannot_be_told_apart_is_said() -> None:
    whole = np.array([[1, 2, 3, 4, 5, 1], [1, 2, 3, 4, 5, 2]])
    mixed = compare_repeats(repeats(whole, (("usage",), ("data",))), draws=100)
    assert (mixed.repeats, mixed.orders) == ({}, {})
    assert "cannot be told apart" in render_self_agreement(mixed)
    same = compare_repeats(repeats(whole, (("usage",), ("usage",))), draws=100)
    assert "what it does is unknown" in render_self_agreement(same).replace("\n", " ")


def test_numbers_that_were_asked_one_by_one_have_no_order(tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    rows = [
        {
            "id": f"a{card}/m",
            "judge": "m",
            "judge_version": "1",
            "answers": [
                {"repeat": place, "order": [first], "status": "rated", "scores": [1 + card % 5] * 9}
                for place, first in enumerate(("usage", "data", "usage"))
            ],
        }
        for card in range(6)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    found = compare_repeats(read_repeats(path), draws=100)
    assert (found.distinct_orders, found.answers, found.repeats) == (1, 3, {})
    assert found.all_answers["data"].alpha.value == 1
    assert [note.split(".")[0] for note in found.notes] == ["All answers are equal"]


@needs_llm
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["{file}", "--judge", "vllm/m"], "the answers that are paid for need a folder"),
        (
            ["{file}", "--judge", "vllm/m", "--orders", "2"],
            "2 orders need as many samples",
        ),
    ],
)
def test_what_cannot_be_done_is_said_first(tmp_path: Path, command: list[str], words: str) -> None:
    path = tmp_path / "cards.jsonl"
    path.write_text(json.dumps({"id": "a/m", "text": "# A", "overall": 3}) + "\n", "utf-8")
    done = CliRunner().invoke(
        main, ["judges", "audit", *(part.format(file=path) for part in command)]
    )
    assert done.exit_code == 2
    assert words in done.stderr


def test_two_passes_of_a_labels_file_are_repeats(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    numbers = dict.fromkeys(SCORES, 3)
    rows = [
        {
            "id": f"a{i}/m",
            "first": {**numbers, "overall": 1 + i % 5},
            "second": {**numbers, "overall": 1 + i % 4} if i < 9 else None,
        }
        for i in range(12)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    found = compare_repeats(read_repeats(path), draws=100)
    assert (found.cards, found.all_answers["overall"].n) == (9, 9)
    assert 0 < (found.all_answers["overall"].alpha.value or 0) < 1
    assert found.all_answers["usage"].icc["ICC(1,1)"].value is None  # no spread, no correlation
    once = tmp_path / "once.jsonl"
    once.write_text(json.dumps({"id": "a/m", "judge": "m", **numbers}) + "\n", "utf-8")
    with pytest.raises(DataError, match="nobody was asked more than once"):
        read_repeats(once)
    with pytest.raises(DataError, match="'m' was asked once"):
        read_repeats(once, "m")
    answer = {"repeat": 7, "order": [], "status": "rated", "scores": [1] * 9}
    for answers, words in (([answer] * 2, "are damaged"), ("text", "asked once")):
        once.write_text(
            json.dumps(
                {"id": "a/m", "judge": "m", "judge_version": "1", "answers": answers, **numbers}
            )
            + "\n",
            "utf-8",
        )
        with pytest.raises(DataError, match=words):
            read_repeats(once, "m")

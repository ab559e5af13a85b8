"""Cards that a judge has learned from are told, whoever made the ratings of what."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cards.card import Card, parse_card
from cardiogram.cli import main
from cardiogram.judge.embedded.judge import EmbeddedJudge, embedded_judge
from cardiogram.judge.gold import training_set
from cardiogram.judge.gold.labelled import read_labelled
from cardiogram.judge.rating import Judge
from cardiogram.names import SCORES
from support import SHARED, needs_shared


def cards(count: int) -> list[Card]:
    return [
        parse_card(f"# Model {n}\n\n" + "It classifies texts by topic.\n\n" * n, id=f"a{n}/m")
        for n in range(count)
    ]


def write_ratings(path: Path, judge: Judge, rated: list[Card]) -> Path:
    rows = [
        rating.row(card.id, card.sha256)
        for card, rating in zip(rated, judge.rate(rated), strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_gold(path: Path, rated: list[Card]) -> Path:
    rows = [
        {"id": card.id, "sha256": card.sha256, **dict.fromkeys(SCORES, 1 + n % 5)}
        for n, card in enumerate(rated)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(command: str, *arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["judges", command, *map(str, arguments), "--draws", "100"])
    return done.exit_code, done.stdout


def test_marks_tell_ids_and_texts_and_give_neither_back(tmp_path: Path) -> None:
    known = cards(30)
    training_set.write_training_set(tmp_path, known[:20])
    found = training_set.read_training_set(tmp_path)
    assert found.cards == 20
    assert [found.has(card.id, card.sha256) for card in known] == [True] * 20 + [False] * 10
    assert found.has("other/id", known[0].sha256)
    assert found.has(known[0].id, "another text")
    assert not found.has("", "")
    written = (tmp_path / training_set.FILE).read_text()
    assert known[0].id not in written
    assert known[0].sha256[:16] not in written
    (tmp_path / training_set.FILE).write_text("{")
    assert training_set.read_training_set(tmp_path).cards == 0


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A judge of one's own that has learned from the first 20 of 30 cards."""
    training_set.write_training_set(tmp_path / "mine", cards(30)[:20])
    return tmp_path / "mine"


def test_calibrate_says_how_many_cards_were_learned_from(own: Path, tmp_path: Path) -> None:
    judge = EmbeddedJudge(embedded_judge().weights, id="embedded-mine")
    ratings = write_ratings(tmp_path / "r.jsonl", judge, cards(30))
    gold = write_gold(tmp_path / "g.jsonl", cards(30))
    code, text = run("measure", ratings, gold, "--judge", f"embedded:{own}")
    assert code == 0
    assert "has learned from 20 of these 30 cards" in " ".join(text.split())
    _, text = run("measure", ratings, gold, "--judge", f"embedded:{own}", "--json")
    assert json.loads(text)["seen"] == 20
    _, text = run(
        "measure", ratings, gold, "--judge", f"embedded:{own}", "--gold-cards", "unseen", "--json"
    )
    found = json.loads(text)
    assert (found["seen"], found["scores"]["overall"]["n"]) == (0, 10)
    assert found["status"] == {"rated": 10, "learned from": 20}
    training_set.write_training_set(own, cards(30))
    code, text = run(
        "measure", ratings, gold, "--judge", f"embedded:{own}", "--gold-cards", "unseen"
    )
    assert code == 2


def test_a_cascade_is_not_chosen_on_known_cards_unsaid(own: Path, tmp_path: Path) -> None:
    judge = EmbeddedJudge(embedded_judge().weights, id="embedded-mine")
    cheap = write_ratings(tmp_path / "r.jsonl", judge, cards(30))
    gold = write_gold(tmp_path / "g.jsonl", cards(30))
    asked = [gold, gold, "--cheap", cheap, "--cheap-judge", f"embedded:{own}"]
    code, text = run("cascade", *asked)
    assert code == 0
    assert "has learned from 20 of these 30 cards" in " ".join(text.split())
    _, text = run("cascade", *asked, "--gold-cards", "unseen", "--json")
    assert (json.loads(text)["cards"], json.loads(text)["seen"]) == (10, 0)


@needs_shared
def test_the_shipped_judge_knows_its_training_cards(tmp_path: Path) -> None:
    corpus = SHARED / "corpus"
    data = read_labelled(
        [corpus / "labels-dev.jsonl", corpus / "wild-dev-labels.jsonl"],
        [corpus / "cards-dev.jsonl.gz", corpus / "wild-dev-cards.jsonl.gz"],
        partial=Path(__file__).parents[4] / "training" / "partial.jsonl",
        changed=corpus / "changed-dev.jsonl.gz",
        corrected=corpus / "long-dev.jsonl",
    )
    judge = embedded_judge()
    assert judge.weights.about["data_sha256"] == data.sha256
    assert training_set.training_set_of("embedded", judge.version).find(data.cards).all()
    derived = f"{judge.version} | 1 | tolerance 1.8"
    assert training_set.training_set_of("cascade:embedded+x", derived).find(data.cards[:5]).all()
    for name, version in ((training_set.OUT_OF_FOLD, judge.version), ("openai/m", "gpt-5")):
        assert not training_set.training_set_of(name, version).find(data.cards).any()
    others = [replace(card, id=f"new/{n}", text=card.text) for n, card in enumerate(cards(50))]
    assert not training_set.training_set_of("embedded", judge.version).find(others).any()
    ratings = write_ratings(tmp_path / "r.jsonl", judge, data.cards[:30])
    code, text = run("measure", ratings, corpus / "labels-dev.jsonl")
    assert code == 0
    assert "has learned from 30 of these 30 cards" in " ".join(text.split())
    code, text = run("audit", corpus / "cards-dev.jsonl.gz", "--sample", 5, "--json")
    assert json.loads(text)["seen"] == 5

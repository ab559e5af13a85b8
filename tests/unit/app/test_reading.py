"""Cards read blind: masked, in an order of each reader's own, saved whole, and measured."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cardiogram.app import App, Workspace
from cardiogram.app.api import answer_question, read_question
from cardiogram.app.api.reading_answers import ENDPOINTS
from cardiogram.app.reading import (
    BlindReading,
    begin_reading,
    mask_names,
    measure_people,
)
from cardiogram.cli import main
from cardiogram.errors import CardiogramError
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.gold import read_labels_judge, read_readings
from cardiogram.judge.validation import validate
from cardiogram.names import SCORES
from studies import Row, make_study

CARDS = 12


def nine(level: int, overall: int | None = None) -> dict[str, int]:
    return {**dict.fromkeys(SCORES, level), "overall": overall or level}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cards") / "cards.jsonl"
    texts = [
        f"# Widget {n}\n\nowner{n}/widget-{n} is a net.\n" + "Words. " * n for n in range(CARDS)
    ]
    rows = [
        {
            "id": f"owner{n}/widget-{n}",
            "text": text,
            "tags": ["license:mit", f"base_model:owner{n}/base"],
        }
        for n, text in enumerate(texts)
    ]
    rows.append({**rows[0], "id": "copier/copy"})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def reading(tmp_path: Path, source: Path) -> BlindReading:
    return begin_reading(tmp_path / "readings" / "first", source, "cards.jsonl", cards=12, again=3)


@pytest.mark.parametrize(
    ("text", "id", "masked"),
    [
        ("load otter-lab/otter-7b", "otter-lab/otter-7b", "load ‹owner›/‹model›"),
        ("by Otter Lab, OtterLab", "otter-lab/x1", "by ‹owner›, ‹owner›"),
        ("Otter 7B and otter_7b", "a/otter-7b", "‹model› and ‹model›"),
        ("# Otter 7B - GGUF", "a/Otter-7B-GGUF", "# ‹model›"),
        ("# Otter (7B", "a/otter_7b", "# ‹model›"),
        ("https://x.test/otterlabs/me", "otterlab/x1", "https://x.test/‹owner›s/me"),
        ("ftp://x.test/myotters", "otter/x1", "ftp://x.test/my‹owner›s"),
        ("TheOttersAI", "theotters/x1", "‹owner›AI"),
        ("otters swim", "otter/x1", "otters swim"),
        ("ask ann.b@otter.test now", "zed/x1", "ask ‹person› now"),
        ("  author = {Ann B and C D},\n  year", "zed/x1", "  author = {‹person›},\n  year"),
        ("this model is a base model", "base/model", "this model is a base model"),
        ("base_model: google/gemma-2b", "google/gemma-2b-it", "base_model: ‹owner›/gemma-2b"),
        ("C++ (a.b*", "c++/(a.b*", "‹owner›/‹model›"),
        ("nothing", "", "nothing"),
    ],
)
def test_names_are_masked(text: str, id: str, masked: str) -> None:
    if id == "c++/(a.b*":  # ids are untrusted, too
        text = id
    assert mask_names(text, id) == masked


def test_a_long_card_is_masked_in_time() -> None:
    hostile = "a.b@" * 10_000 + "author = {" * 6_000 + "o" * 100_000
    begun = min(_seconds(hostile) for _ in range(3))
    assert begun < 5


def _seconds(text: str) -> float:
    begun = time.process_time()
    mask_names(text, "ooooooooooo/ooooo-ooooo")
    return time.process_time() - begun


def test_a_text_is_drawn_once_and_kept_as_it_was(reading: BlindReading, source: Path) -> None:
    assert len({card.sha256 for card in reading.cards()}) == len(reading.cards()) == CARDS
    assert all(card.metadata.values["license"] == "mit" for card in reading.cards())
    source_time = source.stat().st_mtime_ns
    assert BlindReading.open(reading.root) == reading
    assert source.stat().st_mtime_ns == source_time


def test_each_reader_has_an_order_and_some_cards_come_again(reading: BlindReading) -> None:
    ann, bob = reading.turns("ann"), reading.turns("bob")
    assert ann != bob
    assert ann == BlindReading.open(reading.root).turns("ann")
    first = [turn.card for turn in ann if not turn.is_again]
    again = [turn.card for turn in ann if turn.is_again]
    assert sorted(first) == list(range(CARDS))
    assert len(set(again)) == 3
    for place, turn in enumerate(ann):
        if turn.is_again:
            assert place - [t.card for t in ann].index(turn.card) > CARDS // 3


def test_answers_are_gold_and_the_reading_resumes(reading: BlindReading) -> None:
    reading.save("ann", 0, nine(3, overall=4), seconds=12.34)
    reading.save("ann", 1, {})
    reading.save("bob", 0, nine(2))
    reading.save("ann", 0, nine(3, overall=5), seconds=9)
    again = BlindReading.open(reading.root)
    assert again.next_turn("ann") == 2
    assert again.next_turn("cid") == 0
    assert again.answer("ann", 0) == nine(3, overall=5)
    assert again.answer("ann", 1) == {}
    assert again.answer("ann", 2) is None
    assert [(each.name, each.done, each.total) for each in again.readers()] == [
        ("ann", 2, 15),
        ("bob", 1, 15),
    ]
    readings = read_readings(reading.gold_path)
    assert [(each.judge, each.status) for each in readings] == [
        ("ann", "rated"),
        ("ann", "abstained"),
        ("bob", "rated"),
    ]
    assert readings[0].whole.tolist() == [5.0, *[3.0] * 8]
    card = again.card(again.turns("ann")[0].card)
    assert (readings[0].id, readings[0].sha256) == (card.id, card.sha256)


def test_people_and_a_judge_are_measured_as_the_commands_do(
    reading: BlindReading, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = embedded_judge()
    assert measure_people(reading, source, judge).scores == []
    for name in ("ann", "bob"):
        for place, turn in enumerate(reading.turns(name)):
            level = 1 + (turn.card + (name == "bob" and turn.card % 4 == 0)) % 5
            reading.save(name, place, nine(level), seconds=7)
    made = measure_people(reading, source, judge, draws=200)
    assert (made.cards, made.shared, made.authors) == (CARDS, CARDS, CARDS)
    alone = validate(reading.root / "ratings.jsonl", reading.gold_path, judge="embedded", draws=200)
    overall = made.scores[0]
    assert (overall.kappa, overall.bias) == (
        alone.scores["overall"].qwk,
        alone.scores["overall"].bias,
    )
    assert overall.people == alone.among["overall"]["readers"]
    assert overall.people.low is not None
    assert overall.people.low < overall.people.value < 1  # type: ignore[operator]
    ann = made.readers[0]
    assert (ann.twice, ann.equal.value, ann.seconds) == (3, 1.0, 7.0)
    monkeypatch.chdir(reading.root.parents[1])
    for command in made.commands:
        words = [*shlex.split(command)[1:], "--draws", "100"]
        ran = CliRunner().invoke(main, words)
        assert ran.exit_code == 0, ran.output


def test_a_studys_own_ratings_are_compared(tmp_path: Path) -> None:
    rows = [Row(f"o{n}/m{n}", 1 + n % 5, text=f"# Card {n}\n\nText.\n") for n in range(10)]
    copy = Row("copier/copy", 1, text=rows[0].text)
    study = make_study(tmp_path / "study", [*rows, copy])
    reading = begin_reading(tmp_path / "readings" / "r", study.root, "study", cards=10, again=0)
    assert {card.id for card in reading.cards()} == {row.id for row in rows}
    for place, turn in enumerate(reading.turns("ann")):
        level = 1 + int(reading.card(turn.card).id[1]) % 5
        reading.save("ann", place, nine(level))
    made = measure_people(reading, study.root, embedded_judge(), draws=200)
    assert made.scores[0].kappa.value == 1.0
    assert not (reading.root / "ratings.jsonl").exists()
    reading.save("bob", 0, nine(5))
    reading.save("cid", 0, {})
    card = reading.card(reading.turns("bob")[0].card)
    level = 1 + int(card.id[1]) % 5
    rated = read_labels_judge(reading.gold_path).rate([card])[0]
    assert rated.scores["overall"].value == (level + 6) // 2  # the median, halves up


def test_a_reader_is_compared_with_what_stood_before(reading: BlindReading) -> None:
    turns = reading.turns("ann")
    again = next(place for place, turn in enumerate(turns) if turn.is_again)
    first = next(place for place, turn in enumerate(turns) if turn.card == turns[again].card)
    reading.save("ann", first, nine(2))
    reading.save("ann", again, nine(4))
    assert reading.answer("ann", first) == nine(2)
    reading.save("ann", first, nine(3))
    row = json.loads(reading.again_path("ann").read_text("utf-8"))
    assert (row["first"]["overall"], row["second"]["overall"]) == (3, 4)
    assert reading.answer("ann", first) == nine(3)
    assert len(read_readings(reading.gold_path)) == 1


def test_readers_at_the_same_time_lose_nothing(reading: BlindReading) -> None:
    def read(name: str) -> None:
        for place in range(6):
            reading.save(name, place, nine(3))

    threads = [threading.Thread(target=read, args=(name,)) for name in ("ann", "bob", "cid")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.done for each in reading.readers()] == [6, 6, 6]


def test_a_killed_app_leaves_whole_answers(reading: BlindReading) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # idle threads of the numbers' library
        child = os.fork()
    if not child:
        for turn in range(100_000):
            reading.save("ann", turn % 12, nine(1 + turn % 5))
        os._exit(0)
    while not reading.gold_path.exists() or reading.progress("ann").done < 8:
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    done = reading.progress("ann").done
    assert done >= 8
    (reading.root / ".gold.jsonl.1.tmp").touch()
    reading.save("bob", 0, nine(2))
    assert reading.progress("ann").done == done
    assert not list(reading.root.glob(".*.tmp"))


@pytest.mark.parametrize("name", ["", " ann", "../x", "a/b", ".ann", "a" * 41, "a\nb"])
def test_names_that_are_no_files_are_refused(reading: BlindReading, name: str) -> None:
    with pytest.raises(CardiogramError, match="no name of a reader"):
        reading.save(name, 0, nine(3))


def test_what_is_no_answer_is_refused(reading: BlindReading, tmp_path: Path, source: Path) -> None:
    with pytest.raises(CardiogramError, match="nine whole numbers"):
        reading.save("ann", 0, {"overall": 3})
    with pytest.raises(CardiogramError, match="nine whole numbers"):
        reading.save("ann", 0, nine(3, overall=6))
    with pytest.raises(CardiogramError, match="no card 100"):
        reading.save("ann", 99, nine(3))
    assert not reading.gold_path.exists()
    reading.save("ann", 0, nine(3))
    with pytest.raises(CardiogramError, match="almost 'Ann'"):
        reading.save("Ann", 0, nine(3))
    with pytest.raises(CardiogramError, match="already a reading"):
        begin_reading(reading.root, source, "cards.jsonl")
    with pytest.raises(CardiogramError, match="5 twice"):
        begin_reading(tmp_path / "other", source, "cards.jsonl", cards=12, again=5)
    with pytest.raises(CardiogramError, match="no reading in 'other'"):
        BlindReading.open(tmp_path / "other")


def test_the_api_shows_cards_without_their_names(tmp_path: Path, source: Path) -> None:
    shutil.copy(source, tmp_path / "cards.jsonl")
    app = App(Workspace.at(tmp_path), embedded_judge())

    def ask(method: str, path: str, **question: object) -> Any:
        endpoint = next(e for e in ENDPOINTS if (e.method, e.path) == (method, path))
        return json.loads(
            answer_question(
                endpoint, app, read_question(endpoint, json.dumps(question).encode(), {})
            )
        )

    begun = ask("POST", "/api/readings", name="r", source="cards.jsonl", cards=9, again=3)
    assert (begun["cards"], begun["readers"]) == (9, [])
    turn = ask("POST", "/api/readings/card", name="r", reader="ann")
    seen = []
    while turn["card"] is not None:
        assert not re.search(r"(?i)owner\d|widget", json.dumps(turn))
        assert "‹model›" in turn["card"]["drawn"]
        assert "license: mit" in turn["card"]["metadata"]
        seen.append(turn["card"]["source"])
        turn = ask(
            "POST", "/api/readings/save", name="r", reader="ann", place=turn["place"],
            numbers=nine(3), seconds=2.5,
        )  # fmt: skip
    assert (len(seen), len(set(seen))) == (12, 9)
    assert turn == {"place": 12, "done": 12, "total": 12, "card": None}
    before = ask("POST", "/api/readings/card", name="r", reader="ann", place=4)
    assert before["card"]["numbers"] == nine(3)
    listed = ask("GET", "/api/readings")
    assert listed["readings"][0]["readers"] == [{"name": "ann", "done": 12, "total": 12}]
    assert [each["key"] for each in listed["rubric"]["criteria"]] == list(SCORES[1:])
    measured = ask("POST", "/api/readings/agreement", name="r")
    assert measured["judges"] == ["embedded"]
    assert [each["name"] for each in measured["agreement"]["scores"]] == list(SCORES)
    with pytest.raises(CardiogramError, match="no judge 'embedded:/etc'"):
        ask("POST", "/api/readings/agreement", name="r", judge="embedded:/etc")
    (tmp_path / "readings" / "away").symlink_to(source.parent)
    (source.parent / "reading.toml").write_text("", "utf-8")
    (tmp_path / "readings" / "r" / "cards.jsonl").write_text("{}\n", "utf-8")
    assert [each["name"] for each in ask("GET", "/api/readings")["readings"]] == ["r"]
    for name in ("../r", "", "nobody", "away", "r"):
        with pytest.raises(CardiogramError):
            ask("POST", "/api/readings/card", name=name, reader="ann")
    with pytest.raises(CardiogramError, match="not in the folder"):
        ask("POST", "/api/readings", name="s", source="../../etc")
    with pytest.raises(CardiogramError, match="cannot be read"):
        ask("POST", "/api/readings/save", name="r", reader="a", place=0, numbers={"overall": 6})
    assert not any(endpoint.public for endpoint in ENDPOINTS)

"""The judge of the page, by the files of the page, in Node: the same numbers as on a machine."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardiogram.app import App, Workspace
from cardiogram.cards import parse_card
from cardiogram.collect.sources import read_source
from cardiogram.judge import Rating
from cardiogram.judge.embedded import embedded_judge
from cardiogram.text import sha256
from hostile import PAYLOADS
from page_questions import QUESTIONS, ask_server
from support import SHARED

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
MOST_BYTES = 8_000_000
HOSTILE = [
    "[" * 20_000,
    ">" * 50_000,
    "* " * 50_000,
    "[a]: b\n" * 20_000,
    "| a " * 20_000 + "\n" + "|-" * 20_000,
    "<p>" * 50_000,
    "- a\n" * 10_000,
    "\0\ufffd\ud83d" * 1000,
]
BROKEN = ["", "[", '{"text": ' + "[" * 200_000, '{"text": "' + "a" * 8_000_000 + '"}', "\ud800"]

CORPUS = [
    row
    for name in ("cards-dev.jsonl.gz", "wild-dev-cards.jsonl.gz")
    if (SHARED / "corpus" / name).exists()
    for row in read_source(SHARED / "corpus" / name)
    if row["data"] is not None
]
"""All cards of ../shared; where it is not, only the sample is rated."""
CARDS = CORPUS[::3] or list(read_source(SAMPLE))
"""A third of them: Node needs a minute for all, which test_both_ways rates without Node."""
WHOLE = [*QUESTIONS, *(("/api/rate", {"text": text, "id": "me/a"}) for text in PAYLOADS)]


def text_of(row: Any) -> str:
    data = row["data"]
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


class Page:
    """Answers of the page, and the ratings of the same cards on this machine."""

    def __init__(self, space: Path, work: Path) -> None:
        for path in next(space.glob("python-*")).iterdir():
            if path.suffix == ".gz":
                (work / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
            else:
                (work / path.with_suffix(".mjs").name).write_bytes(path.read_bytes())
        asked = [(path, json.dumps(question)) for path, question in WHOLE]
        asked += [("/api/rate", json.dumps({"text": text})) for text in HOSTILE]
        asked += [("/api/rate", question) for question in BROKEN]
        for row in CARDS:
            question = {"text": text_of(row), "id": row["id"] or "", "detail": "short"}
            asked.append(("/api/rate", json.dumps(question)))
        script = Path(__file__).parent / "answer_in_node.mjs"
        questions, answers = work / "questions", work / "answers"
        questions.write_text("\n".join(map(json.dumps, asked)), "utf-8")
        with questions.open() as given, answers.open("w") as taken:
            node = subprocess.Popen(
                ["node", str(script), str(work)], stdin=given, stdout=taken, stderr=subprocess.PIPE
            )
            cards = (parse_card(text_of(row), id=row["id"] or "") for row in CARDS)
            self.ratings: list[Rating] = list(embedded_judge().rate(list(cards)))
            _, said = node.communicate(timeout=600)
        assert node.returncode == 0, said[-2000:]
        found = [json.loads(json.loads(line)) for line in answers.read_text("utf-8").splitlines()]
        self.whole, found = found[: len(WHOLE)], found[len(WHOLE) :]
        self.hostile, found = found[: len(HOSTILE)], found[len(HOSTILE) :]
        self.broken, self.rated = found[: len(BROKEN)], found[len(BROKEN) :]


@pytest.fixture(scope="module")
def page(space_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(space_folder, tmp_path_factory.mktemp("node"))


def differences(page: Page) -> Iterator[tuple[str, str, float, bool]]:
    """Numbers that are not the same: of which card, which, how far, and whether as a whole one."""
    for row, rating, answer in zip(CARDS, page.ratings, page.rated, strict=True):
        for number in answer["scores"]:
            own = rating.scores[number["name"]]
            moved = abs(own.expected - number["expected"])
            if moved or own.value != number["score"]:
                yield row["id"], number["name"], moved, own.value != number["score"]


def test_no_whole_number_differs_on_any_card(page: Page) -> None:
    found = list(differences(page))
    assert [each for each in found if each[3]] == []
    assert max((moved for _, name, moved, _ in found if name == "overall"), default=0) <= 0.02
    assert max((moved for _, _, moved, _ in found), default=0) <= 0.1
    assert len({id for id, *_ in found}) <= 0.01 * len(CARDS), found


def test_evidence_is_the_same_on_99_of_100_cards(page: Page) -> None:
    other = [
        row["id"]
        for row, rating, answer in zip(CARDS, page.ratings, page.rated, strict=True)
        if [(each.criterion, each.fact) for each in rating.evidence]
        != [(each["criterion"], each["words"]) for each in answer["evidence"]]
    ]
    assert len(other) <= 0.01 * len(CARDS), other


@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_whole_answers_are_those_of_the_server(page: Page, number: int, tmp_path: Path) -> None:
    app = App(Workspace.at(tmp_path), embedded_judge(), is_public=True)
    path, question = WHOLE[number]
    assert page.whole[number] == ask_server(app, path, json.dumps(question))


def test_hostile_questions_are_answered_or_refused(page: Page) -> None:
    assert all("scores" in answer for answer in page.hostile)
    assert [answer["status"] for answer in page.broken] == [400] * len(BROKEN)


def test_the_page_is_small_and_its_list_is_true(space_folder: Path) -> None:
    listed = json.loads((space_folder / "files.json").read_text("utf-8"))["files"]
    files = {path.relative_to(space_folder).as_posix(): path for path in space_folder.rglob("*.*")}
    assert listed == {
        name: sha256(path.read_bytes()) for name, path in files.items() if name != "files.json"
    }
    assert sum(len(gzip.compress(path.read_bytes(), 6)) for path in files.values()) < MOST_BYTES
    notice = files["NOTICE.txt"].read_text("utf-8")
    for named in ("Pyodide", "CPython", "PyYAML", "markdown-it-py", "mdurl", "preact", "Expat"):
        assert named in notice

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import pytest

from cardiogram.app.pages import Pages
from cardiogram.app.rating import MAX_CARD_BYTES
from cardiogram.errors import DataError
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.names import SCORES
from cardiogram.store import Study
from studies import HOSTILE_ROWS, Row, make_study

CARD = "---\nlicense: mit\n---\n# Parrot\n\nRepeats what it hears.\n"


def test_a_study_has_its_page_and_its_blocks(tmp_path: Path) -> None:
    pages = Pages(make_study(tmp_path, HOSTILE_ROWS), embedded_judge())
    assert b"How well are these 7 models documented?" in pages.get("/").body
    place = blocks_of(pages)
    for name in ("table", "facts-0", "texts-0"):
        found = pages.get(f"{place}{name}")
        assert found.kind == "application/gzip"
        assert found.body[:2] == b"\x1f\x8b"
    for address in (f"{place}texts-1", f"{place}../study.toml", "/study.toml", place, "//rate"):
        assert pages.get(address).status is HTTPStatus.NOT_FOUND


def blocks_of(pages: Pages) -> str:
    found = re.search(rb'data-blocks="(data/[0-9a-f]{16}/)"', pages.get("/").body)
    assert found is not None
    return f"/{found[1].decode()}"


def test_a_changed_study_is_shown_anew(tmp_path: Path) -> None:
    study = make_study(tmp_path, HOSTILE_ROWS)
    pages = Pages(study, embedded_judge())
    first = pages.get("/").body
    assert pages.get("/").body is first
    place = blocks_of(pages)
    make_study(tmp_path, [Row("new/one", 3)])
    os.utime(study.results_path, ns=(1, 1))
    assert b"How well is this model documented?" in pages.get("/").body
    assert pages.get(f"{place}table").status is HTTPStatus.NOT_FOUND
    assert pages.get(f"{blocks_of(pages)}table").status is HTTPStatus.OK


def test_a_study_that_breaks_says_so_and_mends(tmp_path: Path) -> None:
    study = make_study(tmp_path, HOSTILE_ROWS)
    pages = Pages(study, embedded_judge())
    kept = study.results_path.read_bytes()
    study.results_path.unlink()
    broken = pages.get("/")
    assert broken.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert b"cardiogram analyze" in broken.body
    study.results_path.write_bytes(kept)
    assert pages.get("/").status is HTTPStatus.OK


def test_without_results_there_is_no_app(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no results"):
        Pages(Study(tmp_path), embedded_judge())


def test_without_a_study_the_first_page_rates() -> None:
    pages = Pages(None, embedded_judge())
    assert pages.get("/").headers == {"Location": "/rate"}
    assert b'data-island="rate"' in pages.get("/rate").body
    assert pages.get("/data/table").status is HTTPStatus.NOT_FOUND


def test_rates_a_pasted_card_as_the_command_does() -> None:
    pages = Pages(None, embedded_judge())
    found = json.loads(pages.rate(json.dumps({"text": CARD, "id": "a/parrot"}).encode()).body)
    assert [score["name"] for score in found["scores"]] == list(SCORES)
    assert all(score["low"] <= score["expected"] <= score["high"] for score in found["scores"])
    assert found["text"] == CARD
    assert found["gaps"]
    assert all(1 <= gap["line"] <= CARD.count("\n") + 1 for gap in found["gaps"])
    assert {"criterion": "metadata", "words": "licence in the metadata"}.items() <= next(
        fact for fact in found["facts"] if "licence" in fact["words"]
    ).items()


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "---\n", "[" * 50_000, "é" * 100_000])
def test_rates_whatever_comes(text: str) -> None:
    pages = Pages(None, embedded_judge())
    found = pages.rate(json.dumps({"text": text}).encode())
    assert found.status is HTTPStatus.OK
    json.loads(found.body)


def test_refuses_what_is_too_long_and_says_what_rates_it() -> None:
    body = json.dumps({"text": "a" * (MAX_CARD_BYTES + 1)}).encode()
    found = Pages(None, embedded_judge()).rate(body)
    assert found.status is HTTPStatus.BAD_REQUEST
    assert "cardiogram check" in json.loads(found.body)["error"]


def test_cards_that_are_rated_at_once_are_rated_as_alone() -> None:
    pages = Pages(None, embedded_judge())
    bodies = [
        json.dumps({"text": f"# Model {i}\n\n## Usage\n\n{'Words. ' * i}\n"}).encode()
        for i in range(24)
    ]
    alone = [pages.rate(body).body for body in bodies]
    with ThreadPoolExecutor(8) as pool:
        assert [found.body for found in pool.map(pages.rate, bodies)] == alone


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "", "id": 7}',
        b"[" * 100_000,
        json.dumps({"text": "", "id": "x" * 201}).encode(),
    ],
)
def test_refuses_what_is_no_card(body: bytes) -> None:
    found = Pages(None, embedded_judge()).rate(body)
    assert found.status is HTTPStatus.BAD_REQUEST
    assert "request" in json.loads(found.body)["error"]

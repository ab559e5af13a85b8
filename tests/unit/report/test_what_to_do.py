"""The page of few authors: its work list first, and no chapter that only says what it cannot."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from test_study_screen import MISSED, mend

from cardiogram.analysis import Since, WorkList
from cardiogram.maps import KindStanding, Standing, find_standing
from cardiogram.maps.fitted import FittedMap
from cardiogram.maps.place import REFERENCE_FILE
from cardiogram.report.data import Payload, build_payload
from cardiogram.report.page import render_html
from cardiogram.report.page.what_to_do import work_list
from made_findings import add_findings
from studies import Row, make_study

ROWS = [Row(f"org{i % 7}/model{i}", 1 + i % 3, 10 ** (i % 4), i) for i in range(40)]
SINCE = Since(
    day="2026-11-01", changed=("org/a",), new=(), gone=("org/<b>",), before=2.0, after=3.2
)


@pytest.fixture
def payload(tmp_path: Path) -> Payload:
    study = make_study(tmp_path, ROWS)
    results = replace(add_findings(study), missed=MISSED, mend=mend("org/one", "org/\u202etwo"))
    results.save(study.results_path)
    return build_payload(study)


def of_few(payload: Payload) -> Payload:
    results = payload.results
    work = WorkList(authors=("org",), day="2026-11-29", judge_version="1", since=SINCE)
    coverage = replace(results.coverage, authors=1)
    standing = Standing(
        KindStanding("cards of the Hub", 40, 500, 0.62), (KindStanding("BERT models", 9, 30, 0.5),)
    )
    found = replace(results, work=work, coverage=coverage)
    return replace(payload, results=found, standing=standing)


def sections(page: str) -> list[str]:
    return re.findall(r'<section id="(\w+)"', page)


def test_of_few_authors_the_work_list_comes_first(payload: Payload) -> None:
    page = render_html(of_few(payload))
    assert sections(page)[0] == "work"
    assert "popularity" not in sections(page)
    assert "traits" not in sections(page)
    assert 'href="#popularity"' not in page
    header = page[page.index("<h1") : page.index("<section")]
    assert "Start here" in header
    assert "no data, no code" in header
    assert "rank correlation" not in header
    work = page[page.index('<section id="work"') : page.index('<section id="models"')]
    assert work.count("rank correlation") == 1
    assert "36 of 40" in work
    assert "library tag" in work
    assert "above 62\u00a0% of 500 cards of the Hub, by other authors, on average" in work
    assert "rated 2.0 then and 3.2 now" in work
    assert "org/&lt;b&gt;" in work


def test_of_many_authors_it_is_a_chapter(payload: Payload) -> None:
    page = render_html(payload)
    order = ["work", "popularity", "models", "ratings", "trust", "coverage", "methods"]
    assert [name for name in sections(page) if name in order] == order
    header = page[page.index("<h1") : page.index("<section")]
    for words in ("Start here", "Missing most", "no data, no code", "All that was found"):
        assert words in header
    assert "\u202e" not in page


def test_a_study_that_has_nothing_to_do_has_no_such_chapter(payload: Payload) -> None:
    results = replace(payload.results, mend=None, missed=())
    assert work_list(replace(payload, results=results)) is None
    good = replace(payload.results, mend=replace(mend(), low=0), missed=())
    page = work_list(replace(payload, results=good))
    assert page is not None
    assert "None of 40 cards is rated under 4" in page
    assert "<table" not in page


def test_cards_stand_beside_those_of_other_authors(tmp_path: Path) -> None:
    import cardiogram
    from cardiogram.collect import Source

    fitted = FittedMap.load(REFERENCE_FILE)
    assert fitted is not None
    version = str(fitted.about["judge"])
    sample = Path(__file__).parents[3] / "examples" / "sample"
    study = cardiogram.study(tmp_path / "s", Source(sample)).study
    ratings = {row["id"]: row["overall_expected"] for row in study.ratings.rows()}
    found = find_standing(study, ratings, (), version)
    assert found is not None
    assert (found.whole.cards, found.whole.reference) == (48, len(fitted.ids))
    assert sum(kind.cards for kind in found.kinds) <= 48
    assert found.kinds
    assert not [k.name for k in found.kinds if "untagged" in k.name or " around " in k.name]
    everybody = sum((fitted.ratings < rating).mean() for rating in ratings.values()) / len(ratings)
    assert found.whole.below == pytest.approx(everybody, abs=1e-4)
    author = fitted.ids[0].partition("/")[0]
    without = find_standing(study, ratings, (author,), version)
    assert without is not None
    assert without.whole.reference < len(fitted.ids)
    assert find_standing(study, ratings, (), "another judge") is None
    best = find_standing(study, dict.fromkeys(ratings, 5.1), (), version)
    assert best is not None
    assert {best.whole.below, *(kind.below for kind in best.kinds)} == {1.0}

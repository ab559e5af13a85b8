"""The screens of `study`: 25 lines of 80 columns, whatever was studied."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cardiogram.analysis import (
    CardToMend,
    ChangeResults,
    MendList,
    MissedNumber,
    Results,
    Since,
    WorkList,
)
from cardiogram.maps import KindStanding, Standing
from cardiogram.report.data import StudyOrigin
from cardiogram.report.terminal import render_screen, render_study
from cardiogram.report.terminal.study_screen import LINES
from cardiogram.report.terminal.work_lines import list_missed
from cardiogram.stats import describe_outcome
from made_findings import CONCLUSIONS, add_findings
from studies import Row, make_study

CHANGES = ChangeResults(
    before="2026-10-01",
    after="2026-10-29",
    days=28,
    wanted_days=30,
    tolerated_days=(25, 35),
    days_with_counts=2,
    missing_before=0,
    missing_after=0,
    fell={},
    left_out={},
    outcomes={},
    words=(),
)
ADJUSTED = next(c for c in CONCLUSIONS if c.about == "adjusted")
ROWS = [Row(f"author{i % 7}/model{i}", 1 + i % 5, 10 ** (i % 4), i) for i in range(40)]


def missed(
    key: str, name: str, count: int, part_of: str = "", criterion: str = "x"
) -> MissedNumber:
    return MissedNumber(
        key=key,
        criterion=criterion,
        name=name,
        lacks=f"no {name}",
        part_of=part_of,
        n=40,
        missed=count,
    )


MISSED = (
    missed("tag", "library tag", 39, criterion="metadata"),
    missed("risks", "biases or risks", 38, "limits"),
    missed("limits", "limitations", 36),
    missed("intended", "intended use", 30),
    missed("code", "code that runs it", 20),
    missed("numbers", "results with numbers", 10),
    missed("fences", "closed code fences", 0),
)


def mend(*ids: str, downloads: int | None = 1000, without_card: int = 0) -> MendList:
    cards = tuple(
        CardToMend(id=id, downloads=downloads, likes=7, rating=2.04, lacks=("no data", "no code"))
        for id in ids
    )
    readers = "cards" if downloads is None else "downloads"
    return MendList(readers=readers, n=40, low=24, without_card=without_card, cards=cards)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    found = add_findings(make_study(tmp_path / "s", ROWS))
    return replace(found, missed=MISSED, mend=mend("a/one", "b/two", "c/" + "x" * 60, "d/four"))


def few(results: Results, *authors: str, since: Since | None = None) -> Results:
    """The same of one author or a few."""
    work = WorkList(authors=authors, day="2026-11-29", judge_version="1", since=since)
    coverage = replace(results.coverage, authors=len(authors))
    return replace(results, work=work, coverage=coverage)


def fits(screen: str) -> bool:
    lines = screen.rstrip("\n").split("\n")
    return len(lines) <= LINES and max(map(len, lines)) <= 80


def test_a_study_says_three_sentences_three_gaps_and_three_cards(
    results: Results, tmp_path: Path
) -> None:
    screen = render_study(results, Path("s"))
    said = " ".join(screen.split())
    assert fits(screen)
    assert "missing most, of 40 cards: limitations 90 %, intended use 75 %" in said
    assert "risks" not in said
    assert "library tag" not in said
    assert "results with numbers" not in said
    assert "worth mending first, by downloads times points under 4, of 24 rated under 4:" in said
    assert "1,000 2.0 a/one no data, no code" in said
    assert "d/four" not in said
    assert "report: cardiogram report s tables: cardiogram analyze --all s" in said
    assert "next: cardiogram check a/one" in said
    folder = tmp_path / "cards"
    for kind, path, told in (
        ("jsonl", "cards.jsonl", "serve s"),
        ("ids", "ids.txt", "check a/one"),
        ("folder", str(folder), "serve s"),
        ("folder", str(folder), f"check {folder}/a/one --id a/one"),
    ):
        origin = StudyOrigin.of({"source": {"kind": kind, "path": path}})
        assert f"next: cardiogram {told}" in render_study(results, Path("s"), origin=origin)
        (folder / "a" / "one").mkdir(parents=True, exist_ok=True)
        if kind == "folder":
            (folder / "a" / "one" / "README.md").write_text("# One")
    assert ADJUSTED.words in said
    assert "near-duplicate" not in said
    longer = replace(ADJUSTED, words=f"{ADJUSTED.words} Nothing held equal: 0.43.")
    assert render_study(replace(results, conclusions=(longer,)), Path("s")) == render_study(
        replace(results, conclusions=(ADJUSTED,)), Path("s")
    )


def test_whatever_is_found_it_fits_one_screen(results: Results) -> None:
    long = tuple(
        replace(c, words="A sentence that goes on and on and on for ever. " * 9)
        for c in CONCLUSIONS
    )
    by_status = {"failed": 3, "refused": 2, "rated": 35}
    coverage = replace(results.coverage, outcomes_by_status=by_status)
    assert fits(render_study(replace(results, conclusions=long, coverage=coverage), Path("s")))
    many = mend(*(f"org/{'long-name-' * 4}{i}" for i in range(9)))
    since = Since(day="2026-11-01", changed=("a",), new=("b",), gone=("c", "d"))
    work = few(replace(results, conclusions=long, mend=many), "a", "b", "c", "d", since=since)
    kinds = (KindStanding("quantised GGUF copies of many models", 9, 30, 0.5),) * 9
    standing = Standing(KindStanding("cards of the Hub", 40, 500, 0.62), kinds)
    assert fits(
        render_study(replace(work, coverage=replace(coverage, authors=4)), Path("s"), standing)
    )


def test_a_few_models_that_decide_follow_what_they_decide(results: Results) -> None:
    times = replace(ADJUSTED, about="times", branches={"likes": "more"}, words="It is 2 times.")
    after = replace(times, about="without_outliers", words="A few models decide this. So it is.")
    turned = replace(after, branches={"likes": "cannot be told"})
    for without, is_said in ((turned, True), (after, False)):
        found = replace(results, conclusions=(ADJUSTED, times, without))
        screen = render_study(found, Path("s"))
        assert ("It is 2 times. A few models decide this." in " ".join(screen.split())) == is_said


def test_of_one_author_it_is_a_work_list(results: Results) -> None:
    since = Since(
        day="2026-11-01",
        changed=("org/a", "org/b"),
        new=("org/c",),
        gone=(),
        before=2.04,
        after=3.1,
    )
    standing = Standing(
        KindStanding("cards of the Hub", 40, 500, 0.62), (KindStanding("BERT models", 9, 30, 0.5),)
    )
    work = replace(few(results, "org", since=since), changes=CHANGES)
    assert work.work is not None
    gained = {"downloads_all_time_change": 1200, "likes_change": -3}
    work = replace(work, work=replace(work.work, gained=gained))
    screen = render_study(work, Path("s"), standing)
    said = " ".join(screen.split())
    assert fits(screen)
    assert "40 models by org" in said
    assert "missing in how many of 40 cards: limitations 36, intended use 30," in said
    assert "in the metadata of how many: library tag 39" in said
    assert "closed code fences" not in said
    assert "since 1 November 2026: 2 cards changed (rated 2.0 then, 3.1 now), 1 new" in said
    assert "beside 500 cards of the Hub: a card here is rated above 62 % of them on average" in said
    assert "9 BERT models above 50 % of 30" in said
    assert "from 1 October 2026 to 29 October 2026: 1,200 new downloads, -3 new likes" in said
    assert "A point of the rating" not in said
    assert "trait" not in said
    assert render_screen(work, Path("s")) == render_study(work, Path("s"))


def test_a_list_that_is_cut_says_by_how_much(results: Results) -> None:
    work = few(results, "./models")
    assert "40 models in ./models" in render_study(work, Path("s"))
    missed = tuple(replace(work.missed[0], key=str(n), part_of="") for n in range(40))
    lines = list_missed(replace(work, missed=missed))
    assert len(lines) == 3
    assert re.search(r"\d and (\d+) more$", lines[-1])
    named = " ".join(lines).count(work.missed[0].name)
    assert lines[-1].endswith(f"and {40 - named} more")


def test_what_is_not_known_is_not_said(results: Results) -> None:
    unknown = replace(results, mend=mend("a/one", downloads=None, without_card=2))
    said = " ".join(render_study(unknown, Path("s")).split())
    assert (
        "mending first, by points under 4, of 22 rated under 4, 2 without card: 2.0 a/one" in said
    )
    none = replace(results, mend=mend(), missed=())
    assert "no card is rated under 4" in render_study(none, Path("s"))
    before = render_study(replace(results, mend=None, missed=()), Path("s"))
    assert "mend" not in before
    assert "missing" not in before
    assert "next:" not in before


def test_names_of_others_steer_no_terminal(results: Results) -> None:
    bad = replace(results, mend=mend("a/\x1b[2Jb\u202e"))
    screen = render_study(few(bad, "or\x1bg"), Path("s"))
    assert "\x1b" not in screen
    assert "\u202e" not in screen


def test_a_refusal_gives_way_to_the_cards_to_mend(results: Results) -> None:
    many = few(replace(results, mend=mend(*(f"org/{i}" for i in range(9)))), "org")
    unsure = replace(ADJUSTED, short="", words="Within this organisation it cannot be told. " * 5)
    screen = render_study(replace(many, conclusions=(unsure,)), Path("s"))
    assert "org/4" in screen
    assert "org/5" not in screen
    standing = Standing(KindStanding("cards of the Hub", 40, 500, 0.62), ())
    longer = replace(many, conclusions=(replace(unsure, words=unsure.words * 4),))
    screen = render_study(longer, Path("s"), standing)
    assert "org/4" in screen
    assert "cannot be told" not in screen
    assert "62 %" in screen


def test_without_any_outcome_that_is_all_that_is_said(results: Results) -> None:
    nothing = describe_outcome(np.full(4, np.nan), 0.0)
    empty = {"downloads": nothing, "likes": nothing, "downloads_all_time": nothing}
    screen = render_study(replace(results, outcomes=empty), Path("s"))
    assert "No model of this study has downloads" in screen
    assert "better rated" not in screen


def test_of_very_many_models_no_other_method_is_promised(results: Results) -> None:
    many = replace(results, intervals="linearised")
    for screen in (render_screen, render_study):
        assert "analyze --all" in screen(results, Path("study"))
        assert "analyze --all" not in screen(many, Path("study"))

"""The page of a look back: no more than its numbers say, nothing from outside, charts as files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from cardiogram.report.figures import write_drawings
from cardiogram.report.page import draw_look_back, render_look_back
from cardiogram.report.tables import changed_sheet, left_out_sheet, write_csv
from cardiogram.track.effect import EffectVerdict
from made_tracks import BACK, DOWNLOADS, NAME, make_single, make_watched

AGAIN = "cardiogram track study my-series --seed 0"
ALONE = [make_watched(), make_watched(make_single(before=None, reason="gone"))]


def test_the_answer_comes_first_and_is_no_more_than_was_seen() -> None:
    page = render_look_back(BACK, ALONE, AGAIN)
    title = re.search(r"<h1>(.*?)</h1>", page)
    assert title is not None
    assert title[1] == "No effect on new downloads seen; one of +22\u00a0% would show"
    assert "The checks hold" in page
    assert AGAIN in page


def test_nothing_is_asked_of_anybody_and_nothing_of_others_is_markup() -> None:
    page = render_look_back(BACK, [replace(ALONE[0], name="<i>a</i>/b")], AGAIN)
    assert "<script" not in page
    assert "<i>" not in page
    assert "<b>" not in page
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)


def test_where_nothing_is_identified_no_effect_is_drawn() -> None:
    verdict = EffectVerdict("not identified", "", "edited while rising")
    rising = replace(
        DOWNLOADS, verdict=verdict, selection=replace(DOWNLOADS.selection, p_value=0.01)
    )
    page = render_look_back(replace(BACK, effects=(rising,)), (), AGAIN)
    assert "the change over days" not in page
    assert "is not identified: edited while rising" in page
    assert "A check fails" in page


def test_the_burst_on_the_day_of_the_change_does_not_set_the_scale() -> None:
    drawn = draw_look_back(BACK)[0]
    assert drawn.key == "event-study"
    assert "more: times 5.1" in drawn.chart
    assert ">+100 %<" not in drawn.chart


def test_one_model_alone_has_no_p_value_and_no_verdict_on_its_card() -> None:
    chart = next(d for d in draw_look_back(BACK, ALONE) if d.key == "model-1")
    assert chart.title == f"{NAME}: whether the card helped is not known"
    assert not re.search(r"\bp [<0]", chart.caption)
    assert "one model alone cannot tell" in chart.caption


def test_every_chart_is_a_figure_of_its_own(tmp_path: Path) -> None:
    written = write_drawings(draw_look_back(BACK, ALONE), "232 series", tmp_path, ["svg"])
    names = {path.stem for path in written}
    alone = {f"{kind}-{number}" for kind in ("model", "history") for number in (1, 2)}
    assert names == {"event-study", "outcomes", "dose", "detectable", *alone}
    for path in written:
        text = path.read_text("utf-8")
        assert "var(" not in text
        assert "232 series" in text


def test_every_changed_model_can_be_counted_again() -> None:
    lines = write_csv(changed_sheet(BACK)).splitlines()
    assert lines == ["model,day,rise,change,change_of_others", "'=a/b,2026-03-01,1.9,0.12,0.03"]


def test_models_left_out_are_named_with_the_reason() -> None:
    lines = write_csv(left_out_sheet(BACK)).splitlines()
    assert lines == ["model,why", "a/quiet,fewer than 3 downloads in 14 days"]
    assert "a/quiet" in render_look_back(BACK, (), AGAIN)
    many = replace(BACK, left_out=BACK.left_out * 201)
    assert "1 more are in left-out.csv" in render_look_back(many, (), AGAIN)


def test_an_effect_says_against_what_and_what_stands_in_brackets() -> None:
    verdict = EffectVerdict("effect", "")
    seen = replace(BACK, effects=(replace(DOWNLOADS, verdict=verdict),))
    title = draw_look_back(seen)[0].title
    assert title.startswith("+12 % (95 % interval ")
    assert title.endswith("changed, compared with models like them")
    page = render_look_back(seen, (), AGAIN)
    assert "New downloads are those counted since the day before." in page

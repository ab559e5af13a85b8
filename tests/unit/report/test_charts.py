import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cardiogram.judge.rating import Score
from cardiogram.report.markup import charts, day_charts, effect_charts, study_charts
from cardiogram.report.markup.charts import ScatterPoint
from cardiogram.report.markup.day_charts import BeforeAfter, DayMark, RatedDay
from cardiogram.report.markup.effect_charts import DayChange
from cardiogram.report.markup.markup import Markup
from cardiogram.report.markup.study_charts import CurvePoint, ForestRow, RatingBar, ShareRow
from cardiogram.report.markup.words import Bounds

SCORE = Score(3, 3.2, 2.5, 3.9)
POINTS = [ScatterPoint(i, 1 + i % 9 / 2, i * i) for i in range(90)]
BARS = [
    RatingBar("1", "Empty <&>", (1, 1), 50, ["3"]),
    RatingBar("2", "Minimal", (2, 2), 100, ["9"]),
]
ROWS = [
    ForestRow("a<b>", 20, 2.0, Bounds(1.5, 2.5), "2.0 (1.5 to 2.5)", True),
    ForestRow("few", 3, None, None, "too few", False),
]
SHARES = [ShareRow("a licence", 0.25, 0.75), ShareRow("<b>", 0.5, 0.0)]
WAYS = [
    CurvePoint(2.0, ["by a"], True, True, "twice <&>"),
    CurvePoint(1.1, ["by b"], False, False, "hardly"),
]
RATIOS = study_charts.make_ratio_axis([1.1, 2.0])
DAY = date(2026, 3, 1)
COUNTS = [None if 20 <= i < 25 else 400.0 if i == 30 else 10.0 + i % 3 for i in range(60)]
MARKS = [DayMark(DAY + timedelta(30), "README edited", is_main=True), DayMark(DAY, "<b>")]
SIDES = (DAY + timedelta(16), DAY + timedelta(29)), (DAY + timedelta(32), DAY + timedelta(45))
MEANS = BeforeAfter(*SIDES, 11.0, 13.0, 12.0, Bounds(6.0, 24.0))
CHANGES = [RatedDay(DAY, 2.0, "created"), RatedDay(DAY + timedelta(9), None, "deleted <&>")]
AROUND = [
    DayChange(day, 0.3 if day > 1 else 0.02, Bounds(0.1, 0.5), Bounds(-0.2, 0.2))
    for day in range(-9, 10)
]
CHARTS = {
    "days": day_charts.draw_days("d", "Downloads <&>", DAY, COUNTS, MARKS, MEANS),
    "days-empty": day_charts.draw_days("d", "Downloads", DAY, []),
    "history": day_charts.draw_history("h", "Ratings", CHANGES, DAY + timedelta(40)),
    "event-study": effect_charts.draw_event_study("e", "Around <&>", AROUND, (2, 9, 0.3)),
    "detectable": effect_charts.draw_detectable("m", "Seen", [(5, 0.8), (50, 0.3)], (20, 0.4), 0.2),
    "ratings": study_charts.draw_ratings(BARS, ["median"]),
    "ratings-empty": study_charts.draw_ratings([]),
    "forest": study_charts.draw_forest("f", "Groups", ROWS, study_charts.RATINGS),
    "curve": study_charts.draw_curve("c", "Ways", WAYS, ["by a", "by b"], RATIOS),
    "shares": study_charts.draw_two_shares("s", "Shares", SHARES, ("few <&>", "many")),
    "scatter": charts.draw_scatter(POINTS, "downloads"),
    "scatter-empty": charts.draw_scatter([], "likes"),
    "dumbbell": charts.draw_dumbbell({"overall": SCORE}, {"overall": SCORE}),
    "distribution": charts.draw_distribution({1: 2, 3: 4}),
    "interval": charts.draw_interval(0.2, Bounds(0.1, 0.3), None, 0.5),
    "range": charts.draw_rating_range(SCORE),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_charts_are_well_formed_named_and_free_of_colours(chart: Markup) -> None:
    root = ElementTree.fromstring(chart)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    names = (root.get("aria-labelledby") or "").split()
    ids = {node.get("id") for node in root.iter() if node.get("id")}
    assert root.get("aria-label") or set(names) == ids
    assert not [n for n in root.iter() if {"style", "fill", "stroke"}.intersection(n.keys())]


def test_bars_of_ratings_are_proportional_to_the_counts() -> None:
    bars = ElementTree.fromstring(CHARTS["ratings"]).iter("rect")
    heights = [float(bar.get("height", "nan")) for bar in bars if bar.get("class") != "hit"]
    assert heights[1] == 2 * heights[0]
    assert "50 cards rated 1, median 3; 100 cards rated 2, median 9" in CHARTS["ratings"]


def test_a_forest_marks_what_leaves_out_the_centre_and_says_why_there_is_none() -> None:
    rows = [
        ForestRow("a", 20, 0.3, Bounds(0.1, 0.5), "0.3", True),
        ForestRow("b", 20, 0.1, Bounds(-0.1, 0.3), "0.1", False),
        ForestRow("c", 20, 0.9, None, "0.9", False),
        ForestRow("d\u202e" * 40, 20, None, None, "too few authors", False),
    ]
    axis = study_charts.make_correlation_axis([-0.1, 0.9])
    chart = study_charts.draw_forest("f", "Groups", rows, axis)
    root = ElementTree.fromstring(chart)
    assert [dot.get("class") for dot in root.iter("circle")] == ["told", "open", "open"]
    assert "too few authors, 20 models" in chart
    assert "\u202e" not in chart
    labels = [text[0].tail or "" for text in root.iter("text") if text.get("class") == "name"]
    assert labels[:3] == ["a", "b", "c"]
    assert len(labels[3]) < 54


def test_a_curve_orders_its_points_and_marks_the_main_one() -> None:
    root = ElementTree.fromstring(CHARTS["curve"])
    titles = [title.text for title in root.iter("title")]
    assert titles == ["Ways", "hardly", "twice <&>"]
    assert len(list(root.iter("polygon"))) == 1
    assert "The main one: twice" in CHARTS["curve"]


def test_two_shares_stand_where_they_are() -> None:
    dots = ElementTree.fromstring(CHARTS["shares"]).findall("circle")[2:]
    left, right = 214, 428
    places = [(float(dot.get("cx", 0)) - left) / (right - left) for dot in dots]
    assert places == [pytest.approx(share) for share in (0.25, 0.75, 0.5, 0.0)]
    assert [dot.get("class") for dot in dots] == ["poor", "good"] * 2


def test_a_bar_says_which_ratings_it_is_of() -> None:
    bars = [RatingBar("4-5", "Good or better", (4, 5), 9)]
    assert 'data-lowest="4" data-highest="5"' in study_charts.draw_ratings(bars)


def test_scales_hold_their_values_and_cut_what_is_beyond_them() -> None:
    axis = study_charts.make_ratio_axis([0.3, 1e9])
    assert (axis.ticks[0][1], axis.ticks[-1][1]) == ("1/4", "64")
    assert axis.place(1e9, 0, 10) == 10
    assert axis.place(0.25, 0, 10) == 0


def lightness(colour: str) -> float:
    """Relative luminance, as WCAG has it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [1, 2], ids=["light", "dark"])
def test_ratings_can_be_ordered_without_seeing_hues(theme: int) -> None:
    style = Path(charts.__file__).parents[1].joinpath("static", "report.css").read_text("utf-8")
    pairs = (re.search(rf"--s{i}:\s*light-dark\((#\w+),\s*(#\w+)\)", style) for i in range(1, 6))
    light = [lightness(pair[theme]) for pair in pairs if pair]
    assert len(light) == 5
    steps = [b / a for a, b in pairwise(light)]
    assert all(step < 0.85 for step in steps) or all(step > 1.15 for step in steps)


def test_scatter_ticks_are_honest() -> None:
    ticks = charts.log_ticks(12_345)
    assert [charts.short(tick) for tick in ticks] == ["0", "1", "10", "100", "1k", "10k"]
    labels = [node.text for node in ElementTree.fromstring(CHARTS["scatter"]).iter("text")]
    assert labels[:5] == ["0", "1", "10", "100", "1k"]


def test_scatter_draws_every_point_and_owns_up_to_a_sample() -> None:
    assert CHARTS["scatter"].count("data-i=") == 90
    many = [ScatterPoint(i, 3.0, 1) for i in range(charts.MAX_POINTS + 10)]
    assert charts.draw_scatter(many, "likes").count("data-i=") == charts.MAX_POINTS


def test_medians_need_enough_points() -> None:
    points = [ScatterPoint(i, 2.1, y) for i, y in enumerate((1, 2, 3, 4, 100))] + [
        ScatterPoint(9, 4.0, 7)
    ]
    assert charts.medians(points) == [charts.BinMedian(2.0, 3.0, 5)]


def by_class(name: str, class_: str) -> list[ElementTree.Element]:
    return [n for n in ElementTree.fromstring(CHARTS[name]).iter() if n.get("class") == class_]


def test_a_day_that_is_not_known_is_shaded_and_no_bar() -> None:
    assert len(by_class("days", "days")) == 55
    hole = by_class("days", "hole")[0]
    bars = [float(bar.get("x", "nan")) for bar in by_class("days", "days")]
    assert bars[19] < float(hole.get("x", "nan")) < bars[20]
    assert round(float(hole.get("width", "nan")) / (bars[1] - bars[0])) == 5


def test_a_count_that_dwarfs_all_others_is_cut_and_said() -> None:
    heights = [float(bar.get("height", "nan")) for bar in by_class("days", "days")]
    assert max(heights) / min(heights) < 10  # and not 40 times
    assert "more: up to 400" in CHARTS["days"]


def test_what_cannot_be_told_from_chance_is_a_band_around_the_mean_after() -> None:
    band = by_class("days", "band")[0]
    high, tall = (float(band.get(key, "nan")) for key in ("y", "height"))
    after = float(by_class("days", "mean")[1].get("y1", "nan"))
    assert high < after < high + tall
    assert "an average of 6.0 to 24 after: cannot be told from chance" in CHARTS["days"]


def test_a_day_is_full_only_outside_the_band_of_placebo_dates() -> None:
    assert len(by_class("event-study", "open")) == 11 + 1  # one explains the sign
    assert len(by_class("event-study", "told")) == 8 + 1
    assert "+35 %: the change over days 2 to 9" in CHARTS["event-study"]


def test_a_card_that_is_gone_has_no_rating() -> None:
    assert len(by_class("history", "mean")) == 1
    assert "no card, deleted &lt;&amp;&gt;" in CHARTS["history"]

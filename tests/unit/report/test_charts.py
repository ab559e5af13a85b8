from xml.etree import ElementTree

import pytest

from cardiogram.judge.rating import Score
from cardiogram.report.markup import charts
from cardiogram.report.markup.charts import ScatterPoint
from cardiogram.report.markup.markup import Markup
from cardiogram.report.markup.words import Bounds

SCORE = Score(3, 3.2, 2.5, 3.9)
POINTS = [ScatterPoint(i, 1 + i % 9 / 2, i * i) for i in range(90)]
CHARTS = {
    "histogram": charts.draw_histogram({1: 3, 2: 5, 5: 1}, {1: "Empty <&>", 2: "Minimal"}),
    "histogram-empty": charts.draw_histogram({}, {}),
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


def test_histogram_bars_are_proportional_to_the_counts() -> None:
    bars = ElementTree.fromstring(charts.draw_histogram({1: 50, 2: 100}, {})).iter("rect")
    heights = [float(bar.get("height", "nan")) for bar in bars]
    assert heights[1] == 2 * heights[0]
    assert heights[2:] == [0, 0, 0]


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

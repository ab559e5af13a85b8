"""Figures that stand alone: SVG that is XML, true titles, PNG at twice the size."""

from __future__ import annotations

import json
import re
import struct
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cardiogram.errors import ConfigError
from cardiogram.report.data.payload import build_payload
from cardiogram.report.figures.badge import text_width
from cardiogram.report.figures.figures import Figure, make_figures, write_figures
from cardiogram.report.page import describe_ratings
from studies import HOSTILE_ROWS, Row, make_study

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [Row(f"author{i % 7}/model{i}", 1 + i % 5, 10 ** (i % 4), i) for i in range(40)]


@pytest.fixture
def figures(tmp_path: Path) -> tuple[Figure, ...]:
    return make_figures(build_payload(make_study(tmp_path, ROWS)))


def test_every_chart_that_has_numbers_is_there(figures: tuple[Figure, ...]) -> None:
    names = [figure.name for figure in figures]
    assert {
        "ratings",
        "criteria",
        "rating-and-downloads",
        "rating-and-likes",
        "associations",
        "pair-1",
    } <= set(names)
    assert len(set(names)) == len(names)


def test_each_is_xml_with_all_colours_and_sizes_written_out(figures: tuple[Figure, ...]) -> None:
    for figure in figures:
        root = ET.fromstring(figure.svg)
        assert root.get("aria-label") == figure.title
        assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
        assert "var(" not in figure.svg
        assert "light-dark" not in figure.svg
        assert "http" not in figure.svg.replace("http://www.w3.org/2000/svg", "")
        for circle in root.iter(f"{SVG}circle"):
            assert circle.get("r"), figure.name
        ground = root.find(f"{SVG}rect")
        assert ground is not None
        assert re.fullmatch("#[0-9a-f]{6}", ground.get("fill") or "")


def test_titles_are_the_reports_findings(tmp_path: Path) -> None:
    payload = build_payload(make_study(tmp_path, ROWS))
    titles = {figure.name: figure.title for figure in make_figures(payload)}
    assert titles["ratings"] == describe_ratings(payload)
    assert titles["rating-and-downloads"].startswith("Better rated cards are associated with more")
    assert titles["rating-and-likes"].startswith("Better rated cards show no clear association")
    assert titles["associations"].startswith("1 of 2 correlations")


def test_a_title_stands_within_the_figure(figures: tuple[Figure, ...]) -> None:
    for figure in figures:
        root = ET.fromstring(figure.svg)
        lines = [t.text or "" for t in root.iter(f"{SVG}text") if t.get("class") == "title"]
        assert " ".join(lines) == " ".join(figure.title.split())
        wide = int(root.get("width", 0)) - 56
        assert all(text_width(line) * 17 / 11 * 1.1 <= wide for line in lines)


def test_hostile_names_draw_nothing(tmp_path: Path) -> None:
    study = make_study(tmp_path / "<script>", HOSTILE_ROWS)
    for figure in make_figures(build_payload(study)):
        kinds = {element.tag.removeprefix(SVG) for element in ET.fromstring(figure.svg).iter()}
        assert kinds <= {
            "svg",
            "style",
            "rect",
            "text",
            "tspan",
            "g",
            "line",
            "circle",
            "polyline",
            "title",
            "desc",
        }
        assert "\u202e" not in figure.svg


def test_a_study_without_ratings_has_no_figures(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", None)])
    assert make_figures(build_payload(study)) == ()


def test_png_has_two_pixels_for_one_unit(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    payload = build_payload(make_study(tmp_path / "s", ROWS))
    try:
        written = write_figures(payload, tmp_path / "f")
    except ConfigError as error:
        pytest.skip(error.message)  # a machine without fonts
    figures = make_figures(payload)
    assert len(written) == 2 * len(figures)
    for figure in figures:
        root = ET.fromstring(figure.svg)
        data = (tmp_path / "f" / f"{figure.name}.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        size = struct.unpack(">II", data[16:24])
        assert size == (2 * int(root.get("width", 0)), 2 * int(root.get("height", 0)))


def test_svg_alone_needs_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    payload = build_payload(make_study(tmp_path / "s", ROWS))
    assert all(path.suffix == ".svg" for path in write_figures(payload, tmp_path / "f", ["svg"]))
    with pytest.raises(ConfigError, match="not installed") as caught:
        write_figures(payload, tmp_path / "f")
    assert "cardiogram[figures]" in caught.value.hint


SPEARMAN = {"method": "spearman", "call": "scipy.stats.spearmanr"}


def test_groups_are_a_figure_with_the_words_of_their_mean(tmp_path: Path) -> None:
    study = make_study(tmp_path, ROWS)
    groups = [
        {
            **SPEARMAN,
            "stratum": f"<t{i}>",
            "n": 15,
            "estimate": i / 10,
            "cluster_interval": {"level": 0.95, "low": -0.1, "high": 0.5, "method": "m"}
            if i
            else None,
        }
        for i in range(4)
    ]
    mean = {
        **SPEARMAN,
        "estimate": 0.2,
        "cluster_interval": {"level": 0.95, "low": 0.1, "high": 0.3, "method": "m"},
        "groups": 4,
        "n": 60,
        "words": "Within tasks, better rated cards are associated with more likes (rho 0.2).",
    }
    about = {"predictor": "overall_expected", "outcome": "likes", "by": "task", "strata": groups}
    results = {**json.loads(study.results_path.read_text("utf-8")), "strata": [{**about, **mean}]}
    study.results_path.write_text(json.dumps(results), "utf-8")
    found = {figure.name: figure for figure in make_figures(build_payload(study))}
    figure = found["within-task-likes"]
    assert figure.title == "Within tasks, better rated cards are associated with more likes"
    root = ET.fromstring(figure.svg)
    assert len(list(root.iter(f"{SVG}polygon"))) == 1
    assert [c.get("class") for c in root.iter(f"{SVG}circle")] == ["open"] * 4
    assert "<t0>15" in ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]

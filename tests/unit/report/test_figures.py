"""Figures that stand alone: SVG that is XML, true titles, PNG at twice the size."""

from __future__ import annotations

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
from cardiogram.report.page import (
    describe_ratings,
    draw_curves,
    draw_groups,
    draw_shares_of_traits,
    draw_traits,
)
from made_findings import add_findings
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
        "scatter-downloads",
        "scatter-likes",
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


def test_titles_are_the_reports(tmp_path: Path) -> None:
    study = make_study(tmp_path, ROWS)
    add_findings(study)
    payload = build_payload(study)
    titles = {figure.name: figure.title for figure in make_figures(payload)}
    assert titles["ratings"] == describe_ratings(payload)
    drawn = [*draw_curves(payload.results), *draw_groups(payload.results, "task")]
    drawn += [*draw_traits(payload.results, "writer"), *draw_shares_of_traits(payload.results)]
    assert drawn
    assert {one.key: one.title for one in drawn}.items() <= titles.items()


def test_a_pair_names_both_cards_whole(tmp_path: Path) -> None:
    long = "author/" + "model-with-a-long-name-" * 4 + "end"
    study = make_study(tmp_path, [Row("a/p", 1, 50), Row(long, 5, 50)])
    pair = next(f for f in make_figures(build_payload(study)) if f.name == "pair-1")
    words = [text.text or "" for text in ET.fromstring(pair.svg).iter(f"{SVG}text")]
    assert "a/p" in words
    assert long in "".join(words)


def test_the_map_is_coloured_by_rating_and_its_labels_cover_no_point(tmp_path: Path) -> None:
    rows = [
        Row(
            f"u{i}/m", 1 + i % 5, i, place=(i % 20 / 10 - 1, i // 20 / 10 - 1), segment=f"s {i % 9}"
        )
        for i in range(400)
    ]
    figure = next(
        f for f in make_figures(build_payload(make_study(tmp_path, rows))) if f.name == "map"
    )
    root = ET.fromstring(figure.svg)
    points = [c for c in root.iter(f"{SVG}circle")][5:]
    assert {c.get("class") for c in points} == {"f1", "f2", "f3", "f4", "f5"}
    labels = [t for t in root.iter(f"{SVG}text") if t.find(f"{SVG}tspan") is not None]
    assert labels
    for label in labels:
        for line in label:
            x, y = float(line.get("x", 0)), float(line.get("y", 0))
            assert not [
                c
                for c in points
                if abs(float(c.get("cx", 0)) - x) < 10 and -12 < float(c.get("cy", 0)) - y < 0
            ]


def test_a_title_stands_within_the_figure(figures: tuple[Figure, ...]) -> None:
    for figure in figures:
        root = ET.fromstring(figure.svg)
        lines = [t.text or "" for t in root.iter(f"{SVG}text") if t.get("class") == "title"]
        assert " ".join(lines) == " ".join(figure.title.split())
        wide = int(root.get("width", 0)) - 56
        assert all(text_width(line) * 17 / 11 * 1.1 <= wide for line in lines)


def test_hostile_names_draw_nothing(tmp_path: Path) -> None:
    study = make_study(tmp_path / "<script>", HOSTILE_ROWS)
    add_findings(study)
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
            "polygon",
            "title",
            "desc",
        }
        assert "\u202e" not in figure.svg


def test_a_study_without_ratings_has_no_figures(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", None)])
    assert make_figures(build_payload(study)) == ()


def test_png_has_two_pixels_for_one_unit(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    study = make_study(tmp_path / "s", ROWS)
    add_findings(study)
    payload = build_payload(study)
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

"""The map as text and as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cli import main
from cardiogram.errors import ConfigError, DataError
from cardiogram.maps.examples import Part
from cardiogram.maps.map import draw_map
from cardiogram.maps.place import Neighbour, Place
from cardiogram.report.figures.map_figure import PALETTE, Box, draw_map_figure, write_map_figure
from cardiogram.report.terminal.checked.phrases import describe_neighbour, describe_rank
from cardiogram.store import Study
from studies import Row, make_study

TEXTS = ("A GGUF copy of a Llama model.", "An agent that plays a game of Pong <b>&</b>.")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("map")
    rows = [Row(f"u{i % 5}/m{i}<x>", 3, i, 1, f"# M\n\n{TEXTS[i % 2]}\n") for i in range(30)]
    found = make_study(root, rows)
    draw_map(found, draws=0)
    return found


def test_the_picture_is_svg_with_a_point_a_card(study: Study) -> None:
    root = ET.fromstring(draw_map_figure(study))
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert names.count("circle") >= 30
    assert len(set(PALETTE)) == 12


def test_png_has_twice_the_size(study: Study, tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra `figures` is not installed")
    data = write_map_figure(study, tmp_path / "map.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20], "big") == 2 * 1180


def test_wrong_pictures_are_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="neither"):
        write_map_figure(study, tmp_path / "map.gif")
    with pytest.raises(DataError, match="no map"):
        draw_map_figure(make_study(tmp_path, [Row("a/b", 3)]))


def test_boxes_meet() -> None:
    assert Box(0, 0, 2, 2).meets(Box(1, 1, 3, 3))
    assert not Box(0, 0, 1, 1).meets(Box(1, 0, 2, 1))


def test_the_command_prints_segments_and_trust(study: Study, tmp_path: Path) -> None:
    figure = tmp_path / "map.svg"
    done = CliRunner().invoke(
        main, ["map", str(study.root), "--figure", str(figure), "--draws", "3"]
    )
    assert done.exit_code == 0, done.output
    assert "models on the map" in done.stdout
    assert "known by rule" in done.stdout
    assert "Stability:" in done.stdout
    assert figure.exists()
    done = CliRunner().invoke(main, ["map", str(study.root), "--json"])
    assert '"segments"' in done.stdout


def test_words_of_a_place() -> None:
    place = Place("reference", "Llama models", 0.4, 0, 0, 3, 9)
    assert describe_rank(place) == ""
    ranked = replace(place, task="translation", above=3, among=40)
    assert (
        describe_rank(ranked)
        == "Rated above 8 % of 40 translation cards of the Hub, most from autumn 2023."
    )
    own = replace(ranked, map="my\x1bstudy", task="", above=0)
    assert describe_rank(own) == "Rated above 0 % of the 40 cards on my?study."
    near = Neighbour("a/b", 0.8, 4.2, (Part("data", 14, 4.0), Part("usage", 3, 4.0)))
    assert describe_neighbour(near) == "its data (14 lines) and usage (3 lines)"

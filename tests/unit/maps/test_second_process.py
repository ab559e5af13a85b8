"""A map drawn in a second process is the map that one process draws, and so are its errors."""

from __future__ import annotations

import time
from itertools import permutations
from pathlib import Path

import pytest

from cardiogram.errors import DataError
from cardiogram.maps import second_process
from cardiogram.maps.map_file import Settings
from cardiogram.maps.second_process import draw_map_beside
from cardiogram.store import Study
from studies import Row, make_study

WORDS = ("river", "stone", "cloud", "amber", "violet", "copper", "meadow", "harbour", "lantern")
ROWS = [
    Row(f"user{n % 9}/bert-{n}", 1 + n % 5, n, n % 4, f"# BERT {n}\n\nOn {', '.join(words)}.\n")
    for n, words in enumerate(list(permutations(WORDS, 3))[::13])
]


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(second_process, "_processors", lambda: 2)


def files(study: Study) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in study.map.folder.iterdir()}


@pytest.mark.usefixtures("two_processes")
def test_it_is_the_same_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    beside, alone = make_study(tmp_path / "a", ROWS), make_study(tmp_path / "b", ROWS)
    with draw_map_beside(
        beside, Settings(), judge="embedded", on_progress=lambda step, *_: said.append(step)
    ) as wait:
        wait()
    assert {"map", "project", "place"} <= set(said)
    monkeypatch.setattr(second_process, "_processors", lambda: 1)
    with draw_map_beside(alone, Settings(), judge="embedded") as wait:
        assert not alone.map_path.exists()  # one processor: drawn when it is waited for
        wait()
    assert files(beside) == files(alone)


@pytest.mark.usefixtures("two_processes")
def test_an_error_is_raised_where_the_map_is_waited_for(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row(f"a/m{n}", None, n, 0, None) for n in range(9)])
    with (
        draw_map_beside(study, Settings(), judge="embedded") as wait,
        pytest.raises(DataError, match=r"no model of .* has a card") as raised,
    ):
        wait()
    assert raised.value.hint.startswith("cardiogram collect")


@pytest.mark.usefixtures("two_processes")
def test_a_map_that_nobody_waits_for_is_given_up(tmp_path: Path) -> None:
    study = make_study(tmp_path, ROWS)
    with (
        pytest.raises(ZeroDivisionError),
        draw_map_beside(study, Settings(), judge="embedded"),
    ):
        raise ZeroDivisionError
    time.sleep(0.2)
    assert not study.map_path.exists()


@pytest.mark.usefixtures("two_processes")
def test_a_crash_says_what_the_second_process_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        second_process, "_START", "raise SystemError('as it goes') # {path} {module}"
    )
    with (
        draw_map_beside(make_study(tmp_path, ROWS), Settings(), judge="embedded") as wait,
        pytest.raises(RuntimeError, match="as it goes"),
    ):
        wait()

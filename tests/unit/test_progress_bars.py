"""Progress: one name a step, an end for each, and nothing left of what was broken off."""

from __future__ import annotations

import re

import pytest
from rich.console import Console

from cardiogram.cli import progress_bars as module
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.progress import STEP_NAMES


def test_no_two_steps_have_the_same_name() -> None:
    assert len(set(STEP_NAMES.values())) == len(STEP_NAMES)


def test_without_a_terminal_each_step_that_ends_has_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bars() as tell:
        tell("list", 400, 1000)
        tell("list", 498, 1000)
        tell("list", 498, 498)
        tell("analyze", 0, None)
        for done in (100, 200, 498, 498):
            tell("place", done, 498)
        tell("analyze", 1, 1)
        tell("rate", 3, 498)  # broken off
    lines = capsys.readouterr().err.splitlines()
    assert [re.sub(r" +[\d.]+ s$", "", line) for line in lines] == [
        "listing models          498, all there are",
        "placing cards           498",
        "statistics",
    ]
    assert all(re.search(r"  +\d+\.\d s$", line) for line in lines)


def test_a_step_that_goes_on_after_its_end_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars() as tell:
        for done in (9, 9, 3, 9, 9):
            tell("rate", done, 9)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("  ")[0] for line in lines] == ["rating cards", "rating cards, again"]


def test_on_a_terminal_no_bar_is_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bars = module._make_bars()
    bars.live.console = Console(stderr=True, force_terminal=True, width=80, highlight=False)
    shown = module._Shown(bars)
    shown.show("list", 5, 10)
    assert [task.description for task in bars.tasks] == ["listing models"]
    shown.show("list", 10, 10)
    shown.show("rate", 1, 10)
    assert [task.description for task in bars.tasks] == ["rating cards"]
    shown.close()
    out = capsys.readouterr().err
    assert "listing models          10" in out
    assert not bars.live.is_started

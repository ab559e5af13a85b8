"""The section on the judge: figures that were measured, and none that were not."""

from __future__ import annotations

from pathlib import Path

from cardiogram.judge.embedded import embedded_judge
from cardiogram.report.payload import build_payload
from cardiogram.report.trust import headline, measured_agreement, trust
from studies import HOSTILE_ROWS, make_study


def test_the_shipped_judge_tells_what_was_measured() -> None:
    judge = embedded_judge()
    found = measured_agreement("embedded", judge.version)
    assert found is not None
    assert f"{found['scores']['overall']['qwk']:.2f}" in headline(found)


def test_another_version_or_judge_has_no_figures() -> None:
    assert measured_agreement("embedded", "0.0.1") is None
    assert measured_agreement("openai/gpt-9", embedded_judge().version) is None
    assert "Nobody has measured" in headline(None)


def test_the_widest_intervals_come_first_and_names_are_text(tmp_path: Path) -> None:
    page = trust(build_payload(make_study(tmp_path, HOSTILE_ROWS)))
    assert "Nobody has measured" in page  # the study was made by a judge of no known version
    assert "cardiogram calibrate" in page
    assert "How sure it is of these cards" in page
    assert "<img" not in page

"""The section on the judge: figures that were measured, and none that were not."""

from __future__ import annotations

from html import escape
from pathlib import Path

from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.report.data.payload import build_payload
from cardiogram.report.page.trust import _audit, headline, kept_audit, measured_agreement, trust
from studies import HOSTILE_ROWS, make_study


def test_the_shipped_judge_tells_what_was_measured() -> None:
    judge = embedded_judge()
    found = measured_agreement("embedded", judge.version)
    assert found is not None
    assert f"{found['scores']['overall']['qwk']:.2f}" in headline(found)


def test_the_shipped_audit_is_of_the_shipped_judge() -> None:
    """After a training, tools/audit_judge.py must have run."""
    found = kept_audit("embedded", embedded_judge().version)
    assert found is not None
    page = str(_audit(found))
    for effect in found["effects"]:
        assert escape(effect["name"]) in page
    assert f"{len(found['effects'])} audited, all within their gates" in page


def test_an_audit_tells_what_failed() -> None:
    shift = {"value": 0.4, "low": 0.3, "high": 0.5}
    effect = {
        "name": "<padding>",
        "family": "verbosity",
        "score": "overall",
        "n": 9,
        "shift": shift,
        "gate": "gain",
        "tolerance": 0.25,
        "failed": True,
    }
    page = str(_audit({"cards": 9, "effects": [effect]}))
    assert "1 beyond their gates" in page
    assert "at most +0.25" in page
    assert "<padding>" not in page
    assert kept_audit("embedded", "0.0.1") is None
    assert kept_audit("openai/gpt-9", embedded_judge().version) is None
    assert _audit(None) is None


def test_another_version_or_judge_has_no_figures() -> None:
    assert measured_agreement("embedded", "0.0.1") is None
    assert measured_agreement("openai/gpt-9", embedded_judge().version) is None
    assert "Nobody has measured" in headline(None)


def test_the_widest_intervals_come_first_and_names_are_text(tmp_path: Path) -> None:
    page = trust(build_payload(make_study(tmp_path, HOSTILE_ROWS)))
    assert "Nobody has measured" in page  # the study was made by a judge of no known version
    assert "cardiogram judges measure" in page
    assert "How sure it is of these cards" in page
    assert "<img" not in page

"""The section on the judge: figures that were measured, and none that were not."""

from __future__ import annotations

from html import escape
from pathlib import Path

from cardiogram.analysis import JudgeUsed
from cardiogram.judge.audit import Audit, AuditEffect
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.validation import Measurement
from cardiogram.report.data.payload import build_payload
from cardiogram.report.page.trust import (
    headline,
    kept_audit,
    measured_agreement,
    trust,
)
from cardiogram.report.tables import write_html
from cardiogram.report.terminal import describe_audit
from studies import HOSTILE_ROWS, make_study


def judge(id: str = "embedded", version: str | None = None) -> JudgeUsed:
    return JudgeUsed(id=id, version=embedded_judge().version if version is None else version)


def test_the_shipped_judge_tells_what_was_measured() -> None:
    found = measured_agreement(judge())
    assert found is not None
    assert f"{found['scores']['overall']['qwk']:.2f}" in headline(found)


def test_the_shipped_audit_is_of_the_shipped_judge() -> None:
    """After a training, tools/audit_judge.py must have run."""
    found = kept_audit(judge())
    assert found is not None
    section = describe_audit(found)
    page = str(write_html(section))
    for effect in found.effects:
        assert escape(effect.name) in page
    assert section.title.endswith(f"{len(found.effects)} audited, all as they should be")


def test_an_audit_tells_what_failed() -> None:
    effect = AuditEffect(
        name="<padding>",
        family="verbosity",
        score="overall",
        n=9,
        authors=9,
        shift=Measurement(0.4, 0.3, 0.5),
        scores={},
        moved=None,
        lost=0,
        gate="gain",
        tolerance=0.25,
        failed=True,
    )
    audit = Audit("embedded", "1", 9, 9, (effect,), ())
    page = str(write_html(describe_audit(audit)))
    assert "1 not as they should be" in page
    assert "at most +0.25" in page
    assert "FAILS" in page
    assert "<padding>" not in page
    assert kept_audit(judge(version="0.0.1")) is None
    assert kept_audit(judge("openai/gpt-9")) is None


def test_another_version_or_judge_has_no_figures() -> None:
    assert measured_agreement(judge(version="0.0.1")) is None
    assert measured_agreement(judge("openai/gpt-9")) is None
    assert "Nobody has measured" in headline(None)


def test_the_widest_intervals_come_first_and_names_are_text(tmp_path: Path) -> None:
    page = trust(build_payload(make_study(tmp_path, HOSTILE_ROWS)))
    assert "Nobody has measured" in page  # the study was made by a judge of no known version
    assert "cardiogram judges measure" in page
    assert "How sure it is of these cards" in page
    assert "<img" not in page

"""What `cardiogram calibrate` asks of language models, and what it finds in their answers."""

from __future__ import annotations

from typing import Any

from cardiogram.cli.models import judges_of
from cardiogram.cli.options import bars
from cardiogram.errors import ConfigError

Found = tuple[dict[str, Any], str, int]
"""What to print as JSON, as text, and the exit code."""


def only_judge(judges: tuple[str, ...]) -> str | None:
    """The judge that is named, if any."""
    if len(judges) > 1:
        raise ConfigError("this needs one --judge", hint="Ask once for each judge.")
    return judges[0] if judges else None


def run_audit(judges: tuple[str, ...], asked: dict[str, Any]) -> Found:
    """Change cards and rate them again; 1 where a gate fails."""
    from cardiogram.judge.audit import AuditOptions, run_audit as run
    from cardiogram.judge.llm import RunOptions
    from cardiogram.report.terminal import render_audit

    name = only_judge(judges) or "embedded"
    (judge,), terms = judges_of([name], asked["seed"], asked["asking_options"])
    options = AuditOptions(
        asked["ratings"],
        sample=asked["sample"],
        gold=asked["gold"],
        gold_judge=asked["gold_judge"],
        written_by=asked["written_by"],
        family=asked["family"] or "",
        answers=asked["answers"],
        draws=asked["draws"],
        seed=asked["seed"],
        named=name,
    )
    with bars() as tell:
        found = run(judge, options, RunOptions(**terms, on_progress=tell))
    return found.as_dict(), render_audit(found), int(bool(found.failed))


def run_reliability(judges: tuple[str, ...], asked: dict[str, Any]) -> Found:
    """Compare the answers of one judge with each other."""
    from cardiogram.judge.validation import measure_self_agreement
    from cardiogram.report.terminal import render_self_agreement

    drawn = {"draws": asked["draws"], "seed": asked["seed"]}
    found = measure_self_agreement(asked["ratings"], only_judge(judges), **drawn)
    return found.as_dict(), render_self_agreement(found), 0

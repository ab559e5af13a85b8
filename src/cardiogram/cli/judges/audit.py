"""The command that changes cards and rates them again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cardiogram.cli.judge_options import Asking, asking_options
from cardiogram.cli.judges.options import draws_option, gold_argument
from cardiogram.cli.options import (
    EXISTING,
    FILE,
    json_option,
    print_results,
    progress_bars,
    seed_option,
)


@click.command("audit")
@click.argument("cards", type=EXISTING)
@gold_argument
@click.option(
    "--judge", "name", default="embedded", show_default=True, help="Who is audited; as for rate."
)
@click.option("--gold-judge", help="Who of GOLD is right.")
@click.option(
    "--written-by",
    type=FILE,
    help="Who wrote which card (`id`, `written_by`); with GOLD it finds self-preference.",
)
@click.option("--family", default="", help="Whose cards the judge may prefer.  [as its name says]")
@click.option(
    "--answers",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for what a language model answers.  [that of the study]",
)
@click.option(
    "--sample", type=click.IntRange(1), default=100, show_default=True, help="Cards, drawn by seed."
)
@draws_option
@asking_options
@seed_option
@json_option
def command(
    cards: Path,
    gold: Path | None,
    name: str,
    gold_judge: str | None,
    written_by: Path | None,
    family: str,
    answers: Path | None,
    sample: int,
    draws: int,
    asking: Asking,
    seed: int,
    as_json: bool,
) -> None:
    """Change cards in known ways and rate them again.

    CARDS is a study folder or a file or folder of cards. A language model is asked after an
    estimate, and what it answers is kept. GOLD is needed for self-preference only.
    Exits with 1 where a gate fails.
    """
    from cardiogram.judge.audit import AuditOptions, run_audit
    from cardiogram.judge.llm import RunOptions
    from cardiogram.report.terminal import render_audit

    (judge,) = asking.load_judges([name])
    options = AuditOptions(
        cards,
        sample=sample,
        gold=gold,
        gold_judge=gold_judge,
        written_by=written_by,
        family=family,
        answers=answers,
        draws=draws,
        seed=seed,
        named=name,
    )
    with progress_bars() as on_progress:
        audit = run_audit(judge, options, RunOptions(**asking.terms(), on_progress=on_progress))
    print_results(audit.as_dict(), render_audit(audit), as_json)
    sys.exit(int(bool(audit.failed)))

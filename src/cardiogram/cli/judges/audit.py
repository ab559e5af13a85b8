"""The command that changes cards and rates them again."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from cardiogram.cli.judge_options import Asking, asking_options
from cardiogram.cli.judges.options import draws_option, gold_argument
from cardiogram.cli.options import (
    EXISTING,
    FILE,
    gather,
    json_option,
    print_results,
    seed_option,
)
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.judge import audit, llm
from cardiogram.report import terminal


@click.command("audit")
@gather(
    "options",
    lambda **options: audit.AuditOptions(**options),
    click.argument("source", metavar="CARDS", type=EXISTING),
    gold_argument,
    click.option("--judge", "named", default="embedded", help="Who is audited; as for rate."),
    click.option("--gold-judge", help="Who of GOLD is right."),
    click.option(
        "--written-by",
        type=FILE,
        help="Who wrote which card (`id`, `written_by`); with GOLD it finds self-preference.",
    ),
    click.option(
        "--family",
        default="",
        show_default=False,
        help="Whose cards the judge may prefer.  [as its name says]",
    ),
    click.option(
        "--answers",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder for what a language model answers.  [that of the study]",
    ),
    click.option("--sample", type=click.IntRange(1), default=100, help="Cards, drawn by seed."),
    draws_option,
)
@asking_options
@seed_option
@json_option
def command(options: audit.AuditOptions, asking: Asking, seed: int, as_json: bool) -> None:
    """Change cards in known ways and rate them again.

    CARDS is a study folder or a file or folder of cards. A language model is asked after an
    estimate, and what it answers is kept. GOLD is needed for self-preference only.
    Exits with 1 where a gate fails.
    """
    (judge,) = asking.load_judges([options.named])
    with progress_bars() as on_progress:
        run_options = llm.RunOptions(**asking.terms(), on_progress=on_progress)
        measured = audit.run_audit(judge, replace(options, seed=seed), run_options)
    print_results(measured.as_dict(), terminal.render_audit(measured), as_json)
    sys.exit(int(bool(measured.failed)))

"""The command that relates ratings to popularity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cardiogram import store
from cardiogram.cli.options import (
    EXISTING,
    judge_option,
    make_draws_option,
    print_results,
    seed_option,
    study_argument,
    workers_options,
)
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.report import data, tables, terminal

if TYPE_CHECKING:
    from cardiogram.engine import Workers


@click.command("analyze")
@study_argument
@judge_option
@make_draws_option(1, 2000)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Every other method, outcome and group, too; print all tables.",
)
@click.option(
    "--self-test",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Analyze N placebo studies of each of two designs, too.",
)
@click.option(
    "--outliers",
    default="none",
    type=click.Choice(["none", "iqr", "mad", "iforest"]),
    help="Drop outcomes by a rule.",
)
@click.option(
    "--gold",
    type=EXISTING,
    help="Gold ratings of some models, drawn at random: also correct for the judge's error.",
)
@click.option(
    "--format",
    "form",
    default="text",
    type=click.Choice(["text", "markdown", "csv", "json"]),
    help="text is one screen, markdown has all tables, csv one row a number.",
)
@workers_options
@seed_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    study: store.Study,
    judge: str,
    draws: int,
    everything: bool,
    self_test: int,
    outliers: Literal["none", "iqr", "mad", "iforest"],
    gold: Path | None,
    form: Literal["text", "markdown", "csv", "json"],
    workers: Workers,
    seed: int,
    as_json: bool,
) -> None:
    """Relate ratings to downloads and likes, and say what was found.

    Nothing is dropped unless --outliers asks for it.
    """
    from cardiogram.analysis import analyze

    with study.lock(), progress_bars() as on_progress:
        results = store.redo(
            study.root,
            lambda: analyze(
                study,
                judge=judge,
                draws=draws,
                seed=seed,
                workers=workers,
                scope="all" if everything else "screen",
                self_test=self_test,
                on_progress=on_progress,
                outliers=outliers,
                gold=gold,
            ),
            store.ANALYZED,
        )
    if as_json or form == "json":
        print_results(results.as_dict(), "", as_json=True)
    elif form == "text":
        origin = data.StudyOrigin.of(study.manifest())
        click.echo(terminal.render_screen(results, study.root, origin), nl=False)
        if everything:
            click.echo(f"\n{tables.render_results(results)}", nl=False)
        elif gold is not None:
            click.echo(f"\n{tables.render_corrected(results)}", nl=False)
    else:
        click.echo(tables.render_results(results, form), nl=False)

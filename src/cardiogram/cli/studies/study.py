"""The command that runs a whole study."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from cardiogram import store
from cardiogram.cli.judge_options import (
    Asking,
    asking_options,
    ensemble_options,
    is_complete,
    names_option,
    print_failures,
)
from cardiogram.cli.options import (
    folder_argument,
    json_option,
    make_said_option,
    print_results,
    print_unread,
    seed_option,
    source_options,
    workers_options,
)
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.errors import ConfigError
from cardiogram.judge import ensemble
from cardiogram.report import data, terminal

if TYPE_CHECKING:
    from cardiogram.collect import Source
    from cardiogram.engine import Workers
    from cardiogram.judge import Judge

MANY = 20_000
"""Models above which a study is asked about first."""


@click.command("study")
@folder_argument
@source_options
@names_option
@asking_options
@ensemble_options
@seed_option
@workers_options
@make_said_option("--yes", "says_yes", "Begin a large study without asking.")
@json_option
def command(
    folder: Path,
    source: Source | None,
    judge_names: tuple[str, ...],
    asking: Asking,
    how: ensemble.Ensemble,
    seed: int,
    workers: Workers,
    says_yes: bool,
    as_json: bool,
) -> None:
    """Run a whole study: collect, rate, map, analyze, report.

    Everything is kept in FOLDER. Run the same command again to continue a study that was
    stopped: finished shards (64 cards, 1024 of many) are kept, and every answer of a language
    model. A damaged file is set aside and made again. The ratings of the first judge, of the
    cascade or of the panel are analyzed. Before all of a source, or more than 20,000 models, are
    studied, you are told what that takes, and asked. Exits with 1 where cards could not be read or
    are left without an answer.
    """
    from cardiogram.pipeline import study

    judges = asking.load_judges(judge_names)
    if source is not None and not says_yes and not _is_begun(folder):
        _ask_first(folder, source, judges, asking, how, workers)
    with progress_bars() as on_progress:
        done = study(
            folder,
            source,
            judges=judges,
            how=how,
            seed=seed,
            workers=workers,
            on_progress=on_progress,
            **asking.terms(),
        )
    standing = data.read_standing(done.study, done.results)
    origin = data.StudyOrigin.of(done.study.manifest())
    screen = terminal.render_study(done.results, folder, standing, origin)
    print_results(done.results.as_dict(), screen, as_json)
    notable = [
        judge
        for judge in done.coverage
        if judge.calls or len(done.coverage) > 1 or judge.rated < sum(judge.ends.values())
    ]
    click.echo(terminal.render_coverage(notable, folder), err=True, nl=False)
    print_failures(done.coverage)
    if done.unmapped:
        click.echo(f"no map: {done.unmapped}", err=True)
    for name in done.unchanged:
        click.echo(f"{name} is up to date", err=True)
    print_unread(done.unread)
    sys.exit(0 if is_complete(done.coverage) and not done.unread else 1)


def _is_begun(folder: Path) -> bool:
    """Whether cards of a study were read already, so that its size was agreed to."""
    return any((folder / "models").glob("*.parquet"))


def _ask_first(
    folder: Path,
    source: Source,
    judges: Sequence[Judge],
    asking: Asking,
    how: ensemble.Ensemble,
    workers: Workers,
) -> None:
    """Say what a large study takes, and go on where the user agrees.

    Raises
    ------
    ConfigError
        There is nobody to ask.
    """
    from cardiogram.judge import forecast_study

    limit = source.query.limit
    said = click.get_current_context().get_parameter_source("limit")
    says_all = limit is None and said is ParameterSource.COMMANDLINE
    if limit is not None and limit <= MANY:
        return
    with progress_bars() as on_progress:
        forecast = forecast_study(
            store.Study(folder), source, judges, how, workers=workers, on_progress=on_progress
        )
    if not says_all and forecast.models <= MANY:
        return
    free = shutil.disk_usage(folder if folder.exists() else Path.cwd()).free
    click.echo(terminal.render_forecast(forecast, asking.budget, free), err=True, nl=False)
    if not sys.stdin.isatty():
        raise ConfigError(
            f"nobody is asked whether to study {forecast.models:,} models",
            hint="Begin without being asked: --yes",
        )
    click.confirm("Begin?", abort=True, err=True)

"""Options that several commands have, progress bars, and how results are printed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cardiogram.errors import ConfigError

if TYPE_CHECKING:
    from cardiogram.collect import Source
    from cardiogram.progress import Progress

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_LIMIT = 1000
_SORTS = ("downloads", "likes", "trending", "created", "modified")
_STEPS = {
    "list": "listing models",
    "read": "reading cards",
    "ask": "asking models",
    "rate": "rating cards",
    "map": "reading cards",
    "project": "drawing the map",
    "place": "placing cards",
    "audit": "auditing",
    "pilot": "asking about a few cards first",
}

seed_option = click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of every draw."
)
type_option = click.option(
    "--type",
    "of",
    type=click.Choice(["model", "dataset"]),
    default="model",
    show_default=True,
    help="Whose card it is; a dataset's has a rubric of its own.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def source_options(command: F) -> F:
    """Options that say which models a study is about."""
    options = [
        click.option(
            "--limit", type=click.IntRange(1), help="Models to study.  [1000; a file: all]"
        ),
        click.option("--author", help="Only models of this user or organisation."),
        click.option("--task", help="Only models with this pipeline tag."),
        click.option("--library", help="Only models of this library."),
        click.option("--search", help="Only models with this in their id."),
        click.option("--sort", type=click.Choice(_SORTS), help="Order of the list.  [downloads]"),
        click.option(
            "--since",
            type=click.DateTime(["%Y-%m-%d"]),
            help="Only models created (--sort modified: changed) on or after this day.",
        ),
        click.option(
            "--from",
            "path",
            type=click.Path(path_type=Path),
            help="Cards from a .jsonl, .jsonl.gz or .parquet file or a folder of README.md files, "
            "or ids from a .txt file, instead of the Hub's list.",
        ),
        click.option(
            "--sample",
            type=click.Choice(["top", "stratified"]),
            help="The first models of the list, or as many from every decile of downloads, each "
            "decile's tasks in proportion.  [top]",
        ),
        click.option(
            "--frame",
            type=click.IntRange(1),
            help="Models listed for a stratified sample.  [20000]",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def source_of(seed: int, **asked: Any) -> Source | None:
    """The source that the options name; None where they name nothing."""
    from cardiogram.collect import Sample, Source, kind_of
    from cardiogram.hub import Query

    if all(value is None for value in asked.values()):
        return None
    path, limit, since = asked.pop("path"), asked.pop("limit"), asked.pop("since")
    sample, frame = asked.pop("sample"), asked.pop("frame")
    if path is not None:
        kind_of(path)
        wrong = [f"--{name}" for name, value in {**asked, "since": since}.items() if value]
        if wrong:
            raise ConfigError(
                f"{', '.join(wrong)} cannot be used with --from",
                hint="These options choose from the Hub's list; with --from, use --limit.",
            )
    if frame is not None and sample != "stratified":
        raise ConfigError("--frame is for --sample stratified", hint="Add --sample stratified.")
    if limit is None and path is None:
        limit = DEFAULT_LIMIT
    day: date | None = since.date() if isinstance(since, datetime) else None
    query = Query(limit=limit, since=day, **{k: v for k, v in asked.items() if v is not None})
    chosen = Sample(sample or "top", seed, frame or Sample().frame)
    return Source(path, query, chosen)


@contextlib.contextmanager
def bars() -> Iterator[Progress]:
    """Bars on stderr, with rate and time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress as Bars,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("{task.fields[rate]}")
    columns = (
        TextColumn("{task.description:<15}"),
        BarColumn(),
        MofNCompleteColumn(),
        rate,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    bars = Bars(*columns, console=Console(stderr=True))
    tasks: dict[str, Any] = {}

    def tell(step: str, done: int, total: int | None) -> None:
        if step not in tasks:
            bars.start()
            tasks[step] = bars.add_task(_STEPS[step], total=total, completed=done, rate="")
        task = tasks[step]
        speed = bars.tasks[task].finished_speed or bars.tasks[task].speed
        bars.update(task, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

    try:
        yield tell
    finally:
        if tasks:  # else a line would stay empty
            bars.stop()


def print_results(results: dict[str, Any], text: str, as_json: bool) -> None:
    """Print results as JSON or as text."""
    click.echo(json.dumps(results, indent=2) if as_json else text, nl=as_json)


def print_count(what: str, count: int, folder: Path, as_json: bool) -> None:
    """Print how many of something a folder has now."""
    if as_json:
        click.echo(json.dumps({what: count, "folder": str(folder)}))
    else:
        click.echo(f"{count} {what} in {folder}")

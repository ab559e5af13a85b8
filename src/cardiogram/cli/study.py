"""Commands that make a study: collect, rate, analyze, report, and all of them at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cardiogram.cli.models import (
    ensemble_options,
    is_complete,
    judge_options,
    judges_of,
    print_coverage,
    take_ensemble,
    take_judge_options,
    tell_coverage,
)
from cardiogram.cli.options import (
    bars,
    json_option,
    print_count,
    print_results,
    seed_option,
    source_of,
    source_options,
    type_option,
)
from cardiogram.errors import ConfigError

if TYPE_CHECKING:
    from cardiogram.names import CardType
    from cardiogram.store import Study


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@source_options
@judge_options
@ensemble_options
@seed_option
@json_option
@click.pass_context
def study(
    ctx: click.Context,
    /,
    folder: Path,
    names: tuple[str, ...],
    seed: int,
    as_json: bool,
    **asked: Any,
) -> None:
    """Run a whole study: collect, rate, map, analyze, report.

    Everything is kept in FOLDER. Run the same command again to continue a study that was
    stopped; nothing is asked or rated twice. The ratings of the first judge, of the cascade or of
    the panel are analyzed. Exits with 1 where cards are left without an answer.
    """
    from cardiogram.pipeline import run_study
    from cardiogram.report.tables import render_results

    how = take_ensemble(asked)
    judges, asking = judges_of(names, seed, take_judge_options(asked))
    source = source_of(seed, **asked)
    with bars() as tell:
        done = run_study(
            folder,
            source,
            judges=judges,
            how=how,
            seed=seed,
            on_progress=tell,
            **asking,
        )
    print_results(done.results.as_dict(), render_results(done.results), as_json)
    tell_coverage(done.coverage, done.study.root)
    if done.unmapped:
        click.echo(f"no map: {done.unmapped}", err=True)
    click.echo(f"report: {done.study.report_path}", err=True)
    ctx.exit(0 if is_complete(done.coverage) else 1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@source_options
@seed_option
@json_option
def collect(folder: Path, seed: int, as_json: bool, **asked: Any) -> None:
    """List models and read their cards into FOLDER."""
    from cardiogram.collect import Source, collect as run
    from cardiogram.store import Study

    found = Study(folder)
    source = source_of(seed, **asked) or Source.of(found.manifest())
    with found.lock(), bars() as tell:
        count = run(found, source, on_progress=tell)
    print_count("models", count, folder, as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def snapshot(ctx: click.Context, /, folder: Path, as_json: bool) -> None:
    """Ask the Hub for today's downloads and likes of the models in FOLDER.

    They are kept in FOLDER/snapshots, one file a day; the collection itself is the first snapshot.
    From two that lie 25 to 35 days apart, analyze tells what changed. Exits with 1 where a model
    could not be reached; the same command asks for it again.
    """
    from cardiogram.collect import take_snapshot
    from cardiogram.store import Study

    found = Study.open(folder)
    with found.lock(), bars() as tell:
        taken = take_snapshot(found, on_progress=tell)
    without = dict(taken.problems)
    if as_json:
        about = {"day": taken.day.isoformat(), "models": taken.models, "problems": without}
        click.echo(json.dumps({**about, "snapshot": str(taken.path)}))
    else:
        more = "".join(f", {count} {name}" for name, count in without.items())
        click.echo(f"{taken.models} models on {taken.day}{more}: {taken.path}")
    ctx.exit(0 if taken.is_complete else 1)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@judge_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder of a new study, where SOURCE is a file of cards.",
)
@click.option("--limit", type=click.IntRange(1), help="Cards to take from a file.  [all]")
@type_option
@ensemble_options
@seed_option
@json_option
@click.pass_context
def rate(
    ctx: click.Context,
    /,
    source: Path,
    names: tuple[str, ...],
    out: Path | None,
    limit: int | None,
    of: CardType,
    seed: int,
    as_json: bool,
    **asked: Any,
) -> None:
    """Rate the cards of a study, or of a file with --out.

    SOURCE is a study folder, or a .jsonl, .jsonl.gz or .parquet file or a folder of README.md
    files. A card is rated again only when it, the judge or the rubric has changed; what a language
    model answered is kept, and never paid for twice. Exits with 1 where cards are left without an
    answer.
    """
    from cardiogram.collect import Source, collect as gather, kind_of
    from cardiogram.hub import Query
    from cardiogram.judge.ensemble import rate_ensemble
    from cardiogram.store import Study

    if of == "dataset" and names == ("embedded",):  # the one that is built in for such cards
        names = ("dataset-rules",)
    how = take_ensemble(asked)
    judges, asking = judges_of(names, seed, take_judge_options(asked))
    if out is None and source.is_file():
        raise ConfigError(
            f"{str(source)!r} is a file of cards: its ratings need a folder",
            hint=f"cardiogram rate {source} --out FOLDER",
        )
    if out is not None:
        kind_of(source)
    found = Study.open(source) if out is None else Study(out)
    with found.lock(), bars() as tell:
        if out is not None:
            gather(found, Source(source, Query(limit=limit), type=of), on_progress=tell)
        coverage = rate_ensemble(found, judges, how, on_progress=tell, **asking)
    print_coverage(coverage, found.root, as_json)
    ctx.exit(0 if is_complete(coverage) else 1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--judge", "judge_name", default="embedded", show_default=True, help="Whose ratings.")
@click.option(
    "--draws",
    type=click.IntRange(1),
    default=2000,
    show_default=True,
    help="Bootstrap draws of authors.",
)
@click.option(
    "--outliers",
    default="none",
    show_default=True,
    type=click.Choice(["none", "iqr", "mad", "iforest"]),
    help="Rule that drops outcomes from the main results.",
)
@click.option(
    "--gold",
    type=click.Path(exists=True, path_type=Path),
    help="Gold ratings of a "
    "random part of the models: associations are also given corrected for the judge's "
    "error.",
)
@click.option(
    "--snapshots",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="More counts of these models on other days: a study, a .parquet or .csv table, "
    "or a folder of tables.",
)
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(["text", "markdown", "csv", "json"]),
    help="What to print; csv has one row a number.",
)
@seed_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def analyze(
    folder: Path,
    judge_name: str,
    draws: int,
    outliers: Any,
    gold: Path | None,
    snapshots: tuple[Path, ...],
    form: Any,
    seed: int,
    as_json: bool,
) -> None:
    """Relate ratings to downloads and likes; write results.json.

    No model is dropped as an outlier unless --outliers asks for it; what each rule would change
    is shown.
    """
    from cardiogram.analysis import analyze as run
    from cardiogram.report.tables import render_results
    from cardiogram.store import Study

    found = Study.open(folder)
    with found.lock():
        results = run(
            found,
            judge=judge_name,
            draws=draws,
            seed=seed,
            outliers=outliers,
            gold=gold,
            snapshots=snapshots,
        )
    if as_json or form == "json":
        click.echo(json.dumps(results.as_dict(), indent=2))
    else:
        click.echo(render_results(results, form), nl=False)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where to write the page.  [FOLDER/report.html]"
)
@click.option(
    "--compare",
    "other",
    type=click.Path(path_type=Path),
    help="Compare with the study in this folder instead: FOLDER/compare.html, and a summary.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path),
    help="Write each chart to this folder as well, as SVG and as PNG at 2x.",
)
@click.option(
    "--figure-format",
    "forms",
    type=click.Choice(["svg", "png"]),
    multiple=True,
    help="Write figures in this format only.  [both]",
)
@json_option
def report(
    folder: Path,
    out: Path | None,
    other: Path | None,
    figures: Path | None,
    forms: tuple[Any, ...],
    as_json: bool,
) -> None:
    """Write the report of a study: one HTML file that needs no network.

    With --compare, the page and the summary say what is the same in both studies and what
    changed from the other one to this one: models, ratings, correlations.
    """
    from cardiogram.report.page import write_report
    from cardiogram.store import Study

    found = Study.open(folder)
    if other is not None:
        _compare(found, Study.open(other), out, as_json)
        return
    with found.lock():
        drawn = () if figures is None else _draw(found, figures, forms)
        path = write_report(found, out)
    if as_json:
        more = {"figures": [str(item) for item in drawn]} if figures is not None else {}
        click.echo(json.dumps({"report": str(path), **more}))
    else:
        click.echo("\n".join(map(str, (path, *drawn))))


def _draw(found: Study, folder: Path, forms: tuple[Any, ...]) -> tuple[Path, ...]:
    from cardiogram.report.data import build_payload
    from cardiogram.report.figures import FORMATS, write_figure, write_figures

    drawn = write_figures(build_payload(found), folder, forms or FORMATS)
    if not found.map.shards():
        return drawn
    maps = [write_figure(found, folder / f"map.{form}") for form in forms or FORMATS]
    return (*drawn, *maps)


def _compare(found: Study, other: Study, out: Path | None, as_json: bool) -> None:
    from cardiogram.analysis import compare_studies
    from cardiogram.report.page import render_comparison, render_comparison_page
    from cardiogram.store import write_atomically

    compared = compare_studies(other, found)
    path = out or found.root / "compare.html"
    write_atomically(path, render_comparison_page(compared).encode("utf-8", "replace"))
    print_results(compared.as_dict(), render_comparison(compared), as_json)
    click.echo(f"comparison: {path}", err=True)

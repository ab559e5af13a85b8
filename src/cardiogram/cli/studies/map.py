"""The command that maps a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cardiogram import maps, store
from cardiogram.cli.options import (
    PATH,
    json_option,
    judge_option,
    not_from_file,
    print_results,
    seed_option,
    study_argument,
    workers_options,
)
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.maps import segments as segmenting
from cardiogram.report import figures, terminal

if TYPE_CHECKING:
    from cardiogram.engine import Workers


@click.command("map")
@study_argument
@click.option(
    "--embedder",
    default="terms",
    help="`terms` needs no download; "
    "else a sentence-transformers or model2vec model, or one of --base-url.",
)
@click.option(
    "--base-url",
    default="",
    show_default=False,
    callback=not_from_file,
    help="OpenAI-compatible server of the embedder; the key is CARDIOGRAM_EMBEDDER_KEY.",
)
@click.option(
    "--view",
    default="models",
    type=click.Choice(["models", "templates"]),
    help="What lies near: models of a kind, or cards of a template.",
)
@click.option(
    "--segments",
    type=click.IntRange(1, 500),
    help="Segments to look for.  [square root of the cards, at most 60]",
)
@judge_option
@click.option(
    "--draws",
    type=click.IntRange(0, 200),
    default=5,
    help="Resamples for the stability of the clusters.",
)
@click.option(
    "--namer",
    default="",
    show_default=False,
    metavar="PROVIDER/MODEL",
    help="Language model that names the segments of a new map.",
)
@click.option(
    "--namer-url",
    default="",
    show_default=False,
    help="Address of the namer's server, where it is not its provider's own.",
)
@click.option("--refit", is_flag=True, help="Make a new map, where the study has one.")
@click.option("--figure", type=PATH, help="Also draw the map as .svg or .png.")
@seed_option
@workers_options
@json_option
def command(
    study: store.Study,
    embedder: str,
    base_url: str,
    view: Literal["models", "templates"],
    segments: int | None,
    judge: str,
    draws: int,
    namer: str,
    namer_url: str,
    refit: bool,
    figure: Path | None,
    seed: int,
    workers: Workers,
    as_json: bool,
) -> None:
    """Place the cards of a study on a map, and name its segments.

    Cards that a map has keep their places; new ones are placed by their neighbours, until
    --refit. Another embedder, view, number of segments or seed makes a new map.
    """
    model = segmenting.ModelNamer(namer, namer_url, study.root / "answers") if namer else None
    with study.lock(), progress_bars() as on_progress:
        drawn = store.redo(
            study.root,
            lambda: maps.draw_map(
                study,
                maps.Settings(embedder, view, segments, seed),
                judge=judge,
                mode="refit" if refit else "keep",
                draws=draws,
                base_url=base_url,
                namer=model,
                workers=workers,
                on_progress=on_progress,
            ),
            store.MAPPED,
        )
    for words in dict.fromkeys(model.refused if model else ()):
        click.echo(f"a name by rules stays: {words}", err=True)
    if figure:
        figures.write_map_figure(study, figure)
        click.echo(f"figure: {figure}", err=True)
    print_results(drawn.as_dict(), terminal.render_map(drawn), as_json)

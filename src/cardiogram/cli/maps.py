"""The command that maps a study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cardiogram.cli.options import bars, json_option, seed_option


@click.command(name="map")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--embedder",
    default="terms",
    show_default=True,
    help="`terms` needs no download; "
    "else a sentence-transformers or model2vec model, or one of --base-url.",
)
@click.option(
    "--base-url",
    default="",
    help="OpenAI-compatible server of the embedder; the key is CARDIOGRAM_EMBEDDER_KEY.",
)
@click.option(
    "--view",
    default="models",
    show_default=True,
    type=click.Choice(["models", "templates"]),
    help="What lies near: models of a kind, or cards of a template.",
)
@click.option(
    "--segments",
    type=click.IntRange(1, 500),
    help="Segments to look for.  [square root of the cards, at most 60]",
)
@click.option("--judge", "judge_name", default="embedded", show_default=True, help="Whose ratings.")
@click.option(
    "--draws",
    type=click.IntRange(0, 200),
    default=5,
    show_default=True,
    help="Resamples for the stability of the clusters.",
)
@click.option(
    "--namer",
    default="",
    metavar="PROVIDER/MODEL",
    help="Language model that names the segments of a new map.",
)
@click.option(
    "--namer-url",
    default="",
    help="Address of the namer's server, where it is not its provider's own.",
)
@click.option("--refit", is_flag=True, help="Make a new map, where the study has one.")
@click.option(
    "--figure", type=click.Path(path_type=Path), help="Also draw the map as .svg or .png."
)
@seed_option
@json_option
def map_command(
    folder: Path, judge_name: str, draws: int, refit: bool, as_json: bool, **asked: Any
) -> None:
    """Place the cards of a study on a map, and name its segments.

    Cards that a map has keep their places; new ones are placed by their neighbours, until
    --refit. Another embedder, view, number of segments or seed makes a new map.
    """
    from cardiogram.maps import Settings, draw_map
    from cardiogram.maps.segments import ModelNamer
    from cardiogram.report.terminal import render_map
    from cardiogram.store import Study

    found = Study.open(folder)
    settings = Settings(asked["embedder"], asked["view"], asked["segments"], asked["seed"])
    answers = found.root / "answers"
    namer = ModelNamer(asked["namer"], asked["namer_url"], answers) if asked["namer"] else None
    with found.lock(), bars() as tell:
        drawn = draw_map(
            found,
            settings,
            judge=judge_name,
            mode="refit" if refit else "keep",
            draws=draws,
            base_url=asked["base_url"],
            namer=namer,
            on_progress=tell,
        )
    for words in dict.fromkeys(namer.refused if namer else ()):
        click.echo(f"a name by rules stays: {words}", err=True)
    if figure := asked["figure"]:
        from cardiogram.report.figures import write_figure

        write_figure(found, figure)
        click.echo(f"figure: {figure}", err=True)
    click.echo(json.dumps(drawn.as_dict(), indent=2) if as_json else render_map(drawn), nl=as_json)

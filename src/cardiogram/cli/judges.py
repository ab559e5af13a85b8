"""Commands about judges: what is there, how well it agrees, and how to make one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram.cli.options import json_option, seed_option, type_option

if TYPE_CHECKING:
    from cardiogram.names import CardType


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--calibration",
    "calibrations",
    multiple=True,
    help="Agreement that was saved by cardiogram calibrate --save.",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@json_option
def judges(folder: Path | None, calibrations: tuple[Path, ...], as_json: bool) -> None:
    """List the judges that are here: measured agreement, price and speed.

    With the FOLDER of a study, also the language models that rated it, with what they cost there
    and, where a calibration lies in it, how well they agreed.
    """
    from dataclasses import asdict

    from cardiogram.judge import describe_judges, list_judges
    from cardiogram.store import Study

    found = list_judges(None if folder is None else Study.open(folder), calibrations)
    if as_json:
        click.echo(json.dumps([asdict(item) for item in found], indent=2))
    else:
        click.echo(describe_judges(found), nl=False)


@click.command()
@click.argument("version", required=False)
@type_option
@json_option
def rubric(version: str | None, of: CardType, as_json: bool) -> None:
    """Print a rubric: the words that every judge rates by.

    VERSION is its name; without one, the newest for the type of card.
    """
    from dataclasses import asdict

    from cardiogram.judge import RUBRIC_OF, load_rubric

    found = load_rubric(version or RUBRIC_OF[of])
    click.echo(json.dumps(asdict(found), indent=2) if as_json else found.text, nl=as_json)


@click.command("train-judge")
@click.argument("labels", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--cards",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The labelled cards (.jsonl or .jsonl.gz).",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the judge.")
@click.option(
    "--partial",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ratings of the same cards with parts taken away (.jsonl).",
)
@click.option(
    "--unseen",
    type=click.Path(path_type=Path),
    help="File (.jsonl) for the ratings of "
    "each card by trees that saw none of its author: what a cascade is tuned "
    "on.",
)
@seed_option
@json_option
def train_judge(
    labels: Path,
    cards: Path,
    out: Path,
    partial: Path | None,
    unseen: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Train a built-in judge on ratings of your own.

    LABELS is a .jsonl file: `key` (or `id`), `first` (nine numbers) and optionally `second`. Prints
    quadratic-weighted kappa on authors that were not seen and, with --partial, the correlation of
    the judge's changes with those of the ratings.
    """
    from cardiogram.judge.gold import read_labelled
    from cardiogram.judge.training import train_judge as run

    about = run(read_labelled(labels, cards, partial), out, seed=seed, out_of_fold=unseen)
    if as_json:
        click.echo(json.dumps(about, indent=2))
        return
    for name, value in about["agreement"]["scores"].items():
        change = about["responsiveness"].get(name)
        told = f"  changes {_shown(change['correlation'], '.2f')}" if change else ""
        click.echo(f"{name:<12} {_shown(value['qwk'], '.3f')}{told}")


def _shown(value: float | None, form: str) -> str:
    return "undefined" if value is None else format(value, form)

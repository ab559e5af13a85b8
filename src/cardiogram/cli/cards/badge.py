"""The command that draws a badge."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.options import PATH, id_option, json_option, print_results, type_option
from cardiogram.names import CardType
from cardiogram.report import figures


@click.command("badge")
@click.argument("target")
@click.option("--score", default="overall", help="Overall, or a criterion.")
@click.option(
    "--study",
    "folder",
    type=PATH,
    help="Show the share of this study's cards that are rated lower.",
)
@click.option("--trend", is_flag=True, help="Draw the ratings of its history as a line.")
@click.option("--out", type=PATH, default="cardiogram.svg", help="Where to write the SVG.")
@click.option("--link", default="", show_default=False, help="Where a click on the badge leads.")
@id_option
@type_option
@json_option
def command(
    target: str,
    score: str,
    folder: Path | None,
    trend: bool,
    out: Path,
    link: str,
    model_id: str,
    card_type: CardType,
    as_json: bool,
) -> None:
    """Write a badge with a card's rating, and print its Markdown line.

    TARGET is a model's id on the Hub (a dataset's with --type dataset), a README.md, or a folder
    with one.
    """
    from cardiogram.check import Lint, check

    study = store.Study.open(folder) if folder else None
    checked = check(target, id=model_id, of=card_type, rules=Lint(ignore=("CG5",)))
    badge = figures.make_badge(checked, score, study)
    if trend:
        from cardiogram.track.history import read_history

        badge = figures.with_trend(badge, read_history(target, of=card_type), score)
    store.write_atomically(out, figures.render_badge(badge).encode())
    line = figures.badge_markdown(badge, str(out), link)
    print_results({**asdict(badge), "file": str(out), "markdown": line}, f"{line}\n", as_json)

"""The command that draws a badge."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from cardiogram.cli.options import PATH, id_option, json_option, print_results, type_option
from cardiogram.names import CardType


@click.command("badge")
@click.argument("target")
@click.option("--score", default="overall", show_default=True, help="Overall, or a criterion.")
@click.option(
    "--study",
    "folder",
    type=PATH,
    help="Show the share of this study's cards that are rated lower.",
)
@click.option(
    "--out", type=PATH, default="cardiogram.svg", show_default=True, help="Where to write the SVG."
)
@click.option("--link", default="", help="Where a click on the badge leads.")
@id_option
@type_option
@json_option
def command(
    target: str,
    score: str,
    folder: Path | None,
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
    from cardiogram.check import check
    from cardiogram.report.figures import badge_markdown, make_badge, render_badge
    from cardiogram.store import write_atomically

    study = None
    if folder is not None:
        from cardiogram.store import Study

        study = Study.open(folder)
    checked = check(target, id=model_id, of=card_type)
    badge = make_badge(checked, score, study)
    write_atomically(out, render_badge(badge).encode())
    line = badge_markdown(badge, str(out), link)
    print_results({**asdict(badge), "file": str(out), "markdown": line}, f"{line}\n", as_json)

"""The command that rates single cards."""

from __future__ import annotations

from typing import Any

import click

from cardiogram.cli.cards.checking import check_cards
from cardiogram.cli.options import PATH, id_option, type_option


@click.command("check")
@click.argument("targets", nargs=-1, required=True)
@click.option(
    "--min",
    "minimum",
    type=click.FloatRange(1, 5),
    help="Say which cards' expected overall rating is below this, and exit with 1; a model "
    "without a card is.",
)
@click.option(
    "--against",
    help="Compare with this file or git revision; --min and --select count for what is new or "
    "changed.  [one file: the last commit]",
)
@click.option(
    "--select",
    default="",
    show_default=False,
    help="Show findings of these rules only (CG1,CG203), and "
    "exit with 1 where one of them is an error.",
)
@click.option("--ignore", default="", show_default=False, help="Show no findings of these rules.")
@click.option("--fix", "fixes", is_flag=True, help="First mend the files, where that is safe.")
@click.option("-v", "--verbose", is_flag=True, help="Show all that is known of each card.")
@click.option(
    "--format",
    "form",
    default="text",
    help="What to print.",
    type=click.Choice(["text", "json", "sarif", "markdown", "github", "html"]),
)
@click.option(
    "--map",
    "map_folder",
    type=PATH,
    help="Study whose map to place the card on.  [the shipped one]",
)
@click.option(
    "--summary",
    type=PATH,
    help="Add it as Markdown to this file, too, such as $GITHUB_STEP_SUMMARY.",
)
@click.option("--if-card", is_flag=True, help="Leave out files that are no cards, and go on.")
@id_option
@type_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(**options: Any) -> None:
    """Rate single cards and say what would raise the rating most.

    TARGETS are README.md files, folders, ids or addresses on the Hub, owners on the Hub, or - for
    standard input. Below a README.md with no metadata and no model beside it, the cards in its
    folders are meant. More than one card are a list, the worst first, with a digit for identity,
    usage, data, training, evaluation, limitations, metadata and structure.
    """
    check_cards(**options)

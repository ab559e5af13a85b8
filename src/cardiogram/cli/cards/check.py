"""The command that rates single cards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cardiogram import maps
from cardiogram.cli.group import print_error
from cardiogram.cli.options import PATH, id_option, type_option
from cardiogram.errors import CardiogramError
from cardiogram.names import CardType
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.check import Checked


@click.command("check")
@click.argument("targets", nargs=-1, required=True)
@click.option(
    "--min",
    "minimum",
    type=click.FloatRange(1, 5),
    help="Exit with 1 where a card's expected overall rating is below this.",
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
@click.option(
    "--format",
    "form",
    default="text",
    help="What to print.",
    type=click.Choice(["text", "json", "sarif", "markdown", "github"]),
)
@click.option(
    "--map",
    "map_folder",
    type=PATH,
    help="Study whose map to place the card on.  [the shipped one]",
)
@id_option
@type_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    targets: tuple[str, ...],
    minimum: float | None,
    select: str,
    ignore: str,
    fixes: bool,
    form: Literal["text", "json", "sarif", "markdown", "github"],
    map_folder: Path | None,
    model_id: str,
    card_type: CardType,
    as_json: bool,
) -> None:
    """Rate single cards and say what would help their readers most.

    TARGETS are model ids on the Hub (dataset ids with --type dataset), README.md files, folders
    with one, or - for standard input.
    """
    from cardiogram.check import Lint, check, fix, is_refused

    rules = Lint.of(select, ignore)
    checked, failed = [], False
    for target in targets:
        try:
            if fixes and (mended := fix(target, id=model_id, rules=rules, of=card_type)):
                click.echo(f"{target}: {len(mended)} mended", err=True)
            data = sys.stdin.buffer.read() if target == "-" else None
            checked.append(check(target, data=data, id=model_id, rules=rules, of=card_type))
        except CardiogramError as error:
            failed = True
            if len(targets) == 1:
                raise
            print_error(error)
    places = _place(checked, map_folder) if card_type == "model" else None
    click.echo(terminal.render_checked(checked, "json" if as_json else form, places), nl=False)
    sys.exit(2 if failed else int(is_refused(checked, minimum, rules)))


def _place(checked: list[Checked], folder: Path | None) -> dict[str, maps.Place]:
    fitted = maps.map_of(folder) if folder else maps.reference_map()
    name = str(folder) if folder else "reference"
    return {
        result.target: maps.place(
            result.card, result.rating.scores["overall"].expected, fitted, name=name
        )
        for result in checked
    }

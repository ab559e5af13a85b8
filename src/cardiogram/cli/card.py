"""Commands for single cards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cardiogram.cli.group import tell_error
from cardiogram.cli.options import type_option
from cardiogram.errors import CardiogramError

if TYPE_CHECKING:
    from cardiogram.check import Checked, Lint
    from cardiogram.maps import Place


@click.command()
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
    help="Show findings of these rules only (CG1,CG203), and "
    "exit with 1 where one of them is an error.",
)
@click.option("--ignore", default="", help="Show no findings of these rules.")
@click.option("--fix", is_flag=True, help="First mend the files, where that is safe.")
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    help="What to print.",
    type=click.Choice(["text", "json", "sarif", "markdown", "github"]),
)
@click.option(
    "--map",
    "map_folder",
    type=click.Path(path_type=Path),
    help="Study whose map to place the card on.  [the shipped one]",
)
@click.option("--id", "model_id", default="", help="Id of the model, where the target is a file.")
@type_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def check(
    targets: tuple[str, ...], minimum: float | None, form: Any, as_json: bool, **asked: Any
) -> None:
    """Rate single cards and say what would help their readers most.

    TARGETS are model ids on the Hub (dataset ids with --type dataset), README.md files, folders
    with one, or - for standard input.
    """
    from cardiogram.check import Lint, is_refused
    from cardiogram.report.terminal import render_checked

    rules = Lint.of(asked["select"], asked["ignore"])
    found, failed = [], False
    for target in targets:
        try:
            found.append(_check_one(target, rules, **asked))
        except CardiogramError as error:
            failed = True
            if len(targets) == 1:
                raise
            tell_error(error)
    places = _places(found, asked["map_folder"]) if asked["of"] == "model" else None
    click.echo(render_checked(found, "json" if as_json else form, places), nl=False)
    sys.exit(2 if failed else int(is_refused(found, minimum, rules)))


def _places(found: list[Checked], folder: Path | None) -> dict[str, Place]:
    from cardiogram.maps import map_of, place, reference_map

    fitted = map_of(folder) if folder else reference_map()
    name = str(folder) if folder else "reference"
    return {
        item.target: place(item.card, item.rating.scores["overall"].expected, fitted, name=name)
        for item in found
    }


def _check_one(target: str, rules: Lint, **asked: Any) -> Checked:
    from cardiogram.check import check as run, fix

    known = {"id": asked["model_id"], "rules": rules, "of": asked["of"]}
    if asked["fix"] and (mended := fix(target, **known)):
        click.echo(f"{target}: {len(mended)} mended", err=True)
    data = sys.stdin.buffer.read() if target == "-" else None
    return run(target, data=data, **known)

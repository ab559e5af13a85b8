"""The command that draws a badge."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import PATH, id_option, json_option, print_results, type_option
from cardiogram.errors import ConfigError, DataError
from cardiogram.names import CardType
from cardiogram.report import figures

if TYPE_CHECKING:
    from cardiogram.check import Checked
    from cardiogram.track.history import CardHistory


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
@click.option("--ledger", type=PATH, help="Draw those that this ledger keeps, and ask nobody.")
@click.option(
    "--out",
    type=PATH,
    help="Where to write the SVG: cardiogram.svg beside the card. A .json is for shields.io.",
)
@click.option("--link", default="", show_default=False, help="Where a click on the badge leads.")
@id_option
@type_option
@json_option
def command(
    target: str,
    score: str,
    folder: Path | None,
    trend: bool,
    ledger: Path | None,
    out: Path | None,
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

    if out and out.suffix not in (".svg", ".json"):
        raise ConfigError(f"no badge is called {str(out)!r}", hint="NAME.svg, or NAME.json")
    study = store.Study.open(folder) if folder else None
    checked = check(target, id=model_id, of=card_type, rules=Lint(ignore=("CG5",)))
    badge = figures.make_badge(checked, score, study)
    if trend or ledger:
        history = _history(target, checked, ledger)
        now = checked.rating.scores[score].expected
        badge = figures.with_trend(badge, history, score, now)
    beside = Path(checked.path).parent
    out = out or beside / "cardiogram.svg"
    place, folder = (Path(os.path.abspath(each)) for each in (out, beside))
    is_below = checked.path and folder in place.parents
    picture = (place.relative_to(folder) if is_below else out).as_posix()
    where, render = "beside README.md", figures.render_badge
    if out.suffix == ".json":
        repo = checked.card.id
        if not repo:
            raise ConfigError("shields.io asks a repository", hint="Name it: --id OWNER/NAME")
        picture = figures.endpoint_address(out.name, repo, card_type)
        where, render = f"to {repo}", figures.render_endpoint
    store.write_atomically(out, render(badge).encode())
    line = figures.badge_markdown(badge, picture, link)
    click.echo(f"wrote {out}: upload it {where}, paste the line below the metadata", err=True)
    print_results({**asdict(badge), "file": str(out), "markdown": line}, f"{line}\n", as_json)


def _history(target: str, checked: Checked, ledger: Path | None) -> CardHistory:
    """What became of the card: as a ledger keeps it, or read from the Hub or git."""
    from cardiogram.track.history import kept_history, read_history

    if ledger is None:
        return read_history(target, of=checked.of)
    name = checked.card.id or target
    if (kept := kept_history(ledger, name)) is None:
        raise DataError(
            f"the ledger {str(ledger)!r} has no history of {name!r}",
            hint=f"cardiogram track history {name} --ledger {ledger}",
        )
    return kept

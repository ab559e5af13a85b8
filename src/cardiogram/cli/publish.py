"""Commands that hand a result on: the dataset on the Hub, and a badge."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cardiogram.cli.options import json_option, type_option

if TYPE_CHECKING:
    from cardiogram.names import CardType


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--repo", "repo_id", required=True, help="OWNER/NAME of the dataset on the Hub.")
@click.option("--public", is_flag=True, help="Anybody may read it.  [private]")
@click.option(
    "--with-cards",
    is_flag=True,
    help="Include the card texts whose licence allows it.  [hash and link only]",
)
@click.option("--license", default="cc-by-4.0", show_default=True, help="Licence of the dataset.")
@click.option("--replace-card", is_flag=True, help="Overwrite a card that was edited on the Hub.")
@click.option("--out", type=click.Path(path_type=Path), help="Keep the files in this folder.")
@click.option("--send", is_flag=True, help="Send it. Without this, nothing leaves the machine.")
@json_option
def publish(
    folder: Path, repo_id: str, out: Path | None, send: bool, as_json: bool, **asked: Any
) -> None:
    """Publish a study as a dataset on the Hub; without --send, show every file first.

    The dataset has typed Parquet tables, a card that describes them, and a revision for each day
    it was published on. It is private unless --public, and holds no card text unless
    --with-cards.
    """
    from cardiogram.publish import Options, plan_dataset, publish as run
    from cardiogram.report.terminal import render_plan
    from cardiogram.store import Study

    options = Options(
        visibility="public" if asked["public"] else "private",
        texts="licensed" if asked["with_cards"] else "none",
        license=asked["license"],
        card="replace" if asked["replace_card"] else "keep",
    )
    study = Study.open(folder)
    with tempfile.TemporaryDirectory(prefix="cardiogram-") as scratch, study.lock():
        plan = plan_dataset(study, repo_id, out or Path(scratch), options)
        address = run(plan) if send else None
    if as_json:
        click.echo(json.dumps({**plan.as_dict(), "sent": send, "url": address}, indent=2))
    else:
        click.echo(render_plan(plan, address), nl=False)


@click.command()
@click.argument("target")
@click.option("--score", default="overall", show_default=True, help="Overall, or a criterion.")
@click.option(
    "--study",
    "folder",
    type=click.Path(path_type=Path),
    help="Show the share of this study's cards that are rated lower.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="cardiogram.svg",
    show_default=True,
    help="Where to write the SVG.",
)
@click.option("--link", default="", help="Where a click on the badge leads.")
@click.option("--id", "model_id", default="", help="Id of the model, where the target is a file.")
@type_option
@json_option
def badge(
    target: str,
    score: str,
    folder: Path | None,
    out: Path,
    link: str,
    model_id: str,
    of: CardType,
    as_json: bool,
) -> None:
    """Write a badge with a card's rating, and print the Markdown line that shows it.

    TARGET is a model's id on the Hub (a dataset's with --type dataset), a README.md, or a folder
    with one.
    """
    from dataclasses import asdict

    from cardiogram.check import check
    from cardiogram.report.figures import badge_markdown, make_badge, render_badge
    from cardiogram.store import Study, write_atomically

    checked = check(target, id=model_id, of=of)
    made = make_badge(checked, score, None if folder is None else Study.open(folder))
    write_atomically(out, render_badge(made).encode())
    line = badge_markdown(made, str(out), link)
    if as_json:
        click.echo(json.dumps({**asdict(made), "file": str(out), "markdown": line}, indent=2))
    else:
        click.echo(line)

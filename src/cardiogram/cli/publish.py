"""Commands that hand a result on: the dataset on the Hub, and a badge."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import click

from cardiogram.cli.options import json_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--repo", "repo_id", required=True, help="OWNER/NAME of the dataset on the Hub.")
@click.option("--public", is_flag=True, help="Anybody may read it.  [private]")
@click.option("--with-cards", is_flag=True, help="Include the card texts whose licence allows "
              "it.  [hash and link only]")  # fmt: skip
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
    from cardiogram.report.dataset import Options, plan_dataset
    from cardiogram.report.dataset import publish as run
    from cardiogram.report.planned import render_plan
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

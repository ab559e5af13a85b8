"""The command that publishes a study."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.options import (
    PATH,
    json_option,
    make_said_option,
    print_results,
    study_argument,
)
from cardiogram.report import terminal


@click.command("publish")
@study_argument
@click.option("--repo", "repo_id", required=True, help="OWNER/NAME of the dataset on the Hub.")
@click.option("--public", is_flag=True, help="Anybody may read it.  [private]")
@click.option(
    "--with-cards",
    is_flag=True,
    help="Include the card texts whose licence allows it.  [hash and link only]",
)
@click.option("--license", default="cc-by-4.0", help="Licence of the dataset.")
@click.option("--replace-card", is_flag=True, help="Overwrite a card that was edited on the Hub.")
@click.option("--out", type=PATH, help="Keep the files in this folder.")
@make_said_option("--send", "send", "Send it. Without this, nothing leaves the machine.")
@json_option
def command(
    study: store.Study,
    repo_id: str,
    public: bool,
    with_cards: bool,
    license: str,
    replace_card: bool,
    out: Path | None,
    send: bool,
    as_json: bool,
) -> None:
    """Publish a study as a dataset on the Hub; a dry run without --send.

    The dataset has typed Parquet tables, a card that describes them, and a revision for each day
    it was published on. It is private unless --public, and holds no card text unless
    --with-cards.
    """
    from cardiogram.publish import Options, plan_dataset, publish

    options = Options(
        visibility="public" if public else "private",
        texts="licensed" if with_cards else "none",
        license=license,
        card="replace" if replace_card else "keep",
    )
    with tempfile.TemporaryDirectory(prefix="cardiogram-") as scratch, study.lock():
        plan = plan_dataset(study, repo_id, out or Path(scratch), options)
        address = publish(plan) if send else None
    results = {**plan.as_dict(), "sent": send, "url": address}
    print_results(results, terminal.render_plan(plan, address), as_json)

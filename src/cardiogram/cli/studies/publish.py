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
from cardiogram.report import page, terminal


@click.command("publish")
@study_argument
@click.option("--repo", "repo_id", required=True, help="OWNER/NAME on the Hub.")
@click.option("--space", is_flag=True, help="Publish the report as a static Space, not the tables.")
@click.option("--public", is_flag=True, help="Anybody may read it.  [private]")
@click.option(
    "--with-cards",
    is_flag=True,
    help="Include the card texts whose licence allows it.  [hash and link only]",
)
@click.option("--license", default="cc-by-4.0", help="Licence of what is published.")
@click.option("--replace-card", is_flag=True, help="Overwrite what was edited on the Hub.")
@click.option("--out", type=PATH, help="Keep the files in this folder.")
@make_said_option("--send", "send", "Send it. Without this, nothing leaves the machine.")
@json_option
def command(
    study: store.Study,
    repo_id: str,
    space: bool,
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
    it was published on. With --space it is the report instead, as a static Space, which costs
    nothing. Either is private unless --public, and holds no card text unless --with-cards.
    """
    from cardiogram.publish import Options, plan_dataset, plan_space, publish

    options = Options(
        visibility="public" if public else "private",
        texts="licensed" if with_cards else "none",
        license=license,
        card="replace" if replace_card else "keep",
    )
    with tempfile.TemporaryDirectory(prefix="cardiogram-") as scratch, study.lock():
        folder = out or Path(scratch)
        if space:
            plan = plan_space(study, repo_id, folder, page.write_report, options)
        else:
            plan = plan_dataset(study, repo_id, folder, options)
        address = publish(plan) if send else None
    results = {**plan.as_dict(), "sent": send, "url": address}
    print_results(results, terminal.render_plan(plan, address), as_json)

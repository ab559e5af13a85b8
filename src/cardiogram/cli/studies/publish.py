"""The command that publishes a study, or the judge's page."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from click.core import ParameterSource

from cardiogram import store
from cardiogram.cli.options import (
    PATH,
    folder_argument,
    json_option,
    make_said_option,
    print_results,
)
from cardiogram.errors import ConfigError
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.publish import Options, Plan

_OF_STUDIES = {"with_cards": "--with-cards", "license": "--license"}


@click.command("publish")
@folder_argument
@click.option(
    "--space",
    type=click.Choice(["judge", "study"]),
    help="A static Space: the judge's page, or a study's report.  [dataset]",
)
@click.option("--repo", "repo_id", help="OWNER/NAME on the Hub.  [your own name]")
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
    folder: Path,
    space: Literal["judge", "study"] | None,
    repo_id: str | None,
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
    it was published on. With --space study it is the report instead, as a static Space, which
    costs nothing; in the Space of a judge's page, the report is put beside it. With --space judge
    FOLDER is that page, as make space writes it: it rates cards in the visitor's browser. All
    are private unless --public, and hold no card text unless --with-cards.
    """
    from cardiogram.publish import Options, publish

    options = Options(
        visibility="public" if public else "private",
        texts="licensed" if with_cards else "none",
        license=license,
        card="replace" if replace_card else "keep",
    )
    with tempfile.TemporaryDirectory(prefix="cardiogram-") as scratch:
        files = out or Path(scratch)
        if space == "judge":
            plan = _plan_judge(folder, repo_id, files, options)
        else:
            plan = _plan_study(folder, repo_id, files, options, space)
        address = publish(plan) if send else None
    results = {**plan.as_dict(), "sent": send, "url": address}
    print_results(results, terminal.render_plan(plan, address), as_json)


def _plan_judge(folder: Path, repo_id: str | None, out: Path, options: Options) -> Plan:
    from cardiogram.publish import name_repo, plan_judge

    context = click.get_current_context()
    for name, flag in _OF_STUDIES.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise ConfigError(
                f"{flag} cannot be used with --space judge",
                hint="The page holds no study, and has a licence of its own.",
            )
    return plan_judge(folder, repo_id or name_repo("cardiogram"), out, options)


def _plan_study(
    folder: Path, repo_id: str | None, out: Path, options: Options, space: Literal["study"] | None
) -> Plan:
    from cardiogram.publish import is_judge_page, name_repo, plan_dataset, plan_space
    from cardiogram.report import page

    if is_judge_page(folder):
        raise ConfigError(f"{str(folder)!r} is the judge's page, no study", hint="--space judge")
    study = store.Study.open(folder)
    repo_id = repo_id or name_repo(study.root.resolve().name)
    with study.lock():
        if space:
            return plan_space(study, repo_id, out, page.write_report, options)
        return plan_dataset(study, repo_id, out, options)

"""An upload that checks the card first."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import click

from cardiogram import hub
from cardiogram.cli import main
from cardiogram.cli.options import make_said_option, type_option
from cardiogram.errors import ConfigError
from cardiogram.names import CardType
from cardiogram.repository.access import withhold_logins

_HF = (sys.executable, "-m", "huggingface_hub.cli.hf")


def add_upload() -> None:
    """Put the command beside those for single cards."""
    main.headings = {**main.headings, "Cards": (*main.headings["Cards"], "upload")}
    main.add_command(upload)


@click.command("upload")
@click.argument("repo", metavar="OWNER/NAME")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.argument("options", nargs=-1, metavar="[-- OPTIONS]")
@click.option("--min", type=click.FloatRange(1, 5), help="Lowest overall rating that is uploaded.")
@type_option
@make_said_option("--send", "sends", "Upload it.")
@click.pass_context
def upload(
    ctx: click.Context,
    repo: str,
    folder: str,
    options: tuple[str, ...],
    min: float | None,
    card_type: CardType,
    sends: bool,
) -> None:
    """Upload a folder if its card passes check and verify.

    A card that is not there, is rated below --min, or says what the files contradict holds back
    everything, weights too. OPTIONS are those of `hf upload`. Without --send nothing is uploaded.
    """
    address = hub.read_address(repo, card_type)
    if address is None or "/" not in address.id:
        raise ConfigError(f"{repo!r} is no id of a repository", hint="OWNER/NAME")
    if code := _judge_card(os.path.join(folder, "README.md"), address, min):
        click.echo(f"{address.id}: nothing uploaded", err=True)
        ctx.exit(code)
    words = ("upload", address.id, folder, "--repo-type", address.of, *options)
    if not sends:
        shown = withhold_logins(shlex.join(("hf", *words)))
        click.echo(f"{address.id}: nothing uploaded; --send does: {shown}", err=True)
    elif subprocess.call((*_HF, *words)):
        click.echo(f"{address.id}: not uploaded, or not all of it", err=True)
        ctx.exit(2)


def _judge_card(card: str, address: hub.HubAddress, min: float | None) -> int:
    """The exit code of `check`, and of `verify` where the card can be read."""
    asked = (card, "--id", address.id, "--type", address.of)
    code = _run("check", *asked, *(() if min is None else ("--min", str(min))))
    return code if code > 1 else max(code, _run("verify", *asked))


def _run(*words: str) -> int:
    try:
        main.main(words, prog_name="hf cardiogram")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0

"""The command that starts the app."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cardiogram import app
from cardiogram.cli.options import PATH, json_option


@click.command("serve")
@click.argument("folder", type=PATH, default=Path())
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    help="Port on 127.0.0.1; 0 takes any free one.",
)
@json_option
def command(folder: Path, port: int, as_json: bool) -> None:
    """Show the app in a browser: cards, drafts, studies and jobs.

    FOLDER is a study, or a folder with studies, ledgers and models in it; this one by default.
    """
    from cardiogram.judge.embedded import embedded_judge

    address = f"http://127.0.0.1:{port}/"
    click.echo(json.dumps({"address": address}) if as_json else address)
    app.serve(app.App(app.Workspace.at(folder), embedded_judge()), port)

"""The command that starts the app."""

from __future__ import annotations

import contextlib
import json
import signal
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
    help="Port to listen on; 0 takes any free one.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@click.option(
    "--public",
    "is_public",
    is_flag=True,
    help="For strangers: nothing is written, no login is used, and each may ask so much.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    help="With --public, the address to listen on: 0.0.0.0 for all of this machine's.",
)
@json_option
def command(
    folder: Path, port: int, opens: bool, is_public: bool, host: str, as_json: bool
) -> None:
    """Show the app in a browser: cards, drafts, studies and jobs.

    FOLDER is a study, or a folder with studies, ledgers and models in it; this one by default.
    Nobody but you, on this machine, can ask the app. Ctrl-C ends it.
    """
    from cardiogram.judge.embedded import embedded_judge

    made = app.App(app.Workspace.at(folder), embedded_judge(), is_public)
    with contextlib.closing(app.AppServer(made, port, host)) as server:
        for stop in (signal.SIGINT, signal.SIGTERM):  # a script's child ignores Ctrl-C otherwise
            signal.signal(stop, signal.default_int_handler)
        click.echo(json.dumps({"address": server.address}) if as_json else server.address)
        click.echo("Ctrl-C ends it", err=True)
        server.warm()
        if opens:
            click.launch(server.address)
        with contextlib.suppress(KeyboardInterrupt):
            server.run()

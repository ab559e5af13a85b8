"""The command that starts the app."""

from __future__ import annotations

import contextlib
import json
import signal

import click

from cardiogram import app, store
from cardiogram.cli.options import any_study_argument, json_option


@click.command("serve")
@any_study_argument
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    help="Port on 127.0.0.1; 0 takes any free one.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@json_option
def command(study: store.Study | None, port: int, opens: bool, as_json: bool) -> None:
    """Show a study, and rate pasted cards, in a browser on this machine.

    Without FOLDER there is only the page that rates a card. Nobody but this machine can ask the
    app, and it asks nobody. Ctrl-C ends it.
    """
    with app.make_server(study, port) as server:
        click.echo(json.dumps({"address": server.address}) if as_json else server.address)
        click.echo("Ctrl-C ends it", err=True)
        if opens:
            click.launch(server.address)
        for stop in (signal.SIGINT, signal.SIGTERM):  # a script's child ignores Ctrl-C otherwise
            signal.signal(stop, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()

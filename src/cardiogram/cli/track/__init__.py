"""Commands that follow models over time."""

from __future__ import annotations

import click

from cardiogram.cli.group import Group, modules

_COMMANDS = "add snapshot backfill history effect plan study"


@click.group("track", cls=Group, headings={"Over time": modules("track", _COMMANDS)})
def command() -> None:
    """Watch models from day to day, and measure what changes of their cards bring."""

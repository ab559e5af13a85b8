"""Commands that follow a study over time."""

from __future__ import annotations

import click

from cardiogram.cli.group import Group, modules


@click.group(
    "track", cls=Group, headings={"Over time": modules("track", "add snapshot history study")}
)
def command() -> None:
    """Follow a study over time."""

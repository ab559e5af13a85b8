"""Commands that follow a study over time."""

from __future__ import annotations

import click

from cardiogram.cli.group import Group


@click.group("track", cls=Group, headings={"Over time": ("track.snapshot",)})
def command() -> None:
    """Follow a study over time."""

"""Commands about judges: which there are, how far to trust them, how to make one."""

from __future__ import annotations

import click

from cardiogram.cli.group import Group, modules


@click.group(
    "judges",
    cls=Group,
    headings={
        "Judges": modules("judges", "list measure calibrate cascade reliability audit train")
    },
)
def command() -> None:
    """Say how far a judge can be trusted, and make one."""

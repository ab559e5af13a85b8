"""Commands about judges: which there are, how far to trust them, how to make one."""

from __future__ import annotations

import click

from cardiogram.cli.group import Group


@click.group(
    "judges",
    cls=Group,
    headings={
        "Judges": (
            "judges.list",
            "judges.measure",
            "judges.calibrate",
            "judges.cascade",
            "judges.reliability",
            "judges.audit",
            "judges.train",
        )
    },
)
def command() -> None:
    """Say how far a judge can be trusted, and make one."""

"""The command line: options -> one call -> print -> exit code.

Data goes to stdout, everything else to stderr. Exit code 0 is fine, 1 findings, 2 could not do
it. A flag beats the environment (CARDIOGRAM_COMMAND_OPTION), that beats cardiogram.toml.
"""

from __future__ import annotations

import click

from cardiogram.cli.config import read_defaults
from cardiogram.cli.group import Group, modules


@click.group(
    cls=Group,
    headings={
        "Cards": modules("cards", "check facts verify improve badge rubric"),
        "Studies": modules(
            "studies", "study collect rate map analyze report compare publish serve"
        ),
        "Over time": ("track",),
        "Judges": ("judges",),
    },
    add_help_option=True,
    options_metavar="[--version] [--help]",
    context_settings={
        "auto_envvar_prefix": "CARDIOGRAM",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "show_default": True,
    },
)
@click.version_option(package_name="cardiogram", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Measure, map and improve model cards; begin with `cardiogram check README.md`."""
    read_defaults(ctx)

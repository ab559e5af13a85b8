"""All commands, under their headings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cardiogram.cli.config import read_defaults
from cardiogram.cli.group import Group, modules

if TYPE_CHECKING:
    from importlib.metadata import Distribution


def _print_version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Say what reads cards here: compiled packages, or what stands in for them."""
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import distribution

    from cardiogram.cards.features import name_search
    from cardiogram.cards.parser import name_parser

    installed = distribution("cardiogram")
    by = f"Markdown by {name_parser()}, phrases by {name_search()}"
    click.echo(f"cardiogram {installed.version}{_place_of(installed)} ({by})")
    ctx.exit()


def _place_of(installed: Distribution) -> str:
    """Where the code of an editable install lies: the version is of the day it was installed."""
    about = json.loads(installed.read_text("direct_url.json") or "{}")
    is_editable = about.get("dir_info", {}).get("editable", False)
    return f" when installed, run from {about['url']}" if is_editable else ""


@click.group(
    cls=Group,
    headings={
        "Cards": modules("cards", "check facts verify improve badge rubric skill"),
        "Studies": modules(
            "studies", "study collect rate map analyze report compare publish serve"
        ),
        "Over time, and judges": ("track", "judges"),
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
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Measure and improve model cards; begin with `cardiogram check README.md`."""
    read_defaults(ctx)

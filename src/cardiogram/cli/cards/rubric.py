"""The command that prints a rubric."""

from __future__ import annotations

from dataclasses import asdict

import click

from cardiogram import judge
from cardiogram.cli.options import json_option, print_results, type_option
from cardiogram.names import CardType


@click.command("rubric")
@click.argument("version", required=False)
@type_option
@json_option
def command(version: str | None, card_type: CardType, as_json: bool) -> None:
    """Print a rubric: the words that every judge rates by.

    VERSION is its name; without one, the newest for the type of card.
    """
    rubric = judge.load_rubric(version or judge.RUBRIC_OF[card_type])
    print_results(asdict(rubric), rubric.text, as_json)

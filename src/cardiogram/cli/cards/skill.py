"""The command that prints the skill for agents."""

from __future__ import annotations

import click

from cardiogram import agents
from cardiogram.cli.options import json_option, print_results


@click.command("skill")
@json_option
def command(as_json: bool) -> None:
    """Print the skill for agents: how to write a card and invent nothing.

    As .agents/skills/cardiogram/SKILL.md of a repository, coding agents read it when they are to
    write a card.
    """
    text = agents.read_skill()
    print_results({"path": str(agents.SKILL), "text": text}, text, as_json)

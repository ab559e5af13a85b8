"""The command that says what the files of a repository prove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cardiogram import hub
from cardiogram.cli.options import CARD_TRIES
from cardiogram.cli.printing import look_of
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.repository import Repository, RepositoryFacts
    from cardiogram.repository.contradictions import Contradiction
    from cardiogram.repository.proof import Claim


@click.command("facts")
@click.argument("target")
@click.option("-v", "--verbose", is_flag=True, help="Show every fact with all of its places.")
@click.option(
    "--format",
    "form",
    default="text",
    help="What to print.",
    type=click.Choice(["text", "json", "markdown", "cyclonedx"]),
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    target: str,
    verbose: bool,
    form: Literal["text", "json", "markdown", "cyclonedx"],
    as_json: bool,
) -> None:
    """Say what the files of a repository prove, and where.

    TARGET is a folder, its README.md, or a model's id or address on the Hub. Of weights the
    headers are read; nothing is run or unpickled.
    """
    from cardiogram.check import refuse_folder_of_many
    from cardiogram.repository import open_repository, read_facts

    refuse_folder_of_many(target)
    repository = open_repository(target, hub.HubSession(tries=CARD_TRIES))
    facts = read_facts(repository)
    form = "json" if as_json else form
    if form == "cyclonedx":
        text = _describe(target, repository, facts)
    else:
        text = terminal.render_facts(target, facts, form, look_of(form, verbose))
    click.echo(text, nl=False, color=True)


def _describe(target: str, repository: Repository, facts: RepositoryFacts) -> str:
    """The model as CycloneDX, with the sentences of its card that the facts prove."""
    from cardiogram.cards import parse_card
    from cardiogram.repository.contradictions import find_contradictions
    from cardiogram.repository.proof import prove, write_cyclonedx

    claims: tuple[Claim, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    card = None
    if "README.md" in repository.files:
        card = parse_card(repository.read("README.md"), id=repository.id)
        contradictions = find_contradictions(card, facts, repository)
        claims = prove(card, facts, contradictions)
    id = repository.id or Path(target).resolve().name
    return write_cyclonedx(
        id,
        facts,
        claims,
        card=card,
        contradictions=contradictions,
        files=repository.files.values(),
    )

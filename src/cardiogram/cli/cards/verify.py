"""The command that verifies cards against the files of their repositories."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cardiogram import hub
from cardiogram.cli.options import CARD_TRIES, PATH, id_option, type_option
from cardiogram.cli.printing import add_summary, look_of, print_error
from cardiogram.errors import CardiogramError, NoCard
from cardiogram.names import CardType
from cardiogram.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cardiogram.check import VerifiedCard


@click.command("verify")
@click.argument("targets", nargs=-1, required=True)
@click.option("--write", is_flag=True, help="First write README.proof.json beside the card.")
@click.option(
    "--against",
    help="Refuse, too, what this file or git revision did not say and no file proves.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show every sentence with its proof.")
@click.option(
    "--format",
    "form",
    default="text",
    help="What to print.",
    type=click.Choice(["text", "json", "sarif", "markdown", "github"]),
)
@click.option(
    "--summary",
    type=PATH,
    help="Add it as Markdown to this file, too, such as $GITHUB_STEP_SUMMARY.",
)
@click.option("--if-card", is_flag=True, help="Leave out files that are no cards, and go on.")
@id_option
@type_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    targets: tuple[str, ...],
    write: bool,
    against: str | None,
    verbose: bool,
    form: terminal.VerifiedForm,
    summary: Path | None,
    if_card: bool,
    model_id: str,
    card_type: CardType,
    as_json: bool,
) -> None:
    """Say which sentences of a card its files contradict.

    TARGETS are README.md files, folders, or ids, addresses and owners on the Hub; another file of
    a model stands for its card. Below a README.md with no metadata and no model beside it, the
    cards in its folders are meant. The claims of a README.proof.json beside a card are read anew,
    whatever it says. Exit code 1 is a sentence that is contradicted, or with --against a new one
    that no file proves and nobody has answered for.
    """
    run = _Run(model_id, card_type, write, against, if_card)
    verified = [*run.verify(targets)]
    form = "json" if as_json else form
    if verified or form in ("json", "sarif"):
        look = look_of(form, verbose)
        click.echo(terminal.render_verified(verified, form, look), nl=False, color=True)
    if verified and summary:
        add_summary(summary, terminal.render_verified(verified, "markdown"))
    sys.exit(2 if run.failed else int(any(each.verification.is_refused for each in verified)))


class _Run:
    """What is asked of every target, and whether one of them could not be read."""

    def __init__(
        self, id: str, of: CardType, write: bool, against: str | None, if_card: bool
    ) -> None:
        self.id, self.of, self.write = id, of, write
        self.against, self.if_card = against, if_card
        self.session = hub.HubSession(tries=CARD_TRIES)
        self.failed = False

    def verify(self, targets: tuple[str, ...]) -> Iterator[VerifiedCard]:
        """Verify all that the targets name; what cannot be read is said on stderr."""
        from cardiogram.check import find_cards, refuse_one_id

        given = [*find_cards(targets, self.of)]
        if len(given) > 1:
            refuse_one_id(self.id, f"{len(given)} targets are given")
        for target in given:
            if not isinstance(target, NoCard):
                yield from self._verify_one(target)
            elif not self.if_card:
                self.failed = True
                print_error(target)

    def _verify_one(self, target: str) -> Iterator[VerifiedCard]:
        from cardiogram.check import verify_all

        try:
            for each in verify_all(
                target,
                id=self.id,
                session=self.session,
                of=self.of,
                write=self.write,
                against=self.against,
            ):
                if isinstance(each, NoCard):  # below a folder
                    click.echo(f"{each.message}: left out", err=True)
                elif isinstance(each, CardiogramError):  # of one of several: no hint
                    self.failed = True
                    click.echo(f"cardiogram: {each.message}", err=True)
                else:
                    yield each
        except CardiogramError as error:
            if self.if_card and isinstance(error, NoCard):
                click.echo(f"{error.message}: left out", err=True)
            else:
                self.failed = True
                print_error(error)
